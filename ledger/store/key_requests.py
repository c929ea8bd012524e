"""Keys of people that wait for an administrator's endorsement: operational, prove nothing."""

from sqlalchemy import delete, select

from ledger.store.repository import Repository
from ledger.store.rows import KeyRequestRow
from ledger.store.tables import key_requests

_COLUMNS = key_requests.c


class KeyRequests(Repository):
    """Requests by organisation and id."""

    __slots__ = ()

    def add(self, row: KeyRequestRow) -> None:
        """Store a request."""
        self._insert(key_requests, [row])

    def one(self, org: str, name: str, *, at_ms: int) -> KeyRequestRow | None:
        """Return a request of the organisation that has not expired."""
        query = select(key_requests).where(_COLUMNS.org == org, _COLUMNS.id == name, _COLUMNS.expires_at_ms > at_ms)
        return self._one(query, KeyRequestRow)

    def of(self, org: str, *, at_ms: int, limit: int) -> list[KeyRequestRow]:
        """Return the open requests of an organisation, oldest first."""
        query = select(key_requests).where(_COLUMNS.org == org, _COLUMNS.expires_at_ms > at_ms)
        return self._all(query.order_by(_COLUMNS.id).limit(limit), KeyRequestRow)

    def drop(self, org: str, name: str) -> bool:
        """Forget a request; False if the organisation has none of this id."""
        statement = delete(key_requests).where(_COLUMNS.org == org, _COLUMNS.id == name)
        return self.connection.execute(statement).rowcount == 1
