"""What is needed to run and proves nothing: refusals, API keys, login links, facts about the store."""

from collections.abc import Iterable

from sqlalchemy import delete, or_, select, tuple_, update

from ledger.store.repository import Repository
from ledger.store.rows import ApiKeyRow, LoginLinkRow, RefusalRow
from ledger.store.tables import (
    api_keys,
    drafts,
    import_jobs,
    incidents,
    invitations,
    key_requests,
    login_links,
    meta,
    refusals,
    sessions,
    step_links,
    tokens,
)

_EXPIRING = (sessions, tokens, login_links, invitations, step_links, key_requests, drafts)


class Operations(Repository):
    """Operational tables. Secrets come as SHA-256 hashes (32 bytes), never as themselves."""

    __slots__ = ()

    def add_refusals(self, rows: Iterable[RefusalRow]) -> None:
        """Keep refused acts; the same refusal within one millisecond is kept once."""
        self._upsert(refusals, {row[:3]: row for row in rows}.values(), update=("problems",))

    def refusals(
        self, *, actor: str | None = None, after: tuple[str, int, str] = ("", -1, ""), limit: int = 100
    ) -> list[RefusalRow]:
        """Return a page of refusals by (actor, time, id)."""
        key = (refusals.c.actor, refusals.c.at_ms, refusals.c.id)
        query = select(refusals).where(tuple_(*key) > tuple_(*after)).order_by(*key).limit(limit)
        return self._all(query if actor is None else query.where(refusals.c.actor == actor), RefusalRow)

    # --- who may come in --------------------------------------------------------------------------------------------

    def add_api_key(self, row: ApiKeyRow) -> None:
        """Store an API key."""
        self._insert(api_keys, [row])

    def api_key(self, digest: bytes) -> ApiKeyRow | None:
        """Return the API key with this hash, revoked and expired ones too."""
        return self._one(select(api_keys).where(api_keys.c.hash == digest), ApiKeyRow)

    def api_keys(self, org: str) -> list[ApiKeyRow]:
        """Return the API keys of an organisation."""
        return self._all(select(api_keys).where(api_keys.c.org == org).order_by(api_keys.c.id), ApiKeyRow)

    def revoke_api_key(self, digest: bytes, *, at_ms: int) -> bool:
        """Revoke an API key; False if there is none or it was revoked before."""
        statement = update(api_keys).where(api_keys.c.hash == digest, api_keys.c.revoked_at_ms.is_(None))
        return self.connection.execute(statement.values(revoked_at_ms=at_ms)).rowcount == 1

    def add_login_link(self, row: LoginLinkRow) -> None:
        """Store a login link."""
        self._insert(login_links, [row])

    def login_link(self, digest: bytes, *, at_ms: int) -> LoginLinkRow | None:
        """Return a login link that could be used now, using nothing up."""
        columns = login_links.c
        valid = (
            columns.hash == digest,
            or_(columns.expires_at_ms.is_(None), columns.expires_at_ms > at_ms),
            or_(columns.uses_left.is_(None), columns.uses_left > 0),
        )
        return self._one(select(login_links).where(*valid), LoginLinkRow)

    def use_login_link(self, digest: bytes, *, at_ms: int) -> LoginLinkRow | None:
        """Spend one use of a login link in one guarded write; None if unknown, expired or spent."""
        columns = login_links.c
        valid = (
            columns.hash == digest,
            or_(columns.expires_at_ms.is_(None), columns.expires_at_ms > at_ms),
            or_(columns.uses_left.is_(None), columns.uses_left > 0),
        )
        spend = update(login_links).where(*valid).values(uses_left=columns.uses_left - 1)
        if self.connection.execute(spend).rowcount != 1:
            return None
        return self._one(select(login_links).where(columns.hash == digest), LoginLinkRow)

    def drop_expired(self, *, at_ms: int) -> int:
        """Forget sessions, tokens, links, requests, drafts, imports and so on that have expired; return how many."""
        gone = (delete(table).where(table.c.expires_at_ms <= at_ms) for table in (*_EXPIRING, import_jobs))
        return sum(self.connection.execute(statement).rowcount for statement in gone)

    def end_all_logins(self) -> None:
        """Forget what lets somebody in: after a restore what was used up or ended since could be used again."""
        for table in (*_EXPIRING, incidents):
            self.connection.execute(delete(table))

    # --- facts about the store --------------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        """Return a fact about this store ("origin", "log_key")."""
        value = self._scalar(select(meta.c.value).where(meta.c.name == name))
        return None if value is None else str(value)

    def set_fact(self, name: str, value: str) -> None:
        """Store a fact about this store."""
        self._upsert(meta, [(name, value)], update=("value",))
