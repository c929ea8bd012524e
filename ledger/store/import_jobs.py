"""Imports under way and done: operational, prove nothing. What they recorded are events."""

from sqlalchemy import delete, select, update

from ledger.store.repository import Repository
from ledger.store.rows import ImportJobRow
from ledger.store.tables import import_jobs

_COLUMNS = import_jobs.c


class ImportJobs(Repository):
    """Imports by organisation and id."""

    __slots__ = ()

    def add(self, row: ImportJobRow) -> None:
        """Store an import."""
        self._insert(import_jobs, [row])

    def one(self, org: str, name: str, *, at_ms: int) -> ImportJobRow | None:
        """Return an import of an organisation that is still kept."""
        query = select(import_jobs).where(_COLUMNS.org == org, _COLUMNS.id == name, _COLUMNS.expires_at_ms > at_ms)
        return self._one(query, ImportJobRow)

    def of(self, org: str, *, at_ms: int, limit: int) -> list[ImportJobRow]:
        """Return the imports of an organisation that are kept, newest first."""
        query = select(import_jobs).where(_COLUMNS.org == org, _COLUMNS.expires_at_ms > at_ms)
        return self._all(query.order_by(_COLUMNS.id.desc()).limit(limit), ImportJobRow)

    def step(self, org: str, name: str, done: int, total: int, *, at_ms: int) -> None:
        """Store how far an import is."""
        here = (_COLUMNS.org == org, _COLUMNS.id == name)
        self.connection.execute(update(import_jobs).where(*here).values(done=done, total=total, changed_at_ms=at_ms))

    def begin(self, row: ImportJobRow, *, at_ms: int, all_or_nothing: bool) -> bool:
        """Let a row that was read go on to be recorded, in one guarded write; False if it changed meanwhile."""
        here = (_COLUMNS.org == row.org, _COLUMNS.id == row.id, _COLUMNS.phase == row.phase)
        values = {"phase": "recording", "done": 0, "total": 0, "all_or_nothing": int(all_or_nothing)}
        same = _COLUMNS.changed_at_ms == row.changed_at_ms
        statement = update(import_jobs).where(*here, same).values(**values, changed_at_ms=at_ms)
        return self.connection.execute(statement).rowcount == 1

    def end(self, org: str, name: str, phase: str, outcome: bytes, *, at_ms: int) -> None:
        """Store what an import came to."""
        here = (_COLUMNS.org == org, _COLUMNS.id == name)
        values = {"phase": phase, "outcome": outcome, "changed_at_ms": at_ms}
        self.connection.execute(update(import_jobs).where(*here).values(**values))

    def drop(self, org: str, name: str) -> None:
        """Forget an import."""
        self.connection.execute(delete(import_jobs).where(_COLUMNS.org == org, _COLUMNS.id == name))
