"""What the use cases of identity need from outside, and the secrets they make."""

import hashlib
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from ledger.core.b64 import b64u
from ledger.core.ids import uuid7
from ledger.errors import NotFoundError
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.services.entropy import Entropy, SystemEntropy
from ledger.services.identity.challenges import Challenges
from ledger.services.identity.passwords import Passwords
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Unit

SECRET_BYTES: Final = 32
LIFE_MS: Final = 12 * 3_600_000


@dataclass(frozen=True, slots=True)
class Site:
    """The site as browsers know it: ``origin`` of its pages; passkeys are bound to its host."""

    origin: str = "http://localhost"
    name: str = "hazledger"

    @property
    def host(self) -> str:
        """The relying party id of WebAuthn."""
        return urlsplit(self.origin).hostname or ""

    @property
    def takes_passkeys(self) -> bool:
        """Whether browsers offer passkeys here: over https, or on this machine by its name; never for an address."""
        parts = urlsplit(self.origin)
        named = bool(self.host) and not self.host.replace(".", "").isdigit() and ":" not in self.host
        return named and (parts.scheme == "https" or self.host == "localhost" or self.host.endswith(".localhost"))


@dataclass(frozen=True, slots=True)
class Ports:
    """One ledger, its people, and what it takes to let them in. ``session_ms``: the age at which a session ends."""

    ledger: Ledger
    site: Site = field(default_factory=Site)
    entropy: Entropy = field(default_factory=SystemEntropy)
    passwords: Passwords = field(default_factory=Passwords)
    challenges: Challenges = field(default_factory=Challenges)
    session_ms: int = LIFE_MS

    def now_ms(self) -> int:
        """Epoch milliseconds."""
        return self.ledger.clock.now_ms()

    def secret(self, mark: str = "") -> str:
        """A new secret of 256 random bits."""
        return mark + b64u(self.entropy.bytes(SECRET_BYTES))

    def id(self) -> str:
        """A new UUIDv7."""
        return uuid7(self.now_ms(), self.entropy.bytes(10))


def digest(secret: str) -> bytes:
    """The hash under which a secret is stored and found."""
    return hashlib.sha256(secret.encode()).digest()


def organisation(unit: Unit, org: str) -> OrgState:
    """An organisation that was admitted. Raises NotFoundError (organisation_unknown)."""
    body = unit.projections.load_states([org])[org]
    known = None if body is None else codec.load(org, body)
    if not isinstance(known, OrgState):
        raise NotFoundError("organisation_unknown", params={"org": org[:80]})
    return known
