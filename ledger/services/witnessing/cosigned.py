"""The newest published checkpoint that a quorum cosigned. Every line is verified again: the database is not trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.core.checkpoint import Checkpoint
from ledger.core.note import COSIGNATURE, NoteSignature, Verifier, add_signatures, parse_note, parse_signatures
from ledger.core.tlogpolicy import NONE, TlogPolicy
from ledger.errors import FormatError
from ledger.services.witnessing.roster import Roster
from ledger.store.unit_of_work import Unit

SIZES: Final = 50
"""How many cosigned sizes are looked at: a quorum may need lines that came for different sizes."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A published checkpoint with the lines of witnesses that verify; ``at_ms``: when it was published."""

    size: int
    root: bytes
    note: bytes
    at_ms: int
    witnesses: tuple[Verifier, ...]


def newest(unit: Unit, roster: Roster, until: int) -> Cosigned | None:
    """Return the greatest cosigned checkpoint whose lines meet the quorum, of a size not above ``until``."""
    for size in unit.witnesses.sizes(limit=SIZES):
        found = None if size > until else at(unit, roster, size)
        if found is not None and _enough(roster.policy, found):
            return found
    return None


def at(unit: Unit, roster: Roster, size: int) -> Cosigned | None:
    """Return the published checkpoint of a size with every line on it that verifies; None: not published."""
    row = unit.log.last_published(until=size)
    if row is None or row.size != size:
        return None
    text, _ = parse_note(row.note)
    known = {verifier.vkey(): verifier for verifier in roster.verifiers}
    signed: dict[Verifier, NoteSignature] = {}
    for stored in unit.witnesses.at(size):
        verifier = known.get(stored.witness)
        line = None if verifier is None else _line(stored.line)
        if verifier is not None and line is not None and _is_its(verifier, text, line):
            signed[verifier] = line
    note = add_signatures(row.note, signed.values())
    return Cosigned(size, Checkpoint.parse(text).root, note, row.at_ms, tuple(signed))


def _is_its(verifier: Verifier, text: bytes, line: NoteSignature) -> bool:
    named = (line.name, line.key_id) == (verifier.name, verifier.key_id)
    return named and verifier.kind == COSIGNATURE and verifier.verify(text, line)


def _line(data: bytes) -> NoteSignature | None:
    try:
        return parse_signatures(data)[0]
    except FormatError:
        return None


def _enough(policy: TlogPolicy, found: Cosigned) -> bool:
    if not found.witnesses:
        return False
    return policy.quorum == NONE or policy.met({verifier.key for verifier in found.witnesses})


Choose = Callable[[Unit], Cosigned | None]
"""What a log asks for the checkpoint that it shows."""
