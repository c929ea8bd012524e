"""One-time links: to become a user of an organisation, or to set a new password."""

from dataclasses import dataclass
from typing import Final

from ledger.errors import ConflictError, FormatError, NotFoundError
from ledger.services import policy
from ledger.services.identity import sessions
from ledger.services.identity.logins import check_login
from ledger.services.identity.passwords import check_new
from ledger.services.identity.ports import Ports, digest, organisation
from ledger.services.identity.sessions import Opened
from ledger.store.rows import InvitationRow, UserRow
from ledger.store.unit_of_work import WriteUnit

VALID_MS: Final = 3 * 86_400_000
MOST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link offers. ``user``: whose password it sets; None: somebody new."""

    id: str
    org: str
    user: str | None
    login: str
    name: str
    roles: tuple[str, ...]
    created_at_ms: int
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class Person:
    """Whom an invitation is for: login name, display name, roles."""

    login: str
    name: str
    roles: tuple[str, ...]


def invite(ports: Ports, org: str, person: Person, *, by: str) -> str:
    """Invite somebody and return the link's token: the last part of ``<base_url>/invite/<token>``.

    Raises NotFoundError (organisation_unknown), FormatError (login, name, roles), ConflictError (login_taken).
    """
    login, name = check_login(person.login), check_name(person.name)
    with ports.ledger.store.write() as unit:
        roles = check_roles(organisation(unit, org).roles, person.roles)
        if unit.people.by_login(login) is not None:
            raise ConflictError("login_taken", "/login", {"login": login})
        return _add(ports, unit, org, UserRow("", org, login, name, None, " ".join(roles), 0), by)


def reset(ports: Ports, org: str, user: str, *, by: str) -> str:
    """Return the token of a link with which a user of the organisation sets a new password. Raises NotFoundError."""
    with ports.ledger.store.write() as unit:
        known = unit.people.user(user)
        if known is None or known.org != org or known.disabled_at_ms is not None:
            raise NotFoundError("user_unknown")
        unit.people.drop_invitations_for(user)
        return _add(ports, unit, org, known, by)


def _add(ports: Ports, unit: WriteUnit, org: str, person: UserRow, by: str) -> str:
    token, now_ms = ports.secret(), ports.now_ms()
    row = InvitationRow(
        hash=digest(token),
        id=ports.id(),
        org=org,
        user=person.id or None,
        login=person.login,
        name=person.name,
        roles=person.roles,
        created_by=by,
        created_at_ms=now_ms,
        expires_at_ms=now_ms + VALID_MS,
    )
    unit.people.add_invitation(row)
    return token


def look(ports: Ports, token: str) -> Invitation:
    """Return what a link offers, using nothing up. Raises NotFoundError (invitation_unusable)."""
    with ports.ledger.store.read() as unit:
        row = unit.people.invitation(digest(token), at_ms=ports.now_ms())
    if row is None:
        raise NotFoundError("invitation_unusable")
    return _shown(row)


def accept(ports: Ports, token: str, password: str, label: str = "") -> Opened:
    """Use a link up: make the user, or set the password; open a session. Every former session of the user ends.

    Raises NotFoundError (invitation_unusable), FormatError (the password), ConflictError (login_taken),
    UnavailableError.
    """
    offered = look(ports, token)
    hashed = ports.passwords.hash(check_new(password, (offered.login, offered.name)))
    now_ms = ports.now_ms()
    with ports.ledger.store.write() as unit:
        if not unit.people.use_invitation(digest(token), at_ms=now_ms):
            raise NotFoundError("invitation_unusable")
        if offered.user is None:
            user = _join(ports, unit, offered, hashed)
        else:
            user = _known(unit, offered)
            unit.people.set_password(user.id, hashed)
            unit.sessions.end_all(user.id)
        unit.people.drop_attempts(digest(user.login))
        return sessions.open_for(ports, unit, user, "password", label)


def _join(ports: Ports, unit: WriteUnit, offered: Invitation, hashed: str) -> UserRow:
    if unit.people.by_login(offered.login) is not None:
        raise ConflictError("login_taken", "/login", {"login": offered.login})
    user = UserRow(
        id=f"user:{ports.id()}",
        org=offered.org,
        login=offered.login,
        name=offered.name,
        password=hashed,
        roles=" ".join(offered.roles),
        created_at_ms=ports.now_ms(),
    )
    unit.people.add_user(user)
    return user


def _known(unit: WriteUnit, offered: Invitation) -> UserRow:
    user = unit.people.user(offered.user or "")
    if user is None or user.disabled_at_ms is not None:
        raise NotFoundError("invitation_unusable")
    return user


def open_ones(ports: Ports, org: str) -> list[Invitation]:
    """Return the open invitations of an organisation, oldest first."""
    with ports.ledger.store.read() as unit:
        return [_shown(row) for row in unit.people.invitations_of(org, at_ms=ports.now_ms())]


def withdraw(ports: Ports, org: str, invitation: str) -> None:
    """Take an open invitation back. Raises NotFoundError."""
    with ports.ledger.store.write() as unit:
        if not unit.people.drop_invitation(org, invitation):
            raise NotFoundError("invitation_unusable")


def _shown(row: InvitationRow) -> Invitation:
    roles = tuple(row.roles.split())
    return Invitation(row.id, row.org, row.user, row.login, row.name, roles, row.created_at_ms, row.expires_at_ms)


def check_name(name: str, *, field: str = "/name") -> str:
    """Return a display name without spaces around. Raises FormatError (person_name_not_of_form)."""
    said = name.strip()
    if not 1 <= len(said) <= MOST_NAME or not said.isprintable():
        raise FormatError("person_name_not_of_form", field, {"most": MOST_NAME})
    return said


def check_roles(kinds: tuple[str, ...], roles: tuple[str, ...], *, field: str = "/roles") -> tuple[str, ...]:
    """Return roles that a user of such an organisation may have, each once. Raises FormatError (roles_not_offered)."""
    offered = policy.roles_for(kinds)
    if not roles or not set(roles) <= set(offered):
        raise FormatError("roles_not_offered", field, {"offered": ", ".join(offered)})
    return tuple(role for role in offered if role in roles)
