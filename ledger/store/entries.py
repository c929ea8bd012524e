"""Everything stored about each index of the log, in order, with flat memory: what the audit and a rebuild read."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Table, func, or_, select

from ledger.store.repository import Repository
from ledger.store.rows import DisclosureRow, Entry, EventRow, LinkRow, RecordRow
from ledger.store.sql import Row
from ledger.store.tables import disclosures, events, links, records

CHUNK: Final = 1024
INDEXED: Final = (records, events, disclosures, links)

_ORDER: Final = {"records": "idx", "events": "idx, actor, id", "disclosures": "idx, name", "links": "idx, chain, seq"}


class Entries(Repository):
    """Entries by index."""

    __slots__ = ()

    def iterate(self, start: int = 0, stop: int | None = None, *, chunk: int = CHUNK) -> Iterator[Entry]:
        """Yield an entry for each index ``start <= idx < stop`` (default: ``end``), also where rows are missing."""
        end = self.end() if stop is None else stop
        for low in range(start, end, chunk):
            yield from self._chunk(low, min(low + chunk, end))

    def at(self, idx: int) -> Entry:
        """Return what is stored about one index."""
        return next(self._chunk(idx, idx + 1))

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

    def _chunk(self, low: int, high: int) -> Iterator[Entry]:
        found_records = {row[0]: RecordRow._make(row) for row in self._rows(records, low, high)}
        found_events = _grouped(self._rows(events, low, high), 2)
        found_disclosures = _grouped(self._rows(disclosures, low, high), 0)
        found_links = _grouped(self._rows(links, low, high), 2)
        for idx in range(low, high):
            yield Entry(
                idx,
                found_records.get(idx),
                tuple(map(EventRow._make, found_events.get(idx, ()))),
                tuple(map(DisclosureRow._make, found_disclosures.get(idx, ()))),
                tuple(map(LinkRow._make, found_links.get(idx, ()))),
            )

    def _rows(self, table: Table, low: int, high: int) -> Any:  # noqa: ANN401 - rows of the table
        columns = ", ".join(column.name for column in table.columns)
        mark = "?" if self.backend == "sqlite" else "%s"
        text = f"SELECT {columns} FROM {table.name} WHERE idx >= {mark} AND idx < {mark} ORDER BY {_ORDER[table.name]}"  # noqa: S608
        return self.connection.exec_driver_sql(text, (low, high)).fetchall()


def _grouped(rows: Any, place: int) -> dict[int, list[Row]]:  # noqa: ANN401 - rows sorted by that place
    return {idx: list(group) for idx, group in groupby(rows, key=itemgetter(place))}
