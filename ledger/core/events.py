r"""The event: what an actor states. Header, references, and the signatures over the header's bytes.

An event is known by SHA-256("hazledger/event@1\n" || JCS(header)); an actor signs JCS(header) with
that tag before it. The header names no batch, site or partner: those stand in the sections.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.core.b64 import b64u, check_hash, is_hash, unb64u
from ledger.core.canonical import Json, decode, digest_text, encode, encode_sound
from ledger.core.domain import pointer
from ledger.core.ids import check_origin, check_ref, check_uuid7
from ledger.core.keys import PrivateKey, sign
from ledger.core.sections import SECTION_NAMES, Disclosure
from ledger.core.shape import (
    ascending,
    closed_object,
    hash_at,
    list_at,
    object_at,
    one_of,
    sorted_hashes,
    spec_at,
    text_at,
    texts_at,
)
from ledger.core.times import parse_stated
from ledger.errors import FormatError

SPEC: Final = "hazledger/event@1"
SIGNATURES_TAG: Final = "hazledger/signatures@1"
MODES: Final = frozenset({"act", "report"})
RELATIONS: Final = frozenset({"previous", "voids", "order", "counterpart", "erases", "part_of"})
MAX_KEYS: Final = 64
MAX_REFS: Final = 256
SIGNATURE_SIZE: Final = 64

_TYPE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_MAX_TYPE: Final = 80
_NAMES: Final = (
    "spec", "origin", "id", "type", "mode", "actor", "keys", "occurred_at", "not_after", "refs", "sections",
)  # fmt: skip
_PLAIN: Final = ("origin", "id", "type", "mode", "actor", "occurred_at", "not_after", "sections")
_REF_NAMES: Final = ("rel", "origin", "hash")
_SIGNATURE_NAMES: Final = ("key", "sig")


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an event or record of a log: relation, origin of that log, hash."""

    rel: str
    origin: str
    hash: str

    def content(self) -> dict[str, Json]:
        """The reference as JSON."""
        return {"rel": self.rel, "origin": self.origin, "hash": self.hash}


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an event; a value of this type is always of the form of design "the event".

    `keys`: ids of the keys that sign, sorted; `refs` in the client's order; `sections`: name to
    digest. Which sections a type bears and who may sign it, the rules decide.
    """

    origin: str
    id: str
    type: str
    mode: str
    actor: str
    keys: tuple[str, ...]
    occurred_at: str
    not_after: str | None
    refs: tuple[Ref, ...]
    sections: Mapping[str, str]

    def __post_init__(self) -> None:
        """Raise FormatError at the first member that is not of the form."""
        check_origin(self.origin, field="/origin")
        check_uuid7(self.id, field="/id")
        if len(self.type) > _MAX_TYPE or _TYPE.fullmatch(self.type) is None:
            raise FormatError("event_type_not_of_form", "/type")
        one_of(self.mode, MODES, "/mode")
        check_ref(self.actor, ("org",), field="/actor")
        _check_keys(self.keys)
        parse_stated(self.occurred_at, field="/occurred_at")
        if self.not_after is not None:
            parse_stated(self.not_after, field="/not_after")
        _check_refs(self.refs)
        for name, digest in self.sections.items():
            if name not in SECTION_NAMES:
                raise FormatError("section_name_unknown", pointer("/sections", name), {"name": name[:64]})
            if not is_hash(digest):
                check_hash(digest, field=pointer("/sections", name))

    def content(self) -> dict[str, Json]:
        """The header as JSON."""
        return {
            "spec": SPEC,
            "origin": self.origin,
            "id": self.id,
            "type": self.type,
            "mode": self.mode,
            "actor": self.actor,
            "keys": list(self.keys),
            "occurred_at": self.occurred_at,
            "not_after": self.not_after,
            "refs": [ref.content() for ref in self.refs],
            "sections": dict(self.sections),
        }

    def encode(self) -> bytes:
        """Return the canonical bytes: what is hashed and signed."""
        return encode_sound(self.content())

    @classmethod
    def sound(cls, members: Mapping[str, Any]) -> "Header":
        """Take members that somebody has held to the form already; nothing is judged here."""
        made = cls.__new__(cls)
        for name in _PLAIN:
            object.__setattr__(made, name, members[name])
        object.__setattr__(made, "keys", tuple(members["keys"]))
        object.__setattr__(made, "refs", tuple([Ref(**ref) for ref in members["refs"]]))
        return made

    @classmethod
    def parse(cls, data: bytes | Json) -> "Header":
        """Read canonical bytes, or a JSON value already parsed. FormatError with the field."""
        members = closed_object(decode(data) if isinstance(data, bytes) else data, _NAMES)
        spec_at(members, SPEC)
        not_after = members["not_after"]
        keys = list_at(members["keys"], MAX_KEYS, "/keys")
        refs = list_at(members["refs"], MAX_REFS, "/refs")
        sections = object_at(members["sections"], "/sections")
        texts = {name: text_at(members[name], f"/{name}") for name in ("origin", "id", "type", "actor", "occurred_at")}
        return cls(
            mode=one_of(members["mode"], MODES, "/mode"),
            keys=texts_at(keys, "/keys"),
            not_after=None if not_after is None else text_at(not_after, "/not_after"),
            refs=tuple(_parse_ref(ref, f"/refs/{at}") for at, ref in enumerate(refs)),
            sections={
                name: item if type(item) is str else text_at(item, pointer("/sections", name))
                for name, item in sections.items()
            },
            **texts,
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """One Ed25519 signature over an event's signing bytes: key id and 64 bytes, both base64url."""

    key: str
    sig: str


def signing_bytes(header_bytes: bytes) -> bytes:
    """Return what is hashed and signed: the tag, a line feed and the canonical bytes of a header."""
    return SPEC.encode("ascii") + b"\n" + header_bytes


def sign_header(header_bytes: bytes, keys: Mapping[str, PrivateKey]) -> tuple[Signature, ...]:
    """Sign a header with each key, named by its key id; in the order of the ids."""
    message = signing_bytes(header_bytes)
    return tuple(Signature(name, b64u(sign(keys[name], message))) for name in sorted(keys))


def simple_form(header: Header, sections: Mapping[str, Mapping[str, Json]], occurred_at: str) -> dict[str, Json]:
    """Return a statement without keys and salts, as it is sent for the ledger to complete; stated at this time."""
    return {
        "id": header.id,
        "type": header.type,
        "mode": header.mode,
        "actor": header.actor,
        "occurred_at": occurred_at,
        "not_after": header.not_after,
        "refs": [ref.content() for ref in header.refs],
        "sections": {name: dict(content) for name, content in sections.items()},
    }


def signed_form(header: Header, signatures: Iterable[Signature], disclosures: Iterable[Disclosure]) -> dict[str, Json]:
    """Return an event as its maker sends it: header, signatures, and every section with its salt."""
    return {
        "header": header.content(),
        "signatures": [{"key": item.key, "sig": item.sig} for item in signatures],
        "disclosures": [[b64u(part.salt), part.name, part.content] for part in disclosures],
    }


def event_hash(header_bytes: bytes) -> str:
    """Return the hash by which an event is known, from the canonical bytes of its header."""
    return digest_text(SPEC, header_bytes)


def encode_signatures(signatures: Iterable[Signature]) -> bytes:
    """Return the canonical bytes of the signatures, sorted by key. FormatError: two by one key."""
    ordered = sorted(signatures, key=lambda item: item.key)
    ascending([item.key for item in ordered])
    return encode([{"key": item.key, "sig": item.sig} for item in ordered])


def parse_signatures(data: bytes | Json) -> tuple[Signature, ...]:
    """Read what `encode_signatures` made, or a JSON value of that shape in any order. FormatError with the field."""
    value = decode(data) if isinstance(data, bytes) else data
    found = tuple(_parse_signature(item, f"/{at}") for at, item in enumerate(list_at(value, MAX_KEYS)))
    if isinstance(data, bytes):
        ascending([item.key for item in found])
    return found


def signatures_digest(signatures: Iterable[Signature]) -> str | None:
    """Return what a record says of the signatures: their digest, or None if there are none."""
    listed = list(signatures)
    return digest_text(SIGNATURES_TAG, encode_signatures(listed)) if listed else None


def _parse_ref(value: Json, at: str) -> Ref:
    members = closed_object(value, _REF_NAMES, at)
    return Ref(*(text_at(members[name], f"{at}/{name}") for name in _REF_NAMES))


def _parse_signature(value: Json, at: str) -> Signature:
    members = closed_object(value, _SIGNATURE_NAMES, at)
    sig = text_at(members["sig"], f"{at}/sig")
    unb64u(sig, SIGNATURE_SIZE, field=f"{at}/sig")
    return Signature(hash_at(members["key"], f"{at}/key"), sig)


def _check_keys(keys: tuple[str, ...]) -> None:
    if len(keys) > MAX_KEYS:
        raise FormatError("list_length", "/keys", {"least": 0, "most": MAX_KEYS})
    sorted_hashes(keys, "/keys")


def _check_refs(refs: tuple[Ref, ...]) -> None:
    if len(refs) > MAX_REFS:
        raise FormatError("list_length", "/refs", {"least": 0, "most": MAX_REFS})
    for at, ref in enumerate(refs):
        one_of(ref.rel, RELATIONS, f"/refs/{at}/rel")
        check_origin(ref.origin, field=f"/refs/{at}/origin")
        hash_at(ref.hash, f"/refs/{at}/hash")
