"""The port of access: secrets to principals, and the one policy of roles and actions.

A good secret is remembered for a moment, so that requests in a row ask the store once; a key revoked elsewhere is
refused after that moment at the latest. An unknown secret costs one look-up by its hash.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from api.ports import Action
from api.views import LoginOffer, Party, Principal, Session
from api.views.access import Role
from api.wiring.known import ROLES, Known, roles_shown
from ledger.errors import ForbiddenError
from ledger.services import access
from ledger.services.access import Pass
from ledger.services.ledger import Ledger

MEMORY_MS: Final = 2_000
MOST_REMEMBERED: Final = 4_096

_STATED: Final[dict[Role, str]] = {shown: stated for stated, shown in ROLES.items()}

Find = Callable[[Ledger, str], Pass | None]


class LedgerAccess:
    """Access over the ledger's operational tables."""

    def __init__(self, ledger: Ledger, session_ms: int = access.SESSION_MS) -> None:
        """Read keys, links and sessions of this ledger; a session lasts ``session_ms``."""
        self._ledger = ledger
        self._session_ms = session_ms
        self._memory: OrderedDict[bytes, tuple[int, Principal, int | None]] = OrderedDict()
        self._lock = threading.Lock()

    def by_key(self, secret: str) -> Principal | None:
        """Return the principal of an API key, None for a key that is unknown, revoked or expired."""
        return self._principal("key", secret)

    def by_session(self, secret: str) -> Principal | None:
        """Return the principal of a session, None once it has expired or ended."""
        return self._principal("session", secret)

    def allow(self, viewer: Principal, action: Action) -> None:
        """Return if the viewer's role may try this at all; else ForbiddenError."""
        if not viewer.known or not access.allowed(tuple(_STATED[role] for role in viewer.roles), action):
            raise ForbiddenError("action_not_allowed", None, {"action": action})

    def offer(self, token: str) -> LoginOffer:
        """Return what a login link would open, using nothing up. NotFoundError."""
        row = access.offer(self._ledger, token)
        expires = row.expires_at_ms if row.expires_at_ms is not None else self._ledger.clock.now_ms() + access.LINK_MS
        return LoginOffer(self._party(row.org), roles_shown(row.role.split()), expires)

    def open_session(self, token: str) -> Session:
        """Use the link up and open a session. NotFoundError."""
        return Session(*access.open_session(self._ledger, token, valid_ms=self._session_ms))

    def end_session(self, secret: str) -> None:
        """End a session; an unknown one is no error."""
        access.end_session(self._ledger, secret)
        with self._lock:
            self._memory.pop(access.digest("session " + secret), None)

    def _party(self, org: str) -> Party:
        with self._ledger.store.read() as unit:
            return Known(unit, self._ledger.reference, self._ledger.clock.now_ms()).party(org)

    def _principal(self, method: str, secret: str) -> Principal | None:
        now_ms = self._ledger.clock.now_ms()
        name = access.digest(f"{method} {secret}")
        with self._lock:
            kept = self._memory.get(name)
        if kept is not None and now_ms < kept[0] and (kept[2] is None or now_ms < kept[2]):
            return kept[1]
        found = access.by_key(self._ledger, secret) if method == "key" else access.by_session(self._ledger, secret)
        with self._lock:
            if found is None:
                self._memory.pop(name, None)
                return None
        principal = Principal(
            "key" if method == "key" else "session",
            self._party(found.org),
            roles_shown(found.roles),
            found.user,
            found.credential,
        )
        with self._lock:
            self._memory[name] = (now_ms + MEMORY_MS, principal, found.expires_at_ms)
            if len(self._memory) > MOST_REMEMBERED:
                self._memory.popitem(last=False)
        return principal
