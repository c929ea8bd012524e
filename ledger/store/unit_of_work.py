"""A store and its units of work. Nothing but ``WriteUnit`` commits; nothing leaves it half written.

Fail-stop: after a commit whose outcome is unknown, or after a disk or connection fault, ``Store.write`` refuses until
``Store.reopen``; whoever reopens reads again what is there. Reads go on.
"""

import shutil
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.errors import ConfigurationError, UnavailableError
from ledger.store.audits import Audits
from ledger.store.authorities import Authorities
from ledger.store.badges import Badges
from ledger.store.chains import Chains
from ledger.store.drafts import Drafts
from ledger.store.engines import Backend, Engines, open_engines
from ledger.store.entries import Entries
from ledger.store.events import Events
from ledger.store.faults import CommitUnknownError, StoreBusyError, StoreFaultError
from ledger.store.guards import Guards
from ledger.store.import_jobs import ImportJobs
from ledger.store.incidents import Incidents
from ledger.store.key_requests import KeyRequests
from ledger.store.lock import Holder, holder_in_file, holder_of_session, lock_path
from ledger.store.log import Log
from ledger.store.manifests import Manifests
from ledger.store.migrate import check_current
from ledger.store.operations import Operations
from ledger.store.papers import Papers
from ledger.store.people import People
from ledger.store.projections import Projections
from ledger.store.queries import Queries
from ledger.store.read_log import ReadLog
from ledger.store.recalls import Recalls
from ledger.store.scans import Scans
from ledger.store.sessions import Sessions
from ledger.store.step_links import StepLinks
from ledger.store.streams import Streams
from ledger.store.tables import checkpoint
from ledger.store.watching import Watching
from ledger.store.webhooks import Webhooks
from ledger.store.withheld import Withheld
from ledger.store.witnesses import Witnesses

WRITER_WAIT_S = 5.0


class Unit:
    """Repositories that share one connection and one transaction."""

    def __init__(self, connection: Connection, backend: Backend) -> None:
        """Bind every repository to the connection."""
        self.connection = connection
        self.backend = backend
        self.events = Events(connection, backend)
        self.chains = Chains(connection, backend)
        self.log = Log(connection, backend)
        self.entries = Entries(connection, backend)
        self.projections = Projections(connection, backend)
        self.queries = Queries(connection, backend)
        self.recalls = Recalls(connection, backend)
        self.manifests = Manifests(connection, backend)
        self.operations = Operations(connection, backend)
        self.webhooks = Webhooks(connection, backend)
        self.step_links = StepLinks(connection, backend)
        self.papers = Papers(connection, backend)
        self.scans = Scans(connection, backend)
        self.incidents = Incidents(connection, backend)
        self.audits = Audits(connection, backend)
        self.reads = ReadLog(connection, backend)
        self.import_jobs = ImportJobs(connection, backend)
        self.key_requests = KeyRequests(connection, backend)
        self.drafts = Drafts(connection, backend)
        self.badges = Badges(connection, backend)
        self.people = People(connection, backend)
        self.sessions = Sessions(connection, backend)
        self.guards = Guards(connection, backend)
        self.streams = Streams(connection, backend)
        self.authorities = Authorities(connection, backend)
        self.witnesses = Witnesses(connection, backend)
        self.watching = Watching(connection, backend)
        self.withheld = Withheld(connection, backend)


class ReadUnit(Unit):
    """Reads of one state of the store, however long they take. Use as a context manager."""

    def __enter__(self) -> Self:
        """Fix the state that will be read: the transaction begins with its first read."""
        try:
            self.connection.execute(select(checkpoint.c.size)).all()
        except BaseException:
            self.connection.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the state go."""
        self.connection.close()


class WriteUnit(Unit):
    """One transaction. Leaving it normally commits; leaving it by an exception rolls back. Use as a context manager.

    Raises CommitUnknownError from the end of the ``with`` block when the commit reported an error.
    """

    def __init__(self, store: "Store", connection: Connection) -> None:
        """Take the writer's connection, already inside its transaction."""
        super().__init__(connection, store.backend)
        self._store = store

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back what an exception cut short."""
        try:
            if error is None:
                self._commit()
            else:
                self._roll_back(error)
        finally:
            self._store.release(self.connection)

    def _commit(self) -> None:
        try:
            self.connection.commit()
        except BaseException as error:
            self._store.stop(f"commit outcome unknown: {error}")
            self.connection.invalidate()
            raise CommitUnknownError("commit_unknown", retry_after_s=30) from error

    def _roll_back(self, error: BaseException) -> None:
        if isinstance(error, StoreFaultError):
            self._store.stop(str(error))
        try:
            self.connection.rollback()
        except StoreFaultError as second:
            self._store.stop(str(second))
            self.connection.invalidate()


class Store:
    """One ledger's database: read by many, written by one thread of one process."""

    def __init__(self, engines: Engines) -> None:
        """Take the engines; ``Store.open`` also checks the schema."""
        self.engines = engines
        self.backend: Backend = engines.backend
        self.stopped: str | None = None
        self._writing = threading.Lock()

    @classmethod
    def open(cls, url: str | URL, *, readers: int = 8) -> "Store":
        """Open a store whose schema is that of this version; see ``migrate``. Raises ConfigurationError."""
        engines = open_engines(url, readers=readers)
        if engines.path is not None and not engines.path.exists():
            raise ConfigurationError("store_missing", params={"path": str(engines.path)})
        try:
            check_current(engines.reader)
        except BaseException:
            engines.dispose()
            raise
        return cls(engines)

    @property
    def notice(self) -> str | None:
        """What an operator should know about the database engine, or None."""
        return self.engines.notice

    def read(self) -> ReadUnit:
        """Begin reading. Raises StoreBusyError when all readers are taken, StoreFaultError without a database."""
        return ReadUnit(_connect(self.engines.reader), self.backend)

    def write(self) -> WriteUnit:
        """Begin writing. Raises UnavailableError when writing has stopped, StoreBusyError while another unit writes."""
        if self.stopped is not None:
            raise UnavailableError("writing_stopped", params={"reason": self.stopped}, retry_after_s=30)
        if not self._writing.acquire(timeout=WRITER_WAIT_S):
            raise StoreBusyError("store_busy")
        try:
            connection = _connect(self.engines.writer)
        except BaseException:
            self._writing.release()
            raise
        try:
            connection.begin()
        except BaseException as error:
            if isinstance(error, StoreFaultError):
                self.stop(str(error))
            self.release(connection)
            raise
        return WriteUnit(self, connection)

    def release(self, connection: Connection) -> None:
        """Give the writer's connection back; called by the unit alone."""
        try:
            connection.close()
        finally:
            self._writing.release()

    def stop(self, reason: str) -> None:
        """Refuse further writing until ``reopen``; the first reason stays."""
        self.stopped = self.stopped or reason

    def reopen(self) -> None:
        """Drop the writer's connection and allow writing again; the caller reads again what is really there."""
        with self._writing:
            self.engines.writer.dispose()
            self.stopped = None

    def close(self) -> None:
        """Close every connection."""
        self.engines.dispose()

    def holder(self) -> Holder | None:
        """Return who writes to this ledger, if that is known; beside a file it may be one that has ended since."""
        if self.engines.path is not None:
            return holder_in_file(lock_path(self.engines.path))
        with self.read() as unit:
            return holder_of_session(unit.connection)

    def free_bytes(self) -> int | None:
        """Return the free space of the disk that holds the file; None when the database is a server."""
        return None if self.engines.path is None else free_bytes(self.engines.path)


def free_bytes(path: Path) -> int:
    """Return the free bytes of the disk on which ``path`` lies or would lie."""
    folder = path if path.is_dir() else path.parent
    return shutil.disk_usage(folder).free


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except PoolTimeoutError as error:
        raise StoreBusyError("store_busy") from error
