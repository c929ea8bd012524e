"""What a witness answers to a checkpoint (C2SP tlog-witness v1.0.0, "add-checkpoint"): every status, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.addcheckpoint import SIZE_TYPE, AddCheckpoint, log_id
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.merkle import verify_consistency
from ledger.core.note import NoteSignature, Signer, format_note, parse_note
from ledger.errors import FormatError, VerificationError
from ledger.services.clock import Clock
from ledger.witness.logs import Logs
from ledger.witness.state import Change, Conflict, Seen, State

TEXT: Final = "text/plain; charset=utf-8"
OK: Final = 200
BAD: Final = 400
NOT_SIGNED: Final = 403
UNKNOWN: Final = 404
OTHER_SIZE: Final = 409
NOT_CONSISTENT: Final = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and media type."""

    status: int
    body: bytes
    media_type: str = TEXT


@dataclass(frozen=True, slots=True)
class _Signed:
    """A checkpoint that its log signed, with the log's own signature lines."""

    checkpoint: Checkpoint
    text: bytes
    lines: tuple[NoteSignature, ...]

    @property
    def note(self) -> bytes:
        """The note without lines of anybody else, who could make it grow."""
        return format_note(self.text, self.lines)


class Witness:
    """Cosigns checkpoints of the logs it knows. Safe for several threads, and processes on one state."""

    def __init__(self, signer: Signer, logs: Logs, state: State, clock: Clock) -> None:
        """Take its key, whom it knows, what it saw, and the time."""
        self.signer = signer
        self.logs = logs
        self.state = state
        self._clock = clock
        self._origins: Mapping[str, str] = {log_id(origin): origin for origin in logs}

    def add(self, body: bytes) -> Answer:
        """Answer a submission. What 200 tells is on disk. UnavailableError: it could not be written."""
        try:
            request = AddCheckpoint.parse(body)
            text, _ = parse_note(request.checkpoint)
            checkpoint = Checkpoint.parse(text)
        except FormatError as error:
            return _refused(BAD, error.code)
        keys = self.logs.get(checkpoint.origin)
        if keys is None:
            return _refused(UNKNOWN, "unknown log")
        try:
            _, verified = open_checkpoint(request.checkpoint, checkpoint.origin, keys)
        except VerificationError as error:
            return _refused(NOT_SIGNED, error.code)
        if request.old > checkpoint.size:
            return _refused(BAD, "old size above the checkpoint's")
        signed = _Signed(checkpoint, text, tuple(found.signature for found in verified))
        with self.state.change() as change:
            return self._decide(change, request, signed)

    def latest(self, id: str) -> Answer:
        """Answer with the newest cosigned checkpoint of a log by the hex SHA-256 of its origin."""
        origin = self._origins.get(id)
        seen = None if origin is None else self.state.seen(origin)
        return _refused(UNKNOWN, "nothing seen of this log") if seen is None else Answer(OK, seen.note)

    def _decide(self, change: Change, request: AddCheckpoint, signed: _Signed) -> Answer:
        checkpoint = signed.checkpoint
        seen = change.seen(checkpoint.origin)
        now_s = self._clock.now_ms() // 1000
        if request.old != seen.size:
            self._keep_conflict(change, signed, seen, now_s)
            return Answer(OTHER_SIZE, b"%d\n" % seen.size, SIZE_TYPE)
        if not verify_consistency(seen.size, checkpoint.size, request.proof, seen.root, checkpoint.root):
            self._keep_conflict(change, signed, seen, now_s)
            return _refused(NOT_CONSISTENT, "not shown to extend what was seen")
        # A clock that was set back must not make a later statement look earlier.
        time_s = max(now_s, seen.time_s)
        line = self.signer.cosign(signed.text, time_s)
        note = format_note(signed.text, (*signed.lines, line))
        change.put(checkpoint.origin, Seen(checkpoint.size, checkpoint.root, note, time_s))
        return Answer(OK, line.line())

    def _keep_conflict(self, change: Change, signed: _Signed, seen: Seen, now_s: int) -> None:
        """Keep what proves by itself that the log forked: the size that was seen, signed with another root."""
        checkpoint = signed.checkpoint
        if seen.note and checkpoint.size == seen.size and checkpoint.root != seen.root:
            conflict = Conflict(seen.size, seen.note, signed.note, now_s)
            change.keep(checkpoint.origin, checkpoint.root, conflict)


def _refused(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n".encode())
