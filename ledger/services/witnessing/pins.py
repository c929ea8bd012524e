"""Checkpoints that an organisation pins: what it keeps the log to. Its own copy binds; this one reminds."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.note import format_note, parse_note
from ledger.errors import ConflictError, FormatError
from ledger.services.ledger import Ledger
from ledger.store.rows import PinRow
from ledger.store.unit_of_work import Unit

MOST: Final = 1_000
MOST_BYTES: Final = 64 * 1024

Standing = Literal["extended", "ahead", "forked"]
"""``extended``: the log holds it still; ``ahead``: the log is shorter than it; ``forked``: the log has another root."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned checkpoint, and how the log stands to it now."""

    id: str
    size: int
    note: bytes
    at_ms: int
    standing: Standing


def pin(ledger: Ledger, org: str, user: str, note: bytes | None) -> Pin:
    """Pin a checkpoint that this log's key signed; None: the one that is shown now. The same again is one pin.

    Raises FormatError, VerificationError (not signed by this log), ConflictError (too many).
    """
    given = ledger.log.checkpoint() if note is None else note
    if len(given) > MOST_BYTES:
        raise FormatError("note_too_large", "/checkpoint", {"max": MOST_BYTES, "signatures": 100})
    checkpoint, signatures = open_checkpoint(given, ledger.origin, ledger.verifiers)
    text, _ = parse_note(given)
    kept = format_note(text, [found.signature for found in signatures])
    row = PinRow(org, hashlib.sha256(text).hexdigest(), checkpoint.size, kept, user, ledger.clock.now_ms())
    with ledger.store.write() as unit:
        if unit.witnesses.pinned(org, row.id) is None and len(unit.witnesses.pins(org, limit=MOST)) >= MOST:
            raise ConflictError("pins_too_many", params={"most": MOST})
        unit.witnesses.pin([row])
    with ledger.store.read() as unit:
        return _told(ledger, unit, unit.witnesses.pinned(org, row.id) or row)


def listing(ledger: Ledger, org: str, *, limit: int) -> list[Pin]:
    """Return what an organisation pinned, the newest first, each held against the log as it is now."""
    with ledger.store.read() as unit:
        return [_told(ledger, unit, row) for row in unit.witnesses.pins(org, limit=limit)]


def _told(ledger: Ledger, unit: Unit, row: PinRow) -> Pin:
    pinned = Checkpoint.parse(parse_note(row.note)[0])
    standing: Standing = "ahead"
    if pinned.size <= unit.log.size():
        standing = "extended" if ledger.log.root(unit, pinned.size) == pinned.root else "forked"
    return Pin(row.id, row.size, row.note, row.at_ms, standing)
