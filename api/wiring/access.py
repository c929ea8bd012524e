"""The port of access: secrets to principals, the policy of actions, and what regulators and parks read.

A good secret is remembered for a moment, so that requests in a row ask the store once; what was revoked elsewhere is
refused after that moment at the latest. An unknown secret costs one look-up by its hash.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, cast

from api.ports import Action
from api.views import LoginOffer, Party, Principal, Session, UserRole
from api.wiring.known import Known, roles_shown
from api.wiring.sight import plain_subject
from api.wiring.under_grants import grants_of, marked, plain
from ledger.errors import ForbiddenError, HazledgerError
from ledger.services import access, policy
from ledger.services.identity import clients, reads, sessions
from ledger.services.identity.ports import Ports, digest
from ledger.services.policy import Deny
from ledger.services.policy_tables import WATCHED

MEMORY_MS: Final = 2_000
MOST_REMEMBERED: Final = 4_096

Found = tuple[Principal, int | None, str]
"""Whom a secret lets in, until when, and what the forms of a session carry."""


class LedgerAccess:
    """Access over the ledger's operational tables."""

    def __init__(self, ports: Ports) -> None:
        """Read keys, links, tokens and sessions of this ledger."""
        self._ports = ports
        self._memory: OrderedDict[bytes, tuple[int, Principal, str]] = OrderedDict()
        self._lock = threading.Lock()

    def by_key(self, secret: str) -> Principal | None:
        """Return the principal of an API key or access token; None when unknown, revoked or expired."""
        return self._principal("token" if secret.startswith(clients.TOKEN_MARK) else "key", secret)

    def by_session(self, secret: str) -> Principal | None:
        """Return the principal of a session, None once it has expired or ended."""
        return self._principal("session", secret)

    def csrf(self, secret: str) -> str | None:
        """Return what the forms of a session carry, None for a session that is not good."""
        found = self._found("session", secret)
        return None if found is None else found[1]

    def allow(self, viewer: Principal, action: Action) -> None:
        """Return if the viewer's role may try this at all; else ForbiddenError."""
        decision = policy.decide(plain_subject(viewer), action)
        if isinstance(decision, Deny):
            raise ForbiddenError(decision.code or "action_not_allowed", None, {"action": action})

    def watched(self, viewer: Principal, action: Action) -> bool:
        """Whether this is recorded with a purpose."""
        return action in WATCHED and plain_subject(viewer).watches

    def note(self, viewer: Principal, action: Action, subject: str) -> None:
        """Record a watched read, with the grants under which it is made. UnavailableError: it is not shown then."""
        if viewer.org is None or not self.watched(viewer, action):
            return
        reader = reads.Reader(viewer.org.ref, viewer.user or "", viewer.credential or "", viewer.purpose)
        with self._ports.ledger.store.read() as unit:
            known = Known(unit, self._ports.ledger.reference, self._ports.now_ms())
            grants = grants_of(known, viewer, subject)
        reads.note(self._ports, reader, action, plain(subject), marked(grants))

    def with_purpose(self, viewer: Principal, purpose: str) -> Principal:
        """Return a program's principal that reads for this purpose. FormatError."""
        return replace(viewer, purpose=sessions.check_purpose(purpose))

    def offer(self, token: str) -> LoginOffer:
        """Return what a login link would open, using nothing up. NotFoundError."""
        row = access.offer(self._ports.ledger, token)
        expires = row.expires_at_ms if row.expires_at_ms is not None else self._ports.now_ms() + access.LINK_MS
        return LoginOffer(self._party(row.org), roles_shown(row.role.split()), expires)

    def open_session(self, token: str, former: str | None = None) -> Session:
        """Use the link up and open a session; the one that the browser had ends. NotFoundError."""
        opened = access.open_session(self._ports, token, former=former)
        self.forget(former)
        return Session(opened.secret, opened.expires_at_ms)

    def end_session(self, secret: str) -> None:
        """End a session; an unknown one is no error."""
        sessions.end(self._ports, secret)
        self.forget(secret)

    def forget(self, secret: str | None) -> None:
        """Ask the store about a session's secret the next time."""
        with self._lock:
            self._memory.pop(digest(f"session {secret}"), None)

    def forget_all(self) -> None:
        """Ask the store about every secret the next time: somebody's rights have changed."""
        with self._lock:
            self._memory.clear()

    def _party(self, org: str) -> Party:
        ledger = self._ports.ledger
        with ledger.store.read() as unit:
            return Known(unit, ledger.reference, ledger.clock.now_ms()).party(org)

    def _principal(self, method: str, secret: str) -> Principal | None:
        found = self._found(method, secret)
        return None if found is None else found[0]

    def _found(self, method: str, secret: str) -> tuple[Principal, str] | None:
        now_ms = self._ports.now_ms()
        name = digest(f"{method} {secret}")
        with self._lock:
            kept = self._memory.get(name)
        if kept is not None and now_ms < kept[0]:
            return kept[1], kept[2]
        found = {"key": self._by_key, "token": self._by_token, "session": self._by_session}[method](secret)
        with self._lock:
            if found is None:
                self._memory.pop(name, None)
                return None
            principal, expires_ms, csrf = found
            until = now_ms + MEMORY_MS
            self._memory[name] = (until if expires_ms is None else min(until, expires_ms), principal, csrf)
            if len(self._memory) > MOST_REMEMBERED:
                self._memory.popitem(last=False)
        return principal, csrf

    def _by_key(self, secret: str) -> Found | None:
        found = access.by_key(self._ports.ledger, secret)
        if found is None:
            return None
        principal = Principal(
            method="key",
            org=self._party(found.org),
            roles=roles_shown(found.kinds),
            credential=found.credential,
            user_roles=_roles(policy.roles_for(found.kinds)),
            writes=found.writes,
            purpose=f"API key {found.label or found.credential}",
        )
        return principal, found.expires_at_ms, ""

    def _by_token(self, secret: str) -> Found | None:
        found = clients.find(self._ports, secret)
        if found is None:
            return None
        principal = Principal(
            method="token",
            org=self._party(found.org),
            roles=roles_shown(found.kinds),
            credential=found.client,
            user_roles=_roles(found.roles),
            purpose=found.purpose,
        )
        return principal, found.expires_at_ms, ""

    def _by_session(self, secret: str) -> Found | None:
        found = sessions.find(self._ports, secret)
        if found is None:
            return None
        if found.seen_at_ms + sessions.SEEN_MS <= self._ports.now_ms():
            self._touch(secret)
        principal = Principal(
            method="session",
            org=self._party(found.org),
            roles=roles_shown(found.kinds),
            user=found.user,
            credential=found.id,
            user_roles=_roles(found.roles),
            name=found.name,
            login=found.login,
            factor=found.factor,
            needs=found.needs,
            purpose=found.purpose,
        )
        return principal, found.expires_at_ms, found.csrf

    def _touch(self, secret: str) -> None:
        """Note that a session is in use; not being able to costs the reader nothing but rest counted sooner."""
        try:
            sessions.touch(self._ports, secret)
        except HazledgerError:
            return


def _roles(roles: Iterable[str]) -> tuple[UserRole, ...]:
    return tuple(cast("Iterable[UserRole]", roles))
