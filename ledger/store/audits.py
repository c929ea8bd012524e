"""Audits that were asked for, and rounds of the scrub: operational, prove nothing."""

from sqlalchemy import select, update

from ledger.store.repository import Repository
from ledger.store.rows import AuditRow
from ledger.store.tables import audits

_COLUMNS = audits.c
RUNNING = "running"


class Audits(Repository):
    """Audits by id; ids ascend with time."""

    __slots__ = ()

    def add(self, row: AuditRow) -> None:
        """Store one that begins."""
        self._insert(audits, [row])

    def one(self, ref: str) -> AuditRow | None:
        """Return one."""
        return self._one(select(audits).where(_COLUMNS.id == ref), AuditRow)

    def running(self, kind: str | None = None) -> list[AuditRow]:
        """Return those that run, or ran when their process ended; ``kind``: of this kind alone."""
        query = select(audits).where(_COLUMNS.state == RUNNING).order_by(_COLUMNS.id)
        return self._all(query if kind is None else query.where(_COLUMNS.kind == kind), AuditRow)

    def latest(self, *, before: str | None = None, limit: int = 50) -> list[AuditRow]:
        """Return them from the newest down, with an id below ``before``."""
        query = select(audits).order_by(_COLUMNS.id.desc()).limit(limit)
        return self._all(query if before is None else query.where(_COLUMNS.id < before), AuditRow)

    def go_on(self, ref: str, *, done: int, total: int, result: bytes | None) -> None:
        """Note how far one is that runs."""
        values = {"done": done, "total": total, "result": result}
        here = (_COLUMNS.id == ref, _COLUMNS.state == RUNNING)
        self.connection.execute(update(audits).where(*here).values(values))

    def end(self, ref: str, state: str, *, at_ms: int, done: int, total: int, result: bytes | None) -> bool:
        """Note that one ended; False if it was not running any more."""
        values = {"state": state, "ended_at_ms": at_ms, "done": done, "total": total, "result": result}
        here = (_COLUMNS.id == ref, _COLUMNS.state == RUNNING)
        return self.connection.execute(update(audits).where(*here).values(values)).rowcount == 1
