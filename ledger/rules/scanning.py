"""What a scan comes to: one of five outcomes, from what lies where. Pure; the floor asks it before it states anything.

The order is fixed: what is unknown, then where it is, then what stands against it. Goods at the gate can always go
into quarantine: with ``quarantine`` nothing stands against taking them in. What a person reports as having happened
(``report``) is not judged either, where the goods are the organisation's own or come to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ledger.errors import Problem
from ledger.rules.costorage import Pair

Action = Literal["receive", "move", "count", "issue", "dispatch"]
Outcome = Literal["ok", "wrong_place", "already_done", "unknown", "blocked"]
Custody = Literal["own", "coming", "aboard", "other"]
"""Who has it: the own organisation; a shipment that brings it here; the shipment that is loaded; somebody else."""

ALERTED = frozenset({"receive", "issue", "dispatch"})
"""Actions that a recall, a hold or expiry stops; counting, moving and quarantine never are."""
SHELVED = frozenset({"receive", "move"})
"""Actions that put goods where the site's table says what may lie together."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A row of what a code leads to: ``place`` as account text. ``covered``: an agreed consignment takes it along."""

    custody: Custody
    place: str
    mg: int
    covered: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a drum is scanned. ``here``: the scanned place, "site:<uuid>/<location>" or a shipment.

    ``alerts``: recalled, on hold, expired; ``apart``: classes that the site's table keeps apart, which comes and which
    lies here; ``counted``: it was counted here a moment ago; ``override``: a safety officer lets it pass;
    ``report``: it happened all the same.
    """

    action: Action
    here: str
    pieces: Sequence[Piece]
    alerts: Sequence[Problem] = ()
    apart: Pair | None = None
    counted: bool = False
    quarantine: bool = False
    override: bool = False
    report: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its reasons. ``overridable``: a safety officer may let it pass; ``place``: where it is booked.

    ``reportable``: if it happened all the same, it can be recorded as a report.
    """

    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    overridable: bool = False
    place: str | None = None
    reportable: bool = False


OK = Verdict("ok")


def judge(facts: Facts) -> Verdict:
    """The outcome of a scan of something that is known."""
    if not facts.pieces:
        return Verdict("blocked", (Problem("scan_nothing_inside", "/item"),))
    where = _where(facts)
    if where is not None and where.outcome == "wrong_place" and _ours(facts):
        where = None if facts.report else replace(where, reportable=True)
    return where or _against(facts) or OK


def _ours(facts: Facts) -> bool:
    """Whether a report can put it here: own goods that are booked elsewhere. Nobody reports what others have."""
    if _custody(facts) != {"own"}:
        return False
    near = {site_of(piece.place) for piece in facts.pieces} == {site_of(facts.here)}
    return near or facts.action != "issue"


def _where(facts: Facts) -> Verdict | None:
    """Wrong place or already done; None: it is where the action begins."""
    match facts.action:
        case "receive":
            return _receiving(facts)
        case "dispatch":
            return _loading(facts)
        case "count":
            return _counting(facts)
        case _:
            return _shelving(facts)


def _receiving(facts: Facts) -> Verdict | None:
    custody = _custody(facts)
    if custody == {"coming"}:
        return None
    if "own" not in custody:
        return _misplaced("scan_not_expected", None)
    return _there(facts) or _misplaced("scan_is_elsewhere", facts.pieces[0].place)


def _loading(facts: Facts) -> Verdict | None:
    custody = _custody(facts)
    if custody == {"aboard"}:
        return Verdict("already_done", (Problem("scan_already_aboard", "/item"),), place=facts.pieces[0].place)
    if custody != {"own"}:
        return _misplaced("scan_not_in_custody", None)
    covered = all(piece.covered for piece in facts.pieces)
    return None if covered else _misplaced("scan_not_of_shipment", facts.pieces[0].place)


def _counting(facts: Facts) -> Verdict | None:
    if _custody(facts) != {"own"}:
        return _misplaced("scan_not_in_custody", None)
    elsewhere = [piece.place for piece in facts.pieces if piece.place != facts.here]
    if elsewhere:
        return _misplaced("scan_is_elsewhere", elsewhere[0])
    return Verdict("already_done", (Problem("scan_already_counted", "/item"),)) if facts.counted else None


def _shelving(facts: Facts) -> Verdict | None:
    if _custody(facts) != {"own"}:
        return _misplaced("scan_not_in_custody", None)
    booked = facts.pieces[0].place
    return _misplaced("scan_other_site", booked) if site_of(booked) != site_of(facts.here) else _there(facts)


def _custody(facts: Facts) -> set[Custody]:
    return {piece.custody for piece in facts.pieces}


def _there(facts: Facts) -> Verdict | None:
    if {piece.place for piece in facts.pieces} == {facts.here}:
        return Verdict("already_done", (Problem("scan_already_here", "/item"),), place=facts.here)
    return None


def _misplaced(code: str, place: str | None) -> Verdict:
    return Verdict("wrong_place", (Problem(code, "/place"),), place=place)


def _against(facts: Facts) -> Verdict | None:
    if facts.quarantine or facts.override or facts.report:
        return None
    found = list(facts.alerts) if facts.action in ALERTED else []
    if facts.apart is not None and facts.action in SHELVED:
        coming, there = facts.apart
        params: Mapping[str, str | int] = {"coming": coming, "there": there, "location": location_of(facts.here)}
        found.insert(0, Problem("scan_apart", "/place", dict(params)))
    # What the rules themselves refuse of an act, nobody lets pass: the use of recalled, held or expired goods.
    return Verdict("blocked", tuple(found), overridable=facts.action != "issue", reportable=True) if found else None


def site_of(place: str) -> str:
    """The site of a place, the whole of a vehicle."""
    return place.partition("/")[0]


def location_of(place: str) -> str:
    """What stands after the slash of a place."""
    return place.partition("/")[2]


# --- counters of devices ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a device's counters say: ranges that never arrived, and numbers that more than one scan bears."""

    missing: tuple[tuple[int, int], ...] = ()
    doubled: tuple[int, ...] = ()


def gaps(counters: Iterable[tuple[int, int]], most: int = 100) -> Gaps:
    """Read counters, each with how many scans bear it. A device counts every scan from where it was read on.

    The ranges are between the lowest and the highest number that was read, at most ``most`` of them, lowest first.
    """
    missing: list[tuple[int, int]] = []
    doubled: list[int] = []
    before: int | None = None
    for number, many in sorted(counters):
        if before is not None and number > before + 1:
            missing.append((before + 1, number - 1))
        if many > 1:
            doubled.append(number)
        before = number
    return Gaps(tuple(missing[:most]), tuple(doubled[:most]))
