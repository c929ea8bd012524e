"""Incident codes: operational, prove nothing. What was opened with them stands among the reads."""

from sqlalchemy import select, update

from ledger.store.repository import Repository
from ledger.store.rows import IncidentRow
from ledger.store.tables import incidents

_COLUMNS = incidents.c


class Incidents(Repository):
    """Codes by the hash of what is told."""

    __slots__ = ()

    def add(self, row: IncidentRow) -> None:
        """Store a code."""
        self._insert(incidents, [row])

    def good(self, digest: bytes, *, at_ms: int) -> IncidentRow | None:
        """Return a code that has neither expired nor been ended."""
        query = select(incidents).where(
            _COLUMNS.hash == digest, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.ended_at_ms.is_(None)
        )
        return self._one(query, IncidentRow)

    def good_of(self, org: str, *, at_ms: int, limit: int) -> list[IncidentRow]:
        """Return the codes of an organisation that are still good, newest first."""
        query = select(incidents).where(
            _COLUMNS.org == org, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.ended_at_ms.is_(None)
        )
        return self._all(query.order_by(_COLUMNS.id.desc()).limit(limit), IncidentRow)

    def of(self, org: str, *, limit: int) -> list[IncidentRow]:
        """Return the codes of an organisation, newest first, those that are over too."""
        return self._all(
            select(incidents).where(_COLUMNS.org == org).order_by(_COLUMNS.id.desc()).limit(limit), IncidentRow
        )

    def end(self, org: str, ref: str, *, at_ms: int) -> bool:
        """End a code of an organisation; False if it has no such one that is still good."""
        here = (_COLUMNS.org == org, _COLUMNS.id == ref, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.ended_at_ms.is_(None))
        return self.connection.execute(update(incidents).where(*here).values(ended_at_ms=at_ms)).rowcount == 1
