"""What a log sends to a witness (C2SP tlog-witness v1.0.0, "add-checkpoint"): old size, consistency proof, checkpoint.

old <size> LF | 0..63 lines of base64 hashes LF | LF | checkpoint, a signed note
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from ledger.core.lines import MAX_SIZE, b64std, parse_decimal, parse_lines, unb64std
from ledger.core.merkle import HASH_SIZE
from ledger.core.note import parse_note
from ledger.core.tlogproof import MAX_PATH
from ledger.errors import FormatError

MAX_REQUEST: Final = 128 * 1024
"""Bytes of the largest request that is read: a note of a hundred signatures and a full proof take half of it."""
SIZE_TYPE: Final = "text/x.tlog.size"
"""Media type of the answer 409, which tells the size that the witness knows."""

_CODE: Final = "add_checkpoint_malformed"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A submission: the size that the witness knew last, the proof from there, the signed note.

    FormatError `add_checkpoint_malformed`, and those of `parse_note`.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def __post_init__(self) -> None:
        """Refuse what could not be parsed back."""
        fitting = 0 <= self.old <= MAX_SIZE and len(self.proof) <= MAX_PATH
        if not fitting or any(len(node) != HASH_SIZE for node in self.proof):
            raise FormatError(_CODE)
        parse_note(self.checkpoint)

    def encode(self) -> bytes:
        """Return the body of the request."""
        head = [f"old {self.old}", *map(b64std, self.proof), "", ""]
        return "\n".join(head).encode("ascii") + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """Reverse of `encode`. FormatError: above `MAX_REQUEST`, not of the form, or no signed note."""
        head, blank, checkpoint = data.partition(b"\n\n")
        if len(data) > MAX_REQUEST or not blank:
            raise FormatError(_CODE)
        first, *proof = parse_lines(head + b"\n", _CODE)
        if not first.startswith("old "):
            raise FormatError(_CODE)
        old = parse_decimal(first.removeprefix("old "), _CODE)
        if len(proof) > MAX_PATH:
            raise FormatError(_CODE)
        return cls(old, tuple(unb64std(line, _CODE, HASH_SIZE) for line in proof), checkpoint)


def parse_size(data: bytes) -> int:
    """Read the body of an answer 409: a decimal and a line feed. FormatError `add_checkpoint_malformed`."""
    lines = parse_lines(data[:64], _CODE)
    if len(lines) != 1:
        raise FormatError(_CODE)
    return parse_decimal(lines[0], _CODE)


def log_id(origin: str) -> str:
    """Return what names a log in the addresses of a witness: hex SHA-256 of its origin."""
    return hashlib.sha256(origin.encode()).hexdigest()
