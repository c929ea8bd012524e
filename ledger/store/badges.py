"""Badges of people who scan: operational, prove nothing. Secrets come as SHA-256 hashes (32 bytes)."""

from sqlalchemy import select, update

from ledger.store.repository import Repository
from ledger.store.rows import BadgeRow
from ledger.store.tables import badges

_COLUMNS = badges.c


class Badges(Repository):
    """Badges by their hash, and by person."""

    __slots__ = ()

    def add(self, row: BadgeRow) -> None:
        """Store a badge."""
        self._insert(badges, [row])

    def one(self, digest: bytes) -> BadgeRow | None:
        """Return a badge, revoked ones too."""
        return self._one(select(badges).where(_COLUMNS.hash == digest), BadgeRow)

    def of(self, org: str, user: str | None = None, *, limit: int = 1_000) -> list[BadgeRow]:
        """Return the badges in force of an organisation, or of one of its people, oldest first."""
        query = select(badges).where(_COLUMNS.org == org, _COLUMNS.revoked_at_ms.is_(None))
        if user is not None:
            query = query.where(_COLUMNS.user == user)
        return self._all(query.order_by(_COLUMNS.id).limit(limit), BadgeRow)

    def revoke(self, org: str, user: str, *, at_ms: int) -> int:
        """Revoke what badge a person has; return how many there were."""
        found = update(badges).where(_COLUMNS.org == org, _COLUMNS.user == user, _COLUMNS.revoked_at_ms.is_(None))
        return self.connection.execute(found.values(revoked_at_ms=at_ms)).rowcount
