"""What other processes find out ahead of a full audit, which alone makes decisions again, in the order of the log.

They judge bytes and signatures, which hang on nothing before them. What they say counts for the very rows that they
read: the audit compares the digest of what they read with that of what it reads itself, and judges anew where these
differ. So what is found does not depend on how many read, and not on when.
"""

import marshal
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from ledger.core.b64 import unb64u
from ledger.core.events import parse_signatures, signing_bytes
from ledger.core.keys import check_public_key, key_id, verify
from ledger.errors import HazledgerError
from ledger.rules.aggregates import OrgState
from ledger.services.audit_quick import Quick
from ledger.services.audit_range import CHUNK
from ledger.services.audit_run import Run
from ledger.services.memo import load
from ledger.store.entries import Chunk
from ledger.store.sql import Row
from ledger.store.unit_of_work import Unit

AHEAD: Final = 8 * CHUNK
"""Indexes judged at a time: what waits for the audit stands in memory."""

_MOST_KEYS: Final = 4_096
_PLAIN: Final = 2
"""The version of ``marshal`` in which equal values have equal bytes: later ones depend on which objects are shared."""


class Ahead(NamedTuple):
    """A chunk judged ahead: the digest of its rows, its parts in order (a run, or indexes to look closely at).

    ``signed``: the indexes all of whose signatures are good, each by the one key of its id; whether that key might sign
    there is for the audit to judge.
    """

    rows: bytes
    parts: tuple[Run | tuple[int, int], ...]
    signed: frozenset[int]


def rows_of(chunk: Chunk) -> bytes:
    """Return the digest of all rows of a chunk. Raises ValueError where one holds what no database gives."""
    return sha256(marshal.dumps(tuple(chunk), _PLAIN)).digest()


def judged(chunk: Chunk, quick: Quick, ahead: Ahead | None) -> tuple[Sequence[Run | Chunk], frozenset[int]]:
    """Return the parts of a chunk and where signatures are good: as was found ahead, where that is about these rows."""
    if ahead is None or ahead.rows != rows_of(chunk):
        return quick.judge(chunk), frozenset()
    return [part if isinstance(part, Run) else chunk.part(*part) for part in ahead.parts], ahead.signed


class Scout:
    """Judges ranges of one log in a process of its own; remembers, within bounds, keys that it met."""

    def __init__(self, origin: str) -> None:
        """Take the log's origin."""
        self._quick = Quick(origin)
        self._keys: dict[str, bytes] = {}

    def look(self, unit: Unit, low: int, high: int) -> list[Ahead]:
        """Judge ``low <= idx < high``, chunk by chunk."""
        asked: set[str] = set()
        return [self._judge(unit, chunk, asked) for chunk in unit.entries.chunks(low, high, chunk=CHUNK)]

    def _judge(self, unit: Unit, chunk: Chunk, asked: set[str]) -> Ahead:
        parts = self._quick.judge(chunk)
        sound = {
            index for part in parts if isinstance(part, Run) for index in range(part.low, part.low + len(part.times))
        }
        events = [row for row in chunk.events if row[2] in sound and row[5] is not None]
        self._learn(unit, {row[0] for row in events} - asked)
        asked |= {row[0] for row in events}
        plain = tuple(part if isinstance(part, Run) else (part.low, part.high) for part in parts)
        return Ahead(rows_of(chunk), plain, frozenset(row[2] for row in events if self._is_signed(row)))

    def _learn(self, unit: Unit, actors: Iterable[str]) -> None:
        """Take the keys that the projections know of these: nobody is trusted, for a key's id is its digest."""
        if len(self._keys) > _MOST_KEYS:
            self._keys.clear()
        for actor in actors:
            try:
                known = load((actor,), 0, unit, unit)[actor]
                raws = [unb64u(key.raw, 32) for key in known.keys.values()] if isinstance(known, OrgState) else []
            except (HazledgerError, AssertionError, LookupError, TypeError, ValueError, AttributeError):  # forged
                continue
            self._keys.update({key_id(raw): raw for raw in raws})

    def _is_signed(self, row: Row) -> bool:
        try:
            message = signing_bytes(row[4])
            return all(
                verify(check_public_key(self._keys[item.key]), unb64u(item.sig), message)
                for item in parse_signatures(row[5])
            )
        except (HazledgerError, LookupError):
            return False
