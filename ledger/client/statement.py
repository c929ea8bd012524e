"""An event as its maker states it: salts, digests, header and signatures (design: the signed way in)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core.canonical import Json, encode
from ledger.core.events import Header, Ref, Signature, event_hash, sign_header, signed_form
from ledger.core.ids import uuid7
from ledger.core.keys import key_id, private_key, public_key
from ledger.core.sections import SALT_SIZE, Disclosure
from ledger.core.times import format_utc

Mode = Literal["act", "report"]
RANDOM: Final = 10


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key of a person, a device or the organisation; keep its 32 bytes as you would keep a seal."""

    private: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """Read a key. FormatError `key_wrong_length`: not 32 bytes."""
        return cls(private_key(seed))

    @property
    def public(self) -> bytes:
        """The 32 raw bytes of the public key."""
        return public_key(self.private)

    @property
    def id(self) -> str:
        """The key id that stands in headers."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True)
class Statement:
    """An event ready to be sent, and sent again: every byte of it is fixed."""

    header: Header
    header_bytes: bytes
    disclosures: tuple[Disclosure, ...]
    signatures: tuple[Signature, ...]

    @property
    def hash(self) -> str:
        """The event hash, by which others refer to it."""
        return event_hash(self.header_bytes)

    def body(self) -> bytes:
        """Return the request body: header, disclosures, signatures."""
        return encode(signed_form(self.header, self.signatures, self.disclosures))


@dataclass(frozen=True, slots=True)
class Maker:
    """Who states: in which log, as which organisation ("org:<uuid>"), signing with which keys."""

    origin: str
    actor: str
    keys: tuple[SigningKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a header says besides: mode; a stated time (now, if None); ``refs`` as (relation, hash) of this log.

    ``event_id``: UUIDv7, a new one if None.
    """

    mode: Mode = "act"
    occurred_at: str | None = None
    not_after: str | None = None
    refs: tuple[tuple[str, str], ...] = ()
    event_id: str | None = None


PLAIN: Final = Terms()


def make(
    kind: str, sections: Mapping[str, Mapping[str, Json]], maker: Maker, now_ms: int, terms: Terms = PLAIN
) -> Statement:
    """Make an event and sign it with each key; salts and id are drawn from the system. FormatError with the field."""
    disclosures = tuple(Disclosure(os.urandom(SALT_SIZE), name, dict(sections[name])) for name in sorted(sections))
    by_id = {key.id: key.private for key in maker.keys}
    header = Header(
        origin=maker.origin,
        id=terms.event_id or uuid7(now_ms, os.urandom(RANDOM)),
        type=kind,
        mode=terms.mode,
        actor=maker.actor,
        keys=tuple(sorted(by_id)),
        occurred_at=terms.occurred_at or format_utc(now_ms),
        not_after=terms.not_after,
        refs=tuple(Ref(rel, maker.origin, digest) for rel, digest in terms.refs),
        sections={part.name: part.digest for part in disclosures},
    )
    data = header.encode()
    return Statement(header, data, disclosures, sign_header(data, by_id))
