"""A bulk of events in one request, against a raw insert of the very rows that such a bulk leaves behind."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table

from ledger.bench import load, scratch
from ledger.bench.context import Context
from ledger.bench.frame import Measured, pair, timed
from ledger.bench.scratch import Scratch
from ledger.bench.serving import running
from ledger.core.canonical import parse
from ledger.core.shape import object_at
from ledger.services.answers import Appended
from ledger.services.intake import Auth
from ledger.store.sql import insert_many
from ledger.store.tables import metadata
from ledger.store.unit_of_work import Store, WriteUnit

PATH: Final = "/api/v1/events:bulk"
NDJSON: Final = "application/x-ndjson"
CREATED: Final = b'"status":201'


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table: new ones, and ones whose key was there before."""

    table: Table
    new: Sequence[tuple[Any, ...]]
    changed: Sequence[tuple[Any, ...]]

    def write(self, unit: WriteUnit) -> None:
        """Write them with the statements of the store."""
        columns = tuple(column.name for column in self.table.columns if not column.primary_key)
        insert_many(unit.backend, self.table).run(unit.connection, self.new)
        insert_many(unit.backend, self.table, columns).run(unit.connection, self.changed)


def bulk(context: Context) -> Measured:
    """Events in one request, NDJSON / the rows they leave, inserted raw in one transaction."""
    count = context.sizes.bulk
    before = context.scratch()
    rows = left_behind(context, before, count)
    ledger = context.scratch()
    key = scratch.access_token(ledger)
    with ExitStack() as stack:
        port = stack.enter_context(running({"app": "ledger", "folder": str(ledger.folder)}))

        def ours() -> float:
            body = b"\n".join(context.bodies(ledger, count))
            made = load.requests(PATH, [body], key=key, media_type=NDJSON)
            return count / load.run(port, made, 1, accept=lambda answer: answer.count(CREATED) == count)

        def raw() -> float:
            return count / insert_raw(before, rows)

        ours()
        return pair("bulk", "events/s", "executemany of the same rows", (ours, raw), context.rounds)


def left_behind(context: Context, before: Scratch, count: int) -> list[Rows]:
    """Append so many events to a copy, and return every row that is there now and was not before."""
    after = before.copy(before.folder.with_name(before.folder.name + "-after"))
    auth = Auth("api_key", "bench")
    with after.open() as ledger:
        stated = [ledger.state(object_at(parse(body)), auth) for body in context.bodies(after, count)]
        assert all(isinstance(answer, Appended) for answer in ledger.append_many(stated))
    with closing(sqlite3.connect(f"{after.path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("ATTACH DATABASE ? AS former", (f"{before.path.as_uri()}?mode=ro",))
        return [rows for table in metadata.sorted_tables if (rows := _difference(connection, table)) is not None]


def _difference(connection: sqlite3.Connection, table: Table) -> Rows | None:
    columns = ", ".join(column.name for column in table.columns)
    places = [place for place, column in enumerate(table.columns) if column.primary_key]
    keys = ", ".join(column.name for column in table.columns if column.primary_key)
    now = f"SELECT {columns} FROM main.{table.name} EXCEPT SELECT {columns} FROM former.{table.name}"  # noqa: S608 - our own names
    found = connection.execute(now).fetchall()
    known = set(connection.execute(f"SELECT {keys} FROM former.{table.name}").fetchall()) if found else set()  # noqa: S608
    old = [tuple(row[place] for place in places) in known for row in found]
    new = [row for row, was in zip(found, old, strict=True) if not was]
    changed = [row for row, was in zip(found, old, strict=True) if was]
    return Rows(table, new, changed) if found else None


def insert_raw(before: Scratch, rows: Sequence[Rows]) -> float:
    """Seconds that it takes to write the rows into a fresh copy: same tables, indexes, settings; one transaction."""
    fresh = before.copy(before.folder.with_name(before.folder.name + "-raw"))
    try:
        store = Store.open(fresh.url)
        try:
            with store.write():
                pass
            return timed(lambda: _write(store, rows))
        finally:
            store.close()
    finally:
        shutil.rmtree(fresh.folder)


def _write(store: Store, rows: Sequence[Rows]) -> None:
    with store.write() as unit:
        for one in rows:
            one.write(unit)
