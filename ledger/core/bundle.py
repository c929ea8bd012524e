"""What leaves the ledger for a reader without it: receipt, evidence, and the policy that judges them.

`hazledger/receipt@1`, `hazledger/evidence@1` and `hazledger/policy@1` (docs/formats.md). Receipt and
evidence are one canonical JSON document each, without a final line feed, so that no byte is free.
Signed notes stand in them as lists of lines, for text in the ledger holds no line feeds.

To make evidence, a service gives one `Entry` for leaf 0, for the latest published heads, for the
registration (and revocation) of each key that signed anything shown, and for every record of the
chain; only the last have `link`. Each `path` proves its record in `checkpoint`. It then calls
`Evidence(...).encode()`; a receipt is `Receipt(...).encode()`. The constructors refuse what
`parse` would refuse, so what was encoded can be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.bundle_parts import (
    check_opened,
    check_path,
    check_raw_keys,
    check_vkeys,
    disclosure_content,
    lines_of,
    parse_disclosure,
    parse_note_lines,
    parse_path,
    parse_raw_keys,
    parse_sections,
    parse_texts,
    signatures_content,
    within,
)
from ledger.core.canonical import Json, decode, encode, parse
from ledger.core.events import Header, Signature, parse_signatures
from ledger.core.heads import HeadProof
from ledger.core.ids import CHAIN_KINDS, check_origin, check_ref
from ledger.core.note import parse_note
from ledger.core.records import Record
from ledger.core.sections import Disclosure
from ledger.core.shape import ascending, closed_object, hash_at, int_at, list_at, object_at, one_of, spec_at, text_at
from ledger.core.tlogproof import TlogProof
from ledger.errors import FormatError

EVIDENCE: Final = "hazledger/evidence@1"
RECEIPT: Final = "hazledger/receipt@1"
POLICY: Final = "hazledger/policy@1"

MAX_BYTES: Final = 256 * 2**20
MAX_ENTRIES: Final = 1_000_000
MAX_POLICY_BYTES: Final = 256 * 2**10
MAX_DEPTH: Final = 20
"""A disclosure stands four levels deep in a bundle and may itself be 16 deep."""
MAX_ITEMS: Final = MAX_BYTES // 16
MAX_LEAF: Final = 2**53 - 1

_ENTRY: Final = ("record", "path", "header", "signatures", "sections", "link", "effects")
EVIDENCE_NAMES: Final = ("spec", "origin", "chain", "entries", "heads", "checkpoint", "vkeys")
_RECEIPT: Final = ("spec", "header", "signatures", "keys", "sections", "record", "proof", "vkeys")
_POLICY: Final = ("spec", "origin", "log_keys", "genesis", "registrars", "tlog_policy")
_HEADS: Final = ("index", "size", "path")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is shown to a holder, and its way into the log.

    `path`: inclusion path of leaf `record.index` in the bundle's checkpoint, sibling first.
    `header` is None if the record alone is shown; then there are no signatures and no sections.
    `signatures` ascend by key, `sections` (the disclosed ones) by name. `link` is the opened link to
    the bundle's chain, None for a record shown for another reason; `effects` opens what `link`
    commits to, None if withheld. FormatError with a JSON pointer into the entry.
    """

    record: Record
    path: tuple[bytes, ...]
    header: Header | None = None
    signatures: tuple[Signature, ...] = ()
    sections: tuple[Disclosure, ...] = ()
    link: Disclosure | None = None
    effects: Disclosure | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_path(self.path, "/path")
        check_opened(self.signatures, self.sections)
        if self.header is None and (self.signatures or self.sections):
            raise FormatError("entry_without_header", "/header")
        if self.link is None and self.effects is not None:
            raise FormatError("effects_without_link", "/effects")
        for name, opened in (("link", self.link), ("effects", self.effects)):
            if opened is not None:
                one_of(opened.name, (name,), f"/{name}/1")

    def content(self) -> dict[str, Json]:
        """The entry as JSON."""
        return {
            "record": self.record.content(),
            "path": [b64u(node) for node in self.path],
            "header": None if self.header is None else self.header.content(),
            "signatures": signatures_content(self.signatures),
            "sections": [disclosure_content(section) for section in self.sections],
            "link": None if self.link is None else disclosure_content(self.link),
            "effects": None if self.effects is None else disclosure_content(self.effects),
        }

    @classmethod
    def parse(cls, value: Json) -> "Entry":
        """Read an entry. FormatError with a JSON pointer into it."""
        members = closed_object(value, _ENTRY)
        header, link, effects = members["header"], members["link"], members["effects"]
        return cls(
            record=within("/record", lambda: Record.parse(members["record"])),
            path=parse_path(members["path"], "/path"),
            header=None if header is None else within("/header", lambda: Header.parse(header)),
            signatures=within("/signatures", lambda: parse_signatures(members["signatures"])),
            sections=parse_sections(members["sections"]),
            link=None if link is None else parse_disclosure(link, ("link",), "/link"),
            effects=None if effects is None else parse_disclosure(effects, ("effects",), "/effects"),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a holder needs to verify one chain offline (`hazledger/evidence@1`).

    `entries` ascend by index; `heads` proves the chain's head under the entry of the latest
    `governance.heads_published`, None if no heads include the chain; `checkpoint` is a signed note;
    `vkeys` name the key of each of its signature lines, ascending. FormatError with a JSON pointer.
    """

    origin: str
    chain: str
    entries: tuple[Entry, ...]
    heads: HeadProof | None
    checkpoint: bytes
    vkeys: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_origin(self.origin, field="/origin")
        check_ref(self.chain, CHAIN_KINDS, field="/chain")
        if not 1 <= len(self.entries) <= MAX_ENTRIES:
            raise FormatError("list_length", "/entries", {"least": 1, "most": MAX_ENTRIES})
        for at in range(1, len(self.entries)):
            if self.entries[at - 1].record.index >= self.entries[at].record.index:
                raise FormatError("not_sorted", f"/entries/{at}/record/index")
        if self.heads is not None:
            int_at(self.heads.index, 0, MAX_LEAF, "/heads/index")
            int_at(self.heads.size, 1, MAX_LEAF, "/heads/size")
            check_path(self.heads.path, "/heads/path")
        within("/checkpoint", lambda: parse_note(self.checkpoint))
        check_vkeys(self.vkeys, "/vkeys")
        ascending(self.vkeys, "/vkeys")

    def content(self) -> dict[str, Json]:
        """The evidence as JSON."""
        return {
            "spec": EVIDENCE,
            "origin": self.origin,
            "chain": self.chain,
            "entries": [entry.content() for entry in self.entries],
            "heads": None if self.heads is None else heads_content(self.heads),
            "checkpoint": lines_of(self.checkpoint),
            "vkeys": [*self.vkeys],
        }

    def encode(self) -> bytes:
        """Return the canonical bytes. FormatError `json_too_large`: above `MAX_BYTES`."""
        return encode_bundle(self.content())

    @classmethod
    def parse(cls, data: bytes | Json) -> "Evidence":
        """Read canonical bytes, or a JSON value that `decode` made of them. FormatError with a JSON pointer."""
        members = closed_object(decode_bundle(data) if isinstance(data, bytes) else data, EVIDENCE_NAMES)
        spec_at(members, EVIDENCE)
        return cls.of(members)

    @classmethod
    def of(cls, members: Mapping[str, Json]) -> "Evidence":
        """Read the members of evidence, whatever its spec. FormatError with a JSON pointer."""
        entries = list_at(members["entries"], MAX_ENTRIES, "/entries")
        return cls(
            origin=text_at(members["origin"], "/origin"),
            chain=text_at(members["chain"], "/chain"),
            entries=tuple(within(f"/entries/{at}", partial(Entry.parse, item)) for at, item in enumerate(entries)),
            heads=None if members["heads"] is None else parse_heads(members["heads"], "/heads"),
            checkpoint=parse_note_lines(members["checkpoint"], "/checkpoint"),
            vkeys=parse_texts(members["vkeys"], "/vkeys"),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The ledger's answer to one event (`hazledger/receipt@1`).

    `keys`: the raw public keys of the header's key ids, ascending by their base64url text;
    `sections`: those opened to the holder; `proof`: a tlog-proof of leaf `record.index` without
    extra data; `vkeys` as in `Evidence`. FormatError with a JSON pointer.
    """

    header: Header
    signatures: tuple[Signature, ...]
    keys: tuple[bytes, ...]
    sections: tuple[Disclosure, ...]
    record: Record
    proof: TlogProof
    vkeys: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_opened(self.signatures, self.sections)
        check_raw_keys(self.keys, "/keys")
        ascending([b64u(key) for key in self.keys], "/keys")
        check_path(self.proof.path, "/proof")
        if self.proof.extra is not None:
            raise FormatError("proof_with_extra", "/proof/1")
        check_vkeys(self.vkeys, "/vkeys")
        ascending(self.vkeys, "/vkeys")

    def encode(self) -> bytes:
        """Return the canonical bytes. FormatError `json_too_large`: above `MAX_BYTES`."""
        return encode_bundle(
            {
                "spec": RECEIPT,
                "header": self.header.content(),
                "signatures": signatures_content(self.signatures),
                "keys": [b64u(key) for key in self.keys],
                "sections": [disclosure_content(section) for section in self.sections],
                "record": self.record.content(),
                "proof": lines_of(self.proof.encode()),
                "vkeys": [*self.vkeys],
            }
        )

    @classmethod
    def parse(cls, data: bytes | Json) -> "Receipt":
        """Read canonical bytes, or a JSON value that `decode` made of them. FormatError with a JSON pointer."""
        members = closed_object(decode_bundle(data) if isinstance(data, bytes) else data, _RECEIPT)
        spec_at(members, RECEIPT)
        proof = parse_note_lines(members["proof"], "/proof")
        return cls(
            header=within("/header", lambda: Header.parse(members["header"])),
            signatures=within("/signatures", lambda: parse_signatures(members["signatures"])),
            keys=parse_raw_keys(members["keys"], "/keys"),
            sections=parse_sections(members["sections"]),
            record=within("/record", lambda: Record.parse(members["record"])),
            proof=within("/proof", lambda: TlogProof.parse(proof)),
            vkeys=parse_texts(members["vkeys"], "/vkeys"),
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What its owner trusts (`hazledger/policy@1`): the only thing that makes evidence genuine.

    `log_keys` of which at least one must have signed, `genesis` the record hash of leaf 0,
    `registrars` the raw public keys that vouch for organisations, `tlog_policy` the text of a C2SP
    tlog-policy whose quorum must be met, or None. FormatError with a JSON pointer.
    """

    origin: str
    log_keys: tuple[str, ...]
    genesis: str
    registrars: tuple[bytes, ...] = ()
    tlog_policy: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_origin(self.origin, field="/origin")
        check_vkeys(self.log_keys, "/log_keys")
        hash_at(self.genesis, "/genesis")
        check_raw_keys(self.registrars, "/registrars")

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return encode_bundle(
            {
                "spec": POLICY,
                "origin": self.origin,
                "log_keys": [*self.log_keys],
                "genesis": self.genesis,
                "registrars": [b64u(key) for key in self.registrars],
                "tlog_policy": None if self.tlog_policy is None else lines_of(self.tlog_policy),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Policy":
        """Read a policy that a person may have formatted freely. FormatError with a JSON pointer."""
        members = closed_object(parse(data, max_bytes=MAX_POLICY_BYTES), _POLICY)
        spec_at(members, POLICY)
        text = members["tlog_policy"]
        return cls(
            origin=text_at(members["origin"], "/origin"),
            log_keys=parse_texts(members["log_keys"], "/log_keys"),
            genesis=text_at(members["genesis"], "/genesis"),
            registrars=parse_raw_keys(members["registrars"], "/registrars"),
            tlog_policy=None if text is None else parse_note_lines(text, "/tlog_policy"),
        )


def read_bundle(data: bytes | Json) -> Evidence | Receipt:
    """Read evidence or a receipt, as the canonical bytes, or the JSON value made of them, say. FormatError."""
    members = object_at(decode_bundle(data) if isinstance(data, bytes) else data)
    spec = one_of(members.get("spec"), (EVIDENCE, RECEIPT), "/spec")
    return Evidence.parse(members) if spec == EVIDENCE else Receipt.parse(members)


def decode_bundle(data: bytes) -> Json:
    """Decode canonical bytes of something as large as evidence. FormatError."""
    return decode(data, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH, max_items=MAX_ITEMS)


def encode_bundle(value: Json) -> bytes:
    """Return canonical bytes. FormatError `json_too_large`: above `MAX_BYTES`."""
    data = encode(value)
    if len(data) > MAX_BYTES:
        raise FormatError("json_too_large", None, {"most": MAX_BYTES})
    return data


def heads_content(heads: HeadProof) -> Json:
    """A proof of a head as JSON."""
    return {"index": heads.index, "size": heads.size, "path": [b64u(node) for node in heads.path]}


def parse_heads(value: Json, at: str) -> HeadProof:
    """Reverse of `heads_content`. FormatError with a pointer below `at`."""
    members = closed_object(value, _HEADS, at)
    index = int_at(members["index"], 0, MAX_LEAF, f"{at}/index")
    size = int_at(members["size"], 1, MAX_LEAF, f"{at}/size")
    return HeadProof(index, size, parse_path(members["path"], f"{at}/path"))
