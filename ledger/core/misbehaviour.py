"""Proof that a log misbehaved, to be shown to anybody (`hazledger/misbehaviour@1`, decision record 0011).

One canonical JSON document without a final line feed. Each kind holds what one log key signed and what no honest log
signs, whatever else there is (`ledger.verify.misbehaviour` judges it):

- `fork`: two checkpoints, the smaller first; `proof` shows the root that the first leaves of the larger tree have.
- `leaf`: two checkpoints and one index at which the two trees hold different records.
- `withheld`: a record of a chain, and published heads after it that name an older record as the chain's last.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from ledger.core.b64 import b64u, unb64u
from ledger.core.bundle import (
    MAX_LEAF,
    Entry,
    Evidence,
    Receipt,
    decode_bundle,
    heads_content,
    parse_heads,
    read_bundle,
)
from ledger.core.bundle_parts import (
    check_path,
    check_vkeys,
    lines_of,
    parse_note_lines,
    parse_path,
    parse_texts,
    within,
)
from ledger.core.canonical import Json, encode
from ledger.core.heads import HeadProof
from ledger.core.ids import CHAIN_KINDS, check_origin, check_ref
from ledger.core.merkle import HASH_SIZE
from ledger.core.note import parse_note
from ledger.core.shape import ascending, closed_object, int_at, list_at, object_at, one_of, spec_at, text_at
from ledger.errors import FormatError

MISBEHAVIOUR: Final = "hazledger/misbehaviour@1"

_NAMES: Final = ("spec", "origin", "kind", "checkpoints", "vkeys", "proof")
_BOTH: Final = 2


@dataclass(frozen=True, slots=True)
class Fork:
    """`root` of the first m leaves of the second tree, m the first one's size, and the consistency `path` from there.

    The path is that of RFC 6962 from (m, root) to the second checkpoint; for equal sizes it is empty.
    """

    root: bytes
    path: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_path((self.root,), "/proof/root")
        check_path(self.path, "/proof/path")

    def content(self) -> dict[str, Json]:
        """The proof as JSON."""
        return {"root": b64u(self.root), "path": [b64u(node) for node in self.path]}

    @classmethod
    def parse(cls, value: Json) -> "Fork":
        """Read it. FormatError with a JSON pointer."""
        members = closed_object(value, ("root", "path"), "/proof")
        root = unb64u(text_at(members["root"], "/proof/root"), HASH_SIZE, field="/proof/root")
        return cls(root, parse_path(members["path"], "/proof/path"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """Leaf `index` of the first and of the second tree: `records` are the record hashes, `paths` include each."""

    index: int
    records: tuple[bytes, bytes]
    paths: tuple[tuple[bytes, ...], tuple[bytes, ...]]

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        int_at(self.index, 0, MAX_LEAF, "/proof/index")
        check_path(self.records, "/proof/records")
        for at, path in enumerate(self.paths):
            check_path(path, f"/proof/paths/{at}")

    def content(self) -> dict[str, Json]:
        """The proof as JSON."""
        return {
            "index": self.index,
            "records": [b64u(record) for record in self.records],
            "paths": [[b64u(node) for node in path] for path in self.paths],
        }

    @classmethod
    def parse(cls, value: Json) -> "Leaf":
        """Read it. FormatError with a JSON pointer."""
        members = closed_object(value, ("index", "records", "paths"), "/proof")
        records = parse_path(members["records"], "/proof/records")
        paths = [
            parse_path(item, f"/proof/paths/{at}") for at, item in enumerate(_two(members["paths"], "/proof/paths"))
        ]
        if len(records) != _BOTH:
            raise FormatError("list_length", "/proof/records", {"least": _BOTH, "most": _BOTH})
        index = int_at(members["index"], 0, MAX_LEAF, "/proof/index")
        return cls(index, (records[0], records[1]), (paths[0], paths[1]))


@dataclass(frozen=True, slots=True)
class Withheld:
    """A record of `chain` in the first tree, and the heads published in the second that name `head` as its last.

    `record` and `head` are entries with their link to the chain; `published` shows its section `heads`; `proof` finds
    the record hash of `head` in it.
    """

    chain: str
    record: Entry
    head: Entry
    published: Entry
    proof: HeadProof

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_ref(self.chain, CHAIN_KINDS, field="/proof/chain")
        int_at(self.proof.index, 0, MAX_LEAF, "/proof/heads/index")
        int_at(self.proof.size, 1, MAX_LEAF, "/proof/heads/size")
        check_path(self.proof.path, "/proof/heads/path")

    def content(self) -> dict[str, Json]:
        """The proof as JSON."""
        return {
            "chain": self.chain,
            "record": self.record.content(),
            "head": self.head.content(),
            "published": self.published.content(),
            "heads": heads_content(self.proof),
        }

    @classmethod
    def parse(cls, value: Json) -> "Withheld":
        """Read it. FormatError with a JSON pointer."""
        members = closed_object(value, ("chain", "record", "head", "published", "heads"), "/proof")
        return cls(
            chain=text_at(members["chain"], "/proof/chain"),
            record=within("/proof/record", lambda: Entry.parse(members["record"])),
            head=within("/proof/head", lambda: Entry.parse(members["head"])),
            published=within("/proof/published", lambda: Entry.parse(members["published"])),
            proof=parse_heads(members["heads"], "/proof/heads"),
        )


Proof: TypeAlias = Fork | Leaf | Withheld

KINDS: Final[Mapping[str, type[Proof]]] = {"fork": Fork, "leaf": Leaf, "withheld": Withheld}
_PARSERS: Final[Mapping[str, Callable[[Json], Proof]]] = {name: kind.parse for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """Two `checkpoints` of the log `origin`, and what they prove against it.

    `vkeys`: for each checkpoint the log's keys that sign it, ascending, one for each of its signature lines.
    FormatError with a JSON pointer.
    """

    origin: str
    checkpoints: tuple[bytes, bytes]
    vkeys: tuple[tuple[str, ...], tuple[str, ...]]
    proof: Proof

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        check_origin(self.origin, field="/origin")
        for at, note in enumerate(self.checkpoints):
            within(f"/checkpoints/{at}", partial(parse_note, note))
        for at, vkeys in enumerate(self.vkeys):
            check_vkeys(vkeys, f"/vkeys/{at}")
            ascending(vkeys, f"/vkeys/{at}")

    @property
    def kind(self) -> str:
        """Which kind of proof it is."""
        return next(name for name, kind in KINDS.items() if isinstance(self.proof, kind))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return encode(
            {
                "spec": MISBEHAVIOUR,
                "origin": self.origin,
                "kind": self.kind,
                "checkpoints": [lines_of(note) for note in self.checkpoints],
                "vkeys": [[*vkeys] for vkeys in self.vkeys],
                "proof": self.proof.content(),
            }
        )

    @classmethod
    def parse(cls, data: bytes | Json) -> "Misbehaviour":
        """Read canonical bytes, or a JSON value that `decode` made of them. FormatError with a JSON pointer."""
        members = closed_object(decode_bundle(data) if isinstance(data, bytes) else data, _NAMES)
        spec_at(members, MISBEHAVIOUR)
        read = _PARSERS[one_of(members["kind"], KINDS, "/kind")]
        notes = _two(members["checkpoints"], "/checkpoints")
        first, second = (parse_note_lines(note, f"/checkpoints/{at}") for at, note in enumerate(notes))
        ours, theirs = (parse_texts(keys, f"/vkeys/{at}") for at, keys in enumerate(_two(members["vkeys"], "/vkeys")))
        return cls(text_at(members["origin"], "/origin"), (first, second), (ours, theirs), read(members["proof"]))


def read_shown(data: bytes | Json) -> Evidence | Receipt | Misbehaviour:
    """Read evidence, a receipt or a proof of misbehaviour, as the bytes, or the JSON made of them, say. FormatError."""
    members = object_at(decode_bundle(data) if isinstance(data, bytes) else data)
    return Misbehaviour.parse(members) if members.get("spec") == MISBEHAVIOUR else read_bundle(members)


def _two(value: Json, at: str) -> list[Json]:
    items = list_at(value, _BOTH, at)
    if len(items) != _BOTH:
        raise FormatError("list_length", at, {"least": _BOTH, "most": _BOTH})
    return items
