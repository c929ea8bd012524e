"""One-time links for steps of a shipment: operational, prove nothing. The record's auth tells who came by one."""

from sqlalchemy import select, update

from ledger.store.repository import Repository
from ledger.store.rows import StepLinkRow
from ledger.store.tables import step_links

_COLUMNS = step_links.c


class StepLinks(Repository):
    """Links by the hash of their secret."""

    __slots__ = ()

    def add(self, row: StepLinkRow) -> None:
        """Store a link."""
        self._insert(step_links, [row])

    def one(self, digest: bytes, *, at_ms: int) -> StepLinkRow | None:
        """Return a link that has neither expired nor been locked by wrong PINs."""
        query = select(step_links).where(
            _COLUMNS.hash == digest, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.attempts_left > 0
        )
        return self._one(query, StepLinkRow)

    def any(self, digest: bytes) -> StepLinkRow | None:
        """Return a link, locked and expired ones too."""
        return self._one(select(step_links).where(_COLUMNS.hash == digest), StepLinkRow)

    def of(self, issuer: str, shipment: str, *, limit: int) -> list[StepLinkRow]:
        """Return the links that an organisation issued for a shipment, newest first."""
        query = select(step_links).where(_COLUMNS.issuer == issuer, _COLUMNS.shipment == shipment)
        return self._all(query.order_by(_COLUMNS.created_at_ms.desc(), _COLUMNS.id.desc()).limit(limit), StepLinkRow)

    def end(self, issuer: str, name: str, *, at_ms: int) -> StepLinkRow | None:
        """Let a link expire now, unless it did before; None: this organisation issued none of this id."""
        here = (_COLUMNS.issuer == issuer, _COLUMNS.id == name)
        statement = update(step_links).where(*here, _COLUMNS.expires_at_ms > at_ms).values(expires_at_ms=at_ms)
        self.connection.execute(statement)
        return self._one(select(step_links).where(*here), StepLinkRow)

    def claim(self, digest: bytes, *, at_ms: int) -> bool:
        """Take one attempt in one guarded write, so that no two guesses share one; False if none is left."""
        here = (_COLUMNS.hash == digest, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.attempts_left > 0)
        statement = update(step_links).where(*here).values(attempts_left=_COLUMNS.attempts_left - 1)
        return self.connection.execute(statement).rowcount == 1

    def restore(self, digest: bytes, attempts: int) -> None:
        """Give the attempts back: the PIN was right."""
        self.connection.execute(update(step_links).where(_COLUMNS.hash == digest).values(attempts_left=attempts))

    def finish(self, digest: bytes, done: str) -> None:
        """Store which steps were taken."""
        self.connection.execute(update(step_links).where(_COLUMNS.hash == digest).values(done=done))
