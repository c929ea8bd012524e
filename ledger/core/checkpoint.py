"""Checkpoints (C2SP tlog-checkpoint v1.0.0): origin, size and root of a log, signed as a note."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.core.lines import MAX_SIZE, b64std, is_line, parse_decimal, parse_lines, unb64std
from ledger.core.merkle import HASH_SIZE
from ledger.core.note import Signer, VerifiedSignature, Verifier, open_note, sign_note
from ledger.errors import FormatError, VerificationError

_FIXED_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: log origin, number of leaves, 32-byte root hash.

    `extensions` are lines of other makers, kept when parsed and never made here.
    FormatError `checkpoint_malformed`: a value that no checkpoint can state.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be parsed back."""
        if not is_line(self.origin) or not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_SIZE:
            raise FormatError("checkpoint_malformed")

    def encode(self) -> bytes:
        """Return the note text. FormatError `checkpoint_extensions`: there are extension lines."""
        if self.extensions:
            raise FormatError("checkpoint_extensions")
        return f"{self.origin}\n{self.size}\n{b64std(self.root)}\n".encode()

    @classmethod
    def parse(cls, text: bytes) -> "Checkpoint":
        """Read a note text. FormatError `checkpoint_malformed`."""
        lines = parse_lines(text, "checkpoint_malformed")
        if len(lines) < _FIXED_LINES or not all(lines):
            raise FormatError("checkpoint_malformed")
        origin, size, root, *extensions = lines
        return cls(
            origin,
            parse_decimal(size, "checkpoint_malformed"),
            unb64std(root, "checkpoint_malformed", HASH_SIZE),
            tuple(extensions),
        )


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer]) -> bytes:
    """Return the checkpoint as a note signed by each signer. FormatError: as `Checkpoint.encode` and `sign_note`."""
    return sign_note(checkpoint.encode(), signers)


def open_checkpoint(
    note: bytes, origin: str, log_keys: Sequence[Verifier], witnesses: Sequence[Verifier] = ()
) -> tuple[Checkpoint, tuple[VerifiedSignature, ...]]:
    """Verify a checkpoint of one log; return it with every signature of a known key.

    FormatError: as `open_note` and `Checkpoint.parse`. VerificationError: as `open_note`;
    `note_not_signed` if no *log* key signed; `checkpoint_wrong_origin` (step "origin").
    """
    text, signatures = open_note(note, (*log_keys, *witnesses))
    if not any(signature.verifier in log_keys for signature in signatures):
        raise VerificationError("note_not_signed", "signature")
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != origin:
        raise VerificationError(
            "checkpoint_wrong_origin", "origin", params={"actual": checkpoint.origin, "expected": origin}
        )
    return checkpoint, signatures
