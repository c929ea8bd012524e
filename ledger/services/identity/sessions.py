"""Sessions of browsers: kept by the server, ended by age and by rest, replaced whenever what they may changes."""

from dataclasses import dataclass
from typing import Final, Literal

from ledger.core.b64 import b64u
from ledger.errors import FormatError, NotFoundError
from ledger.services import policy
from ledger.services.identity.ports import Ports, digest, organisation
from ledger.store.rows import SessionRow, UserRow
from ledger.store.unit_of_work import Unit, WriteUnit

IDLE_MS: Final = 60 * 60_000
SEEN_MS: Final = 5 * 60_000
MOST_PURPOSE: Final = 200
LEAST_PURPOSE: Final = 4
CSRF_BYTES: Final = 24

Factor = Literal["none", "password", "passkey", "password+passkey"]
Needs = Literal["", "enrol", "passkey"]
STRONG: Final = frozenset({"passkey", "password+passkey"})
_FACTORS: Final[tuple[Factor, ...]] = ("none", "password", "passkey", "password+passkey")


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: the secret goes into the cookie and nowhere else."""

    secret: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class Entered:
    """Whom a session lets in. ``needs``: what is missing before it may do more than that.

    ``enrol``: a second factor must be enrolled first; ``passkey``: one was enrolled and was not shown yet.
    """

    id: str
    org: str
    kinds: tuple[str, ...]
    user: str | None
    login: str
    name: str
    roles: tuple[str, ...]
    factor: Factor
    needs: Needs
    csrf: str
    purpose: str
    created_at_ms: int
    seen_at_ms: int
    expires_at_ms: int


def open_for(
    ports: Ports, unit: WriteUnit, user: UserRow, factor: Factor, label: str = "", purpose: str = ""
) -> Opened:
    """Open a session for a user, within a transaction."""
    secret, now_ms = ports.secret(), ports.now_ms()
    row = SessionRow(
        hash=digest(secret),
        id=ports.id(),
        user=user.id,
        org=user.org,
        role="",
        factor=factor,
        csrf=b64u(ports.entropy.bytes(CSRF_BYTES)),
        purpose=purpose,
        label=label[:60],
        created_at_ms=now_ms,
        seen_at_ms=now_ms,
        expires_at_ms=now_ms + ports.session_ms,
    )
    unit.operations.drop_expired(at_ms=now_ms)
    unit.sessions.add(row)
    return Opened(secret, row.expires_at_ms)


def find(ports: Ports, secret: str) -> Entered | None:
    """Return whom a session's secret lets in; None when unknown, ended, or its user is disabled."""
    with ports.ledger.store.read() as unit:
        row = unit.sessions.get(digest(secret), at_ms=ports.now_ms(), idle_ms=IDLE_MS)
        return None if row is None else _entered(unit, row)


def _entered(unit: Unit, row: SessionRow) -> Entered | None:
    try:
        kinds = organisation(unit, row.org).roles
    except NotFoundError:
        return None
    if not row.user:
        own = tuple(kind for kind in kinds if kind in row.role.split())
        return _made(row, own, None, policy.roles_for(own), "")
    user = unit.people.user(row.user)
    if user is None or user.disabled_at_ms is not None:
        return None
    roles = tuple(user.roles.split())
    return _made(row, kinds, user, roles, _needs(unit, row, kinds, roles))


def _needs(unit: Unit, row: SessionRow, kinds: tuple[str, ...], roles: tuple[str, ...]) -> Needs:
    if row.factor in STRONG:
        return ""
    if unit.people.passkeys_of(row.user):
        return "passkey"
    return "enrol" if policy.needs_second_factor(kinds, roles) else ""


def must_have_factor(entered: Entered) -> bool:
    """Whether whom a session lets in may not be without a second factor."""
    return policy.needs_second_factor(entered.kinds, entered.roles)


def _made(
    row: SessionRow, kinds: tuple[str, ...], user: UserRow | None, roles: tuple[str, ...], needs: Needs
) -> Entered:
    known: Factor = next((one for one in _FACTORS if one == row.factor), _FACTORS[0])
    return Entered(
        id=row.id,
        org=row.org,
        kinds=kinds,
        user=None if user is None else user.id,
        login="" if user is None else user.login,
        name="" if user is None else user.name,
        roles=roles,
        factor=known,
        needs=needs,
        csrf=row.csrf,
        purpose=row.purpose,
        created_at_ms=row.created_at_ms,
        seen_at_ms=row.seen_at_ms,
        expires_at_ms=row.expires_at_ms,
    )


def touch(ports: Ports, secret: str) -> None:
    """Note that a session is in use."""
    with ports.ledger.store.write() as unit:
        unit.sessions.seen(digest(secret), at_ms=ports.now_ms())


def rotate(ports: Ports, unit: WriteUnit, secret: str, user: UserRow, factor: Factor) -> Opened:
    """Replace a session by one with another factor: a secret that was known before is worth nothing afterwards."""
    row = unit.sessions.get(digest(secret), at_ms=ports.now_ms(), idle_ms=IDLE_MS)
    if row is None or row.user != user.id:
        raise NotFoundError("session_gone")
    unit.sessions.end(row.hash)
    return open_for(ports, unit, user, factor, row.label, row.purpose)


def end(ports: Ports, secret: str) -> None:
    """End a session; an unknown one is no error."""
    with ports.ledger.store.write() as unit:
        unit.sessions.end(digest(secret))


def end_one(ports: Ports, user: str, session_id: str) -> None:
    """End one session of a user. Raises NotFoundError."""
    with ports.ledger.store.write() as unit:
        if not unit.sessions.end_one(user, session_id):
            raise NotFoundError("session_gone")


def end_all(ports: Ports, user: str, *, but: str | None = None) -> int:
    """End every session of a user, save the one with this secret; return how many."""
    with ports.ledger.store.write() as unit:
        return unit.sessions.end_all(user, but=None if but is None else digest(but))


def of_user(ports: Ports, user: str) -> list[SessionRow]:
    """Return the sessions of a user, newest first."""
    with ports.ledger.store.read() as unit:
        return unit.sessions.of_user(user, at_ms=ports.now_ms(), idle_ms=IDLE_MS)


def set_purpose(ports: Ports, secret: str, purpose: str) -> str:
    """Say what a session reads for, from now on. Raises FormatError (purpose_not_of_form), NotFoundError."""
    said = check_purpose(purpose)
    with ports.ledger.store.write() as unit:
        if not unit.sessions.set_purpose(digest(secret), said):
            raise NotFoundError("session_gone")
    return said


def check_purpose(purpose: str, *, field: str = "/purpose") -> str:
    """Return a purpose fit to be recorded: a few words on one line. Raises FormatError (purpose_not_of_form)."""
    said = " ".join(purpose[: 4 * MOST_PURPOSE].split())
    if not LEAST_PURPOSE <= len(said) <= MOST_PURPOSE or not said.isprintable():
        raise FormatError("purpose_not_of_form", field, {"least": LEAST_PURPOSE, "most": MOST_PURPOSE})
    return said
