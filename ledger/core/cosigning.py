"""Signing what waits: one person's signatures over a drafted event, one for each other who may sign with it.

A header names the keys that sign it, and an act is stated close to its record: two people would have to know each
other's keys before the first of them signs. So the first one signs the same header once for each key that may join,
with one stated time; whichever of them signs next, with that time, makes the event whole. Its bytes are those of any
signed event (design: the event); who reads it needs to know nothing of this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json
from ledger.core.events import Header, Signature, signing_bytes
from ledger.core.keys import SIGNATURE_SIZE, PrivateKey, key_id, public_key, sign, verify
from ledger.core.shape import closed_object, hash_at, list_at, text_at
from ledger.core.times import parse_stated
from ledger.errors import FormatError

MOST = 64
"""The most keys that one person's signatures are made for."""
_NAMES = ("occurred_at", "key", "signatures")


@dataclass(frozen=True, slots=True)
class Signing:
    """What one person signed: with key ``key``, at a stated time, once for each other key; under its own id: alone.

    ``signatures``: id of the key that would sign, too -> 64 bytes in base64url.
    """

    occurred_at: str
    key: str
    signatures: Mapping[str, str]

    def content(self) -> dict[str, Json]:
        """The signing as JSON."""
        signatures: list[Json] = [{"with": other, "sig": sig} for other, sig in sorted(self.signatures.items())]
        return {"occurred_at": self.occurred_at, "key": self.key, "signatures": signatures}

    @classmethod
    def parse(cls, data: Json) -> "Signing":
        """Read a JSON value. FormatError with the field."""
        members = closed_object(data, _NAMES)
        occurred_at = text_at(members["occurred_at"], "/occurred_at")
        parse_stated(occurred_at, field="/occurred_at")
        given = list_at(members["signatures"], MOST, "/signatures")
        signatures: dict[str, str] = {}
        for place, item in enumerate(given):
            at = f"/signatures/{place}"
            one = closed_object(item, ("with", "sig"), at)
            sig = text_at(one["sig"], f"{at}/sig")
            unb64u(sig, SIGNATURE_SIZE, field=f"{at}/sig")
            signatures[hash_at(one["with"], f"{at}/with")] = sig
        if len(signatures) < max(len(given), 1):
            raise FormatError(
                "list_length" if not given else "duplicate_item", "/signatures", {"least": 1, "most": MOST}
            )
        return cls(occurred_at, hash_at(members["key"], "/key"), signatures)


def header_by(drafted: Header, occurred_at: str, keys: Iterable[str]) -> Header:
    """The header that these keys sign. An act is stated when it is signed; a report keeps the time it was drafted with.

    FormatError: more keys than a header takes.
    """
    at = drafted.occurred_at if drafted.mode == "report" else occurred_at
    return replace(drafted, occurred_at=at, keys=tuple(sorted(set(keys))))


def sign_draft(drafted: Header, private: PrivateKey, occurred_at: str, others: Iterable[str]) -> Signing:
    """Sign a drafted header alone, and once with each of the other keys."""
    own = key_id(public_key(private))
    signatures = {
        other: b64u(sign(private, signing_bytes(header_by(drafted, occurred_at, (own, other)).encode())))
        for other in (own, *others)
    }
    return Signing(occurred_at, own, signatures)


def check_signing(drafted: Header, said: Signing, raw: bytes) -> None:
    """Demand that every signature holds under the public key ``raw``. FormatError `signature_wrong`."""
    for other, sig in said.signatures.items():
        message = signing_bytes(header_by(drafted, said.occurred_at, (said.key, other)).encode())
        if not verify(raw, unb64u(sig), message):
            raise FormatError("signature_wrong", "/signatures", {"key": said.key, "with": other})


def alone(drafted: Header, said: Signing) -> tuple[Header, tuple[Signature, ...]] | None:
    """The event that one person signed; None if nothing was signed for that."""
    sig = said.signatures.get(said.key)
    return None if sig is None else (header_by(drafted, said.occurred_at, (said.key,)), (Signature(said.key, sig),))


def together(drafted: Header, first: Signing, second: Signing) -> tuple[Header, tuple[Signature, ...]] | None:
    """The event that two keys signed; None if they did not sign the same bytes."""
    ours, theirs = first.signatures.get(second.key), second.signatures.get(first.key)
    if first.key == second.key or ours is None or theirs is None:
        return None
    if drafted.mode != "report" and first.occurred_at != second.occurred_at:
        return None
    header = header_by(drafted, first.occurred_at, (first.key, second.key))
    signatures = (Signature(first.key, ours), Signature(second.key, theirs))
    return header, tuple(sorted(signatures, key=lambda item: item.key))
