"""What a witness saw of each log: one SQLite file, changed in one transaction that is on disk before it answers.

A change begins with the write lock (BEGIN IMMEDIATE), so that threads and processes check and persist one after the
other. Journal TRUNCATE with synchronous=EXTRA: the commit has synced file, journal and folder when it returns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.core.merkle import EMPTY_ROOT
from ledger.errors import ConfigurationError, UnavailableError
from ledger.store.engines import choose_driver

FILE: Final = "witness.sqlite3"
BUSY_S: Final = 10.0
MOST_CONFLICTS: Final = 100
"""Contradictions that are kept of a log: one proves enough."""

_SCHEMA: Final = (
    (
        "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,"
        " note BLOB NOT NULL, time_s INTEGER NOT NULL, CHECK (size >= 0), CHECK (length(root) = 32)) STRICT"
    ),
    # What was seen never shrinks and never changes at one size, whoever writes.
    (
        "CREATE TRIGGER IF NOT EXISTS seen_grows BEFORE UPDATE ON seen"
        " WHEN NEW.size < OLD.size OR NEW.time_s < OLD.time_s OR (NEW.size = OLD.size AND NEW.root <> OLD.root)"
        " BEGIN SELECT RAISE(ABORT, 'a witness never goes back'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS seen_stays BEFORE DELETE ON seen"
        " BEGIN SELECT RAISE(ABORT, 'a witness never forgets'); END"
    ),
    (
        "CREATE TABLE IF NOT EXISTS conflicts (origin TEXT NOT NULL, root BLOB NOT NULL, size INTEGER NOT NULL,"
        " seen BLOB NOT NULL, shown BLOB NOT NULL, time_s INTEGER NOT NULL, PRIMARY KEY (origin, size, root)) STRICT"
    ),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The largest tree seen of a log: size, root (32 bytes), the cosigned note, when (POSIX seconds)."""

    size: int
    root: bytes
    note: bytes
    time_s: int


NOTHING: Final = Seen(0, EMPTY_ROOT, b"", 0)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two notes of one log and one size with different roots, both signed by the log: proof that it forked."""

    size: int
    seen: bytes
    shown: bytes
    time_s: int


class Change:
    """One transaction on the state."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - of either SQLite module
        """Take a connection inside its transaction."""
        self._connection = connection

    def seen(self, origin: str) -> Seen:
        """Return what was seen of a log; ``NOTHING`` before the first time."""
        return _seen(self._connection, origin) or NOTHING

    def put(self, origin: str, seen: Seen) -> None:
        """Say what is seen from now on."""
        self._connection.execute(
            "INSERT INTO seen (origin, size, root, note, time_s) VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin)"
            " DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, time_s = excluded.time_s",
            (origin, seen.size, seen.root, seen.note, seen.time_s),
        )

    def keep(self, origin: str, root: bytes, conflict: Conflict) -> None:
        """Keep a contradiction; the same again is kept once, and at most ``MOST_CONFLICTS`` of a log."""
        self._connection.execute(
            "INSERT OR IGNORE INTO conflicts (origin, root, size, seen, shown, time_s) SELECT ?, ?, ?, ?, ?, ?"
            " WHERE (SELECT count(*) FROM conflicts WHERE origin = ?) < ?",
            (origin, root, conflict.size, conflict.seen, conflict.shown, conflict.time_s, origin, MOST_CONFLICTS),
        )


class State:
    """The file. Safe for several threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Open the state in a folder, or make it. Raises ConfigurationError."""
        self._path = folder / FILE
        self._module: Any = choose_driver()[0]
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._connected() as connection:
                for statement in _SCHEMA:
                    connection.execute(statement)
        except (OSError, self._module.Error) as error:
            params = {"path": str(self._path), "reason": str(error)}
            raise ConfigurationError("witness_state_unusable", params=params) from error

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Yield a transaction that is on disk once the block was left normally; an exception undoes it.

        UnavailableError `witness_busy`: the file cannot be written now; nothing was changed, or nobody was told.
        """
        try:
            with self._connected() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield Change(connection)
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except self._module.Error as error:
            raise UnavailableError("witness_busy", params={"reason": str(error)}, retry_after_s=1) from error

    def seen(self, origin: str) -> Seen | None:
        """Return what was seen of a log. Raises UnavailableError."""
        with self._reading() as connection:
            return _seen(connection, origin)

    def conflicts(self, origin: str) -> list[Conflict]:
        """Return the contradictions that are kept of a log. Raises UnavailableError."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT size, seen, shown, time_s FROM conflicts WHERE origin = ? ORDER BY time_s, size", (origin,)
            )
            return [Conflict(int(row[0]), bytes(row[1]), bytes(row[2]), int(row[3])) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        try:
            with self._connected() as connection:
                yield connection
        except self._module.Error as error:
            raise UnavailableError("witness_busy", params={"reason": str(error)}, retry_after_s=1) from error

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """A connection of its own each time: no thread waits for another one's."""
        connection = self._module.connect(self._path, timeout=BUSY_S, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA synchronous=EXTRA")
            yield connection
        finally:
            connection.close()


def _seen(connection: Any, origin: str) -> Seen | None:  # noqa: ANN401 - of either SQLite module
    row = connection.execute("SELECT size, root, note, time_s FROM seen WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else Seen(int(row[0]), bytes(row[1]), bytes(row[2]), int(row[3]))
