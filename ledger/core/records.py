r"""The record: what the ledger states about one event. One record is one leaf of the log.

record_hash = SHA-256("hazledger/record@1\n" || JCS(record)). Links and effects are committed to
like sections, under the names "link" and "effects", one link per chain the event belongs to.
"""

from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import check_hash
from ledger.core.canonical import Json, decode, digest_text, encode, encode_sound
from ledger.core.domain import MAX_INT
from ledger.core.effects import Account, Effects, Finding, Posting, Share
from ledger.core.ids import CHAIN_KINDS, check_origin, check_ref
from ledger.core.shape import closed_object, int_at, list_at, sorted_hashes, spec_at, text_at, texts_at
from ledger.core.times import check_ms, format_recorded, parse_recorded
from ledger.errors import FormatError

__all__ = [
    "Account",
    "Effects",
    "Finding",
    "Link",
    "Posting",
    "Record",
    "Share",
    "manifest_hash",
    "record_hash",
]

SPEC: Final = "hazledger/record@1"
MANIFEST_TAG: Final = "hazledger/manifest@1"
MAX_LINKS: Final = 1024

_NAMES: Final = (
    "spec", "origin", "index", "event", "recorded_at", "signatures", "auth", "rules", "reference", "links",
)  # fmt: skip
_LINK_NAMES: Final = ("chain", "seq", "prev", "effects")


@dataclass(frozen=True, slots=True)
class Link:
    """A record's place in one chain: position from 0, hash of the record before it there, digest of the effects.

    FormatError: `prev` is None anywhere but at 0, or a member is not of the form.
    """

    chain: str
    seq: int
    prev: str | None
    effects: str

    def __post_init__(self) -> None:
        """Check each member."""
        check_ref(self.chain, CHAIN_KINDS, field="/chain")
        int_at(self.seq, 0, MAX_INT, "/seq")
        if (self.prev is None) != (self.seq == 0):
            raise FormatError("link_prev_mismatch", "/prev")
        if self.prev is not None:
            check_hash(self.prev, field="/prev")
        check_hash(self.effects, field="/effects")

    def content(self) -> dict[str, Json]:
        """The link as JSON: the content of a disclosure named "link"."""
        return {"chain": self.chain, "seq": self.seq, "prev": self.prev, "effects": self.effects}

    @classmethod
    def parse(cls, value: Json) -> "Link":
        """Read the content of a disclosure named "link". FormatError with the field."""
        members = closed_object(value, _LINK_NAMES)
        prev = members["prev"]
        return cls(
            chain=text_at(members["chain"], "/chain"),
            seq=int_at(members["seq"], 0, MAX_INT, "/seq"),
            prev=None if prev is None else text_at(prev, "/prev"),
            effects=text_at(members["effects"], "/effects"),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one event; hashes and digests are base64url text, `links` are digests, sorted."""

    origin: str
    index: int
    event: str
    recorded_at_ms: int
    signatures: str | None
    auth: str
    rules: str
    reference: str
    links: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise FormatError at the first member that is not of the form."""
        check_origin(self.origin, field="/origin")
        int_at(self.index, 0, MAX_INT, "/index")
        check_ms(self.recorded_at_ms, field="/recorded_at")
        check_hash(self.event, field="/event")
        check_hash(self.auth, field="/auth")
        check_hash(self.rules, field="/rules")
        check_hash(self.reference, field="/reference")
        if self.signatures is not None:
            check_hash(self.signatures, field="/signatures")
        if not 1 <= len(self.links) <= MAX_LINKS:
            raise FormatError("list_length", "/links", {"least": 1, "most": MAX_LINKS})
        sorted_hashes(self.links, "/links")

    def content(self) -> dict[str, Json]:
        """The record as JSON."""
        return {
            "spec": SPEC,
            "origin": self.origin,
            "index": self.index,
            "event": self.event,
            "recorded_at": format_recorded(self.recorded_at_ms),
            "signatures": self.signatures,
            "auth": self.auth,
            "rules": self.rules,
            "reference": self.reference,
            "links": list(self.links),
        }

    def encode(self) -> bytes:
        """Return the canonical bytes: what is hashed into the log."""
        return encode_sound(self.content())

    @classmethod
    def parse(cls, data: bytes | Json) -> "Record":
        """Read canonical bytes, or a JSON value already parsed. FormatError with the field."""
        members = closed_object(decode(data) if isinstance(data, bytes) else data, _NAMES)
        spec_at(members, SPEC)
        signatures = members["signatures"]
        links = list_at(members["links"], MAX_LINKS, "/links")
        hashes = {name: text_at(members[name], f"/{name}") for name in ("event", "auth", "rules", "reference")}
        return cls(
            origin=text_at(members["origin"], "/origin"),
            index=int_at(members["index"], 0, MAX_INT, "/index"),
            recorded_at_ms=parse_recorded(text_at(members["recorded_at"], "/recorded_at"), field="/recorded_at"),
            signatures=None if signatures is None else text_at(signatures, "/signatures"),
            links=texts_at(links, "/links"),
            **hashes,
        )


def record_hash(record_bytes: bytes) -> str:
    """Return the hash of a record from its canonical bytes; its 32 raw bytes are the leaf of the log."""
    return digest_text(SPEC, record_bytes)


def manifest_hash(manifest: Json) -> str:
    """Return the hash by which records name a manifest of rules or of reference data."""
    return digest_text(MANIFEST_TAG, encode(manifest))
