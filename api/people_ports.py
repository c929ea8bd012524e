"""What the pages of accounts, people and programs ask of the services below them. The rules are those of ``ports``.

`secret` is that of the session that asks. Changes of rights count at once: nothing is remembered across them.
"""

from collections.abc import Sequence
from typing import Protocol

from api.views import Page, Principal, Session
from api.views.people import (
    AccountView,
    BadgeLine,
    DeviceLine,
    InvitationView,
    NewBadge,
    NewProgram,
    ProgramsView,
    ReadLine,
    ReadsHead,
    Token,
    UsersView,
    UserView,
)


class Entry(Protocol):
    """Coming in."""

    def takes_passkeys(self) -> bool:
        """Return whether browsers offer passkeys at the address of this site. From memory."""

    def sign_in(self, login: str, password: str, label: str, former: str | None) -> Session:
        """Open a session for a password. ForbiddenError `login_wrong`; UnavailableError `login_throttled`."""

    def passkey_options(self) -> str:
        """Return what the browser needs to ask for any passkey of this site, as JSON."""

    def sign_in_with_passkey(self, response: str, label: str, former: str | None) -> Session:
        """Open a session for a passkey. ForbiddenError `passkey_wrong`, `passkey_copied`."""

    def confirm_options(self, secret: str) -> str:
        """Return what the browser needs to ask for a passkey of this session's user, as JSON."""

    def confirm(self, secret: str, response: str) -> Session:
        """Show a passkey in a session; it is replaced. ForbiddenError."""

    def invitation(self, token: str) -> InvitationView:
        """Return what an invitation offers, using nothing up. NotFoundError `invitation_unusable`."""

    def accept(self, token: str, password: str, label: str) -> Session:
        """Use an invitation up and sign in. NotFoundError, FormatError (password), ConflictError."""

    def token(self, client: str, secret: str) -> Token:
        """Exchange a client's secret for a token. ForbiddenError `client_wrong`."""


class Account(Protocol):
    """One's own account."""

    def account(self, secret: str) -> AccountView:
        """Return passkeys and sessions."""

    def enrol_options(self, secret: str) -> str:
        """Return what the browser needs to make a passkey, as JSON. ForbiddenError `passkey_first`."""

    def enrol(self, secret: str, response: str, name: str) -> Session:
        """Store a passkey; the session is replaced. ForbiddenError, FormatError, ConflictError."""

    def drop_passkey(self, secret: str, passkey: str) -> None:
        """Forget a passkey. NotFoundError, ForbiddenError `passkey_last`."""

    def set_password(self, secret: str, former: str, new: str) -> Session:
        """Change the password; every other session ends, this one is replaced. ForbiddenError, FormatError."""

    def end_session(self, secret: str, session: str) -> None:
        """End a session of one's own. NotFoundError."""

    def end_others(self, secret: str) -> int:
        """End every session of one's own but this; return how many."""

    def set_purpose(self, secret: str, purpose: str) -> None:
        """Say what this session reads for. FormatError."""


class People(Protocol):
    """Users, programs and devices of the viewer's organisation. NotFoundError: it has no such one."""

    def users(self, viewer: Principal, after: str) -> UsersView:
        """Return users by login name, from the one after `after`."""

    def user(self, viewer: Principal, ref: str) -> UserView:
        """Return one user."""

    def invite(self, viewer: Principal, login: str, name: str, roles: Sequence[str]) -> str:
        """Invite somebody; return the link's token. FormatError, ConflictError."""

    def reset(self, viewer: Principal, ref: str) -> str:
        """Return the token of a link with which a user sets a new password."""

    def withdraw(self, viewer: Principal, invitation: str) -> None:
        """Take an invitation back."""

    def change(self, viewer: Principal, ref: str, name: str, roles: Sequence[str]) -> None:
        """Give a user another name and other roles. ForbiddenError `not_for_oneself`."""

    def disable(self, viewer: Principal, ref: str, *, disabled: bool) -> None:
        """Let a user in no more, or again. ForbiddenError `not_for_oneself`."""

    def forget_passkeys(self, viewer: Principal, ref: str) -> None:
        """Drop the passkeys of a user who lost them. ForbiddenError `not_for_oneself`."""

    def programs(self, viewer: Principal) -> ProgramsView:
        """Return the API clients."""

    def create_program(self, viewer: Principal, label: str, roles: Sequence[str], purpose: str) -> NewProgram:
        """Create an API client. FormatError, ConflictError."""

    def revoke_program(self, viewer: Principal, client: str) -> None:
        """Revoke an API client and its tokens."""

    def devices(self, viewer: Principal) -> tuple[DeviceLine, ...]:
        """Return the devices."""

    def register_device(self, viewer: Principal, name: str) -> str:
        """Register a device and return its reference. FormatError."""

    def revoke_device(self, viewer: Principal, device: str) -> None:
        """Revoke a device."""

    def reads(self, viewer: Principal, before: str | None, limit: int) -> Page[ReadLine]:
        """Return what the organisation read of others, newest first."""

    def reads_head(self, viewer: Principal) -> ReadsHead | None:
        """Return the head of the log of reads, None before the first read of anybody."""

    def read_proof(self, viewer: Principal, read: str) -> bytes:
        """Return the proof (C2SP tlog-proof) that a read of the organisation is in that log. UnavailableError."""


class Badges(Protocol):
    """Badges with which people of the viewer's organisation say on a shared device that it is they who scan."""

    def listing(self, viewer: Principal) -> tuple[BadgeLine, ...]:
        """Return the badges in force, by name."""

    def of(self, viewer: Principal, user: str) -> BadgeLine | None:
        """Return the badge that a person has."""

    def issue(self, viewer: Principal, user: str) -> NewBadge:
        """Make a badge for a person; the former one is revoked. NotFoundError, ConflictError `badge_of_disabled`."""

    def revoke(self, viewer: Principal, user: str) -> None:
        """Revoke the badge of a person, if it has one. NotFoundError."""
