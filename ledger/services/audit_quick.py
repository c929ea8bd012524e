"""The quick way through sound bytes: says of an index that everything stored about it is in order, or that it doubts.

A doubt is no finding: ``audit_entry`` judges then. What is accepted here the strict reading accepts without a finding,
for it equals, byte by byte, what the writer would make of members known to be of the form. Whatever is seldom is
doubted: leaf 0, log keys, manifests, heads, erasures, and bytes whose form the patterns do not know.

A chunk is judged column by column, as a whole; where there is any doubt in it, each half is judged by itself.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from ledger.core.b64 import b64u_hashes
from ledger.core.domain import MAX_INT
from ledger.core.events import MAX_KEYS, MAX_REFS
from ledger.core.events import SIGNATURES_TAG as SIGNATURES
from ledger.core.events import SPEC as EVENT
from ledger.core.records import MAX_LINKS, Record
from ledger.core.records import SPEC as RECORD
from ledger.core.sections import TAG as SECTION
from ledger.core.times import format_recorded, parse_stated
from ledger.errors import FormatError
from ledger.services.audit_forms import (
    MOST_BYTES,
    SALT_END,
    Disclosed,
    are_hashes,
    are_salts,
    are_signatures,
    header_parts,
    is_early_day,
    is_ref,
    keys_of_signatures,
    origins_of_refs,
    signature_key,
)
from ledger.store.entries import Chunk
from ledger.store.sql import Row

T = TypeVar("T")
Place = tuple[str, int, str | None]
"""A link's chain, its number there, and the record hash that it names as the one before (base64url)."""


class Sound(NamedTuple):
    """An index about which every stored byte is in order; where it stands in time and chains is not judged yet."""

    idx: int
    recorded_at_ms: int
    record_hash: bytes
    places: tuple[Place, ...]
    rules: str
    reference: str


class Doubt(Exception):  # noqa: N818 - a request to look closely, not a fault
    """These bytes are not plainly sound."""


_ERASING: Final = b"governance.section_erased"
_MOST_CHAINS: Final = 8_192
_DAY_MS: Final = 86_400_000
_INTEGER: Final = {int}

_sha256: Final = hashlib.sha256
_SECTION, _EVENT, _SIGNATURES, _RECORD = (tag.encode() + b"\n" for tag in (SECTION, EVENT, SIGNATURES, RECORD))

# Where a link's ``prev`` begins behind its chain's name: the salt and the members before it.
_PREV_AT: Final = SALT_END + len(b'"link",{"chain":"","effects":"","prev":') + 43
_QUOTED: Final = 45


class Quick:
    """Judges chunks of one log; remembers, within bounds, what it found sound before."""

    def __init__(self, origin: str) -> None:
        """Take the log's origin, which leaf 0 states."""
        self._origin = origin.encode("ascii")
        self._rules = self._reference = ""
        self._day = -1
        self._date = b""
        self._disclosed = Disclosed()
        self._chains: set[str] = set()

    def judge(self, chunk: Chunk) -> list[Sound | None]:
        """Say for each index of a chunk what is sound about it; None: look closely."""
        try:
            return [*self._all(chunk)]
        except (Doubt, FormatError, LookupError, TypeError, ValueError, AttributeError):
            if chunk.high - chunk.low <= 1:
                return [None] * (chunk.high - chunk.low)
        middle = (chunk.low + chunk.high) // 2
        return self.judge(_part(chunk, chunk.low, middle)) + self.judge(_part(chunk, middle, chunk.high))

    def _all(self, chunk: Chunk) -> Iterable[Sound]:
        """Judge all of a chunk. Raises Doubt, or whatever bytes that are not of the form lead to."""
        indices, hashes, bodies, auths, times = _columns(chunk.records, 5)
        named, names, sections = _columns(chunk.disclosures, 3)
        chains, seqs, linked, links, effects = _columns(chunk.links, 5)
        if list(indices) != [*range(chunk.low, chunk.high)] or _digests(_RECORD, bodies) != [*hashes]:
            raise Doubt
        if set(map(type, times)) != _INTEGER or len({*zip(named, names, strict=True)}) != len(names):
            raise Doubt
        count, more = len(sections), len(sections) + len(effects)
        salted = sections + effects + auths
        if not self._disclosed.are_sound(names + ("effects",) * len(effects) + ("auth",) * len(auths), salted):
            raise Doubt
        texts = b64u_hashes(_digests(_SECTION, salted))
        pairs = [b'"%b":"%b"' % pair for pair in zip([name.encode() for name in names], texts[:count], strict=True)]
        events, signatures = self._events(chunk, map(b",".join, _by_index(chunk, named, pairs)))
        places = self._places(chains, seqs, links, texts[count:more])
        records = [
            b'{"auth":"%b","event":"%b","index":%d,"links":["%b"],"origin":"%b","recorded_at":"%b"'
            % (auth, event, index, self._joined(found), self._origin, self._time(ms))
            for auth, event, index, found, ms in zip(
                texts[more:],
                events,
                indices,
                _by_index(chunk, linked, b64u_hashes(_digests(_SECTION, links))),
                times,
                strict=True,
            )
        ]
        decided = [self._decided(*of) for of in zip(bodies, records, signatures, strict=True)]
        rules, references = zip(*decided, strict=True)
        members = indices, times, hashes, map(tuple, _by_index(chunk, linked, places)), rules, references
        return map(tuple.__new__, repeat(Sound), zip(*members, strict=True))

    # --- the record --------------------------------------------------------------------------------------------------

    def _decided(self, body: bytes, before: bytes, signatures: bytes) -> tuple[str, str]:
        """Hold a record to its members; return its rules and reference, which seldom change."""
        if body != before + self._ending(signatures):
            record = Record.parse(body)
            self._rules, self._reference = record.rules, record.reference
            if body != before + self._ending(signatures):
                raise Doubt
        return self._rules, self._reference

    def _ending(self, signatures: bytes) -> bytes:
        return b',"reference":"%b","rules":"%b","signatures":%b,"spec":"hazledger/record@1"}' % (
            self._reference.encode(), self._rules.encode(), signatures,
        )  # fmt: skip

    @staticmethod
    def _joined(links: list[bytes]) -> bytes:
        if not 0 < len({*links}) == len(links) <= MAX_LINKS:
            raise Doubt
        links.sort()
        return b'","'.join(links)

    def _time(self, ms: int) -> bytes:
        day, rest = divmod(ms, _DAY_MS)
        if day != self._day:
            self._date = format_recorded(day * _DAY_MS)[:10].encode()
            self._day = day
        seconds = rest // 1000
        return b"%bT%02d:%02d:%02d.%03dZ" % (self._date, seconds // 3600, seconds // 60 % 60, seconds % 60, rest % 1000)

    # --- the event ---------------------------------------------------------------------------------------------------

    def _events(self, chunk: Chunk, sections: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Judge headers and signatures; return, as text, each event's hash and what its record says of signatures."""
        actors, ids, indices, hashes, headers, signatures = _columns(chunk.events, 6)
        if list(indices) != [*range(chunk.low, chunk.high)] or _digests(_EVENT, headers) != [*hashes]:
            raise Doubt
        stated: Any = zip(*[match.groups() for match in map(header_parts, headers)], strict=True)  # type: ignore[union-attr]
        actor, event_id, keys, not_after, occurred_at, origins, refs, named, kinds = stated
        if (actor, event_id, named) != (_encoded(actors), _encoded(ids), (*sections,)) or {*origins} != {self._origin}:
            raise Doubt
        if max(map(len, headers)) > MOST_BYTES or _ERASING in kinds or not all(map(self._own_refs, {*refs})):
            raise Doubt
        for time in {*occurred_at, *(text[1:-1] for text in {*not_after} - {b"null"})}:
            if not is_early_day(time):
                parse_stated(time.decode())
        return b64u_hashes(hashes), _signed(keys, signatures)

    def _own_refs(self, refs: bytes) -> bool:
        origins = origins_of_refs(refs)
        return len(origins) <= MAX_REFS and all(origin == self._origin for origin in origins)

    # --- the links ---------------------------------------------------------------------------------------------------

    def _places(
        self, chains: Sequence[str], seqs: Sequence[int], links: Sequence[bytes], effects: Sequence[bytes]
    ) -> Iterable[Place]:
        """Judge links, given the digests of their effects, and return where they stand."""
        self._check_chains({*chains})
        if set(map(type, seqs)) != _INTEGER or min(seqs) < 0 or max(seqs) > MAX_INT:
            raise Doubt
        starts = [_PREV_AT + len(chain) for chain in chains]
        stated = [
            link[at : at + _QUOTED] if seq else b"null" for link, at, seq in zip(links, starts, seqs, strict=True)
        ]
        salts = [link[:SALT_END] for link in links]
        made = [
            b'%b"link",{"chain":"%b","effects":"%b","prev":%b,"seq":%d}]' % members
            for members in zip(salts, _encoded(chains), effects, stated, seqs, strict=True)
        ]
        named = [prev for prev in stated if prev != b"null"]
        if made != [*links] or not are_salts(salts) or not are_hashes(named):
            raise Doubt
        return zip(chains, seqs, [None if prev == b"null" else prev[1:-1].decode() for prev in stated], strict=True)

    def _check_chains(self, chains: set[str]) -> None:
        new = chains - self._chains
        if not all(map(is_ref, new)):
            raise Doubt
        if len(self._chains) > _MOST_CHAINS:
            self._chains.clear()
        self._chains |= new


def _signed(keys: Sequence[bytes], signatures: Sequence[bytes | None]) -> list[bytes]:
    """Judge the signatures of events that name these keys; return what their records say of them."""
    given = [signature for signature in signatures if signature is not None]
    digests = iter(b64u_hashes(_digests(_SIGNATURES, given)))
    for named, signature in zip(keys, signatures, strict=True):
        if (named != b"") if signature is None else not _are_signed(named, signature):
            raise Doubt
    return [b"null" if signature is None else b'"%b"' % next(digests) for signature in signatures]


def _are_signed(keys: bytes, signatures: bytes) -> bool:
    alone = signature_key(signatures)
    if alone is not None:
        return b'"%b"' % alone[1] == keys
    named = keys_of_signatures(signatures)
    return (
        are_signatures(signatures) is not None
        and b'"%b"' % b'","'.join(named) == keys
        and len(named) <= MAX_KEYS
        and sorted({*named}) == named
        and len(signatures) <= MOST_BYTES
    )


def _digests(tag: bytes, bodies: Iterable[bytes]) -> list[bytes]:
    return [_sha256(tag + body).digest() for body in bodies]


def _encoded(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple([text.encode() for text in texts])


def _columns(rows: list[Row], width: int) -> Any:  # noqa: ANN401 - values of any type, forged ones too
    """The values of rows column by column; empty columns where there is no row."""
    return zip(*rows, strict=True) if rows else repeat((), width)


def _by_index(chunk: Chunk, indices: Sequence[int], items: Iterable[T]) -> list[list[T]]:
    """Items that stand by rows of these indices, by index; they keep their order."""
    found: list[list[T]] = [[] for _ in range(chunk.low, chunk.high)]
    low = chunk.low
    if indices and min(indices) < low:
        raise Doubt
    for index, item in zip(indices, items, strict=True):
        found[index - low].append(item)
    return found


def _part(chunk: Chunk, low: int, high: int) -> Chunk:
    """The rows of a part of a chunk."""

    def cut(rows: list[Row], place: int) -> list[Row]:
        key = itemgetter(place)
        return rows[bisect_left(rows, low, key=key) : bisect_left(rows, high, key=key)]

    return Chunk(low, high, cut(chunk.records, 0), cut(chunk.events, 2), cut(chunk.disclosures, 0), cut(chunk.links, 2))
