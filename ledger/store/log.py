"""The log: records in order, complete tiles, and the signed checkpoint that is compared and swapped."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, literal_column, select, update

from ledger.store.faults import GuardError
from ledger.store.repository import Repository
from ledger.store.rows import CheckpointRow, PublishedRow, RecordRow, Tile
from ledger.store.sql import Ask
from ledger.store.tables import checkpoint, checkpoints, records, tiles

_SIGNED = (checkpoint.c.size, checkpoint.c.root, checkpoint.c.note)
_CHECKPOINT = Ask(select(*_SIGNED).where(checkpoint.c.id == literal_column("1")))
_HASHES = Ask(
    select(records.c.hash)
    .where(records.c.idx >= bindparam("start"), records.c.idx < bindparam("stop"))
    .order_by(records.c.idx)
)
_TILE = Ask(select(tiles.c.data).where(tiles.c.level == bindparam("level"), tiles.c.n == bindparam("n")))
_SWAP = Ask(
    update(checkpoint)
    .where(
        checkpoint.c.id == literal_column("1"),
        checkpoint.c.size == bindparam("was_size"),
        checkpoint.c.note == bindparam("was_note"),
    )
    .values(size=bindparam("to_size"), root=bindparam("to_root"), note=bindparam("to_note"))
)


class Log(Repository):
    """Records, tiles and checkpoints."""

    __slots__ = ()

    def insert_records(self, rows: Iterable[RecordRow]) -> None:
        """Append records. Raises ConstraintError if an index is taken."""
        self._insert(records, rows)

    def size(self) -> int:
        """Return the number of the next record: one more than the greatest index stored."""
        greatest = self._scalar(select(func.max(records.c.idx)))
        return 0 if greatest is None else int(greatest) + 1

    def record(self, idx: int) -> RecordRow | None:
        """Return record ``idx``."""
        return self._one(select(records).where(records.c.idx == idx), RecordRow)

    def records(self, start: int, stop: int) -> list[RecordRow]:
        """Return records ``start <= idx < stop``."""
        query = select(records).where(records.c.idx >= start, records.c.idx < stop).order_by(records.c.idx)
        return self._all(query, RecordRow)

    def by_record_hash(self, start: int, record_hash: bytes) -> RecordRow | None:
        """Return the record with this hash among those from ``start`` on; walks them, newest first."""
        query = select(records).where(records.c.idx >= start, records.c.hash == record_hash).limit(1)
        return self._one(query.order_by(records.c.idx.desc()), RecordRow)

    def record_hashes(self, start: int, stop: int) -> list[bytes]:
        """Return the record hashes (the leaves' data, 32 bytes) of ``start <= idx < stop``.

        Raises GuardError if one is missing: whoever hashes a tree of them must not skip a leaf.
        """
        found = [bytes(row[0]) for row in _HASHES.rows(self.connection, self.backend, start=start, stop=stop)]
        if len(found) != max(0, stop - start):
            raise GuardError("records_missing", params={"start": start, "stop": stop})
        return found

    def bodies(self, indices: Sequence[int]) -> dict[int, bytes]:
        """Return the canonical bytes of those of these records that are stored."""
        return {row[0]: bytes(row[1] or b"") for row in self._by_keys(records, ("idx",), ("idx", "body"), indices)}

    def last_recorded_at_ms(self) -> int | None:
        """Return the time of the newest record."""
        query = select(records.c.recorded_at_ms).order_by(records.c.idx.desc()).limit(1)
        value = self._scalar(query)
        return None if value is None else int(value)

    def size_at(self, at_ms: int) -> int:
        """Return the log size as known at a time: how many records were recorded until then (binary search)."""
        low, high = 0, self.size()
        while low < high:
            middle = (low + high) // 2
            found = self._scalar(select(records.c.recorded_at_ms).where(records.c.idx == middle))
            if found is None:
                raise GuardError("records_missing", params={"start": middle, "stop": middle + 1})
            low, high = (middle + 1, high) if found <= at_ms else (low, middle)
        return low

    def insert_tiles(self, rows: Iterable[Tile]) -> None:
        """Store complete tiles."""
        self._insert(tiles, rows)

    def tile(self, level: int, n: int) -> bytes | None:
        """Return a complete tile's 8,192 bytes."""
        found = _TILE.rows(self.connection, self.backend, level=level, n=n)
        return bytes(found[0][0]) if found and found[0][0] is not None else None

    def tiles_at(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """Return those of these complete tiles, by level and number, that are stored."""
        rows = self._by_keys(tiles, ("level", "n"), ("level", "n", "data"), keys)
        return {(row[0], row[1]): bytes(row[2] or b"") for row in rows}

    def tiles(self, level: int, *, after: int = -1, limit: int = 256) -> list[Tile]:
        """Return a page of the complete tiles of a level."""
        query = select(tiles).where(tiles.c.level == level, tiles.c.n > after).order_by(tiles.c.n).limit(limit)
        return self._all(query, Tile)

    def tile_count(self) -> int:
        """Return how many complete tiles are stored."""
        return int(self._scalar(select(func.count()).select_from(tiles)))

    def checkpoint(self) -> CheckpointRow | None:
        """Return the signed checkpoint; None before the genesis."""
        rows = _CHECKPOINT.rows(self.connection, self.backend)
        return CheckpointRow(*rows[0]) if rows else None

    def swap_checkpoint(self, was: CheckpointRow | None, now: CheckpointRow) -> None:
        """Replace exactly ``was`` (None: there is none yet) by ``now``. Raises GuardError or ConstraintError."""
        if was is None:
            self._insert(checkpoint, [(1, *now)])
            return
        values = {"was_size": was.size, "was_note": was.note, "to_size": now.size, "to_root": now.root}
        if _SWAP.run(self.connection, self.backend, **values, to_note=now.note) != 1:
            raise GuardError("checkpoint_moved", params={"size": was.size})

    def publish(self, row: PublishedRow) -> None:
        """Keep a checkpoint as published."""
        self._insert(checkpoints, [row])

    def published(self, *, after: int = -1, limit: int = 100) -> list[PublishedRow]:
        """Return a page of the published checkpoints by size."""
        query = select(checkpoints).where(checkpoints.c.size > after).order_by(checkpoints.c.size).limit(limit)
        return self._all(query, PublishedRow)

    def newest_published(self, *, limit: int) -> list[PublishedRow]:
        """Return the newest published checkpoints, the greatest first."""
        return self._all(select(checkpoints).order_by(checkpoints.c.size.desc()).limit(limit), PublishedRow)

    def last_published(self, *, until: int | None = None) -> PublishedRow | None:
        """Return the greatest published checkpoint, of a size not above ``until`` when given."""
        query = select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)
        return self._one(query if until is None else query.where(checkpoints.c.size <= until), PublishedRow)

    def erase_auth(self, idx: int) -> None:
        """Erase the ``auth`` disclosure of a record; its digest stays in the record. Once only."""
        statement = update(records).where(records.c.idx == idx, records.c.auth.is_not(None)).values(auth=None)
        if self.connection.execute(statement).rowcount != 1:
            raise GuardError("nothing_to_erase", params={"idx": idx, "name": "auth"})
