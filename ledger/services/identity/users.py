"""Users of an organisation: seen, renamed, given roles and disabled by its administrators; never by themselves."""

from ledger.errors import ForbiddenError, NotFoundError
from ledger.services.identity import logins, sessions
from ledger.services.identity.invitations import check_name, check_roles
from ledger.services.identity.passwords import check_new
from ledger.services.identity.ports import Ports, digest, organisation
from ledger.services.identity.sessions import Entered, Opened
from ledger.store.rows import UserRow
from ledger.store.unit_of_work import Unit


def listing(ports: Ports, org: str, after: str = "", limit: int = 200) -> list[UserRow]:
    """Return the users of an organisation, by login name, from the one after ``after``."""
    with ports.ledger.store.read() as unit:
        return unit.people.users_of(org, after=after, limit=limit)


def one(ports: Ports, org: str, user: str) -> UserRow:
    """Return a user of the organisation. Raises NotFoundError."""
    with ports.ledger.store.read() as unit:
        return _own(unit, org, user)


def change(ports: Ports, org: str, user: str, *, name: str, roles: tuple[str, ...], by: str) -> None:
    """Give a user of the organisation another name and other roles; its sessions end, so that it signs in anew.

    Raises NotFoundError, FormatError, ForbiddenError (not_for_oneself).
    """
    said = check_name(name)
    with ports.ledger.store.write() as unit:
        known = _other(unit, org, user, by)
        chosen = " ".join(check_roles(organisation(unit, org).roles, roles))
        unit.people.set_person(user, name=said, roles=chosen)
        if chosen != known.roles:
            unit.sessions.end_all(user)


def disable(ports: Ports, org: str, user: str, *, by: str) -> None:
    """Let a user in no more and end its sessions. Raises NotFoundError, ForbiddenError (not_for_oneself)."""
    with ports.ledger.store.write() as unit:
        _other(unit, org, user, by)
        unit.people.set_disabled(user, ports.now_ms())
        unit.people.drop_invitations_for(user)
        unit.sessions.end_all(user)


def enable(ports: Ports, org: str, user: str, *, by: str) -> None:
    """Let a user in again. Raises NotFoundError, ForbiddenError (not_for_oneself)."""
    with ports.ledger.store.write() as unit:
        _other(unit, org, user, by)
        unit.people.set_disabled(user, None)


def forget_passkeys(ports: Ports, org: str, user: str, *, by: str) -> int:
    """Drop every passkey of a user who lost them, and end its sessions; return how many there were.

    Raises NotFoundError, ForbiddenError (not_for_oneself).
    """
    with ports.ledger.store.write() as unit:
        _other(unit, org, user, by)
        known = unit.people.passkeys_of(user)
        for row in known:
            unit.people.drop_passkey(user, row.id)
        unit.sessions.end_all(user)
        return len(known)


def set_password(ports: Ports, secret: str, entered: Entered, former: str, new: str) -> Opened:
    """Change one's own password: every other session ends and this one is replaced.

    Raises ForbiddenError (password_wrong), FormatError (the new password), UnavailableError.
    """
    with ports.ledger.store.read() as unit:
        user = None if entered.user is None else unit.people.user(entered.user)
    if user is None or entered.needs == "passkey":
        raise ForbiddenError("passkey_first")
    check_new(new, (user.login, user.name), field="/new")
    logins.check_attempts(ports, user.login)
    if user.password is not None and not ports.passwords.verify(former, user.password):
        logins.failed(ports, user.login)
        raise ForbiddenError("password_wrong", "/former")
    hashed = ports.passwords.hash(new)
    with ports.ledger.store.write() as unit:
        unit.people.set_password(user.id, hashed)
        unit.people.drop_invitations_for(user.id)
        opened = sessions.rotate(ports, unit, secret, user, entered.factor)
        unit.sessions.end_all(user.id, but=digest(opened.secret))
        return opened


def _own(unit: Unit, org: str, user: str) -> UserRow:
    known = unit.people.user(user)
    if known is None or known.org != org:
        raise NotFoundError("user_unknown")
    return known


def _other(unit: Unit, org: str, user: str, by: str) -> UserRow:
    """A user of the organisation who is not the one that asks: nobody raises or disables himself."""
    known = _own(unit, org, user)
    if user == by:
        raise ForbiddenError("not_for_oneself")
    return known
