"""Coming in: with a password, with a passkey, or with both, one after the other."""

from ledger.errors import ForbiddenError
from ledger.services.identity import logins, passkeys, sessions
from ledger.services.identity.ports import Ports, digest
from ledger.services.identity.sessions import Opened
from ledger.store.rows import UserRow


def with_password(ports: Ports, typed: str, password: str, label: str = "", *, former: str | None = None) -> Opened:
    """Open a session for a login name and a password; ``former``: the session that this browser had, which ends.

    Wrong name, wrong password, no password yet, disabled: one answer, after the same work. Raises ForbiddenError
    (login_wrong), UnavailableError (login_throttled, passwords_busy).
    """
    login = logins.normal_login(typed)
    logins.check_attempts(ports, login)
    with ports.ledger.store.read() as unit:
        user = unit.people.by_login(login)
    able = user if user is not None and user.disabled_at_ms is None else None
    right = ports.passwords.verify(password, None if able is None else able.password)
    if able is None or not right:
        logins.failed(ports, login)
        raise ForbiddenError("login_wrong")
    logins.forget(ports, login)
    anew = _anew(ports, able, password)
    with ports.ledger.store.write() as unit:
        if anew is not None:
            unit.people.set_password(able.id, anew)
        if former is not None:
            unit.sessions.end(digest(former))
        return sessions.open_for(ports, unit, able, "password", label)


def _anew(ports: Ports, user: UserRow, password: str) -> str | None:
    """The hash with today's costs, if the stored one was made with others."""
    return ports.passwords.hash(password) if user.password and ports.passwords.outdated(user.password) else None


def with_passkey(ports: Ports, response: str, label: str = "", *, former: str | None = None) -> Opened:
    """Open a session for a passkey alone, which has verified its user by PIN or body. Raises ForbiddenError."""
    with ports.ledger.store.write() as unit:
        user = passkeys.check(ports, unit, response, bound=passkeys.ENTER)
        if former is not None:
            unit.sessions.end(digest(former))
        return sessions.open_for(ports, unit, user, "passkey", label)


def with_second_factor(ports: Ports, secret: str, entered: sessions.Entered, response: str) -> Opened:
    """Show a passkey in a session that a password opened; the session is replaced. Raises ForbiddenError."""
    with ports.ledger.store.write() as unit:
        user = passkeys.check(ports, unit, response, bound=passkeys.confirming(entered.id))
        if user.id != entered.user:
            raise ForbiddenError("passkey_wrong")
        return sessions.rotate(ports, unit, secret, user, "password+passkey")
