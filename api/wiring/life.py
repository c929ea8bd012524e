"""The life of a thing as a viewer may see it: records of its chain, what each moved, and what came in and went out.

How much of each record is seen is for the policy to say (``sight``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from api.views import FindingView, Flow, Moment, PaperView, PlaceName, Words
from api.views.matter import Severity
from api.wiring.amounts import amount_of
from api.wiring.known import Known
from api.wiring.paper_views import papers_by_record
from api.wiring.sight import Sight
from api.wiring.steps import Step
from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.core.times import parse_stated
from ledger.rules import keys
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import OrgState, VoidedState
from ledger.rules.names import RULES
from ledger.rules.papers import DOCUMENTS

_SHOWN: Final = frozenset({"place", "reason", "condition", "transport"})
_RESULTS: Final = {"pass": Words("检验合格", "passed"), "fail": Words("检验不合格", "failed")}
_SEVERITIES: Final[dict[str, Severity]] = {"info": "info", "warning": "warning", "critical": "critical"}

Touches = Callable[[Holding], bool]


def moments(sight: Sight, chosen: Sequence[Step], touches: Touches) -> tuple[Moment, ...]:
    """Return records as entries of a life; ``touches``: which holdings are of what the viewer looks at."""
    known = sight.known
    opened = known.unit.events.disclosures_of((step.row.idx for step in chosen), _SHOWN)
    sections: dict[int, dict[str, Mapping[str, Json]]] = {}
    for row in opened:
        if row.body is not None:
            sections.setdefault(row.idx, {})[row.name] = Disclosure.parse(row.body).content
    known.load("voided:" + b64u(step.row.event_hash) for step in chosen)
    papers = papers_by_record(known, (step.row.idx for step in chosen))
    return tuple(
        _moment(sight, step, sections.get(step.row.idx, {}), touches, papers.get(step.row.idx, ())) for step in chosen
    )


def _moment(
    sight: Sight,
    step: Step,
    sections: Mapping[str, Mapping[str, Json]],
    touches: Touches,
    papers: tuple[PaperView, ...],
) -> Moment:
    known, row, seen = sight.known, step.row, sight.level(step)
    if seen == "record":
        return Moment(row.idx, b64u(row.hash), row.recorded_at_ms, seen)
    header = step.header
    if seen == "header":
        return _header_moment(sight, step)
    change = sum(mg for holding, mg in step.holdings if touches(holding))
    return Moment(
        index=row.idx,
        record=b64u(row.hash),
        recorded_at=row.recorded_at_ms,
        level=seen,
        type=header.type,
        mode="act" if header.mode == "act" else "report",
        occurred_at=parse_stated(header.occurred_at),
        actor=known.party(header.actor),
        place=_place(known, sections.get("place", {})),
        change=change or None,
        detail=detail(sections),
        backing="signed" if row.signatures is not None else "attested",
        papers=papers if papers and sight.section(step, DOCUMENTS) else (),
        voided=known.get("voided:" + b64u(row.event_hash), VoidedState) is not None,
        findings=tuple(
            finding(item.rule, item.data, row.idx, row.recorded_at_ms, None) for item in step.effects.findings
        ),
        flagged=flagged(known, header, row.recorded_at_ms),
    )


def flagged(known: Known, header: Header, recorded_at_ms: int) -> int | None:
    """Return since when a key that signed an event is said to be compromised, if it was recorded later than that."""
    org = known.get(header.actor, OrgState) if header.keys else None
    return None if org is None else min(keys.flagged(org, header.keys, recorded_at_ms).values(), default=None)


def _header_moment(sight: Sight, step: Step) -> Moment:
    """Who stated what type of event when, and nothing that was stated."""
    row, header = step.row, step.header
    return Moment(
        index=row.idx,
        record=b64u(row.hash),
        recorded_at=row.recorded_at_ms,
        level="header",
        type=header.type,
        mode="act" if header.mode == "act" else "report",
        occurred_at=parse_stated(header.occurred_at),
        actor=sight.known.party(header.actor),
        backing="signed" if row.signatures is not None else "attested",
        voided=sight.known.get("voided:" + b64u(row.event_hash), VoidedState) is not None,
        flagged=flagged(sight.known, header, row.recorded_at_ms),
    )


def _place(known: Known, place: Mapping[str, Json]) -> PlaceName | None:
    if "site" not in place:
        return None
    location = place.get("to_location", place.get("location"))
    return known.place(str(place["site"]) if location is None else f"{place['site']}/{location}")


def detail(sections: Mapping[str, Mapping[str, Json]]) -> Words | None:
    """Return what the statement says in words: a test's result, the vehicle, the reason."""
    parts: list[Words] = []
    result = sections.get("condition", {}).get("result")
    if isinstance(result, str) and result in _RESULTS:
        parts.append(_RESULTS[result])
    for section, name in (("transport", "vehicle"), ("transport", "waybill"), ("reason", "text")):
        value = sections.get(section, {}).get(name)
        if isinstance(value, str):
            parts.append(Words(value, value))
    if not parts:
        return None
    return Words(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))


def finding(
    rule: str, data: Mapping[str, Json], index: int, at: int, ref: str | None, *, open_: bool = True
) -> FindingView:
    """Return a finding in words: its name, and the kilograms it is about."""
    name = RULES.get(rule)
    zh, en = (rule, rule) if name is None else (name.zh, name.en)
    amount = amount_of(rule, data)
    if amount is not None:
        zh, en = f"{zh} · {amount.zh}", f"{en} · {amount.en}"
    severity = _SEVERITIES["warning" if name is None else name.severity]
    return FindingView(rule, severity, Words(zh, en), index, at, ref, open_)


# --- what came in and went out ----------------------------------------------------------------------------------------


def flows_of_batch(sight: Sight, batch: str, chosen: Iterable[Step]) -> tuple[list[Flow], list[Flow]]:
    """Return what came into a batch and went out of it, newest first, as far as the viewer may see."""
    known = sight.known
    parents = _by_index((edge.idx, edge.parent, edge.mg) for edge in known.unit.queries.parents(batch))
    children = _by_index((edge.idx, edge.child, edge.mg) for edge in known.unit.queries.children(batch))
    came: list[Flow] = []
    went: list[Flow] = []
    for step in chosen:
        if sight.level(step) != "sections":
            continue
        for account, mg in step.pools:
            if mg < 0:
                ends = parents.get(step.row.idx, ()) if account == "produced" else ()
                came.extend(_flows(known, step, account, -mg, ends))
            else:
                ends = children.get(step.row.idx, ()) if account == "transformed" else ()
                went.extend(_flows(known, step, account, mg, ends[:1]))
    return came, went


def _by_index(edges: Iterable[tuple[int, str, int]]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = {}
    for idx, other, mg in edges:
        found.setdefault(idx, []).append((other, mg))
    return found


def _flows(known: Known, step: Step, account: str, mg: int, ends: Sequence[tuple[str, int]]) -> list[Flow]:
    how, party = step.header.type, known.party(step.header.actor)
    at, index = parse_stated(step.header.occurred_at), step.row.idx
    if not ends:
        return [Flow(how, at, index, mg, account=account, party=party)]
    return [
        Flow(how, at, index, moved, batch=other, batch_number=known.lot(other), account=account, party=party)
        for other, moved in ends
    ]


def flows_of_holdings(
    sight: Sight, chosen: Iterable[Step], touches: Touches, batch: str | None = None
) -> tuple[list[Flow], list[Flow]]:
    """Return what came into a container or shipment and went out of it, newest first.

    ``batch``: whose records these are; a blend that was poured into a vessel as a whole names what it was made of.
    """
    edges = () if batch is None else sight.known.unit.queries.parents(batch)
    parents = _by_index((edge.idx, edge.parent, edge.mg) for edge in edges)
    came: list[Flow] = []
    went: list[Flow] = []
    for step in chosen:
        change = sum(mg for holding, mg in step.holdings if touches(holding))
        if change == 0 or sight.level(step) != "sections":
            continue
        sinks = [account for account, mg in step.pools if (mg > 0) == (change < 0)]
        ends = parents.get(step.row.idx, ()) if change > 0 else ()
        whole = ends if sum(mg for _, mg in ends) == change else ()
        flows = _flows(sight.known, step, sinks[0] if sinks else "", abs(change), whole)
        (came if change > 0 else went).extend(flows if sinks else map(_without_account, flows))
    return came, went


def _without_account(flow: Flow) -> Flow:
    return Flow(flow.how, flow.at, flow.index, flow.mass, party=flow.party)
