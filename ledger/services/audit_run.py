"""Records that follow each other in the log, column by column: from the quick way, or one that was read closely."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Final, NamedTuple

Place = tuple[str, int, str | None]
"""A link's chain, its number there, and the record hash that it names as the one before (base64url)."""

NULL: Final = b"null"


class Sound(NamedTuple):
    """An index about which every stored byte is in order; where it stands in time and chains is not judged yet."""

    idx: int
    recorded_at_ms: int
    record_hash: bytes
    places: tuple[Place, ...]
    rules: str
    reference: str


def in_order(times: Sequence[int]) -> bool:
    """Whether none of these comes before the one before it."""
    return sorted(times) == [*times]


class Run(NamedTuple):
    """Records ``low`` and on whose bytes could be read; where they stand in time and chains is not judged yet.

    A value of ``times`` (milliseconds), ``hashes`` (32 bytes), ``rules`` and ``references`` stands for each record; one
    of the others for each link, in the order of the records: the index that it belongs to, its chain, its number there,
    and what it names as the record before, as it stands in JSON (base64url in quotation marks, or ``NULL``).
    """

    low: int
    times: Sequence[int]
    hashes: Sequence[bytes]
    linked: Sequence[int]
    chains: Sequence[str]
    seqs: Sequence[int]
    prevs: Sequence[bytes]
    rules: Sequence[str]
    references: Sequence[str]

    @classmethod
    def alone(cls, idx: int, ms: int, record_hash: bytes, places: Sequence[Place], named: tuple[str, str]) -> "Run":
        """Return the run of one record; ``named``: its rules and reference."""
        chains, seqs, prevs = zip(*places, strict=True) if places else ((), (), ())
        stated = [NULL if prev is None else b'"%b"' % prev.encode() for prev in prevs]
        return cls(idx, (ms,), (record_hash,), (idx,) * len(places), chains, seqs, stated, *((name,) for name in named))

    def sounds(self) -> Iterator[Sound]:
        """Yield the records one by one."""
        places: list[list[Place]] = [[] for _ in self.times]
        for index, chain, seq, prev in zip(self.linked, self.chains, self.seqs, self.prevs, strict=True):
            places[index - self.low].append((chain, seq, None if prev == NULL else prev[1:-1].decode()))
        indices = range(self.low, self.low + len(self.times))
        members = indices, self.times, self.hashes, map(tuple, places), self.rules, self.references
        return map(tuple.__new__, repeat(Sound), zip(*members, strict=True))
