"""Who may come in and what they may try: keys, login links, sessions, and one deny-by-default policy.

Secrets are 256 random bits. The store keeps their SHA-256 alone and finds them by it, so that nothing compares a
secret letter by letter. A link is shown to whom it was issued, and spent when it opens a session.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.ids import uuid7
from ledger.errors import FormatError, NotFoundError
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.services.entropy import Entropy, SystemEntropy
from ledger.services.ledger import Ledger
from ledger.store.rows import ApiKeyRow, LoginLinkRow, SessionRow

SECRET_BYTES: Final = 32
DAY_MS: Final = 86_400_000
LINK_MS: Final = 7 * DAY_MS
SESSION_MS: Final = DAY_MS // 2
KEY_MARK: Final = "hzk_"

_READ: Final = frozenset(
    {
        "receipt.read",
        "batch.read",
        "stock.read",
        "finding.read",
        "evidence.read",
        "master.read",
        "desk.read",
        "self.read",
        "stream.read",
        "heads.publish",
        "transfer.read",
        "shipment.read",
    }
)
_STATE: Final = _READ | {"event.append", "webhook.manage"}
POLICY: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("producer", "trader", "user", "warehouse", "carrier", "disposer", "authority", "operator"), _STATE
    ),
    "park": _READ,
    "witness": frozenset({"self.read"}),
}
"""Role of an organisation -> actions it may try. What is not listed is denied."""

SEES_ALL: Final = frozenset({"authority", "operator"})
"""Roles that have a relation to every batch."""

OPERATOR_ONLY: Final = frozenset(
    f"governance.{verb}"
    for verb in ("organisation_admitted", "organisation_succeeded", "log_key_rotated", "registrar_changed")
)
"""What the operator's organisation alone may state."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A secret that was found good: the organisation, its roles, the person, and a name for the credential."""

    org: str
    roles: tuple[str, ...]
    user: str | None
    credential: str
    expires_at_ms: int | None


def allowed(roles: tuple[str, ...], action: str) -> bool:
    """Whether any of the roles may try the action."""
    return any(action in POLICY.get(role, ()) for role in roles)


def digest(secret: str) -> bytes:
    """The hash under which a secret is stored and found."""
    return hashlib.sha256(secret.encode()).digest()


def issue_key(
    ledger: Ledger,
    org: str,
    *,
    role: str | None = None,
    label: str = "",
    expires_at_ms: int | None = None,
    entropy: Entropy | None = None,
) -> str:
    """Issue an API key of an organisation and return its secret, which is not kept.

    ``role`` None: every role the organisation was admitted with. Raises NotFoundError, FormatError.
    """
    roles = _roles(ledger, org, role)
    random = entropy or SystemEntropy()
    secret = KEY_MARK + b64u(random.bytes(SECRET_BYTES))
    now_ms = ledger.clock.now_ms()
    name = uuid7(now_ms, random.bytes(10))
    row = ApiKeyRow(digest(secret), name, org, " ".join(roles), label, now_ms, expires_at_ms, None)
    with ledger.store.write() as unit:
        unit.operations.add_api_key(row)
    return secret


def revoke_key(ledger: Ledger, org: str, key_id: str) -> bool:
    """Revoke the key with this id; False if there is none or it was revoked before."""
    with ledger.store.write() as unit:
        found = [row for row in unit.operations.api_keys(org) if row.id == key_id]
        return bool(found) and unit.operations.revoke_api_key(found[0].hash, at_ms=ledger.clock.now_ms())


def issue_login_link(
    ledger: Ledger,
    org: str,
    role: str | None = None,
    *,
    user: str = "",
    valid_ms: int = LINK_MS,
    uses: int | None = 1,
    entropy: Entropy | None = None,
) -> str:
    """Issue a login link and return its token: the last part of ``<base_url>/login/<token>``.

    ``uses`` None: as often as wanted, for a demo. Raises NotFoundError, FormatError.
    """
    roles = _roles(ledger, org, role)
    token = b64u((entropy or SystemEntropy()).bytes(SECRET_BYTES))
    now_ms = ledger.clock.now_ms()
    row = LoginLinkRow(digest(token), user, org, " ".join(roles), now_ms, now_ms + valid_ms, uses)
    with ledger.store.write() as unit:
        unit.operations.add_login_link(row)
    return token


def _roles(ledger: Ledger, org: str, role: str | None) -> tuple[str, ...]:
    with ledger.store.read() as unit:
        body = unit.projections.load_states([org])[org]
    known = None if body is None else codec.load(org, body)
    if not isinstance(known, OrgState):
        raise NotFoundError("organisation_unknown", params={"org": org[:80]})
    if role is None:
        return known.roles
    if role not in known.roles:
        raise FormatError("role_unknown", params={"org": org, "role": role[:40]})
    return (role,)


def by_key(ledger: Ledger, secret: str) -> Pass | None:
    """Return whom an API key lets in; None when unknown, revoked or expired."""
    with ledger.store.read() as unit:
        row = unit.operations.api_key(digest(secret))
    if row is None or row.revoked_at_ms is not None:
        return None
    if row.expires_at_ms is not None and row.expires_at_ms <= ledger.clock.now_ms():
        return None
    return Pass(row.org, tuple(row.role.split()), None, row.id, row.expires_at_ms)


def by_session(ledger: Ledger, secret: str) -> Pass | None:
    """Return whom a session's secret lets in; None when unknown or expired."""
    hashed = digest(secret)
    with ledger.store.read() as unit:
        row = unit.operations.session(hashed, at_ms=ledger.clock.now_ms())
    return None if row is None else _session(row)


def _session(row: SessionRow) -> Pass:
    return Pass(row.org, tuple(row.role.split()), row.user or None, b64u(row.hash)[:12], row.expires_at_ms)


def offer(ledger: Ledger, token: str) -> LoginLinkRow:
    """Return what a link would open, using nothing up. Raises NotFoundError: unknown, spent or expired."""
    hashed, now_ms = digest(token), ledger.clock.now_ms()
    with ledger.store.read() as unit:
        row = unit.operations.login_link(hashed, at_ms=now_ms)
    if row is None:
        raise NotFoundError("link_unusable")
    return row


def open_session(
    ledger: Ledger, token: str, *, valid_ms: int = SESSION_MS, entropy: Entropy | None = None
) -> tuple[str, int]:
    """Spend one use of a link; return the new session's secret and when it expires. Raises NotFoundError."""
    secret = b64u((entropy or SystemEntropy()).bytes(SECRET_BYTES))
    now_ms = ledger.clock.now_ms()
    expires = now_ms + valid_ms
    with ledger.store.write() as unit:
        link = unit.operations.use_login_link(digest(token), at_ms=now_ms)
        if link is None:
            raise NotFoundError("link_unusable")
        unit.operations.drop_expired(at_ms=now_ms)
        unit.operations.add_session(SessionRow(digest(secret), link.user, link.org, link.role, now_ms, expires))
    return secret, expires


def end_session(ledger: Ledger, secret: str) -> None:
    """End a session; an unknown one is no error."""
    with ledger.store.write() as unit:
        unit.operations.end_session(digest(secret))
