"""The use case: a scan in, an outcome out, and what was accepted recorded once.

Scans of a list are taken in their order, so that a drum received by one can be moved by the next. A scan sent again is
answered from what is kept; one whose answer was lost after its event was recorded is answered from the event.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.errors import ConflictError, Problem, RefusedError
from ledger.rules.bays import OFFICER, OVERRIDE
from ledger.rules.scanning import Outcome, judge
from ledger.services.answers import Appended
from ledger.services.identity.ports import Ports
from ledger.services.intake import Auth, Submission
from ledger.services.rule_books import RuleBooks
from ledger.services.scanning import devices, result
from ledger.services.scanning.copies import Copies
from ledger.services.scanning.events import Maker, derived
from ledger.services.scanning.facts import Found, Look, key_of
from ledger.services.scanning.result import Event, Result
from ledger.services.scanning.statement import Scan
from ledger.store.rows import EventRow, ScanRow
from ledger.store.unit_of_work import Unit

MayState = Callable[[str, bool], Problem | None]
"""(type of event, whether it overrides) -> why the asker's roles may not state it, or None."""

STEPS: Final = 2
"""Events of one scan at most."""
RACED: Final = frozenset({"holding_overdrawn"})
"""What the rules say when somebody else moved the goods between looking and stating."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who scans. ``user``: the person, by badge or session, or None where no person is known."""

    org: str
    auth: Auth
    user: str | None
    may_state: MayState


class Scanner:
    """Takes scans for a ledger."""

    def __init__(self, ports: Ports) -> None:
        """Record into this ledger."""
        self._ports = ports
        self._ledger = ports.ledger
        self._lock = threading.Lock()
        self._copies = Copies(RuleBooks(ports.ledger.reference), ports.ledger.reference)

    def scan(self, asker: Asker, scan: Scan) -> Result:
        """Take one scan. ForbiddenError, RefusedError (not signed), ConflictError (the id), UnavailableError."""
        devices.check(self._ports, asker.org, scan)
        with self._lock:  # a scan sent twice at once is taken once
            kept = self._kept(asker, scan)
            if kept is not None:
                return kept
            made = self._taken(asker, scan)
            return self._keep(asker, scan, made)

    # --- once -------------------------------------------------------------------------------------------------------

    def _kept(self, asker: Asker, scan: Scan) -> Result | None:
        with self._ledger.store.read() as unit:
            row = unit.scans.one(asker.org, scan.id)
        if row is None:
            return None
        if row.statement != scan.statement:
            raise ConflictError("id_used_otherwise", "/id", {"id": scan.id})
        return result.read(row.answer, repeated=True)

    def _keep(self, asker: Asker, scan: Scan, made: Result) -> Result:
        """Keep what a scan came to, with what it shows of copied labels."""
        now_ms = self._ledger.clock.now_ms()
        with self._ledger.store.read() as unit:
            before = unit.scans.newest(asker.org, item=made.item) if made.item else None
        row = ScanRow(
            org=asker.org,
            id=scan.id,
            device=scan.device or "",
            counter=scan.counter,
            at_ms=scan.at_ms,
            received_at_ms=now_ms if before is None else max(now_ms, before.received_at_ms + 1),
            action=scan.action,
            item=made.item,
            outcome=made.outcome,
            statement=scan.statement,
            signature=scan.sig,
            answer=result.write(made),
        )
        rules = self._ledger.recorded().rules
        with self._ledger.store.read() as unit:
            warnings, findings = self._copies.found(unit, row, rules)
        made = replace(made, warnings=(*made.warnings, *warnings))
        with self._ledger.store.write() as unit:
            unit.scans.add(row._replace(answer=result.write(made)))
            for finding in findings:
                unit.scans.add_finding(finding)
            if made.of and made.outcome == "ok":
                unit.scans.undo(asker.org, made.of, by=scan.id)
        return made

    # --- one scan ---------------------------------------------------------------------------------------------------

    def _taken(self, asker: Asker, scan: Scan) -> Result:
        if scan.action == "undo":
            return self._undo(asker, scan)
        made = self._attempt(asker, scan)
        if any(problem.code in RACED for problem in made.problems):
            return self._attempt(asker, scan)
        return made

    def _attempt(self, asker: Asker, scan: Scan) -> Result:
        assert scan.action != "undo"
        with self._ledger.store.read() as unit:
            look = Look(unit, self._ledger.reference, asker.org, self._ledger.clock.now_ms())
            here, item, unknown = self._targets(look, scan)
            if unknown is not None:
                return Result(scan.id, scan.action, "unknown", (unknown,), here=here, item=item)
            found = look.found(scan, scan.action, here, item)
            recorded = self._recorded(unit, asker, scan)
        base = _base(scan, found)
        if recorded:
            return replace(base, events=recorded)
        verdict = judge(found.facts)
        base = replace(base, place=verdict.place, overridable=verdict.overridable, reportable=verdict.reportable)
        if verdict.outcome != "ok":
            return replace(base, outcome=verdict.outcome, problems=verdict.problems)
        base = replace(base, warnings=_warnings(found))
        return self._state(asker, self._maker(asker, scan).events(scan, found), base)

    def _targets(self, look: Look, scan: Scan) -> tuple[str, str, Problem | None]:
        """Return where and what a scan is about, or the problem that it leads nowhere."""
        refs: list[str] = []
        for name, text in (("place", scan.place), ("item", scan.item)):
            assert text is not None
            target = look.target(text)
            if target is None:
                return "", "", Problem("scan_code_unknown", f"/{name}", {"text": text[:60]})
            if target[1]:
                return "", "", Problem("scan_code_voided", f"/{name}", {"code": (key_of(text) or "")[:80]})
            refs.append(target[0])
        here, item = refs
        if not look.is_place(here):
            return "", item, Problem("scan_no_place", "/place", {"text": (scan.place or "")[:60]})
        if here.startswith("shipment:") is not (scan.action == "dispatch"):
            return here, item, Problem("scan_place_unfit", "/place", {"action": scan.action})
        if not item.startswith(("container:", "batch:")):
            return here, item, Problem("scan_no_goods", "/item", {"text": (scan.item or "")[:60]})
        return here, item, None

    def _recorded(self, unit: Unit, asker: Asker, scan: Scan) -> tuple[Event, ...]:
        """Return the events that stand under the ids of a scan whose answer was lost; none for a new one."""
        ids = [scan.id, *(derived(scan, step) for step in range(1, STEPS))]
        rows = unit.events.find_many([(asker.org, name) for name in ids])
        return tuple(_stands(row) for name in ids if (row := rows.get((asker.org, name))))

    def _maker(self, asker: Asker, scan: Scan) -> Maker:
        agent: dict[str, Json] | None = None
        if asker.user is not None:
            agent = {"user": asker.user}
            if scan.device is not None:
                agent |= {"device": scan.device, "counter": scan.counter}
            if scan.override is not None:
                agent["role"] = OFFICER
        return Maker(asker.org, agent, self._ledger.clock.now_ms())

    def _state(self, asker: Asker, bodies: list[dict[str, Json]], base: Result) -> Result:
        """State the events of a scan in their order; what the rules refuse ends it."""
        submissions: list[Submission] = []
        for body in bodies:
            refused = asker.may_state(str(body["type"]), _overrides(body))
            if refused is not None:
                return replace(base, outcome="blocked", problems=(refused,))
            submissions.append(self._ledger.state(body, asker.auth))
        made: list[Event] = []
        for submission in submissions:
            try:
                answer = self._ledger.append(submission)
            except RefusedError as error:
                codes = {problem.code for problem in error.problems}
                outcome: Outcome = "already_done" if codes == {"already_voided"} else "blocked"
                again = outcome == "blocked" and not made and bodies[0]["mode"] == "act"
                return replace(base, outcome=outcome, problems=error.problems, events=tuple(made), reportable=again)
            made.append(_event(submission, answer))
        return replace(base, events=tuple(made))

    # --- undoing ----------------------------------------------------------------------------------------------------

    def _undo(self, asker: Asker, scan: Scan) -> Result:
        with self._ledger.store.read() as unit:
            row, problem = self._undone(unit, asker, scan)
            if row is None:
                return Result(scan.id, "undo", "unknown", (problem or Problem("scan_nothing_to_undo", "/of"),))
            former = result.read(row.answer)
            again = self._recorded(unit, asker, scan)
            stated = [unit.events.find(asker.org, event.id) for event in former.events]
        base = replace(former, id=scan.id, action="undo", problems=(), warnings=(), events=(), of=row.id)
        if again:
            return replace(base, events=again)
        if problem is not None:
            outcome: Outcome = "already_done" if row.undone_by else "blocked"
            return replace(base, outcome=outcome, problems=(problem,))
        maker = self._maker(asker, scan)
        newest_first = [event for event in reversed(stated) if event is not None]
        bodies = [
            maker.undo(scan, row.id, _stands(event).type, b64u(event.hash), step)
            for step, event in enumerate(newest_first)
        ]
        return self._state(asker, bodies, base)

    def _undone(self, unit: Unit, asker: Asker, scan: Scan) -> tuple[ScanRow | None, Problem | None]:
        """Return the scan to undo, and what speaks against undoing it."""
        if scan.of is not None:
            row = unit.scans.one(asker.org, scan.of)
        else:
            key = key_of(scan.item or "")
            known = None if key is None else unit.queries.code(key)
            row = None if known is None else unit.scans.newest(asker.org, item=known.target, outcome="ok")
        if row is None:
            return None, None
        if row.undone_by:
            return row, Problem("scan_undone_before", "/of")
        if row.outcome != "ok" or row.action == "undo":
            return None, None
        newest = unit.scans.newest(asker.org, item=row.item, outcome="ok")
        if newest is not None and newest.id != row.id:
            return row, Problem("scan_not_the_latest", "/of")
        return row, None


# --- parts ------------------------------------------------------------------------------------------------------------


def _base(scan: Scan, found: Found) -> Result:
    product = "" if found.product is None else found.product.id
    mg = sum(lot.row.mg for lot in found.lots)
    seen = (
        found.here
        if found.here.startswith("site:")
        else next((lot.row.place for lot in found.lots if lot.custody == "own"), "")
    )
    return Result(
        scan.id,
        scan.action,
        "ok",
        item=found.item,
        label=found.label,
        product=product,
        here=found.here,
        mg=mg,
        seen=seen,
    )


def _overrides(body: Mapping[str, Json]) -> bool:
    sections = body["sections"]
    reason = sections.get("reason") if isinstance(sections, dict) else None
    return isinstance(reason, dict) and reason.get("kind") == OVERRIDE


def _warnings(found: Found) -> tuple[Problem, ...]:
    warnings: list[Problem] = []
    if found.warned is not None:
        coming, there = found.warned
        warnings.append(Problem("scan_grid_warns", "/place", {"coming": coming, "there": there}))
    if found.facts.override:
        warnings.append(Problem("scan_overridden", "/override"))
    return tuple(warnings)


def _stands(row: EventRow) -> Event:
    return Event(row.id, Header.parse(row.header).type, row.idx)


def _event(submission: Submission, answer: Appended) -> Event:
    rules = tuple(dict.fromkeys(rule for _, rule, _ in answer.findings))
    return Event(submission.header.id, submission.header.type, answer.index, rules)
