"""Statements that wait for signatures: operational, prove nothing. What is done stays for a while, without content."""

from sqlalchemy import delete, func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import DraftRow
from ledger.store.tables import drafts

_COLUMNS = drafts.c


class Drafts(Repository):
    """Drafts by organisation and id, which is the id of the event to be."""

    __slots__ = ()

    def put(self, row: DraftRow) -> None:
        """Store a draft, in the place of one of the same id."""
        self.drop(row.org, row.id)
        self._insert(drafts, [row])

    def one(self, org: str, name: str, *, at_ms: int) -> DraftRow | None:
        """Return a draft of the organisation that has not expired, done ones too."""
        query = select(drafts).where(_COLUMNS.org == org, _COLUMNS.id == name, _COLUMNS.expires_at_ms > at_ms)
        return self._one(query, DraftRow)

    def of(self, org: str, *, at_ms: int, limit: int) -> list[DraftRow]:
        """Return the drafts of an organisation that still wait, newest first."""
        query = select(drafts).where(_COLUMNS.org == org, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.done_at_ms.is_(None))
        return self._all(query.order_by(_COLUMNS.created_at_ms.desc(), _COLUMNS.id).limit(limit), DraftRow)

    def waiting(self, org: str, *, at_ms: int) -> int:
        """Return how many drafts of an organisation wait."""
        query = select(func.count()).where(
            _COLUMNS.org == org, _COLUMNS.expires_at_ms > at_ms, _COLUMNS.done_at_ms.is_(None)
        )
        return int(self._scalar(query) or 0)

    def sign(self, org: str, name: str, signing: bytes, *, before: bytes | None, signers: int) -> bool:
        """Keep a first signature in the place of ``before``; False if another one stands there by now."""
        same = _COLUMNS.signing.is_(None) if before is None else _COLUMNS.signing == before
        statement = update(drafts).where(_COLUMNS.org == org, _COLUMNS.id == name, _COLUMNS.done_at_ms.is_(None), same)
        return self.connection.execute(statement.values(signing=signing, signers=signers)).rowcount == 1

    def done(self, org: str, name: str, *, at_ms: int) -> None:
        """Mark a draft as recorded, and forget what it said."""
        statement = update(drafts).where(_COLUMNS.org == org, _COLUMNS.id == name)
        self.connection.execute(statement.values(done_at_ms=at_ms, body=b"", signing=None))

    def drop(self, org: str, name: str) -> bool:
        """Forget a draft; False if the organisation has none of this id."""
        statement = delete(drafts).where(_COLUMNS.org == org, _COLUMNS.id == name)
        return self.connection.execute(statement).rowcount == 1
