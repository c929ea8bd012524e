"""Proof of more than one chain, as a file of lines: `hazledger/proof@1`, and `hazledger/span@1`, part of a chain.

    title   {"origin", "spec", "subject"}
    parts   evidence@1 (a whole chain) or span@1 (records of a chain from a place on), one a line
    index   {"parts", "seal", "spec", "withheld"}: every part by chain, place and digest, signed by the log's key

Each line is canonical JSON and ends with a line feed, so that a file is written and judged a part at a time. A part
stands alone: without its line feed it is a document that verifies. Parts ascend by (chain, seq). See docs/formats.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.bundle import (
    EVIDENCE,
    EVIDENCE_NAMES,
    MAX_LEAF,
    Evidence,
    Receipt,
    decode_bundle,
    encode_bundle,
)
from ledger.core.bundle_parts import lines_of, parse_note_lines, within
from ledger.core.canonical import Json, decode, digest, digest_text, encode
from ledger.core.domain import MAX_INT
from ledger.core.ids import CHAIN_KINDS, check_origin, check_ref
from ledger.core.misbehaviour import Misbehaviour, read_shown
from ledger.core.note import Signer, parse_note, sign_note
from ledger.core.shape import closed_object, hash_at, int_at, list_at, object_at, one_of, spec_at, text_at
from ledger.core.times import format_recorded, parse_recorded
from ledger.errors import FormatError

PROOF: Final = "hazledger/proof@1"
SPAN: Final = "hazledger/span@1"
INDEX: Final = "hazledger/proof_index@1"
PART_TAG: Final = "hazledger/proof_part@1"

KINDS: Final = ("transfer", "site", "region")
PERIODS: Final = frozenset({"site", "region"})
MAX_PARTS: Final = 200_000
MAX_HEAD_BYTES: Final = 4096
MAX_INDEX_BYTES: Final = 64 * 2**20
_INDEX_ITEMS: Final = 4 * MAX_PARTS + 1000
_REGION_DIGITS: Final = (2, 4, 6)

_HEAD: Final = ("spec", "origin", "subject")
_SUBJECT: Final = ("kind", "ref", "from", "to")
_INDEX: Final = ("spec", "parts", "withheld", "seal")
_LISTED: Final = ("chain", "seq", "digest")


@dataclass(frozen=True, slots=True)
class Span:
    """Records of one chain, the first of them at place `seq` of the chain (`hazledger/span@1`).

    Everything else is as in `Evidence`. FormatError with a JSON pointer.
    """

    seq: int
    evidence: Evidence

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        int_at(self.seq, 0, MAX_INT, "/seq")

    def encode(self) -> bytes:
        """Return the canonical bytes. FormatError `json_too_large`."""
        return encode_bundle({**self.evidence.content(), "spec": SPAN, "seq": self.seq})

    @classmethod
    def parse(cls, data: bytes | Json) -> "Span":
        """Read canonical bytes, or a JSON value that `decode` made of them. FormatError with a JSON pointer."""
        members = closed_object(decode_bundle(data) if isinstance(data, bytes) else data, (*EVIDENCE_NAMES, "seq"))
        spec_at(members, SPAN)
        return cls(int_at(members["seq"], 0, MAX_INT, "/seq"), Evidence.of(members))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a proof is about.

    `kind` of `KINDS`; `ref`: a transfer, a site, or the digits of a region (GB/T 2260); `from_ms` and `to_ms`: the
    period of a site or region, from inclusive to exclusive, by the time of recording; None for a transfer.
    """

    kind: str
    ref: str
    from_ms: int | None = None
    to_ms: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        one_of(self.kind, KINDS, "/kind")
        if self.kind == "region":
            if len(self.ref) not in _REGION_DIGITS or not (self.ref.isascii() and self.ref.isdigit()):
                raise FormatError("region_not_of_form", "/ref")
        else:
            check_ref(self.ref, (self.kind,), field="/ref")
        if (self.kind in PERIODS) != (self.from_ms is not None) or (self.from_ms is None) != (self.to_ms is None):
            raise FormatError("period_not_of_form", "/from")
        if self.from_ms is not None and self.to_ms is not None:
            format_recorded(self.from_ms), format_recorded(self.to_ms)
            if self.from_ms >= self.to_ms:
                raise FormatError("period_not_of_form", "/to")

    def content(self) -> dict[str, Json]:
        """The subject as JSON."""
        return {
            "kind": self.kind,
            "ref": self.ref,
            "from": None if self.from_ms is None else format_recorded(self.from_ms),
            "to": None if self.to_ms is None else format_recorded(self.to_ms),
        }

    @classmethod
    def parse(cls, value: Json) -> "Subject":
        """Read a subject. FormatError with a JSON pointer into it."""
        members = closed_object(value, _SUBJECT)
        return cls(
            one_of(members["kind"], KINDS, "/kind"),
            text_at(members["ref"], "/ref"),
            _time(members["from"], "/from"),
            _time(members["to"], "/to"),
        )


@dataclass(frozen=True, slots=True)
class Title:
    """The first line: the log, and what the proof is about."""

    origin: str
    subject: Subject

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_origin(self.origin, field="/origin")

    def encode(self) -> bytes:
        """Return the canonical bytes, without a line feed."""
        return encode({"spec": PROOF, "origin": self.origin, "subject": self.subject.content()})

    @classmethod
    def parse(cls, data: bytes) -> "Title":
        """Read the first line without its line feed. FormatError with a JSON pointer."""
        members = closed_object(decode(data, max_bytes=MAX_HEAD_BYTES), _HEAD)
        spec_at(members, PROOF)
        return cls(text_at(members["origin"], "/origin"), within("/subject", lambda: Subject.parse(members["subject"])))


@dataclass(frozen=True, slots=True)
class Listed:
    """A part as the index lists it: its chain, the place of its first record there, the digest of its line."""

    chain: str
    seq: int
    digest: str

    def content(self) -> dict[str, Json]:
        """The line of the index as JSON."""
        return {"chain": self.chain, "seq": self.seq, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Index:
    """The last line: every part, how many chains of the subject are withheld from the holder, the log's signature.

    `seal` is a signed note over `seal_text`, None where the maker had no key. FormatError with a JSON pointer.
    """

    parts: tuple[Listed, ...]
    withheld: int
    seal: bytes | None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        if not 1 <= len(self.parts) <= MAX_PARTS:
            raise FormatError("list_length", "/parts", {"least": 1, "most": MAX_PARTS})
        for at in range(1, len(self.parts)):
            before, part = self.parts[at - 1], self.parts[at]
            if (before.chain, before.seq) >= (part.chain, part.seq):
                raise FormatError("not_sorted", f"/parts/{at}")
        int_at(self.withheld, 0, MAX_LEAF, "/withheld")
        if self.seal is not None:
            seal = self.seal
            within("/seal", lambda: parse_note(seal))

    def encode(self) -> bytes:
        """Return the canonical bytes, without a line feed."""
        return encode(
            {
                "spec": INDEX,
                "parts": [part.content() for part in self.parts],
                "withheld": self.withheld,
                "seal": None if self.seal is None else lines_of(self.seal),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Index":
        """Read the last line without its line feed. FormatError with a JSON pointer."""
        members = closed_object(decode(data, max_bytes=MAX_INDEX_BYTES, max_items=_INDEX_ITEMS), _INDEX)
        spec_at(members, INDEX)
        listed = list_at(members["parts"], MAX_PARTS, "/parts")
        seal = members["seal"]
        return cls(
            tuple(_listed(item, f"/parts/{at}") for at, item in enumerate(listed)),
            int_at(members["withheld"], 0, MAX_LEAF, "/withheld"),
            None if seal is None else parse_note_lines(seal, "/seal"),
        )


def part_digest(line: bytes) -> str:
    """Return the digest by which the index names a part, from its line without the line feed."""
    return digest_text(PART_TAG, line)


def seal_text(title: Title, parts: Sequence[Listed], withheld: int) -> bytes:
    """Return the note text that the log's key signs; its first line is no origin, so it is no checkpoint."""
    stated: list[Json] = [
        {"spec": PROOF, "origin": title.origin, "subject": title.subject.content()},
        [part.content() for part in parts],
        withheld,
    ]
    return f"{PROOF}\n{title.origin}\n{b64u(digest(PROOF, encode(stated)))}\n".encode()


def sign_index(title: Title, parts: Sequence[Listed], withheld: int, signer: Signer) -> Index:
    """Return the index, signed by a key of the log."""
    return Index(tuple(parts), withheld, sign_note(seal_text(title, parts, withheld), [signer]))


def is_proof(data: bytes) -> bool:
    """Whether a file, by its beginning, is one of lines: no other document begins so."""
    return data.startswith(b'{"origin":')


def read_document(data: bytes) -> Evidence | Span | Receipt | Misbehaviour:
    """Read a document of one line, as its canonical bytes say. FormatError with a JSON pointer."""
    members = object_at(decode_bundle(data))
    return Span.parse(members) if members.get("spec") == SPAN else read_shown(members)


def read_part(line: bytes) -> Span:
    """Read a part of a proof: whole evidence is a span from the first record on. FormatError."""
    members = object_at(decode_bundle(line))
    spec = one_of(members.get("spec"), (EVIDENCE, SPAN), "/spec")
    return Span(0, Evidence.parse(members)) if spec == EVIDENCE else Span.parse(members)


def _time(value: Json, at: str) -> int | None:
    return None if value is None else parse_recorded(text_at(value, at), field=at)


def _listed(value: Json, at: str) -> Listed:
    members = closed_object(value, _LISTED, at)
    chain = text_at(members["chain"], f"{at}/chain")
    check_ref(chain, CHAIN_KINDS, field=f"{at}/chain")
    seq = int_at(members["seq"], 0, MAX_INT, f"{at}/seq")
    return Listed(chain, seq, hash_at(members["digest"], f"{at}/digest"))
