"""A store for one run, to put aside what would grow in memory: the audit's own projections and chain heads.

It is made from the tables themselves, without migrations and triggers, in a temporary file that nobody reads again.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Table

from ledger.store.engines import scratch_engines
from ledger.store.tables import metadata
from ledger.store.unit_of_work import Store


@contextmanager
def scratch(*tables: Table) -> Iterator[Store]:
    """Yield an empty store of flat memory, with these tables alone if any are named; leaving takes it away."""
    with tempfile.TemporaryDirectory(prefix="hazledger-scratch-") as folder:
        store = Store(scratch_engines(Path(folder) / "scratch.sqlite3"))
        try:
            with store.engines.writer.begin() as connection:
                metadata.create_all(connection, tables=tables or None)
            yield store
        finally:
            store.close()
