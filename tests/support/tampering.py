"""One change to a ledger that is open, as whoever owns the database could make it: past the append-only triggers."""

from collections.abc import Callable

from sqlalchemy import Connection, text

from ledger.store.engines import Backend, open_engines


def flip(data: bytes, at: int = 100) -> bytes:
    """The same bytes but for one bit."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def change(url: str, table: str, column: str, where: str, make: Callable[[bytes], bytes]) -> None:
    """Replace what stands in a column of one row by what ``make`` makes of it."""

    def replace(connection: Connection) -> int:
        former = connection.execute(text(f"SELECT {column} FROM {table} WHERE {where}")).scalar_one()
        statement = text(f"UPDATE {table} SET {column} = :new WHERE {where}")
        return connection.execute(statement, {"new": make(bytes(former))}).rowcount

    _unguarded(url, replace)


def delete(url: str, table: str, where: str) -> None:
    """Delete one row."""
    _unguarded(url, lambda connection: connection.execute(text(f"DELETE FROM {table} WHERE {where}")).rowcount)


def _unguarded(url: str, act: Callable[[Connection], int]) -> None:
    # Through the same SQLite library as the ledger's: two of them in one process undo each other's locks.
    engines = open_engines(url, readers=1)
    try:
        with engines.writer.begin() as connection:
            _past_triggers(connection, engines.backend, act)
    finally:
        engines.dispose()


def _past_triggers(connection: Connection, backend: Backend, act: Callable[[Connection], int]) -> None:
    if backend == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))  # triggers do not fire for a replica
        assert act(connection) == 1
        return
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    assert act(connection) == 1
    for _, definition in triggers:
        connection.exec_driver_sql(definition)
