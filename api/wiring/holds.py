"""Holds as people read them: on a batch, a whole site, a container."""

from collections.abc import Iterable, Mapping

from api.views import FindingView, Principal, Words
from api.views.holds import HoldKind, HoldLine, HoldPage, Holds, StoppedLine
from api.wiring.known import Known, hidden
from api.wiring.life import finding
from api.wiring.matter import batch_for
from api.wiring.sight import scope_of, subject_of
from api.wiring.steps import steps
from ledger.rules.aggregates import BatchState, ContainerState, SiteState
from ledger.rules.holds import PLACED, SECOND
from ledger.services import policy

PREFIX = "governance."
PLACE, RELEASE = PREFIX + PLACED, PREFIX + "hold_released"
MOST_READ = 1_000
KINDS_HELD: tuple[HoldKind, ...] = ("batch", "site", "container")


def holds_on(known: Known, viewer: Principal, state: BatchState | SiteState | ContainerState) -> Holds:
    """Return the holds on a thing that the viewer may look at."""
    held = placed_on(known, state) if isinstance(state, BatchState) else dict(state.held)
    subject = subject_of(known, viewer)
    whose = state.producer if isinstance(state, BatchState) else state.org
    placing = "regulator" in subject.groups or whose == subject.org
    lines = sorted((_line(known, who, index) for who, index in held.items()), key=lambda line: line.record or 0)
    return Holds(
        tuple(lines),
        may_place=placing and subject.org not in held and bool(policy.can_state(subject, PLACE)),
        may_release=subject.org in held and bool(policy.can_state(subject, RELEASE)),
    )


def hold_page(known: Known, viewer: Principal, ref: str) -> HoldPage:
    """Return what the form of a hold on a thing shows. NotFoundError: none that it may know of, or none it may hold."""
    match ref.partition(":")[0]:
        case "batch":
            batch, _ = batch_for(known, viewer, ref)
            lot = known.lot(ref)
            found = HoldPage(ref, "batch", Words(lot, lot), _page("batches", ref), holds_on(known, viewer, batch))
        case "site":
            site = known.must(ref, SiteState)
            _seen(known, viewer, "site", ref)
            found = HoldPage(ref, "site", thing_name(known, ref), _page("sites", ref), holds_on(known, viewer, site))
        case _:
            vessel = known.must(ref, ContainerState)
            _seen(known, viewer, "container", ref)
            code = known.related.code_of(ref)
            page = "" if code is None else f"/Q/{code}"
            found = HoldPage(ref, "container", thing_name(known, ref), page, holds_on(known, viewer, vessel))
    if not found.holds.may:
        raise hidden(ref)
    return found


def thing_name(known: Known, ref: str) -> Words:
    """Return what a site or container is called."""
    if ref.startswith("site:"):
        return known.place(ref).name
    label = known.label(ref)
    return Words(label, label)


def _page(folder: str, ref: str) -> str:
    return f"/{folder}/{ref.partition(':')[2]}"


def _seen(known: Known, viewer: Principal, kind: str, ref: str) -> None:
    if not known.related.deals(scope_of(subject_of(known, viewer), "master.read", "governance"), kind, ref):
        raise hidden(ref)


def placed_on(known: Known, batch: BatchState) -> Mapping[str, int | None]:
    """Who holds a batch, with the newest record of its chain in which each placed the hold."""
    found: dict[str, int | None] = dict.fromkeys(batch.holds)
    left = set(found)
    for step in steps(known, batch.id, most=MOST_READ) if left else ():
        if step.header.type == PLACE and step.header.actor in left:
            left.discard(step.header.actor)
            found[step.header.actor] = step.row.idx
    return found


def stopped(known: Known, org: str, *, limit: int) -> list[StoppedLine]:
    """Return the holds of others that stop goods of an organisation now, newest first."""
    found = []
    for row in known.unit.withheld.over(org, limit=limit):
        kind = next(one for one in KINDS_HELD if row.ref.startswith(one))
        name = Words(known.lot(row.ref), known.lot(row.ref)) if kind == "batch" else thing_name(known, row.ref)
        found.append(StoppedLine(kind, name, _page_of(known, row.ref), _line(known, row.placed_by, row.hold)))
    return found


def _page_of(known: Known, ref: str) -> str:
    if ref.startswith("container:"):
        code = known.related.code_of(ref)
        return "" if code is None else f"/Q/{code}"
    return _page("batches" if ref.startswith("batch:") else "sites", ref)


def held_among(known: Known, refs: Iterable[str]) -> tuple[FindingView, ...]:
    """Return an alert for each held site or container of these: whoever is there must know."""
    found: list[FindingView] = []
    for ref in dict.fromkeys(refs):
        state = known.get(ref, SiteState) if ref.startswith("site:") else known.get(ref, ContainerState)
        if state is not None and state.held:
            found.append(alert(known, min(state.held.values()), ref))
    return tuple(found)


def alert(known: Known, index: int, ref: str) -> FindingView:
    """Return the alert of a hold that a record placed."""
    record = known.unit.log.record(index)
    return finding(SECOND, {}, index, 0 if record is None else record.recorded_at_ms, ref)


def _line(known: Known, who: str, index: int | None) -> HoldLine:
    record = None if index is None else known.unit.log.record(index)
    if record is None:
        return HoldLine(known.party(who), None, "", None)
    text = str(known.section(record.idx, "reason").get("text", ""))
    return HoldLine(known.party(who), record.recorded_at_ms, text, record.idx)
