"""Who cosigned what, when, and how far behind they are: from what is stored, each line verified again."""

from dataclasses import dataclass

from ledger.core.note import NoteSignature, Verifier, parse_note, parse_signatures
from ledger.errors import FormatError
from ledger.services.ledger import Ledger
from ledger.services.witnessing import cosigned
from ledger.store.rows import CosignatureRow
from ledger.store.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class Standing:
    """A witness that was chosen: the greatest size that it cosigned, when (POSIX seconds), and the last try.

    ``size`` and ``time_s`` None: it cosigned nothing yet. ``tried_at_ms`` None: it was not asked yet.
    """

    name: str
    vkey: str
    size: int | None
    time_s: int | None
    tried_at_ms: int | None
    failures: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Overview:
    """``size``: of the newest published checkpoint; ``quorum``: a name or "none"; ``quorum_size``: cosigned by one."""

    size: int
    quorum: str
    quorum_size: int | None
    witnesses: tuple[Standing, ...]


def overview(ledger: Ledger) -> Overview | None:
    """Return how the witnesses stand; None where none is chosen or nothing is published."""
    roster = ledger.log.roster
    with ledger.store.read() as unit:
        newest = unit.log.last_published()
        if roster is None or newest is None:
            return None
        found = cosigned.newest(unit, roster, newest.size)
        lines = {row.witness: row for row in unit.witnesses.newest()}
        views = {row.witness: row for row in unit.witnesses.views()}
        standings = []
        for witness in roster.witnesses:
            vkey = witness.verifier.vkey()
            line, view = _verified(unit, witness.verifier, lines.get(vkey)), views.get(vkey)
            standings.append(
                Standing(
                    witness.name,
                    vkey,
                    None if line is None else line.size,
                    None if line is None else line.time_s,
                    None if view is None else view.tried_at_ms,
                    0 if view is None else view.failures,
                    "" if view is None else view.outcome,
                )
            )
        quorum_size = None if found is None else found.size
        return Overview(newest.size, roster.policy.quorum, quorum_size, tuple(standings))


def _verified(unit: Unit, verifier: Verifier, row: CosignatureRow | None) -> CosignatureRow | None:
    published = None if row is None else unit.log.last_published(until=row.size)
    if row is None or published is None or published.size != row.size:
        return None
    try:
        line: NoteSignature = parse_signatures(row.line)[0]
    except FormatError:
        return None
    named = (line.name, line.key_id) == (verifier.name, verifier.key_id)
    holds = named and verifier.verify(parse_note(published.note)[0], line)
    return row._replace(time_s=verifier.time_of(line) or 0) if holds else None
