"""Changes to a ledger's database as its owner could make them: past triggers, NOT NULL and CHECK, leaving no trace.

In a SQLite file ``soften`` takes all that refuses a change out of the schema; ``forge`` applies one change to a
softened copy and puts the schema back word for word, so that only the changed rows can give it away. On PostgreSQL
``soften_server`` drops what refuses a change besides triggers, which do not fire for a session that calls itself a
replica; ``forged_server`` makes one change and takes it back.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import dialect

from ledger.store.tables import metadata

Value = int | str | bytes | None
Row = tuple[Value, ...]
Server = psycopg.Connection[tuple[object, ...]]
"""A connection of the superuser, with autocommit."""

POSTGRESQL: Final = dialect()  # type: ignore[no-untyped-call]

FAR = 1_000_003


class NotPossibleError(Exception):
    """The table has no rows that could be changed so."""


@dataclass(frozen=True)
class Change:
    """One way to forge a table; ``column`` is None where whole rows are concerned."""

    table: str
    column: str | None
    way: str

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column or '*'} {self.way}"


@dataclass(frozen=True)
class Schema:
    """What ``soften`` took away: definitions of tables and triggers, in the database's own words."""

    tables: Sequence[tuple[str, str]]
    triggers: Sequence[str]


@contextmanager
def _raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=DELETE", "synchronous=OFF", "ignore_check_constraints=ON", "writable_schema=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        yield connection


def soften(path: Path) -> Schema:
    """Drop the triggers and every NOT NULL of a closed ledger; return the schema as it was."""
    with _raw(path) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'")
    return Schema(tables, [sql for _, sql in triggers])


def forge(path: Path, schema: Schema, change: Change) -> None:
    """Make one change in a softened file and restore its schema.

    Raises NotPossibleError without fitting rows, sqlite3.IntegrityError where a primary key stands against it.
    """
    table = metadata.tables[change.table]
    with _raw(path) as connection:
        connection.execute("BEGIN")
        _apply(_Rows(connection, table), change)
        connection.execute("COMMIT")
    harden(path, schema)


def _apply(before: "_Rows", change: Change) -> None:
    ways = ROW_WAYS if change.column is None else COLUMN_WAYS
    ways[change.way](before, "" if change.column is None else change.column)
    if set(before.again().all) == set(before.all):
        raise NotPossibleError


def harden(path: Path, schema: Schema) -> None:
    """Put the schema of a softened file back."""
    with _raw(path) as connection:
        for name, sql in schema.tables:
            connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ? AND type = 'table'", (sql, name))
        for sql in schema.triggers:
            connection.execute(sql)


def soften_server(connection: Server) -> None:
    """Drop every CHECK and NOT NULL that is not of a key; nothing in the ledger looks for them."""
    for table in metadata.tables.values():
        for check in table.constraints:
            if isinstance(check, CheckConstraint):
                connection.execute(f"ALTER TABLE {table.name} DROP CONSTRAINT {_name_of(check)}".encode())
        for column in table.columns:
            if not column.nullable and not column.primary_key:
                connection.execute(f'ALTER TABLE {table.name} ALTER "{column.name}" DROP NOT NULL'.encode())


def _name_of(check: CheckConstraint) -> str:
    return str(POSTGRESQL.identifier_preparer.format_constraint(check))


@contextmanager
def forged_server(connection: Server, change: Change) -> Iterator[None]:
    """Make one change in a softened database for as long as the block lasts.

    Raises as ``forge``; psycopg.IntegrityError where a primary key stands against it.
    """
    table = metadata.tables[change.table]
    before = _Rows(connection, table)
    with connection.transaction():
        _as_replica(connection)
        _apply(before, change)
    try:
        yield
    finally:
        with connection.transaction():
            _as_replica(connection)
            connection.execute(f"DELETE FROM {table.name}".encode())
            for row in before.all:
                before.insert(row)
        assert before.again().all == before.all


def _as_replica(connection: Server) -> None:
    connection.execute("SET LOCAL session_replication_role = replica")


class _Rows:
    """The rows of a table in the order of its key."""

    def __init__(self, connection: Any, table: Table) -> None:  # noqa: ANN401 - of either database
        self.connection = connection
        self.table = table
        lite = isinstance(connection, sqlite3.Connection)
        self.mark, self.same = ("?", "IS") if lite else ("%s", "IS NOT DISTINCT FROM")
        self.names = [column.name for column in table.columns]
        self.key = [column.name for column in table.primary_key.columns]
        order = "idx, " * ("idx" in self.names) + quoted(self.key)
        self.all: list[Row] = connection.execute(
            f"SELECT {quoted(self.names)} FROM {table.name} ORDER BY {order}"
        ).fetchall()

    def again(self) -> "_Rows":
        """The rows as they are now."""
        return _Rows(self.connection, self.table)

    def get(self, row: Row, name: str) -> Value:
        return row[self.names.index(name)]

    def key_of(self, row: Row) -> Row:
        return tuple(self.get(row, name) for name in self.key)

    def some(self, fits: Callable[[Row], bool]) -> Row:
        """The middle one of the rows that fit."""
        fitting = [row for row in self.all if fits(row)]
        if not fitting:
            raise NotPossibleError
        return fitting[len(fitting) // 2]

    def insert(self, row: Row) -> None:
        marks = ", ".join(self.mark for _ in row)
        self.connection.execute(f"INSERT INTO {self.table.name} VALUES ({marks})", row)

    def delete(self, row: Row) -> None:
        where = " AND ".join(f'"{name}" {self.same} {self.mark}' for name in self.key)
        values = [self.get(row, name) for name in self.key]
        deleted = self.connection.execute(f"DELETE FROM {self.table.name} WHERE {where}", values)
        assert deleted.rowcount == 1

    def put(self, row: Row, **values: Value) -> Row:
        return tuple(values.get(name, value) for name, value in zip(self.names, row, strict=True))

    def replace(self, former: Sequence[Row], new: Sequence[Row]) -> None:
        assert list(former) != list(new)
        for row in former:
            self.delete(row)
        for row in new:
            self.insert(row)


def quoted(names: Sequence[str]) -> str:
    """Names of columns as a list in SQL."""
    return ", ".join(f'"{name}"' for name in names)


def other(value: Value, column: "Column[Any]") -> Value:
    """Another value of the same type: a bit of the bytes, a letter of the text, a number far from all others."""
    if value is None:
        kind = column.type
        return b"{}" if isinstance(kind, LargeBinary) else 3 if isinstance(kind, Integer) else "x"
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :] if value else b"\x00"
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1") if value else "x"
    return value + FAR


def _flip(rows: _Rows, name: str) -> None:
    filled = [row for row in rows.all if rows.get(row, name) is not None]
    row = rows.some(lambda row: not filled or rows.get(row, name) is not None)
    rows.replace([row], [rows.put(row, **{name: other(rows.get(row, name), rows.table.c[name])})])


def _null(rows: _Rows, name: str) -> None:
    row = rows.some(lambda row: rows.get(row, name) is not None)
    rows.replace([row], [rows.put(row, **{name: None})])


def _swap(rows: _Rows, name: str) -> None:
    """Two rows exchange what stands in one column, if that makes other rows of them."""
    first = rows.some(lambda _row: True)
    a = rows.get(first, name)
    taken = set(map(rows.key_of, rows.all))

    def fits(row: Row) -> bool:
        new = _exchanged(rows, first, row, name)
        keys = {rows.key_of(each) for each in new}
        kept = taken - {rows.key_of(first), rows.key_of(row)}
        return rows.get(row, name) != a and set(new) != {first, row} and len(keys) == 2 and not keys & kept

    second = rows.some(fits)
    rows.replace([first, second], _exchanged(rows, first, second, name))


def _exchanged(rows: _Rows, first: Row, second: Row, name: str) -> list[Row]:
    a, b = rows.get(first, name), rows.get(second, name)
    return [rows.put(first, **{name: b}), rows.put(second, **{name: a})]


def _delete(rows: _Rows, _name: str) -> None:
    rows.delete(rows.some(lambda _row: True))


def _truncate(rows: _Rows, _name: str) -> None:
    if not rows.all:
        raise NotPossibleError
    rows.delete(rows.all[-1])


def _insert(rows: _Rows, _name: str) -> None:
    row = rows.some(lambda _row: True)
    last = rows.key[-1]
    value = rows.get(row, last)
    if isinstance(value, int):
        value = max(int(rows.get(each, last) or 0) for each in rows.all)
    rows.insert(rows.put(row, **{last: other(value, rows.table.c[last])}))


def _reorder(rows: _Rows, _name: str) -> None:
    """Two rows change places: each key gets all that stood beside the other."""
    beside = [name for name in rows.names if name not in rows.key]
    first = rows.some(lambda _row: True)
    second = rows.some(lambda row: any(rows.get(row, name) != rows.get(first, name) for name in beside))
    keep = {name: rows.get(first, name) for name in rows.key}
    give = {name: rows.get(second, name) for name in rows.key}
    rows.replace([first, second], [rows.put(first, **give), rows.put(second, **keep)])


COLUMN_WAYS = {"flip": _flip, "null": _null, "swap": _swap}
ROW_WAYS = {"delete": _delete, "insert": _insert, "reorder": _reorder, "truncate": _truncate}


def matrix() -> list[Change]:
    """Every column of every table in every way, then every table in every way."""
    columns = [
        Change(table.name, column.name, way)
        for table in metadata.tables.values()
        for column in table.columns
        for way in COLUMN_WAYS
    ]
    return columns + [Change(table.name, None, way) for table in metadata.tables.values() for way in ROW_WAYS]
