"""From a database URL to engines that are safe to commit with.

SQLite: WAL needs a build without the WAL-reset bug (sqlite.org/wal.html, "The WAL-Reset Bug"; fixed in 3.51.3, 3.50.7
and 3.44.6). ``pysqlite3`` bundles one; the standard library's is taken if it is safe; else the journal is TRUNCATE
with synchronous=EXTRA, which has no WAL to reset, and ``Engines.notice`` says so.

PostgreSQL 15 or later through psycopg 3: READ COMMITTED for the writer (guards make it safe), REPEATABLE READ READ ONLY
for readers, so that one unit sees one state.
"""

import contextlib
import importlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from ledger.errors import ConfigurationError
from ledger.store.faults import StoreFaultError, classify

Backend = Literal["sqlite", "postgresql"]

MIN_POSTGRESQL: Final = 15
READERS: Final = 8
BUSY_TIMEOUT_MS: Final = 5_000
LOCK_TIMEOUT_MS: Final = 5_000
STATEMENT_TIMEOUT_MS: Final = 120_000
MMAP_BYTES: Final = 1 << 30
WAL_PAGES: Final = 16_384
WRITER_CACHE_KIB: Final = 64 * 1024
READER_CACHE_KIB: Final = 4 * 1024
SCRATCH_CACHE_KIB: Final = 8 * 1024

_PSYCOPG: Final = "postgresql+psycopg"


@dataclass(frozen=True, slots=True)
class Engines:
    """A writer of one connection, a pool of readers, and what an operator should know about them."""

    url: URL
    backend: Backend
    writer: Engine
    reader: Engine
    notice: str | None
    path: Path | None

    def dispose(self) -> None:
        """Close every connection, the writer's last: SQLite merges its WAL into the file when a writer goes last."""
        self.reader.dispose()
        self.writer.dispose()


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"


def parse_url(url: str | URL) -> URL:
    """Check a URL and choose the driver. Raises ConfigurationError for other databases, memory and bad syntax."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("database_url_malformed") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database in {None, "", ":memory:"} or parsed.query:
            raise ConfigurationError("database_url_malformed")
        return parsed.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername=_PSYCOPG)
    raise ConfigurationError("database_not_supported", params={"database": backend})


def open_engines(url: str | URL, *, readers: int = READERS, create: bool = False) -> Engines:
    """Make the engines; connections are opened when first used. ``create``: a missing SQLite file is made.

    Raises ConfigurationError.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, readers, "rwc" if create else "rw")
    return _postgresql(parsed, readers)


def scratch_engines(path: Path) -> Engines:
    """Make the engines of a file for one process and one run: small in memory, and lost if the machine goes down."""
    return _sqlite(parse_url(sqlite_url(path)), 1, "rwc", scratch=True)


# --- SQLite ---------------------------------------------------------------------------------------------------------


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the WAL-reset bug fixed."""
    if version >= (3, 51, 3):
        return True
    return version[:2] in {(3, 50), (3, 44)} and version >= {50: (3, 50, 7), 44: (3, 44, 6)}[version[1]]


def choose_driver() -> tuple[Any, bool]:
    """Return the DB-API module and whether its SQLite is safe in WAL; prefers a safe one."""
    candidates: list[Any] = []
    with contextlib.suppress(ImportError):
        candidates.append(importlib.import_module("pysqlite3.dbapi2"))
    candidates.append(sqlite3)
    for module in candidates:
        if wal_is_safe(_version(module)):
            return module, True
    return candidates[-1], False


def _version(module: Any) -> tuple[int, int, int]:  # noqa: ANN401 - a module
    major, minor, patch = (int(part) for part in module.sqlite_version.split("."))
    return major, minor, patch


def _sqlite(url: URL, readers: int, mode: str, *, scratch: bool = False) -> Engines:
    module, wal = choose_driver()
    path = Path(str(url.database)).absolute()
    journal = ("journal_mode=WAL", "synchronous=FULL") if wal else ("journal_mode=TRUNCATE", "synchronous=EXTRA")
    if scratch:
        journal = ("journal_mode=TRUNCATE", "synchronous=OFF")
    temporary = "FILE" if scratch else "MEMORY"
    common = ("foreign_keys=ON", "recursive_triggers=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", f"temp_store={temporary}")
    write = (
        *common,
        *journal,
        f"cache_size=-{SCRATCH_CACHE_KIB if scratch else WRITER_CACHE_KIB}",
        f"wal_autocheckpoint={WAL_PAGES}",
        "trusted_schema=OFF",
    )
    read = (
        *common,
        "query_only=ON",
        f"cache_size=-{READER_CACHE_KIB}",
        f"mmap_size={MMAP_BYTES}",
        "trusted_schema=OFF",
    )

    def connect(mode: str, pragmas: tuple[str, ...]) -> Callable[[], Any]:
        def creator() -> Any:  # noqa: ANN401 - a DB-API connection
            connection = module.connect(
                f"{path.as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").fetchall()
            return connection

        return creator

    def engine(mode: str, pragmas: tuple[str, ...], size: int, begin: str) -> Engine:
        made = create_engine(
            "sqlite://",
            module=module,
            creator=connect(mode, pragmas),
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=0,
            pool_reset_on_return="rollback",
        )
        event.listen(made, "begin", lambda connection: _begin(connection, begin))
        event.listen(made, "handle_error", translate, retval=True)
        return made

    return Engines(
        url=url,
        backend="sqlite",
        writer=engine(mode, write, 1, "BEGIN IMMEDIATE"),
        reader=engine("ro", read, readers, "BEGIN"),
        notice=None
        if wal
        else f"sqlite {module.sqlite_version} is unsafe in WAL mode; using a slower rollback journal",
        path=path,
    )


def _begin(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def _postgresql(url: URL, readers: int) -> Engines:
    def engine(role: str, isolation: str, size: int, settings: dict[str, str]) -> Engine:
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        made = create_engine(
            url,
            isolation_level=isolation,
            pool_size=size,
            max_overflow=0,
            pool_pre_ping=role == "reader",  # a writer that lost its session stops: its lock may be lost as well
            connect_args={"options": options, "application_name": f"hazledger {role}", "connect_timeout": 10},
        )
        event.listen(made, "connect", refuse_older)
        event.listen(made, "handle_error", translate, retval=True)
        return made

    common = {
        "timezone": "UTC",
        "client_encoding": "UTF8",
        "lock_timeout": str(LOCK_TIMEOUT_MS),
        "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    }
    write = {**common, "synchronous_commit": "on", "idle_in_transaction_session_timeout": "60000"}
    read = {**common, "default_transaction_read_only": "on"}
    return Engines(
        url=url,
        backend="postgresql",
        writer=engine("writer", "READ COMMITTED", 1, write),
        reader=engine("reader", "REPEATABLE READ", readers, read),
        notice=None,
        path=None,
    )


def refuse_older(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
    """Refuse a PostgreSQL server below ``MIN_POSTGRESQL`` as soon as a connection is made."""
    version = connection.info.server_version // 10_000
    if version < MIN_POSTGRESQL:
        raise ConfigurationError("postgresql_too_old", params={"version": version, "least": MIN_POSTGRESQL})


def translate(context: ExceptionContext) -> BaseException | None:
    """Let our own errors leave instead of the driver's; the pool itself has to see that a ping of it failed."""
    if context.is_pre_ping:
        return None
    fault = classify(context.original_exception)
    if isinstance(fault, StoreFaultError) and context.connection is None:
        return StoreFaultError("store_unreachable", params=fault.params, retry_after_s=30)
    return fault
