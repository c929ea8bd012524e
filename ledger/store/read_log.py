"""The log of reads: leaves in order, complete tiles, and the head that whoever appends holds meanwhile."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import ReadHeadRow, ReadRow, Tile
from ledger.store.tables import read_head, read_tiles, reads

_PAGE = 512


class ReadLog(Repository):
    """Reads by their place in their own log. What has no place yet (``idx`` None) waits for the next append."""

    __slots__ = ()

    def head(self) -> ReadHeadRow | None:
        """Return size, signed size, root and note of what is signed; None before the first read."""
        return self._one(
            select(*[read_head.c[name] for name in ReadHeadRow._fields]).where(read_head.c.id == 1), ReadHeadRow
        )

    def heads(self) -> int:
        """Return how many rows there are where one stands."""
        return int(self._scalar(select(func.count()).select_from(read_head)))

    def hold(self) -> ReadHeadRow | None:
        """Return the head and keep others from appending until this transaction ends."""
        query = select(*[read_head.c[name] for name in ReadHeadRow._fields]).where(read_head.c.id == 1)
        return self._one(query.with_for_update(), ReadHeadRow)

    def move(self, was: ReadHeadRow | None, now: ReadHeadRow) -> None:
        """Replace the head that was held."""
        if was is None:
            self._insert(read_head, [(1, *now)])
        else:
            self.connection.execute(update(read_head).where(read_head.c.id == 1).values(now._asdict()))

    def append(self, row: ReadRow) -> None:
        """Store a read with its place. Raises ConstraintError if it is there."""
        self._insert(reads, [row])

    def place(self, row: ReadRow) -> None:
        """Give a stored read its place, salt and hash."""
        here = (reads.c.org == row.org, reads.c.id == row.id, reads.c.idx.is_(None))
        self.connection.execute(update(reads).where(*here).values(idx=row.idx, salt=row.salt, hash=row.hash))

    def without_place(self, limit: int) -> list[ReadRow]:
        """Return reads of before there was a log, in order of time."""
        return self._all(
            select(reads).where(reads.c.idx.is_(None)).order_by(reads.c.id, reads.c.org).limit(limit), ReadRow
        )

    def known(self, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of these (org, id) that are stored."""
        return {(row[0], row[1]) for row in self._by_keys(reads, ("org", "id"), ("org", "id"), keys)}

    def one(self, org: str, ref: str) -> ReadRow | None:
        """Return a read of an organisation."""
        return self._one(select(reads).where(reads.c.org == org, reads.c.id == ref), ReadRow)

    def iterate(self) -> Iterator[ReadRow]:
        """Walk all reads that have a place, in order of their places."""
        after: tuple[int, str, str] = (-(2**62), "", "")
        while True:
            key = (reads.c.idx, reads.c.org, reads.c.id)
            later = (
                (key[0] > after[0])
                | ((key[0] == after[0]) & (key[1] > after[1]))
                | ((key[0] == after[0]) & (key[1] == after[1]) & (key[2] > after[2]))
            )
            page = self._all(select(reads).where(key[0].is_not(None), later).order_by(*key).limit(_PAGE), ReadRow)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1]
            assert last.idx is not None
            after = (last.idx, last.org, last.id)

    # --- the tree ----------------------------------------------------------------------------------------------------

    def record_hashes(self, start: int, stop: int) -> list[bytes]:
        """Return the hashes of the reads at these places; fewer where some are missing."""
        query = select(reads.c.hash).where(reads.c.idx >= start, reads.c.idx < stop).order_by(reads.c.idx)
        return [bytes(row[0] or bytes(32)) for row in self.connection.execute(query)]

    def tile(self, level: int, n: int) -> bytes | None:
        """Return a complete tile's 8,192 bytes."""
        value = self._scalar(select(read_tiles.c.data).where(read_tiles.c.level == level, read_tiles.c.n == n))
        return None if value is None else bytes(value)

    def tile_count(self) -> int:
        """Return how many complete tiles are stored."""
        return int(self._scalar(select(func.count()).select_from(read_tiles)))

    def insert_tiles(self, rows: Iterable[Tile]) -> None:
        """Store complete tiles."""
        self._insert(read_tiles, rows)
