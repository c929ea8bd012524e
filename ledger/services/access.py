"""The older ways in: API keys, which read; and login links, which let anybody into a demo's organisations.

People come in by ``ledger.services.identity``, programs that state events as API clients there. Secrets are 256 random
bits; the store keeps their SHA-256 alone and finds them by it, so that nothing compares a secret letter by letter.
"""

from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.ids import uuid7
from ledger.errors import ForbiddenError, FormatError, NotFoundError
from ledger.services.entropy import Entropy, SystemEntropy
from ledger.services.identity.ports import Ports, digest, organisation
from ledger.services.identity.sessions import Opened
from ledger.services.ledger import Ledger
from ledger.store.rows import ApiKeyRow, LoginLinkRow, SessionRow

SECRET_BYTES: Final = 32
DAY_MS: Final = 86_400_000
LINK_MS: Final = 7 * DAY_MS
KEY_MARK: Final = "hzk_"

WRITE_BEFORE: Final = "api_keys_write_before_ms"
"""Fact about the store: keys issued before this moment were there before API clients were, and keep writing.

In a demo every key writes, so that a first call needs no more than the key that its start prints.
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """An API key that was found good: the organisation, the kinds it was issued for, a name for the key, its label.

    ``writes``: it is older than API clients, or a demo's, and states events; others read.
    """

    org: str
    kinds: tuple[str, ...]
    credential: str
    label: str
    writes: bool
    expires_at_ms: int | None


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
    _demo(ledger)
    roles = _roles(ledger, org, role)
    token = b64u((entropy or SystemEntropy()).bytes(SECRET_BYTES))
    now_ms = ledger.clock.now_ms()
    row = LoginLinkRow(digest(token), user, org, " ".join(roles), now_ms, now_ms + valid_ms, uses)
    with ledger.store.write() as unit:
        unit.operations.add_login_link(row)
    return token


def _roles(ledger: Ledger, org: str, role: str | None) -> tuple[str, ...]:
    with ledger.store.read() as unit:
        known = organisation(unit, org)
    if role is None:
        return known.roles
    if role not in known.roles:
        raise FormatError("role_unknown", params={"org": org, "role": role[:40]})
    return (role,)


def by_key(ledger: Ledger, secret: str) -> Pass | None:
    """Return whom an API key lets in; None when unknown, revoked or expired."""
    with ledger.store.read() as unit:
        row = unit.operations.api_key(digest(secret))
        before = None if row is None else unit.operations.fact(WRITE_BEFORE)
    if row is None or row.revoked_at_ms is not None:
        return None
    if row.expires_at_ms is not None and row.expires_at_ms <= ledger.clock.now_ms():
        return None
    writes = ledger.recorded().demo or (before is not None and row.created_at_ms < int(before))
    return Pass(row.org, tuple(row.role.split()), row.id, row.label, writes, row.expires_at_ms)


def offer(ledger: Ledger, token: str) -> LoginLinkRow:
    """Return what a link would open, using nothing up. Raises NotFoundError: unknown, spent or expired."""
    hashed, now_ms = digest(token), ledger.clock.now_ms()
    with ledger.store.read() as unit:
        row = unit.operations.login_link(hashed, at_ms=now_ms)
    if row is None:
        raise NotFoundError("link_unusable")
    return row


def open_session(ports: Ports, token: str, *, former: str | None = None) -> Opened:
    """Spend one use of a link and open a session for its organisation, for nobody by name.

    ``former``: the session that this browser had, which ends. Raises NotFoundError.
    """
    ledger, secret = ports.ledger, ports.secret()
    now_ms = ledger.clock.now_ms()
    _demo(ledger)
    with ledger.store.write() as unit:
        link = unit.operations.use_login_link(digest(token), at_ms=now_ms)
        if link is None:
            raise NotFoundError("link_unusable")
        row = SessionRow(
            hash=digest(secret),
            id=ports.id(),
            user="",
            org=link.org,
            role=link.role,
            factor="none",
            csrf=ports.secret(),
            purpose="",
            label="",
            created_at_ms=now_ms,
            seen_at_ms=now_ms,
            expires_at_ms=now_ms + ports.session_ms,
        )
        unit.operations.drop_expired(at_ms=now_ms)
        if former is not None:
            unit.sessions.end(digest(former))
        unit.sessions.add(row)
    return Opened(secret, row.expires_at_ms)


def _demo(ledger: Ledger) -> None:
    """Links let in whoever has them, as nobody by name: a demo's ledger alone has them."""
    if not ledger.recorded().demo:
        raise ForbiddenError("links_for_demos")
