"""Who asks: the principal of a request, the offer behind a login link, a session."""

from dataclasses import dataclass
from typing import Final, Literal

from api.views.common import Instant, Party, Words

Role = Literal[
    "producer",
    "trader",
    "user",
    "warehouse",
    "carrier",
    "disposer",
    "park",
    "regulator",
    "witness",
    "operator",
]


UserRole = Literal["admin", "operator", "driver", "safety_officer", "viewer", "auditor", "investigator", "responder"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks and how that is known. `org` None: the public. `credential` names the key or session, never a secret.

    `roles`: the organisation's; `user_roles`: of the person or program. `needs`: what a session must do before it may
    do more: enrol a passkey, or show it. `writes`: false for an API key, which only reads. `purpose`: what a regulator
    or park reads for.
    """

    method: Literal["anonymous", "key", "token", "session", "link"]
    org: Party | None = None
    roles: tuple[Role, ...] = ()
    user: str | None = None
    credential: str | None = None
    user_roles: tuple[UserRole, ...] = ()
    name: str = ""
    login: str = ""
    factor: str = "none"
    needs: Literal["", "enrol", "passkey"] = ""
    writes: bool = True
    purpose: str = ""

    @property
    def known(self) -> bool:
        """Whether somebody proved who they are."""
        return self.org is not None


ANONYMOUS: Final = Principal("anonymous")


@dataclass(frozen=True, slots=True)
class LoginOffer:
    """What a login link would open, shown before the button is pressed; looking at it uses nothing up."""

    org: Party
    roles: tuple[Role, ...]
    expires: Instant
    place: Words | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session just opened: the secret goes into the cookie and nowhere else."""

    secret: str
    expires: Instant
