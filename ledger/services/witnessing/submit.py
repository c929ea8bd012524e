"""One checkpoint to one witness (C2SP tlog-witness, "add-checkpoint"); what comes back is verified."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from ledger.core.addcheckpoint import SIZE_TYPE, AddCheckpoint, parse_size
from ledger.core.note import Verifier, add_signatures, open_note, parse_signatures
from ledger.core.tlogpolicy import WitnessLine
from ledger.errors import FormatError, HazledgerError, VerificationError
from ledger.services.calls import CallError, Reply

OK: Final = 200
CONFLICT: Final = 409
NOT_CONSISTENT: Final = 422
TRIES: Final = 3
"""A witness that several instances of this log ask may know another size at the second try; not for ever."""

Ask = Callable[[str, str, bytes | None], Reply]
"""(method, url, body) -> what came back. Raises CallError."""
Prove = Callable[[int, int], tuple[bytes, ...]]
"""(old, new) -> the consistency proof between two sizes of this log."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a submission came to.

    ``cosigned``: ``line`` and ``time_s`` are the witness's. ``ahead``: it knows a larger ``size`` than was submitted.
    ``inconsistent``: it says that this log does not extend what it saw. ``failed``: none of these; ``word`` says why.
    ``size``: what the witness knows now, as far as it told.
    """

    outcome: Literal["cosigned", "ahead", "inconsistent", "failed"]
    word: str
    size: int
    line: bytes = b""
    time_s: int = 0


def submit(ask: Ask, witness: WitnessLine, note: bytes, size: int, old: int, prove: Prove) -> Tried:
    """Send a checkpoint of ``size`` to a witness that is thought to know ``old``; never raises for what it answers."""
    known = min(old, size)
    for _ in range(TRIES):
        try:
            body = AddCheckpoint(known, prove(known, size), note).encode()
            reply = ask("POST", f"{(witness.url or '').rstrip('/')}/add-checkpoint", body)
        except CallError as error:
            return Tried("failed", error.word, known)
        if reply.status == OK:
            return take(witness.verifier, note, size, reply.body)
        if reply.status != CONFLICT:
            return Tried("inconsistent" if reply.status == NOT_CONSISTENT else "failed", f"HTTP {reply.status}", known)
        told = _size(reply)
        if told is None:
            return Tried("failed", "HTTP 409 without a size", known)
        if told > size:
            return Tried("ahead", f"knows size {told}", told)
        if told == known:
            return Tried("failed", f"HTTP 409 for the size it knows, {told}", known)
        known = told
    return Tried("failed", "the size it knows keeps changing", known)


def take(verifier: Verifier, note: bytes, size: int, body: bytes) -> Tried:
    """Read an answer: the line of this witness alone, if it is its own over this very checkpoint."""
    try:
        _, found = open_note(add_signatures(note, parse_signatures(body)), [verifier])
    except (FormatError, VerificationError) as error:
        return Tried("failed", f"cosignature: {error.code}", size)
    return Tried("cosigned", "cosigned", size, found[0].signature.line(), found[0].time_s or 0)


def _size(reply: Reply) -> int | None:
    if reply.media_type.partition(";")[0].strip().lower() != SIZE_TYPE:
        return None
    try:
        return parse_size(reply.body)
    except HazledgerError:
        return None
