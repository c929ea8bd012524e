"""Fail-stop: after an unknown commit or a fault nothing is written until somebody looked; reads go on."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ledger.errors import UnavailableError
from ledger.store.engines import Backend, sqlite_url
from ledger.store.faults import CommitUnknownError, StoreBusyError, StoreFaultError
from ledger.store.migrate import migrate
from ledger.store.unit_of_work import Store, free_bytes
from tests.store import sample
from tests.support.postgres import Postgres

ON_POSTGRESQL = pytest.mark.parametrize(
    "backend", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def break_commit(monkeypatch: pytest.MonkeyPatch, before: Callable[[Connection], None]) -> None:
    real = Connection.commit

    def commit(self: Connection) -> None:
        before(self)
        real(self)

    monkeypatch.setattr(Connection, "commit", commit)


def one_write(store: Store) -> None:
    with store.write() as unit:
        sample.append(unit, 0, 1)


def test_a_failed_commit_is_unknown_and_stops_writing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: Connection) -> None:
        raise StoreFaultError("store_fault", params={"detail": "fsync"})

    with monkeypatch.context() as patch:
        break_commit(patch, fail)
        with pytest.raises(CommitUnknownError):
            one_write(store)
    assert store.stopped is not None
    with pytest.raises(UnavailableError, match="writing_stopped"):
        store.write()
    with store.read() as unit:
        assert unit.log.size() == 0
    store.reopen()
    one_write(store)
    with store.read() as unit:
        assert unit.log.size() == 1


def test_a_commit_reported_as_failed_may_have_happened(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Connection.commit

    def commit(self: Connection) -> None:
        real(self)
        raise StoreFaultError("store_fault", params={"detail": "after the fact"})

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "commit", commit)
        with pytest.raises(CommitUnknownError):
            one_write(store)
    store.reopen()
    with store.read() as unit:
        assert unit.log.size() == 1


def test_an_interrupt_while_committing_is_unknown_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(connection: Connection) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        break_commit(patch, interrupt)
        with pytest.raises(CommitUnknownError):
            one_write(store)
    assert store.stopped is not None


@ON_POSTGRESQL
def test_a_server_that_ends_the_session_while_committing(
    store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Postgres = request.getfixturevalue("postgres")

    def kill(connection: Connection) -> None:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with server.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    with monkeypatch.context() as patch:
        break_commit(patch, kill)
        with pytest.raises(CommitUnknownError):
            one_write(store)
    store.reopen()
    one_write(store)


@ON_POSTGRESQL
def test_a_session_that_ends_within_a_unit_stops_writing(store: Store, request: pytest.FixtureRequest) -> None:
    server: Postgres = request.getfixturevalue("postgres")

    def cut_short() -> None:
        with store.write() as unit:
            pid = unit.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with server.connect() as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            sample.append(unit, 0, 1)

    with pytest.raises(StoreFaultError):
        cut_short()
    assert store.stopped is not None
    store.reopen()
    one_write(store)


@ON_SQLITE
def test_a_full_disk_stops_writing_and_loses_nothing(store: Store) -> None:
    one_write(store)

    def too_much() -> None:
        with store.write() as unit:
            pages = unit.connection.exec_driver_sql("PRAGMA page_count").scalar()
            unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # SQLite then says SQLITE_FULL
            sample.append(unit, 1, 2_000)

    with pytest.raises(StoreFaultError) as caught:
        too_much()
    assert caught.value.code == "store_fault"
    with pytest.raises(UnavailableError, match="full"):
        store.write()
    with store.read() as unit:
        assert unit.log.size() == 1
    store.reopen()
    with store.write() as writing:
        sample.append(writing, 1, 2_000)


def test_a_fault_on_beginning_stops_writing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Connection) -> None:
        raise StoreFaultError("store_fault", params={"detail": "gone"})

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "begin", fail)
        with pytest.raises(StoreFaultError):
            store.write()
    assert store.stopped is not None
    store.reopen()
    one_write(store)


def test_busy_does_not_stop_writing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(self: Connection) -> None:
        raise StoreBusyError("store_busy")

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "begin", busy)
        with pytest.raises(StoreBusyError):
            store.write()
    assert store.stopped is None
    one_write(store)


def test_the_first_reason_stays(store: Store) -> None:
    store.stop("first")
    store.stop("second")
    assert store.stopped == "first"


def test_free_space_is_that_of_the_disk(store: Store, backend: Backend, tmp_path: Path) -> None:
    if backend == "sqlite":
        free = store.free_bytes()
        assert free is not None
        assert 0 < free <= shutil.disk_usage(tmp_path).total
    else:
        assert store.free_bytes() is None
    assert free_bytes(tmp_path / "not there yet") <= shutil.disk_usage(tmp_path).total


def test_a_file_that_vanished_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    migrate(sqlite_url(path))
    store = Store.open(sqlite_url(path))
    store.close()
    for left in list(tmp_path.iterdir()):
        left.unlink()
    with pytest.raises(StoreFaultError):
        store.read()
    with pytest.raises(StoreFaultError):
        store.write()
    assert list(tmp_path.iterdir()) == []
    store.close()


@ON_POSTGRESQL
def test_a_session_that_ends_while_reading(store: Store, request: pytest.FixtureRequest) -> None:
    server: Postgres = request.getfixturevalue("postgres")

    def cut_short() -> None:
        with store.read() as unit:
            pid = unit.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with server.connect() as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            unit.events.find(sample.ORG, "id")

    with pytest.raises(StoreFaultError):
        cut_short()
    one_write(store)
    with store.read() as unit:
        assert unit.events.find(sample.ORG, "id-0000") is not None


@ON_POSTGRESQL
def test_sessions_that_ended_between_units(store: Store, request: pytest.FixtureRequest) -> None:
    """Readers connect anew without an error; the writer stops, for its lock was a session as well."""
    server: Postgres = request.getfixturevalue("postgres")
    one_write(store)
    with store.read() as first, store.read() as second:
        assert first.log.size() == second.log.size() == 1
    with server.connect() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (store.engines.url.database,),
        )
    for _ in range(3):
        with store.read() as unit:
            assert unit.log.size() == 1
    with pytest.raises(StoreFaultError), store.write() as unit:
        sample.append(unit, 1, 2)
    assert store.stopped is not None
    store.reopen()
    with store.write() as unit:
        sample.append(unit, 1, 2)


@ON_SQLITE
def test_a_schema_that_vanished_says_so_at_the_first_read(store: Store) -> None:
    with store.write() as unit:
        unit.connection.exec_driver_sql("DROP TABLE checkpoint")
    unit_of_reading = store.read()
    with pytest.raises(DBAPIError, match="no such table"):
        unit_of_reading.__enter__()
    assert unit_of_reading.connection.closed
