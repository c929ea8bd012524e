"""People and programs as pages show them: accounts, users, invitations, devices, clients, and what was read."""

from dataclasses import dataclass

from api.views.access import Role, UserRole
from api.views.common import Instant, Party, Words


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """A passkey of a user."""

    id: str
    name: str
    created: Instant
    used: Instant | None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A browser in which a user is signed in; `here`: the one that asks."""

    id: str
    label: str
    factor: str
    created: Instant
    seen: Instant
    here: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    """One's own account. `must`: a second factor is needed; `last`: the last passkey cannot be removed."""

    passkeys: tuple[PasskeyLine, ...]
    sessions: tuple[SessionLine, ...]
    must: bool
    takes_passkeys: bool


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What an invitation offers: to become a user of an organisation, or (`known`) to set a new password."""

    org: Party
    org_roles: tuple[Role, ...]
    login: str
    name: str
    roles: tuple[UserRole, ...]
    known: bool
    expires: Instant


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that nobody has used yet."""

    id: str
    login: str
    name: str
    roles: tuple[UserRole, ...]
    known: bool
    expires: Instant


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user in a list."""

    ref: str
    login: str
    name: str
    roles: tuple[UserRole, ...]
    disabled: Instant | None
    passkeys: int
    created: Instant


@dataclass(frozen=True, slots=True)
class UsersView:
    """People of an organisation; `more`: the login name after which the list goes on."""

    users: tuple[UserLine, ...]
    invitations: tuple[OpenInvitation, ...]
    offered: tuple[UserRole, ...]
    more: str | None


@dataclass(frozen=True, slots=True)
class UserView:
    """One user, with the roles that may be chosen."""

    user: UserLine
    offered: tuple[UserRole, ...]
    oneself: bool


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """An API client."""

    id: str
    label: str
    roles: tuple[UserRole, ...]
    purpose: str
    created: Instant
    revoked: Instant | None


@dataclass(frozen=True, slots=True)
class ProgramsView:
    """API clients of an organisation; `purposeful`: each says what it reads for."""

    programs: tuple[ProgramLine, ...]
    offered: tuple[UserRole, ...]
    purposeful: bool


@dataclass(frozen=True, slots=True)
class NewProgram:
    """A client just made: its secret is shown once."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device of an organisation."""

    ref: str
    name: str
    created: Instant
    revoked: Instant | None


@dataclass(frozen=True, slots=True)
class BadgeLine:
    """A badge in force: whose it is, and since when."""

    id: str
    user: str
    name: str
    since: Instant


@dataclass(frozen=True, slots=True)
class NewBadge:
    """A badge just made: what its symbol says is shown once."""

    id: str
    user: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadsHead:
    """The log of reads: its origin, how many reads there are, and size and root (hex) of what is signed."""

    origin: str
    size: int
    signed: int
    root: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Something that was read. `grants`: events that showed it, where the own jurisdiction does not.

    `named`: what the thing is called, where its address names one that the viewer may know of.
    """

    id: str
    at: Instant
    user: str
    action: str
    subject: str
    grants: tuple[str, ...]
    purpose: str
    named: Words | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """An access token."""

    secret: str
    expires_in_s: int
