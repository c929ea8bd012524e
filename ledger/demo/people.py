"""The people of the demo with their keys: two in each organisation, seeded, so that anybody can make them again.

Receipts, issues and dispatches are signed by both; whatever else firms of the trade state, by one; small users state
the rest unsigned, as over plain forms.
"""

from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.events import sign_header, signed_form
from ledger.core.keys import ALG, key_id, private_key, public_key
from ledger.demo.dice import Dice
from ledger.rules.signing import BY_TWO
from ledger.services.intake import Submission, signed

PER_ORGANISATION: Final = 2
UNSIGNED: Final = frozenset({"paint", "water", "steel", "clean"})
"""Who signs nothing but what two people have to sign."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a key: ``user`` is how the ledger calls them, ``key`` the id of the key."""

    user: str
    private: Ed25519PrivateKey
    raw: bytes
    key: str

    def section(self) -> dict[str, Json]:
        """The section that registers the key."""
        return {"key": b64u(self.raw), "alg": ALG, "holder": self.user}


def hire(seed: int, name: str, start_ms: int) -> tuple[Person, ...]:
    """The people of one organisation."""
    dice = Dice(seed, f"people of {name}")
    made = []
    for _ in range(PER_ORGANISATION):
        user, private = dice.ref("user", start_ms), private_key(dice.bytes(32))
        raw = public_key(private)
        made.append(Person(user, private, raw, key_id(raw)))
    return tuple(made)


def needed(kind: str, name: str) -> int:
    """How many people of an organisation sign a statement of this type."""
    if kind in BY_TWO:
        return PER_ORGANISATION
    return 0 if name in UNSIGNED else 1


def countersign(made: Submission, people: tuple[Person, ...], origin: str) -> Submission:
    """The statement as these people sign it; it comes in like every signed one."""
    if not people:
        return made
    by_key = {person.key: person for person in people}
    header = replace(made.header, keys=tuple(sorted(by_key)))
    signatures = sign_header(header.encode(), {key: person.private for key, person in by_key.items()})
    body = signed_form(header, signatures, made.disclosures)
    return signed(body, made.auth, origin=origin, find_key=lambda _actor, key: by_key[key].raw)
