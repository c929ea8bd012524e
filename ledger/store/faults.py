"""What databases say, sorted into what a caller can do about it.

Only primary result codes of SQLite are read (some builds give no others) and only SQLSTATE classes of PostgreSQL
(PostgreSQL 15, appendix A).
"""

from typing import Final

from ledger.errors import IntegrityError, UnavailableError


class StoreBusyError(UnavailableError):
    """Somebody else holds a lock, or the statement took too long; nothing was written, asking again is safe."""


class StoreFaultError(UnavailableError):
    """Disk, file or connection failed. Reads may go on; writing stops until the store is opened again."""


class CommitUnknownError(StoreFaultError):
    """The commit reported an error: the rows may be there or not. Only reading them again tells."""


class ConstraintError(IntegrityError):
    """A key, a CHECK or an append-only trigger refused a row: the writer believed something that is not so."""


class GuardError(IntegrityError):
    """A chain head, a holding or the checkpoint is not where the writer believed it to be. Fatal to the writer."""


# sqlite.org/rescode.html
_SQLITE_BUSY: Final = frozenset({5, 6, 9})  # BUSY, LOCKED, INTERRUPT
_SQLITE_CONSTRAINT: Final = frozenset({18, 19, 20})  # TOOBIG, CONSTRAINT, MISMATCH
_SQLITE_FAULT: Final = frozenset({7, 8, 10, 11, 13, 14, 15, 17, 22, 26})
_SQLITE_PRIMARY: Final = 0xFF
_SQLITE_IN_WORDS: Final = (
    "disk i/o error",
    "malformed",
    "disk is full",
    "unable to open",
    "readonly",
    "not a database",
)

_PG_BUSY: Final = frozenset({"40001", "40P01", "55P03", "57014"})
_PG_READ_ONLY: Final = "25006"  # also said by a primary that has become a standby
_PG_CONSTRAINT_CLASSES: Final = frozenset({"22", "23"})
_PG_FAULT_CLASSES: Final = frozenset({"08", "53", "57", "58", "F0", "XX"})

Fault = StoreBusyError | StoreFaultError | ConstraintError


def classify(error: BaseException) -> Fault | None:
    """Return what a driver's exception means, or None when it is a mistake in a statement."""
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _of_sqlstate(str(state), error)
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _of_sqlite(int(code) & _SQLITE_PRIMARY, error)
    return _of_name(error)


def _of_sqlstate(state: str, error: BaseException) -> Fault | None:
    if state in _PG_BUSY:
        return StoreBusyError("store_busy")
    if state[:2] in _PG_CONSTRAINT_CLASSES:
        return _constraint(error)
    if state == _PG_READ_ONLY or state[:2] in _PG_FAULT_CLASSES:
        return _fault(error)
    return None


def _of_sqlite(code: int, error: BaseException) -> Fault | None:
    if code in _SQLITE_BUSY:
        return StoreBusyError("store_busy")
    if code in _SQLITE_CONSTRAINT:
        return _constraint(error)
    if code in _SQLITE_FAULT:
        return _fault(error)
    return None


def _of_name(error: BaseException) -> Fault | None:
    """Judge an exception that bears no code, such as psycopg's when the server is gone."""
    name, words = type(error).__name__, str(error).lower()
    if name == "IntegrityError":
        return _constraint(error)
    if "locked" in words:
        return StoreBusyError("store_busy")
    lost = type(error).__module__.startswith("psycopg") and name in {"OperationalError", "InterfaceError"}
    if lost or any(fault in words for fault in _SQLITE_IN_WORDS):
        return _fault(error)
    return None


def _constraint(error: BaseException) -> ConstraintError:
    return ConstraintError("store_constraint", params={"detail": _first_line(error)})


def _fault(error: BaseException) -> StoreFaultError:
    return StoreFaultError("store_fault", params={"detail": _first_line(error)}, retry_after_s=30)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
