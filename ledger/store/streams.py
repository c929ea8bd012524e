"""Whole tables, row by row, with flat memory: for backups, and to compare projections with a rebuild."""

from collections.abc import Generator
from typing import Final

from sqlalchemy import Table, select

from ledger.store.repository import Repository
from ledger.store.sql import Row

CHUNK: Final = 2_000
HEAVY: Final = {"papers": 4}
"""Rows at once of tables whose rows may weigh megabytes."""


class Streams(Repository):
    """Every row of a table, in the order of its columns."""

    __slots__ = ()

    def rows(self, table: Table, *, chunk: int = CHUNK) -> Generator[Row, None, None]:
        """Yield every row, ordered by primary key: the same rows come in the same order from either database."""
        for part in self.chunks(table, ordered=True, chunk=chunk):
            yield from part

    def chunks(self, table: Table, *, ordered: bool = False, chunk: int = CHUNK) -> Generator[list[Row], None, None]:
        """Yield every row in lists; in the order they are stored, which is quicker, unless ``ordered``."""
        chunk = min(chunk, HEAVY.get(table.name, chunk))
        query = select(table).order_by(*table.primary_key.columns) if ordered else select(table)
        with self.connection.execute(query, execution_options={"stream_results": True}) as found:
            for part in found.partitions(chunk):
                yield [tuple(row) for row in part]
