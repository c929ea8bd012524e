"""Rules and reference data by the hash under which records name them."""

from sqlalchemy import select

from ledger.store.faults import GuardError
from ledger.store.repository import Repository
from ledger.store.tables import manifests


class Manifests(Repository):
    """Content-addressed manifests; storing the same one again changes nothing."""

    __slots__ = ()

    def put(self, digest: bytes, kind: str, body: bytes) -> None:
        """Store a manifest. Raises GuardError if other bytes stand under this hash."""
        stored = self.get(digest)
        if stored is None:
            self._insert(manifests, [(digest, kind, body)])
        elif stored != body:
            raise GuardError("manifest_differs")

    def get(self, digest: bytes) -> bytes | None:
        """Return a manifest's canonical bytes."""
        value = self._scalar(select(manifests.c.body).where(manifests.c.hash == digest))
        return None if value is None else bytes(value)

    def all(self) -> list[tuple[bytes, str, bytes]]:
        """Return (hash, kind, body) of every manifest, by hash."""
        return [
            (digest, kind, body)
            for digest, kind, body in self.connection.execute(select(manifests).order_by(manifests.c.hash))
        ]
