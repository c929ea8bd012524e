"""Statements over many rows at once, compiled once for each database.

SQLite takes rows one after another inside one ``executemany``; PostgreSQL takes them as arrays through ``unnest``, one
round trip however many there are. Both come out of the same SQLAlchemy Core construct: ``Source`` stands for the rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final, cast

from sqlalchemy import BigInteger, Connection, Dialect, LargeBinary, Table, Text, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ColumnElement, Executable, FromClause
from sqlalchemy.types import TypeEngine

from ledger.store.engines import Backend
from ledger.store.faults import classify

Row = tuple[Any, ...]

_DIALECTS: Final[Mapping[Backend, Dialect]] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="pyformat"),  # type: ignore[no-untyped-call]
}
_GROUPS: Final = (64, 32, 16, 8, 4, 2, 1)
MAX_PARAMETERS: Final = 900
"""What every SQLite takes in one statement (its default limit was 999 until 3.32)."""

_PLAIN: Final[tuple[TypeEngine[Any], ...]] = (BigInteger(), Text(), LargeBinary())


def fetch(connection: Connection, backend: Backend, sql: str, parameters: Any) -> list[Row]:  # noqa: ANN401 - the driver's parameters
    """Execute on the driver's own cursor and return every row.

    A small statement through SQLAlchemy costs several times what it costs the database. The transaction must have
    begun. Raises what ``faults.classify`` makes of the driver's errors.
    """
    driver = connection.connection
    cursor = driver.cursor(binary=True) if backend == "postgresql" else driver.cursor()
    try:
        cursor.execute(sql, parameters)
        return cast("list[Row]", cursor.fetchall())
    except Exception as error:
        raise (classify(error) or error) from error
    finally:
        cursor.close()


def touched(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> int:  # noqa: ANN401
    """Execute in the same way, for every tuple of parameters if ``many``; return how many rows were touched."""
    cursor = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, parameters)
        return cursor.rowcount
    except Exception as error:
        raise (classify(error) or error) from error
    finally:
        cursor.close()


class Source:
    """The rows of one statement: ``source["name"]`` is that column of the current row."""

    def __init__(self, backend: Backend, columns: Mapping[str, TypeEngine[Any]]) -> None:
        """Take the names and types of the columns, in the order of the rows' values."""
        self.names = tuple(columns)
        self.backend = backend
        self._columns = columns
        self.rows: FromClause | None = None
        if backend == "postgresql":
            arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in columns.items()]
            named = [column(name, kind) for name, kind in columns.items()]
            self.rows = func.unnest(*arrays).table_valued(*named).render_derived(name="v")

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        """Return the column as an expression."""
        if self.rows is None:
            return bindparam(name, type_=self._columns[name])
        return self.rows.c[name]


@dataclass(frozen=True, slots=True)
class Many:
    """A compiled statement over many rows; ``names`` tells what each value of a row is.

    ``values`` is the one place of an SQLite insert that stands for a row, "" where there is none.
    """

    sql: str
    names: tuple[str, ...]
    order: tuple[int, ...]
    backend: Backend
    values: str = ""

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Execute for every row and return how many rows of the table were touched."""
        if not rows:
            return 0
        if self.backend == "postgresql":
            return touched(connection, self.sql, self._arrays(rows))
        if self.order != tuple(range(len(self.names))):
            rows = [tuple(row[place] for place in self.order) for row in rows]
        return self._in_groups(connection, rows) if self.values else touched(connection, self.sql, rows, many=True)

    def _in_groups(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Insert several rows with each statement.

        The driver gives up the interpreter at every step, and a busy thread takes long to give it back; a step for each
        row would be most of the time of a transaction. Few sizes of groups, so that the statements stay prepared.
        """
        done, count = 0, 0
        for size in _GROUPS:
            while len(rows) - done >= size and size * len(self.order) <= MAX_PARAMETERS:
                sql = _grouped(self.sql, self.values, size)
                count += touched(connection, sql, tuple(chain.from_iterable(rows[done : done + size])))
                done += size
        assert done == len(rows)
        return count

    def _arrays(self, rows: Sequence[Row]) -> dict[str, list[Any]]:
        return {name: list(values) for name, values in zip(self.names, zip(*rows, strict=True), strict=True)}


@lru_cache(maxsize=1_024)
def _grouped(sql: str, values: str, size: int) -> str:
    return sql.replace(values, ", ".join([values] * size), 1)


class Plan:
    """A statement over many rows, compiled for a database when it is first run there."""

    __slots__ = ("_build", "_columns", "_compiled")

    def __init__(self, columns: Mapping[str, TypeEngine[Any]], build: Callable[[Source], Executable]) -> None:
        """``columns``: names and types of a row's values, in order; ``build``: the statement over such rows."""
        self._columns = columns
        self._build = build
        self._compiled: dict[Backend, Many] = {}

    def run(self, connection: Connection, backend: Backend, rows: Sequence[Row]) -> int:
        """Execute for every row and return how many rows of the table were touched."""
        if not rows:
            return 0
        many = self._compiled.get(backend)
        if many is None:
            many = self._compiled[backend] = compile_many(backend, self._columns, self._build)
        return many.run(connection, rows)


class Ask:
    """One statement whose parameters have names, compiled for a database when it is first run there."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: Executable) -> None:
        """``statement``: with a ``bindparam`` for each parameter."""
        self._statement = statement
        self._compiled: dict[Backend, tuple[str, tuple[str, ...]]] = {}

    def rows(self, connection: Connection, backend: Backend, **values: object) -> list[Row]:
        """Execute and return every row. The transaction must have begun."""
        sql, order = self._text(backend)
        return fetch(connection, backend, sql, tuple([values[name] for name in order]) if order else values)

    def run(self, connection: Connection, backend: Backend, **values: object) -> int:
        """Execute and return how many rows were touched. The transaction must have begun."""
        sql, order = self._text(backend)
        return touched(connection, sql, tuple([values[name] for name in order]) if order else values)

    def _text(self, backend: Backend) -> tuple[str, tuple[str, ...]]:
        """The text, and for SQLite the names of its places."""
        known = self._compiled.get(backend)
        if known is None:
            compiled: Any = self._statement.compile(dialect=_DIALECTS[backend])  # type: ignore[attr-defined]
            order = tuple(compiled.positiontup) if backend == "sqlite" else ()
            known = self._compiled[backend] = (_binary(str(compiled)), order)
        return known


def _binary(sql: str) -> str:
    """Have psycopg send values in binary form, not as hexadecimal text."""
    return sql.replace(")s::", ")b::")


def compile_many(
    backend: Backend, columns: Mapping[str, TypeEngine[Any]], build: Callable[[Source], Executable]
) -> Many:
    """Compile the statement that ``build`` makes of a source with these columns."""
    source = Source(backend, columns)
    compiled: Any = build(source).compile(dialect=_DIALECTS[backend])  # type: ignore[attr-defined]
    names = source.names
    order = tuple(names.index(name) for name in compiled.positiontup) if backend == "sqlite" else ()
    sql = _binary(str(compiled))
    values = f"({', '.join('?' * len(order))})"
    return Many(sql, names, order, backend, values if f" VALUES {values}" in sql else "")


def plain_type(table: Table, name: str) -> TypeEngine[Any]:
    """Return the type of a column without its collation, for use in an array."""
    kind = table.c[name].type
    return next(plain for plain in _PLAIN if isinstance(kind, type(plain)))


@lru_cache(maxsize=128)
def insert_many(
    backend: Backend, table: Table, update: tuple[str, ...] = (), add: tuple[str, ...] = (), *, keep: bool = False
) -> Many:
    """Insert whole rows (values in the order of the table's columns).

    A row whose primary key exists is an error, unless ``update`` names the columns to overwrite then, or ``add`` those
    to which the new value is added, or the former row is to stay (``keep``).
    """
    names = [column.name for column in table.columns]
    columns = {name: plain_type(table, name) for name in names}

    def build(source: Source) -> Executable:
        insert = postgresql.insert(table) if backend == "postgresql" else sqlite.insert(table)
        if source.rows is None:
            insert = insert.values({name: source[name] for name in names})
        else:
            insert = insert.from_select(names, select(*[source[name] for name in names]))
        if keep:
            return insert.on_conflict_do_nothing()
        if not update and not add:
            return insert
        new: dict[str, Any] = {name: insert.excluded[name] for name in update}
        new |= {name: table.c[name] + insert.excluded[name] for name in add}
        return insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=new)

    return compile_many(backend, columns, build)


@lru_cache(maxsize=128)
def by_keys(backend: Backend, table: Table, keys: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Text that selects ``wanted`` of the rows whose key columns are among those given as parameters."""
    match = ", ".join(keys) if len(keys) == 1 else f"({', '.join(keys)})"
    if backend == "postgresql":
        arrays = ", ".join(f"%({key})b::{_pg_type(table, key)}[]" for key in keys)
        joined = " AND ".join(f"t.{key} = v.{key}" for key in keys)
        columns = ", ".join(f"t.{name}" for name in wanted)
        return f"SELECT {columns} FROM unnest({arrays}) AS v({', '.join(keys)}) JOIN {table.name} t ON {joined}"  # noqa: S608
    given = "value" if len(keys) == 1 else ", ".join(f"value ->> {place}" for place in range(len(keys)))
    return f"SELECT {', '.join(wanted)} FROM {table.name} WHERE {match} IN (SELECT {given} FROM json_each(?))"  # noqa: S608


def _pg_type(table: Table, name: str) -> str:
    return str(plain_type(table, name).compile(dialect=_DIALECTS["postgresql"]))


def distinct(keys: Iterable[Any]) -> list[Any]:
    """Return the keys without repeats, in a fixed order, so that locks are always taken in the same one."""
    return sorted(set(keys))
