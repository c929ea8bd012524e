"""Check a table against what is on record, and append what it says.

The preview asks the rules themselves, on the state of one moment, and writes nothing. What is recorded between the
preview and an append can still make the rules refuse a row: the log is one sequence and appends are not one
transaction. All-or-nothing therefore promises that nothing is appended while any row fails the preview; a refusal
after that ends the run after the events of the same portion, and the file can be sent again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from ledger.core.canonical import Json, encode
from ledger.core.times import format_utc
from ledger.errors import HazledgerError, Problem, RefusedError, UnavailableError
from ledger.rules.decide import decide
from ledger.rules.decision import Refused
from ledger.rules.manifest import RuleSet
from ledger.rules.signing import MISSING
from ledger.services.answers import Appended
from ledger.services.imports.cells import Fault, fault
from ledger.services.imports.lookup import Recorded
from ledger.services.imports.mapping import Planned, plan
from ledger.services.imports.news import news
from ledger.services.imports.statements import Statement
from ledger.services.imports.tables import Table
from ledger.services.intake import Auth, Submission
from ledger.services.ledger import Ledger
from ledger.services.memo import Memo
from ledger.services.rule_books import RuleBooks
from ledger.store.unit_of_work import Unit

PORTION: Final = 64

Status = Literal["ready", "faulty", "on_record", "recorded", "refused", "waiting"]
Progress = Callable[[int, int], None]
"""Told how much of how much is done: every event is looked at, and then appended if it is to be."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What becomes of a row.

    "ready": it would be recorded; "faulty": it fails the preview; "on_record": it was recorded before, just so;
    "recorded": now; "refused": the rules refused it when it was appended; "waiting": it was not sent.
    ``event``: the id under which its receipt is found; ``thing``: the product, container or batch that it describes.
    """

    row: int
    label: str
    status: Status
    event: str | None = None
    faults: tuple[Fault, ...] = ()
    thing: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a table; ``applied``: whether anything was to be appended."""

    table: Table
    rows: tuple[RowResult, ...]
    applied: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Survey:
    """What the preview found: events to append, and results by row so far."""

    planned: Planned
    ready: list[Statement] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    status: dict[int, tuple[Status, str | None]] = field(default_factory=dict)
    things: dict[int, str] = field(default_factory=dict)
    unsigned: list[Statement] = field(default_factory=list)

    def blame(self, faults: Iterable[Fault]) -> None:
        for item in faults:
            self.faults.setdefault(item.row, []).append(item)

    def put(self, rows: Iterable[int], status: Status, event: str | None = None) -> None:
        self.status.update((row, (status, event)) for row in rows)

    def report(self, table: Table, *, applied: bool = False) -> Report:
        rows = tuple(self._result(row.number) for row in table.rows)
        return Report(table, rows, applied, Counter(row.status for row in rows))

    def _result(self, row: int) -> RowResult:
        status, event = self.status.get(row, ("faulty", None))
        label, thing = self.planned.labels.get(row, ""), self.things.get(row)
        return RowResult(row, label, status, event, tuple(self.faults.get(row, ())), thing)


class Importer:
    """Imports into one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Append to this ledger."""
        self._ledger = ledger
        self._books = RuleBooks(ledger.reference)

    def preview(self, org: str, auth: Auth, table: Table, progress: Progress | None = None) -> Report:
        """Say of every row what would become of it. Nothing is written."""
        return self._survey(org, auth, table, progress).report(table)

    def commit(
        self, org: str, auth: Auth, table: Table, *, all_or_nothing: bool, progress: Progress | None = None
    ) -> Report:
        """Append what passes the preview; under ``all_or_nothing`` only if every row does."""
        survey = self._survey(org, auth, table, None if progress is None else lambda at, of: progress(at, 2 * of))
        if all_or_nothing and survey.faults:
            return survey.report(table)
        survey.put([row for item in survey.ready for row in item.rows], "waiting")
        done = len(survey.planned.statements)
        total = done + len(survey.ready)
        for portion in _portions(survey.ready):
            going_on = self._append(org, auth, survey, portion, all_or_nothing=all_or_nothing)
            done += len(portion)
            if progress is not None:
                progress(done, total)
            if not going_on:
                break
        return survey.report(table, applied=True)

    def stated(self, org: str, auth: Auth, table: Table) -> tuple[Report, bytes | None]:
        """Say what would become of a table of one event, and return the simple statement that it makes, to be signed.

        None: it is on record, or would be refused for something else than too few signatures. Nothing is written.
        """
        survey = self._survey(org, auth, table, None)
        item = next(iter([*survey.ready, *survey.unsigned]), None)
        return survey.report(table), None if item is None else encode(self._body(org, item))

    # --- appending -----------------------------------------------------------------------------------------------

    def _append(
        self, org: str, auth: Auth, survey: _Survey, portion: Sequence[Statement], *, all_or_nothing: bool
    ) -> bool:
        """Append a portion; whether to go on."""
        submissions = [self._submission(org, auth, item) for item in portion]
        results = self._ledger.append_many(submissions)
        going_on = True
        for item, result in zip(portion, results, strict=True):
            if isinstance(result, Appended):
                survey.put(item.rows, "on_record" if result.repeated else "recorded", item.id)
                continue
            later = isinstance(result, UnavailableError)
            survey.blame(_blamed(item, result))
            survey.put(item.rows, "waiting" if later else "refused")
            going_on = going_on and not later and not all_or_nothing
        return going_on

    def _submission(self, org: str, auth: Auth, item: Statement) -> Submission:
        return self._ledger.state(self._body(org, item), auth)

    def _body(self, org: str, item: Statement) -> dict[str, Json]:
        return {
            "id": item.id,
            "type": item.type,
            "mode": "act",
            "actor": org,
            "occurred_at": format_utc(self._ledger.clock.now_ms()),
            "sections": {name: dict(content) for name, content in item.sections.items()},
        }

    # --- looking -------------------------------------------------------------------------------------------------

    def _survey(self, org: str, auth: Auth, table: Table, progress: Progress | None) -> _Survey:
        recorded = self._ledger.recorded()
        with self._ledger.store.read() as unit:
            lookup = Recorded(unit, org)
            survey = _Survey(plan(table, org, lookup))
            survey.blame(survey.planned.faults)
            for stated in survey.planned.statements:
                survey.things.update(stated.things)
            former = unit.events.find_many([(org, item.id) for item in survey.planned.statements])
            judge = _Judge(self._ledger, unit, Memo(recorded.id), self._books.rules(recorded.rules, unit))
            for place, stated in enumerate(survey.planned.statements, 1):
                if (org, stated.id) in former:
                    survey.put(stated.rows, "on_record", stated.id)
                else:
                    found = news(table.kind, org, stated, lookup, survey.planned.values)
                    for row, event in found.on_record.items():
                        survey.put([row], "on_record", event)
                    survey.blame(found.faults)
                    if found.fresh is not None:
                        self._judge(org, auth, judge, found.fresh, survey)
                if progress is not None:
                    progress(place, len(survey.planned.statements))
        return survey

    def _judge(self, org: str, auth: Auth, judge: "_Judge", item: Statement, survey: _Survey) -> None:
        """Ask the rules about an event, as of now, and write nothing."""
        try:
            problems = judge.refused(self._submission(org, auth, item))
        except HazledgerError as error:
            problems = (error.problem,)
        survey.blame(item.blame(problem) for problem in problems)
        if problems:
            if {problem.code for problem in problems} <= MISSING:
                survey.unsigned.append(item)
            _whole(item, survey)
        else:
            survey.put(item.rows, "ready")
            survey.ready.append(item)


@dataclass(frozen=True, slots=True)
class _Judge:
    """The rules in force over one state of the store."""

    ledger: Ledger
    unit: Unit
    memo: Memo
    rules: RuleSet

    def refused(self, submission: Submission) -> tuple[Problem, ...]:
        """Why the rules would refuse this now; nothing, if they would not."""
        index = self.unit.log.size()
        at_ms = max(self.unit.log.last_recorded_at_ms() or 0, self.ledger.clock.now_ms())
        decision = self.memo.ask(
            lambda state: decide(state, submission.event, at_ms, self.rules, self.ledger.reference), index, self.unit
        )
        return decision.problems if isinstance(decision, Refused) else ()


def _portions(items: Sequence[Statement]) -> Iterator[Sequence[Statement]]:
    for first in range(0, len(items), PORTION):
        yield items[first : first + PORTION]


def _blamed(item: Statement, error: HazledgerError) -> list[Fault]:
    problems = error.problems if isinstance(error, RefusedError) else (error.problem,)
    return [item.blame(problem) for problem in problems]


def _whole(item: Statement, survey: _Survey) -> None:
    """Rows of one event stand or fall together: those without a fault of their own name the one that has."""
    bad = next(row for row in item.rows if row in survey.faults)
    survey.blame(fault(row, None, "import_batch_at_fault", row=bad) for row in item.rows if row not in survey.faults)
