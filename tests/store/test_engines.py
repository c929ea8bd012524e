"""Which SQLite, which settings, which PostgreSQL; and what database errors mean."""

import importlib
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import text

from ledger.errors import ConfigurationError
from ledger.store import engines as under_test
from ledger.store.engines import (
    Backend,
    choose_driver,
    open_engines,
    parse_url,
    refuse_older,
    sqlite_url,
    wal_is_safe,
)
from ledger.store.faults import ConstraintError, StoreBusyError, StoreFaultError, classify
from ledger.store.migrate import migrate
from ledger.store.unit_of_work import Store
from tests.store import sample

ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "backend", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_is_safe_in_wal(version: tuple[int, int, int], *, safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_a_safe_driver_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = SimpleNamespace(sqlite_version="3.53.4"), SimpleNamespace(sqlite_version="3.40.1")
    monkeypatch.setattr(importlib, "import_module", lambda name: good)
    monkeypatch.setattr(under_test, "sqlite3", bad)
    assert choose_driver() == (good, True)
    monkeypatch.setattr(importlib, "import_module", lambda name: bad)
    monkeypatch.setattr(under_test, "sqlite3", good)
    assert choose_driver() == (good, True)


def test_an_unsafe_sqlite_gets_a_rollback_journal_and_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "choose_driver", lambda: (sqlite3, False))
    url = sqlite_url(tmp_path / "ledger.sqlite3")
    migrate(url)
    store = Store.open(url)
    assert store.notice is not None
    assert sqlite3.sqlite_version in store.notice
    with store.write() as unit:
        assert unit.connection.scalar(text("PRAGMA journal_mode")) == "truncate"
        assert unit.connection.scalar(text("PRAGMA synchronous")) == 3
        sample.append(unit, 0, 2)
    with store.read() as unit:
        assert unit.log.size() == 2
    store.close()


def test_a_machine_without_pysqlite3_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    monkeypatch.setattr(under_test, "sqlite3", SimpleNamespace(sqlite_version="3.40.1"))
    assert choose_driver()[1] is False


@ON_SQLITE
def test_settings_of_sqlite(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": 5000}
    with store.write() as unit:
        assert {name: unit.connection.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted
        assert unit.connection.scalar(text("PRAGMA query_only")) == 0
    with store.read() as unit:
        assert unit.connection.scalar(text("PRAGMA query_only")) == 1
        assert unit.connection.scalar(text("PRAGMA recursive_triggers")) == 1


@ON_POSTGRESQL
def test_settings_of_postgresql(store: Store) -> None:
    wanted = {
        "transaction_isolation": "read committed",
        "synchronous_commit": "on",
        "lock_timeout": "5s",
        "statement_timeout": "2min",
        "timezone": "UTC",
    }
    with store.write() as unit:
        assert {name: unit.connection.scalar(text(f"SHOW {name}")) for name in wanted} == wanted
    with store.read() as unit:
        assert unit.connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        assert unit.connection.scalar(text("SHOW transaction_read_only")) == "on"


def test_writing_takes_the_database_at_once(store: Store, url: str, backend: Backend) -> None:
    if backend == "sqlite":
        other = open_engines(url).writer
        with other.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            with store.write(), pytest.raises(StoreBusyError):
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        other.dispose()
    else:
        with store.write() as unit:
            assert unit.connection.in_transaction()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite://", "database_url_malformed"),
        ("sqlite:///:memory:", "database_url_malformed"),
        ("sqlite:///a.db?mode=memory", "database_url_malformed"),
        ("not a url", "database_url_malformed"),
        ("mysql://localhost/ledger", "database_not_supported"),
    ],
)
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_url(url)
    assert caught.value.code == code


@pytest.mark.parametrize("url", ["postgresql://h/l", "postgres://h/l", "postgresql+psycopg2://h/l"])
def test_the_driver_is_chosen_for_postgresql(url: str) -> None:
    assert parse_url(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize(("version", "refused"), [(140_011, True), (150_000, False), (180_001, False)])
def test_postgresql_15_or_later(version: int, *, refused: bool) -> None:
    connection = SimpleNamespace(info=SimpleNamespace(server_version=version))
    if refused:
        with pytest.raises(ConfigurationError, match="postgresql_too_old"):
            refuse_older(connection, None)
    else:
        refuse_older(connection, None)


@ON_POSTGRESQL
def test_an_older_server_is_refused_on_connecting(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "MIN_POSTGRESQL", 99)
    with pytest.raises(ConfigurationError, match="postgresql_too_old"):
        Store.open(url)


def test_a_missing_file_is_not_made_by_opening(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite3"
    with pytest.raises(ConfigurationError, match="store_missing"):
        Store.open(sqlite_url(path))
    assert not path.exists()


def test_an_unreachable_server_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreFaultError) as caught:
        Store.open(f"postgresql://postgres@/ledger?host={tmp_path}")
    assert caught.value.code == "store_unreachable"


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(StoreFaultError):
        Store.open(sqlite_url(path))


class SqliteSays(sqlite3.OperationalError):
    def __init__(self, code: int) -> None:
        super().__init__("words\nmore words")
        self.sqlite_errorcode = code


class PostgresSays(psycopg.Error):
    def __init__(self, state: str) -> None:
        super().__init__("words\nmore words")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (SqliteSays(5), StoreBusyError),
        (SqliteSays(6), StoreBusyError),
        (SqliteSays(261), StoreBusyError),  # SQLITE_BUSY_RECOVERY
        (SqliteSays(19), ConstraintError),
        (SqliteSays(1555), ConstraintError),  # SQLITE_CONSTRAINT_PRIMARYKEY
        (SqliteSays(10), StoreFaultError),
        (SqliteSays(1034), StoreFaultError),  # SQLITE_IOERR_FSYNC
        (SqliteSays(11), StoreFaultError),
        (SqliteSays(13), StoreFaultError),
        (SqliteSays(26), StoreFaultError),
        (SqliteSays(1), None),
        (PostgresSays("40001"), StoreBusyError),
        (PostgresSays("40P01"), StoreBusyError),
        (PostgresSays("55P03"), StoreBusyError),
        (PostgresSays("57014"), StoreBusyError),
        (PostgresSays("23505"), ConstraintError),
        (PostgresSays("22003"), ConstraintError),
        (PostgresSays("53100"), StoreFaultError),
        (PostgresSays("57P01"), StoreFaultError),
        (PostgresSays("08006"), StoreFaultError),
        (PostgresSays("XX001"), StoreFaultError),
        (PostgresSays("25006"), StoreFaultError),
        (PostgresSays("42601"), None),
        (sqlite3.IntegrityError("no code"), ConstraintError),
        (sqlite3.OperationalError("database is locked"), StoreBusyError),
        (sqlite3.OperationalError("disk I/O error"), StoreFaultError),
        (sqlite3.OperationalError("no such table"), None),
        (psycopg.OperationalError("the connection is lost"), StoreFaultError),
        (ValueError("no database error"), None),
    ],
    ids=repr,
)
def test_what_an_error_means(error: Exception, kind: type[Exception] | None) -> None:
    fault = classify(error)
    assert type(fault) is (kind or type(None))
    if isinstance(fault, ConstraintError):
        assert fault.params["detail"] in {"words", "no code"}
