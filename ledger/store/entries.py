"""Everything stored about each index of the log, in order, with flat memory: what the audit and a rebuild read."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Table, func, or_, select

from ledger.store.engines import Backend
from ledger.store.repository import Repository
from ledger.store.rows import DisclosureRow, Entry, EventRow, LinkRow, RecordRow
from ledger.store.sql import Row, fetch
from ledger.store.tables import disclosures, events, links, records

T = TypeVar("T")
CHUNK: Final = 1024
INDEXED: Final = (records, events, disclosures, links)

_ORDER: Final = {"records": "idx", "events": "idx, actor, id", "disclosures": "idx, name", "links": "idx, chain, seq"}

_named: Final[Callable[[Any, Row], Any]] = tuple.__new__
"""Give a row its names: the columns were selected in the order of the names, so nothing is counted again."""


class Chunk(NamedTuple):
    """All rows that name an index ``low <= idx < high``, as fetched: values in the order of the tables' columns."""

    low: int
    high: int
    records: list[Row]
    events: list[Row]
    disclosures: list[Row]
    links: list[Row]

    def part(self, low: int, high: int) -> "Chunk":
        """Return the rows of a part of these indices."""
        if (low, high) == (self.low, self.high):
            return self

        def cut(rows: list[Row], place: int) -> list[Row]:
            key = itemgetter(place)
            return rows[bisect_left(rows, low, key=key) : bisect_left(rows, high, key=key)]

        return Chunk(low, high, cut(self.records, 0), cut(self.events, 2), cut(self.disclosures, 0), cut(self.links, 2))

    def entries(self) -> Iterator[Entry]:
        """Yield an entry for each index, also where rows are missing."""
        found_records = {row[0]: _named(RecordRow, row) for row in self.records}
        found_events = _grouped(self.events, 2, EventRow)
        found_disclosures = _grouped(self.disclosures, 0, DisclosureRow)
        found_links = _grouped(self.links, 2, LinkRow)
        for idx in range(self.low, self.high):
            yield Entry(
                idx,
                found_records.get(idx),
                found_events.get(idx, ()),
                found_disclosures.get(idx, ()),
                found_links.get(idx, ()),
            )


class Entries(Repository):
    """Entries by index."""

    __slots__ = ()

    def iterate(self, start: int = 0, stop: int | None = None, *, chunk: int = CHUNK) -> Iterator[Entry]:
        """Yield an entry for each index ``start <= idx < stop`` (default: ``end``), also where rows are missing."""
        for part in self.chunks(start, stop, chunk=chunk):
            yield from part.entries()

    def chunks(self, start: int = 0, stop: int | None = None, *, chunk: int = CHUNK) -> Iterator[Chunk]:
        """Yield the rows about ``start <= idx < stop`` (default: ``end``) for so many indices at a time."""
        end = self.end() if stop is None else stop
        for low in range(start, end, chunk):
            yield self._chunk(low, min(low + chunk, end))

    def at(self, idx: int) -> Entry:
        """Return what is stored about one index."""
        return next(self._chunk(idx, idx + 1).entries())

    def end(self) -> int:
        """Return one more than the greatest index any row names."""
        greatest = (self._scalar(select(func.max(table.c.idx))) for table in INDEXED)
        return 1 + max((int(value) for value in greatest if value is not None), default=-1)

    def outside(self, size: int) -> dict[str, int]:
        """Return, by table, how many rows name an index that is not of a log of this size; {} in a sound store."""
        counts = {
            table.name: int(
                self._scalar(select(func.count()).select_from(table).where(or_(table.c.idx < 0, table.c.idx >= size)))
            )
            for table in INDEXED
        }
        return {name: count for name, count in counts.items() if count}

    def _chunk(self, low: int, high: int) -> Chunk:
        return Chunk(low, high, *(self._rows(table, low, high) for table in INDEXED))

    def _rows(self, table: Table, low: int, high: int) -> list[Row]:
        return fetch(self.connection, self.backend, _SELECT[self.backend][table.name], (low, high))


def _grouped(rows: Iterable[Row], place: int, kind: type[T]) -> dict[int, tuple[T, ...]]:
    """Group rows that are sorted by the index at ``place``."""
    return {idx: tuple(map(_named, repeat(kind), group)) for idx, group in groupby(rows, key=itemgetter(place))}


def _select(table: Table, backend: Backend) -> str:
    columns = ", ".join(column.name for column in table.columns)
    mark = "?" if backend == "sqlite" else "%s"
    return f"SELECT {columns} FROM {table.name} WHERE idx >= {mark} AND idx < {mark} ORDER BY {_ORDER[table.name]}"  # noqa: S608


_BACKENDS: Final[tuple[Backend, ...]] = ("sqlite", "postgresql")
_SELECT: Final = {backend: {table.name: _select(table, backend) for table in INDEXED} for backend in _BACKENDS}
