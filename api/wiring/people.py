"""The ports of coming in, of one's own account, and of an organisation's people and programs."""

from collections.abc import Iterable, Sequence
from typing import cast

from api.views import Page, Principal, Session, UserRole
from api.views.people import (
    AccountView,
    DeviceLine,
    InvitationView,
    NewProgram,
    OpenInvitation,
    PasskeyLine,
    ProgramLine,
    ProgramsView,
    ReadLine,
    ReadsHead,
    SessionLine,
    Token,
    UserLine,
    UsersView,
    UserView,
)
from api.wiring.access import LedgerAccess
from api.wiring.known import KINDS, Known, hidden, roles_shown
from api.wiring.read_names import names_of
from api.wiring.under_grants import parted
from ledger.core.b64 import b64u
from ledger.core.reads import origin_of_reads
from ledger.errors import NotFoundError
from ledger.services import policy
from ledger.services.identity import clients, devices, entering, invitations, passkeys, reads, sessions, users
from ledger.services.identity.ports import Ports, organisation
from ledger.services.identity.sessions import Entered, Opened
from ledger.store.rows import UserRow

SHOWN = 100


def _session(opened: Opened) -> Session:
    return Session(opened.secret, opened.expires_at_ms)


def roles_of(words: Iterable[str]) -> tuple[UserRole, ...]:
    """Return roles of users as views name them."""
    return tuple(cast("Iterable[UserRole]", words))


class LedgerEntry:
    """Coming in, over the ledger's operational tables."""

    def __init__(self, ports: Ports, access: LedgerAccess) -> None:
        """Let in with these; ``access`` forgets what it remembers when rights change."""
        self._ports = ports
        self._access = access

    def takes_passkeys(self) -> bool:
        """Return whether browsers offer passkeys at the address of this site."""
        return self._ports.site.takes_passkeys

    def sign_in(self, login: str, password: str, label: str, former: str | None) -> Session:
        """Open a session for a password."""
        opened = entering.with_password(self._ports, login, password, label, former=former)
        self._access.forget(former)
        return _session(opened)

    def passkey_options(self) -> str:
        """Return what the browser needs to ask for any passkey of this site."""
        return passkeys.offer_entry(self._ports)

    def sign_in_with_passkey(self, response: str, label: str, former: str | None) -> Session:
        """Open a session for a passkey."""
        opened = entering.with_passkey(self._ports, response, label, former=former)
        self._access.forget(former)
        return _session(opened)

    def confirm_options(self, secret: str) -> str:
        """Return what the browser needs to ask for a passkey of this session's user."""
        return passkeys.offer_confirmation(self._ports, entered(self._ports, secret))

    def confirm(self, secret: str, response: str) -> Session:
        """Show a passkey in a session; it is replaced."""
        opened = entering.with_second_factor(self._ports, secret, entered(self._ports, secret), response)
        self._access.forget(secret)
        return _session(opened)

    def invitation(self, token: str) -> InvitationView:
        """Return what an invitation offers, using nothing up."""
        found = invitations.look(self._ports, token)
        ledger = self._ports.ledger
        with ledger.store.read() as unit:
            org = organisation(unit, found.org)
            party = Known(unit, ledger.reference, ledger.clock.now_ms()).party(found.org)
        return InvitationView(
            org=party,
            org_roles=roles_shown(org.roles),
            login=found.login,
            name=found.name,
            roles=roles_of(found.roles),
            known=found.user is not None,
            expires=found.expires_at_ms,
        )

    def accept(self, token: str, password: str, label: str) -> Session:
        """Use an invitation up and sign in."""
        opened = invitations.accept(self._ports, token, password, label)
        self._access.forget_all()
        return _session(opened)

    def token(self, client: str, secret: str) -> Token:
        """Exchange a client's secret for a token."""
        made = clients.token(self._ports, client, secret)
        return Token(made.secret, made.expires_in_s)


def entered(ports: Ports, secret: str) -> Entered:
    """Return whom a session lets in. NotFoundError `session_gone`."""
    found = sessions.find(ports, secret)
    if found is None:
        raise NotFoundError("session_gone")
    return found


class LedgerAccount:
    """One's own account."""

    def __init__(self, ports: Ports, access: LedgerAccess) -> None:
        """Work on these; ``access`` forgets what it remembers when rights change."""
        self._ports = ports
        self._access = access

    def account(self, secret: str) -> AccountView:
        """Return passkeys and sessions."""
        here = entered(self._ports, secret)
        user = here.user or ""
        with self._ports.ledger.store.read() as unit:
            keys = unit.people.passkeys_of(user)
        rows = sessions.of_user(self._ports, user) if user else []
        return AccountView(
            passkeys=tuple(PasskeyLine(b64u(row.id), row.name, row.created_at_ms, row.used_at_ms) for row in keys),
            sessions=tuple(
                SessionLine(row.id, row.label, row.factor, row.created_at_ms, row.seen_at_ms, row.id == here.id)
                for row in rows
            ),
            must=sessions.must_have_factor(here),
            takes_passkeys=self._ports.site.takes_passkeys,
        )

    def enrol_options(self, secret: str) -> str:
        """Return what the browser needs to make a passkey."""
        return passkeys.offer_enrolment(self._ports, entered(self._ports, secret))

    def enrol(self, secret: str, response: str, name: str) -> Session:
        """Store a passkey; the session is replaced."""
        opened = passkeys.enrol(self._ports, secret, entered(self._ports, secret), response, name)
        self._access.forget_all()
        return _session(opened)

    def drop_passkey(self, secret: str, passkey: str) -> None:
        """Forget a passkey."""
        passkeys.drop(self._ports, entered(self._ports, secret), passkey)
        self._access.forget_all()

    def set_password(self, secret: str, former: str, new: str) -> Session:
        """Change the password; every other session ends, this one is replaced."""
        opened = users.set_password(self._ports, secret, entered(self._ports, secret), former, new)
        self._access.forget_all()
        return _session(opened)

    def end_session(self, secret: str, session: str) -> None:
        """End a session of one's own."""
        sessions.end_one(self._ports, entered(self._ports, secret).user or "-", session)
        self._access.forget_all()

    def end_others(self, secret: str) -> int:
        """End every session of one's own but this; return how many."""
        ended = sessions.end_all(self._ports, entered(self._ports, secret).user or "-", but=secret)
        self._access.forget_all()
        return ended

    def set_purpose(self, secret: str, purpose: str) -> None:
        """Say what this session reads for."""
        sessions.set_purpose(self._ports, secret, purpose)
        self._access.forget(secret)


class LedgerPeople:
    """Users, programs and devices of an organisation."""

    def __init__(self, ports: Ports, access: LedgerAccess) -> None:
        """Work on these; ``access`` forgets what it remembers when rights change."""
        self._ports = ports
        self._access = access

    def users(self, viewer: Principal, after: str) -> UsersView:
        """Return users by login name."""
        org = _own(viewer)
        rows = users.listing(self._ports, org, after, SHOWN + 1)
        opened = tuple(
            OpenInvitation(one.id, one.login, one.name, roles_of(one.roles), one.user is not None, one.expires_at_ms)
            for one in invitations.open_ones(self._ports, org)
        )
        return UsersView(
            users=tuple(self._line(row) for row in rows[:SHOWN]),
            invitations=opened,
            offered=_offered(viewer),
            more=rows[SHOWN - 1].login if len(rows) > SHOWN else None,
        )

    def _line(self, row: UserRow) -> UserLine:
        with self._ports.ledger.store.read() as unit:
            keys = len(unit.people.passkeys_of(row.id))
        roles = roles_of(row.roles.split())
        return UserLine(row.id, row.login, row.name, roles, row.disabled_at_ms, keys, row.created_at_ms)

    def user(self, viewer: Principal, ref: str) -> UserView:
        """Return one user."""
        row = users.one(self._ports, _own(viewer), ref)
        return UserView(self._line(row), _offered(viewer), oneself=row.id == viewer.user)

    def invite(self, viewer: Principal, login: str, name: str, roles: Sequence[str]) -> str:
        """Invite somebody; return the link's token."""
        person = invitations.Person(login, name, tuple(roles))
        return invitations.invite(self._ports, _own(viewer), person, by=_by(viewer))

    def reset(self, viewer: Principal, ref: str) -> str:
        """Return the token of a link with which a user sets a new password."""
        return invitations.reset(self._ports, _own(viewer), ref, by=_by(viewer))

    def withdraw(self, viewer: Principal, invitation: str) -> None:
        """Take an invitation back."""
        invitations.withdraw(self._ports, _own(viewer), invitation)

    def change(self, viewer: Principal, ref: str, name: str, roles: Sequence[str]) -> None:
        """Give a user another name and other roles."""
        users.change(self._ports, _own(viewer), ref, name=name, roles=tuple(roles), by=_by(viewer))
        self._access.forget_all()

    def disable(self, viewer: Principal, ref: str, *, disabled: bool) -> None:
        """Let a user in no more, or again."""
        (users.disable if disabled else users.enable)(self._ports, _own(viewer), ref, by=_by(viewer))
        self._access.forget_all()

    def forget_passkeys(self, viewer: Principal, ref: str) -> None:
        """Drop the passkeys of a user who lost them."""
        users.forget_passkeys(self._ports, _own(viewer), ref, by=_by(viewer))
        self._access.forget_all()

    def programs(self, viewer: Principal) -> ProgramsView:
        """Return the API clients."""
        rows = clients.listing(self._ports, _own(viewer))
        lines = (
            ProgramLine(
                row.id, row.label, roles_of(row.roles.split()), row.purpose, row.created_at_ms, row.revoked_at_ms
            )
            for row in rows
        )
        return ProgramsView(tuple(lines), _offered(viewer), policy.watches(_kinds(viewer)))

    def create_program(self, viewer: Principal, label: str, roles: Sequence[str], purpose: str) -> NewProgram:
        """Create an API client."""
        made = clients.create(self._ports, _own(viewer), label, tuple(roles), purpose=purpose, by=_by(viewer))
        return NewProgram(made.id, made.secret)

    def revoke_program(self, viewer: Principal, client: str) -> None:
        """Revoke an API client and its tokens."""
        clients.revoke(self._ports, _own(viewer), client)
        self._access.forget_all()

    def devices(self, viewer: Principal) -> tuple[DeviceLine, ...]:
        """Return the devices."""
        rows = devices.listing(self._ports, _own(viewer))
        return tuple(DeviceLine(row.id, row.name, row.created_at_ms, row.revoked_at_ms) for row in rows)

    def register_device(self, viewer: Principal, name: str) -> str:
        """Register a device and return its reference."""
        return devices.register(self._ports, _own(viewer), name)

    def revoke_device(self, viewer: Principal, device: str) -> None:
        """Revoke a device."""
        devices.revoke(self._ports, _own(viewer), device)

    def reads(self, viewer: Principal, before: str | None, limit: int) -> Page[ReadLine]:
        """Return what the organisation read of others, newest first."""
        rows = reads.listing(self._ports, _own(viewer), before=before, limit=limit + 1)
        names = {row.user: self._name(row.user) for row in rows}
        told = [(row, *parted(row.subject)) for row in rows[:limit]]
        with self._ports.ledger.store.read() as unit:
            known = Known(unit, self._ports.ledger.reference, self._ports.now_ms())
            named = names_of(known, viewer, {address for _, address, _ in told})
        items = (
            ReadLine(row.id, row.at_ms, names[row.user], row.action, address, grants, row.purpose, named.get(address))
            for row, address, grants in told
        )
        return Page(tuple(items), (rows[limit - 1].id,) if len(rows) > limit else None)

    def reads_head(self, viewer: Principal) -> ReadsHead | None:
        """Return the head of the log of reads."""
        del viewer
        ledger = self._ports.ledger
        head = ledger.reads.head()
        if head is None:
            return None
        return ReadsHead(origin_of_reads(ledger.origin), head.size, head.signed, head.root.hex())

    def read_proof(self, viewer: Principal, read: str) -> bytes:
        """Return the proof that a read of the organisation is in the log of reads."""
        return self._ports.ledger.reads.prove(_own(viewer), read)

    def _name(self, user: str) -> str:
        with self._ports.ledger.store.read() as unit:
            row = unit.people.user(user)
        return user if row is None else row.name


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/users")
    return viewer.org.ref


def _by(viewer: Principal) -> str:
    return viewer.user or ""


def _kinds(viewer: Principal) -> tuple[str, ...]:
    return tuple(KINDS[role] for role in viewer.roles)


def _offered(viewer: Principal) -> tuple[UserRole, ...]:
    return roles_of(policy.roles_for(_kinds(viewer)))
