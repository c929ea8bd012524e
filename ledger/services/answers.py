"""The answers of the append path: appended, appended before, in conflict, refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ledger.core.b64 import b64u
from ledger.core.canonical import Json, encode
from ledger.errors import ConflictError, HazledgerError, IntegrityError, RefusedError
from ledger.services.intake import Submission
from ledger.services.repetition import is_same
from ledger.services.sealing import Sealed
from ledger.services.stored import link_of
from ledger.store.rows import RefusalRow
from ledger.store.unit_of_work import Unit

FindingLine = tuple[str, str, Mapping[str, Json]]
"""Chain, rule, data."""


@dataclass(frozen=True, slots=True)
class Appended:
    """The ledger's answer: where the event stands. ``repeated``: it had been recorded before under this id.

    ``receipt`` makes the receipt from memory, where the event was recorded just now; else it has to be read.
    """

    index: int
    event: str
    record: str
    recorded_at_ms: int
    repeated: bool
    findings: tuple[FindingLine, ...]
    receipt: Callable[[], bytes] | None = field(default=None, repr=False, compare=False)


Result = Appended | HazledgerError


def appended(sealed: Sealed, receipt: Callable[[], bytes]) -> Appended:
    """Return the answer to a statement that is being recorded; ``receipt`` is for after the commit."""
    entry = sealed.entry
    findings = tuple(
        (chain, finding.rule, finding.data)
        for chain, effects in sorted(entry.effects.items())
        for finding in effects.findings
    )
    return Appended(
        entry.index,
        entry.event.hash,
        b64u(sealed.record.hash),
        entry.recorded_at_ms,
        repeated=False,
        findings=findings,
        receipt=receipt,
    )


def former(unit: Unit, idx: int) -> Result:
    """Return the answer to a statement that was recorded before at this index. Raises IntegrityError."""
    row = unit.log.record(idx)
    event = unit.events.at(idx)
    if row is None or event is None:
        raise IntegrityError("entry_incomplete", params={"idx": idx})
    findings = tuple(
        (link.chain, finding.rule, finding.data)
        for link in unit.chains.links_of(idx)
        for finding in link_of(link)[1].findings
    )
    return Appended(idx, b64u(event.hash), b64u(row.hash), row.recorded_at_ms, repeated=True, findings=findings)


def repeated(submission: Submission, first: Submission, answer: Appended) -> Result:
    """Return the answer to a statement whose (actor, id) stands earlier in the same transaction."""
    sections = {section.name: section.body for section in first.disclosures}
    if not is_same(submission, first.header_bytes, sections):
        return conflict(submission)
    return replace(answer, repeated=True)


def conflict(submission: Submission) -> ConflictError:
    """Return the error of an id that was used for another statement."""
    return ConflictError("id_used_otherwise", "/id", {"id": submission.header.id})


def refusal(submission: Submission, error: RefusedError, at_ms: int) -> RefusalRow:
    """Return what is kept of a refused statement."""
    problems: list[Json] = [
        {"code": problem.code, "field": problem.field, "params": dict(problem.params)} for problem in error.problems
    ]
    header = submission.header
    principal = submission.auth.principal
    return RefusalRow(header.actor, at_ms, header.id, header.type, principal, submission.header_bytes, encode(problems))
