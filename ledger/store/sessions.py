"""Who is in: sessions of browsers, API clients with their tokens; and what regulators and parks read."""

from sqlalchemy import delete, func, select, update

from ledger.store.repository import Repository
from ledger.store.rows import ApiClientRow, ReadRow, SessionRow, TokenRow
from ledger.store.tables import api_clients, reads, sessions, tokens


class Sessions(Repository):
    """Sessions, clients, tokens, reads. Secrets come as SHA-256 hashes (32 bytes), never as themselves."""

    __slots__ = ()

    # --- sessions ---------------------------------------------------------------------------------------------------

    def add(self, row: SessionRow) -> None:
        """Store a session."""
        self._insert(sessions, [row])

    def get(self, digest: bytes, *, at_ms: int, idle_ms: int) -> SessionRow | None:
        """Return a session that has not expired and was seen within ``idle_ms``."""
        columns = sessions.c
        query = select(sessions).where(
            columns.hash == digest, columns.expires_at_ms > at_ms, columns.seen_at_ms > at_ms - idle_ms
        )
        return self._one(query, SessionRow)

    def of_user(self, user: str, *, at_ms: int, idle_ms: int, limit: int = 100) -> list[SessionRow]:
        """Return the sessions of a user that are still good, newest first."""
        columns = sessions.c
        query = select(sessions).where(
            columns.user == user, columns.expires_at_ms > at_ms, columns.seen_at_ms > at_ms - idle_ms
        )
        return self._all(query.order_by(columns.created_at_ms.desc(), columns.id).limit(limit), SessionRow)

    def seen(self, digest: bytes, *, at_ms: int) -> None:
        """Note that a session was used."""
        statement = update(sessions).where(sessions.c.hash == digest, sessions.c.seen_at_ms < at_ms)
        self.connection.execute(statement.values(seen_at_ms=at_ms))

    def set_purpose(self, digest: bytes, purpose: str) -> bool:
        """Store what a session reads for; False if there is no such session."""
        statement = update(sessions).where(sessions.c.hash == digest).values(purpose=purpose)
        return self.connection.execute(statement).rowcount == 1

    def end(self, digest: bytes) -> None:
        """Forget a session."""
        self.connection.execute(delete(sessions).where(sessions.c.hash == digest))

    def end_one(self, user: str, ref: str) -> bool:
        """Forget the session of a user with this id; False if there is none."""
        statement = delete(sessions).where(sessions.c.user == user, sessions.c.id == ref)
        return self.connection.execute(statement).rowcount == 1

    def end_all(self, user: str, *, but: bytes | None = None) -> int:
        """Forget every session of a user, save one; return how many."""
        statement = delete(sessions).where(sessions.c.user == user)
        if but is not None:
            statement = statement.where(sessions.c.hash != but)
        return self.connection.execute(statement).rowcount

    # --- programs ---------------------------------------------------------------------------------------------------

    def add_client(self, row: ApiClientRow) -> None:
        """Store an API client."""
        self._insert(api_clients, [row])

    def client(self, ref: str) -> ApiClientRow | None:
        """Return an API client, revoked ones too."""
        return self._one(select(api_clients).where(api_clients.c.id == ref), ApiClientRow)

    def clients_of(self, org: str, *, limit: int = 200) -> list[ApiClientRow]:
        """Return the API clients of an organisation, oldest first."""
        query = select(api_clients).where(api_clients.c.org == org).order_by(api_clients.c.id).limit(limit)
        return self._all(query, ApiClientRow)

    def revoke_client(self, ref: str, *, at_ms: int) -> bool:
        """Revoke a client and forget its tokens; False if there is none or it was revoked before."""
        statement = update(api_clients).where(api_clients.c.id == ref, api_clients.c.revoked_at_ms.is_(None))
        self.connection.execute(delete(tokens).where(tokens.c.client == ref))
        return self.connection.execute(statement.values(revoked_at_ms=at_ms)).rowcount == 1

    def add_token(self, row: TokenRow, *, most: int) -> None:
        """Store a token; of more than ``most`` of one client the oldest are forgotten."""
        self._insert(tokens, [row])
        over = int(self._scalar(select(func.count()).select_from(tokens).where(tokens.c.client == row.client))) - most
        if over > 0:
            columns = tokens.c
            oldest = select(columns.hash).where(columns.client == row.client)
            oldest = oldest.order_by(columns.created_at_ms, columns.hash).limit(over)
            self.connection.execute(delete(tokens).where(columns.hash.in_(oldest)))

    def token(self, digest: bytes, *, at_ms: int) -> TokenRow | None:
        """Return a token that has not expired."""
        return self._one(select(tokens).where(tokens.c.hash == digest, tokens.c.expires_at_ms > at_ms), TokenRow)

    def drop_token(self, digest: bytes) -> None:
        """Forget a token."""
        self.connection.execute(delete(tokens).where(tokens.c.hash == digest))

    # --- what was read ----------------------------------------------------------------------------------------------

    def add_read(self, row: ReadRow) -> None:
        """Store that something was read."""
        self._insert(reads, [row])

    def reads_of(self, org: str, *, before: str | None = None, limit: int = 100) -> list[ReadRow]:
        """Return what an organisation read, newest first: ids below ``before``."""
        query = select(reads).where(reads.c.org == org).order_by(reads.c.id.desc()).limit(limit)
        return self._all(query if before is None else query.where(reads.c.id < before), ReadRow)

    def reads_by(self, org: str, credential: str, *, limit: int = 100) -> list[ReadRow]:
        """Return what was read with one credential, newest first."""
        query = select(reads).where(reads.c.org == org, reads.c.credential == credential)
        return self._all(query.order_by(reads.c.id.desc()).limit(limit), ReadRow)
