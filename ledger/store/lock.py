"""One writer per ledger: an OS lock beside the SQLite file, an advisory lock on a session of its own on PostgreSQL.

Both vanish with the process that holds them, however it dies. Both name the holder, so that a second server can say
who writes. They keep honest processes apart; what makes a lost lock harmless are the guards on chain heads, holdings
and checkpoint.
"""

import os
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Final, Protocol

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ledger.errors import UnavailableError
from ledger.store.engines import LOCK_TIMEOUT_MS, parse_url, refuse_older, translate

ADVISORY_KEY: Final = 0x68_61_7A_6C_65_64_67_65  # "hazledge"
_PREFIX: Final = "hazledger lock "
_MAX_NAME: Final = 512
_LOOK_AGAIN_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that writes: its id and the host it runs on."""

    pid: int
    host: str

    def __str__(self) -> str:
        """Return ``pid@host``."""
        return f"{self.pid}@{self.host}"

    @classmethod
    def me(cls) -> "Holder":
        """Return this process."""
        return cls(os.getpid(), socket.gethostname())

    @classmethod
    def parse(cls, words: str) -> "Holder | None":
        """Read ``pid@host``; None when it is not of that form."""
        pid, at, host = words.strip().partition("@")
        return cls(int(pid), host) if at and pid.isdecimal() else None


class WriterHeldError(UnavailableError):
    """Another process writes to this ledger; ``holder`` says which, when known."""

    holder: Holder | None

    def __init__(self, holder: Holder | None) -> None:
        """Name the holder."""
        super().__init__("writer_elsewhere", params={"holder": str(holder or "?")}, retry_after_s=5)
        self.holder = holder


class WriterLock(Protocol):
    """A lock that is held until ``release`` or the end of the process."""

    def held(self) -> bool:
        """Whether it is still held; a session to a server may have been lost."""

    def release(self) -> None:
        """Let another process write."""


def acquire(url: str | URL, wait_s: float = 0) -> WriterLock:
    """Become the one writer of the ledger at this URL, within `wait_s` seconds. Raises WriterHeldError.

    A server notices the end of a session in its own time, and a killed process gives its files back last of all: who
    starts right after has to look more than once.
    """
    parsed, ends = parse_url(url), monotonic() + wait_s
    while True:
        try:
            if parsed.get_backend_name() == "sqlite":
                return FileLock(lock_path(Path(str(parsed.database))))
            return SessionLock(parsed)
        except WriterHeldError:
            left = ends - monotonic()
            if left <= 0:
                raise
        sleep(min(left, _LOOK_AGAIN_S))


def lock_path(database: Path) -> Path:
    """Return the lock file of a SQLite file."""
    return database.with_name(database.name + ".lock")


def holder_in_file(path: Path) -> Holder | None:
    """Return whom a lock file names, though that one may have ended since."""
    with suppress(FileNotFoundError):
        return Holder.parse(path.read_bytes()[:_MAX_NAME].decode("utf-8", "replace"))
    return None


def holder_of_session(session: Connection) -> Holder | None:
    """Return who holds the advisory lock of the database that this session is connected to."""
    query = text(
        "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database()) AND (l.classid::bigint << 32 | l.objid::bigint) = :key"
    )
    name = session.scalar(query, {"key": ADVISORY_KEY})
    return Holder.parse(str(name).removeprefix(_PREFIX)) if name is not None else None


class FileLock:
    """An exclusive lock on a file that also names the holder. The file stays; the lock is what counts."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises WriterHeldError."""
        self.path = path
        self._file: IO[bytes] | None = None
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        try:
            _lock_or_name(file)
            file.truncate()
            file.write(str(Holder.me()).encode())
        except BaseException:
            file.close()
            raise
        self._file = file

    def held(self) -> bool:
        """Whether this object holds the lock and nobody put another file in its place."""
        if self._file is None:
            return False
        mine = os.fstat(self._file.fileno())
        with suppress(FileNotFoundError):
            there = self.path.stat()
            return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)
        return False

    def release(self) -> None:
        """Let another process write; a second call does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock_or_name(file: IO[bytes]) -> None:
    if not _try_lock(file):
        raise WriterHeldError(Holder.parse(file.read(_MAX_NAME).decode("utf-8", "replace")))


class SessionLock:
    """A PostgreSQL advisory lock on a session that does nothing else."""

    def __init__(self, url: URL) -> None:
        """Take the lock. Raises WriterHeldError."""
        self._mutex = threading.Lock()
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "application_name": f"{_PREFIX}{Holder.me()}"[:63],
                "options": f"-c statement_timeout={LOCK_TIMEOUT_MS}",
                "connect_timeout": 10,
            },
        )
        event.listen(self._engine, "connect", refuse_older)
        event.listen(self._engine, "handle_error", translate, retval=True)
        self._session: Connection | None = self._engine.connect()
        if not self._session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}):
            holder = holder_of_session(self._session)
            self.release()
            raise WriterHeldError(holder)

    def held(self) -> bool:
        """Whether the session that holds the lock is still there."""
        with self._mutex:
            if self._session is None:
                return False
            try:
                self._session.execute(text("SELECT 1"))
            except (UnavailableError, DBAPIError):
                return False
            return not self._session.invalidated

    def release(self) -> None:
        """Let another process write; a second call does nothing."""
        with self._mutex:
            session, self._session = self._session, None
            if session is not None:
                # A server notices the end of a session in its own time; the next writer is not to wait for that.
                with suppress(UnavailableError, SQLAlchemyError):
                    session.execute(text("SELECT pg_advisory_unlock_all()"))
                session.close()
            self._engine.dispose()


if sys.platform == "win32":
    import msvcrt

    _FAR: Final = 1 << 30
    """A byte beyond the name, so that others can still read the name."""

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(0)
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
