"""What all repositories share: one connection inside one transaction, and how rows are fetched from it."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Executable, Table

from ledger.store.engines import Backend
from ledger.store.sql import Row, by_keys, fetch, insert_many

T = TypeVar("T")


class Repository:
    """A group of queries on one connection. The unit of work owns the connection and the transaction."""

    __slots__ = ("backend", "connection")

    def __init__(self, connection: Connection, backend: Backend) -> None:
        """Work inside the transaction that is open on this connection."""
        self.connection = connection
        self.backend = backend

    def _all(self, statement: Executable, make: type[T]) -> list[T]:
        return [make(*row) for row in self.connection.execute(statement)]

    def _one(self, statement: Executable, make: type[T]) -> T | None:
        row = self.connection.execute(statement).first()
        return None if row is None else make(*row)

    def _scalar(self, statement: Executable) -> Any:  # noqa: ANN401 - whatever the statement selects
        return self.connection.execute(statement).scalar()

    def _insert(self, table: Table, rows: Iterable[Row]) -> None:
        insert_many(self.backend, table).run(self.connection, _sequence(rows))

    def _upsert(
        self, table: Table, rows: Iterable[Row], *, update: tuple[str, ...] = (), add: tuple[str, ...] = ()
    ) -> None:
        insert_many(self.backend, table, update, add).run(self.connection, _sequence(rows))

    def _add_missing(self, table: Table, rows: Iterable[Row]) -> None:
        """Insert rows; one whose key exists stays as it is."""
        insert_many(self.backend, table, keep=True).run(self.connection, _sequence(rows))

    def _by_keys(
        self, table: Table, keys: tuple[str, ...], wanted: tuple[str, ...], given: Sequence[Any]
    ) -> Sequence[Row]:
        """Rows whose key (or tuple of keys) is among ``given``; texts and integers only."""
        if not given:
            return ()
        text = by_keys(self.backend, table, keys, wanted)
        if self.backend == "sqlite":
            parameters: Any = (orjson.dumps(given).decode(),)
        elif len(keys) == 1:
            parameters = {keys[0]: list(given)}
        else:
            parameters = {key: list(values) for key, values in zip(keys, zip(*given, strict=True), strict=True)}
        return fetch(self.connection, self.backend, text, parameters)


def _sequence(rows: Iterable[Row]) -> Sequence[Row]:
    return rows if isinstance(rows, list | tuple) else list(rows)
