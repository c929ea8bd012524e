"""What the next root rests on, read again and re-hashed before it is signed: what lies right under the log's edge.

The edge in memory holds the leaves of the unfinished tile of level 0 and, on each level above, the root of every
complete tile one level down. ``check`` re-reads the newest tile under each level and one further tile in turn, and of
the unfinished tile's records the newest and a few others in turn. So a change there stops the signer after at most as
many transactions as there are tiles under the edge (255 a level); what lies deeper is for the audit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.merkle import leaf_hash
from ledger.core.records import record_hash
from ledger.core.tilereader import RightEdge, tile_root
from ledger.core.tiles import FULL_TILE_SIZE, HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, TileId, join_hashes
from ledger.store.faults import GuardError
from ledger.store.rows import Tile
from ledger.store.unit_of_work import Unit

BODIES: Final = 4
"""How many records a transaction re-hashes in turn, besides the newest."""

_MAX_PROVEN: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Row:
    """The complete tiles of a level whose roots stand in the unfinished tile of the level above."""

    level: int
    numbers: range

    def place(self, n: int) -> slice:
        """Where the root of tile ``n`` stands in the unfinished tile above."""
        at = (n - self.numbers.start) * HASH_SIZE
        return slice(at, at + HASH_SIZE)


class EdgeWatch:
    """Re-reads under one growing edge. ``prove`` before the first use and after any error."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._tile = self._body = 0
        # Digests of tiles that were seen to hash to their root in the edge: the same digest again is the same tile.
        self._proven: dict[tuple[int, int], bytes] = {}

    def prove(self, unit: Unit, edge: RightEdge) -> None:
        """Re-read and re-hash everything under the edge. Raises GuardError (tile_moved, records_moved)."""
        self._proven.clear()
        for row in _rows(edge.size):
            self._check_tiles(unit, edge, [(row, n) for n in row.numbers])
        _check_bodies(unit, edge, range(edge.size % TILE_WIDTH))

    def check(self, unit: Unit, edge: RightEdge) -> None:
        """Re-read and re-hash a transaction's share. Raises GuardError (tile_moved, records_moved)."""
        rows = [*_rows(edge.size)]
        if rows:
            self._tile = _following(self._tile, sum(len(row.numbers) for row in rows))
            self._check_tiles(unit, edge, {*((row, row.numbers[-1]) for row in rows), _nth(rows, self._tile)})
        there = edge.size % TILE_WIDTH
        if there:
            places = {there - 1}
            for _ in range(BODIES):
                self._body = _following(self._body, there)
                places.add(self._body)
            _check_bodies(unit, edge, sorted(places))

    def grow(self, unit: Unit, edge: RightEdge, added: int) -> tuple[RightEdge, Mapping[TileId, bytes]]:
        """Return the edge grown by the ``added`` newest records, and the tiles this completed, which are stored.

        What was there before is re-read and compared first. Raises GuardError (records_moved, tile_moved).
        """
        there = edge.size % TILE_WIDTH
        start = edge.size - there
        leaves = [leaf_hash(data) for data in unit.log.record_hashes(start, edge.size + added)]
        if join_hashes(leaves[:there]) != edge.partial(0):
            raise GuardError("records_moved", params={"start": start, "stop": edge.size})
        self.check(unit, edge)
        grown = edge.copy()
        completed = grown.extend(leaves[there:])
        unit.log.insert_tiles([Tile(tile.level, tile.n, data) for tile, data in completed])
        return grown, dict(completed)

    def _check_tiles(self, unit: Unit, edge: RightEdge, chosen: Iterable[tuple[_Row, int]]) -> None:
        wanted = {(row.level, n): row for row, n in chosen}
        stored = unit.log.tiles_at([*wanted])
        for (level, n), row in wanted.items():
            data = stored.get((level, n), b"")
            digest = hashlib.sha256(data).digest()
            if self._proven.get((level, n)) == digest:
                continue
            if len(data) != FULL_TILE_SIZE or tile_root(data) != edge.partial(level + 1)[row.place(n)]:
                raise GuardError("tile_moved", params={"level": level, "n": n})
            if len(self._proven) >= _MAX_PROVEN:
                self._proven.clear()
            self._proven[level, n] = digest


def _check_bodies(unit: Unit, edge: RightEdge, places: Sequence[int]) -> None:
    """``places`` count from the beginning of the unfinished tile."""
    start = edge.size - edge.size % TILE_WIDTH
    bodies = unit.log.bodies([start + at for at in places])
    leaves = edge.partial(0)
    for at in places:
        body = bodies.get(start + at, b"")
        if leaf_hash(unb64u(record_hash(body))) != leaves[at * HASH_SIZE : (at + 1) * HASH_SIZE]:
            raise GuardError("records_moved", params={"start": start + at, "stop": start + at + 1})


def _rows(size: int) -> Iterator[_Row]:
    level = 0
    while complete := size >> (TILE_HEIGHT * (level + 1)):
        if complete % TILE_WIDTH:
            yield _Row(level, range(complete - complete % TILE_WIDTH, complete))
        level += 1


def _following(at: int, count: int) -> int:
    """Whose turn comes after ``at`` among ``count``, which grows meanwhile: nobody is left out of a round."""
    return at + 1 if at + 1 < count else 0


def _nth(rows: Sequence[_Row], at: int) -> tuple[_Row, int]:
    """A tile by its place, all rows taken as one."""
    every = chain.from_iterable(zip(repeat(row), row.numbers, strict=False) for row in rows)
    return next(islice(every, at, None))
