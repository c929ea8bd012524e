"""Offline proofs of inclusion, `c2sp.org/tlog-proof@v1` (C2SP tlog-proof): index, path and checkpoint in one text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.lines import MAX_SIZE, b64std, parse_decimal, parse_lines, unb64std
from ledger.core.merkle import HASH_SIZE, require_inclusion
from ledger.core.note import COSIGNATURE, MAX_NOTE_SIZE, VerifiedSignature, Verifier, parse_note
from ledger.errors import FormatError, VerificationError

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PATH: Final = 63
MAX_EXTRA_SIZE: Final = 48_000
"""Keeps the extra line below 64 KiB, the longest line other readers take."""

_MAX_HEAD_SIZE: Final = 70_000


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """What a proof shows: the checkpoint, the log's signatures on it, and the known witnesses' cosignatures."""

    checkpoint: Checkpoint
    log_signatures: tuple[VerifiedSignature, ...]
    cosignatures: tuple[VerifiedSignature, ...]


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Leaf `index`, its inclusion `path` (sibling first) and the signed `checkpoint` note verbatim.

    `extra` is opaque and UNAUTHENTICATED. FormatError `tlog_proof_malformed`, and those of the checkpoint.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be parsed back."""
        fitting = 0 <= self.index <= MAX_SIZE and len(self.path) <= MAX_PATH
        if not fitting or any(len(node) != HASH_SIZE for node in self.path):
            raise FormatError("tlog_proof_malformed")
        if self.extra is not None and not 1 <= len(self.extra) <= MAX_EXTRA_SIZE:
            raise FormatError("tlog_proof_malformed")
        Checkpoint.parse(parse_note(self.checkpoint)[0])

    def encode(self) -> bytes:
        """Return the text of a `.tlog-proof` file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {b64std(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(b64std, self.path))
        return "\n".join([*lines, "", ""]).encode("ascii") + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """Reverse of `encode`. FormatError `tlog_proof_malformed`, and those of the checkpoint."""
        if len(data) > _MAX_HEAD_SIZE + MAX_NOTE_SIZE:
            raise FormatError("tlog_proof_malformed")
        head, blank, checkpoint = data.partition(b"\n\n")
        if not blank or len(head) > _MAX_HEAD_SIZE:
            raise FormatError("tlog_proof_malformed")
        header, *lines = parse_lines(head + b"\n", "tlog_proof_malformed")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = unb64std(lines.pop(0).removeprefix("extra "), "tlog_proof_malformed")
        if header != HEADER or not lines or not lines[0].startswith("index "):
            raise FormatError("tlog_proof_malformed")
        index = parse_decimal(lines[0].removeprefix("index "), "tlog_proof_malformed")
        path = tuple(unb64std(line, "tlog_proof_malformed", HASH_SIZE) for line in lines[1:])
        return cls(index, path, checkpoint, extra)

    def verify(
        self,
        leaf: bytes,
        origin: str,
        log_keys: Sequence[Verifier],
        witnesses: Sequence[Verifier] = (),
        quorum: int = 0,
    ) -> VerifiedProof:
        """Verify that leaf hash `leaf` is in the log `origin`, cosigned by at least `quorum` different witness keys.

        FormatError: as `open_note`. VerificationError: steps "signature" and "origin" as `open_checkpoint`,
        `witness_quorum_missing` (step "witnesses"), `inclusion_not_proven` (step "inclusion").
        """
        checkpoint, signatures = open_checkpoint(self.checkpoint, origin, log_keys, witnesses)
        ours = tuple(signature for signature in signatures if signature.verifier in log_keys)
        theirs = tuple(signature for signature in signatures if _is_cosignature(signature, log_keys))
        seen = len({signature.verifier.key for signature in theirs})
        if seen < quorum:
            raise VerificationError("witness_quorum_missing", "witnesses", params={"actual": seen, "expected": quorum})
        require_inclusion(self.index, checkpoint.size, leaf, self.path, checkpoint.root)
        return VerifiedProof(checkpoint, ours, theirs)


def _is_cosignature(signature: VerifiedSignature, log_keys: Sequence[Verifier]) -> bool:
    # A plain signature states no view of the log, and a log is no witness of itself.
    return signature.verifier.kind == COSIGNATURE and all(signature.verifier.key != key.key for key in log_keys)
