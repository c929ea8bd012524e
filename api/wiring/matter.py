"""A batch, or a part of it, as a viewer sees it: stock, sums, life, what came in and went out, findings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.views import AccountSum, FindingView, Holding, Matter, Moment, Principal, Share
from api.views.matter import Status
from api.wiring.known import Known
from api.wiring.life import finding, flows_of_batch, flows_of_holdings, moments
from api.wiring.sight import Sight, batch_sight, demand
from api.wiring.steps import Step, is_party, steps
from ledger.core.canonical import decode
from ledger.core.effects import FOLDED, OWN_PPB
from ledger.rules.accounts import Holding as Cell
from ledger.rules.aggregates import BatchState
from ledger.services import policy
from ledger.store.rows import FindingRow, HoldingRow

SHOWN: Final = 50
MOST_HOLDINGS: Final = 1_000
_STATUSES: Final[tuple[Status, ...]] = ("free", "quarantine", "hold", "waste")

Only = Callable[[Cell], bool]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: a batch, or the part of it in a container or with a shipment (``only``)."""

    batch: str
    only: Only | None = None


def batch_for(known: Known, viewer: Principal, ref: str) -> tuple[BatchState, Sight]:
    """Return a batch and what the viewer sees of it. NotFoundError: none such, or none that it may know of."""
    state = known.must(ref, BatchState)
    sight = batch_sight(known, viewer, ref)
    demand(sight.batch(ref), "batch.read", ref)
    return state, sight


def holding(known: Known, row: HoldingRow) -> Holding:
    """Return a holding with its names."""
    aboard = row.custodian.startswith("shipment:")
    contained = None if row.container == "-" else row.container
    return Holding(
        owner=known.party(row.owner),
        custodian=None if aboard else known.party(row.custodian),
        place=known.place(row.place),
        container=contained,
        container_label=None if contained is None else known.label(contained),
        status=next(status for status in _STATUSES if status == row.status),
        mass=row.mg,
        shipment=row.custodian if aboard else None,
    )


def cell(row: HoldingRow) -> Cell:
    """Return the account of a row of stock."""
    return Cell(*row[:6])


def visible(sight: Sight, batch: BatchState, rows: Iterable[HoldingRow]) -> list[HoldingRow]:
    """Return the stock of a batch that the viewer may see: all of it, or what is its own or in its hands."""
    return [row for row in rows if sight.row(batch, row)]


def stock_of(sight: Sight, subject: Subject, batch: BatchState) -> tuple[Holding, ...]:
    """Return the present stock of what is looked at, as far as the viewer may see it."""
    known = sight.known
    rows = known.unit.queries.stock(batch=subject.batch, limit=MOST_HOLDINGS)
    seen = visible(sight, batch, rows)
    return tuple(holding(known, row) for row in seen if subject.only is None or subject.only(cell(row)))


def matter(sight: Sight, subject: Subject) -> Matter:
    """Return who has it, how much, its life, what came in and went out. The viewer is known to have a relation."""
    known = sight.known
    batch = known.must(subject.batch, BatchState)
    whole = [step for step in steps(known, subject.batch) if _concerns(subject, step)]
    held = stock_of(sight, subject, batch)
    only = subject.only
    if only is None:
        counted = touches(sight, batch)
        came, went = flows_of_batch(sight, subject.batch, whole)
    else:
        counted = only
        came, went = flows_of_holdings(sight, whole, only, subject.batch)
    size = known.unit.log.size()
    return Matter(
        as_of_index=size - 1,
        as_of=known.unit.log.last_recorded_at_ms() or 0,
        holdings=held,
        accounts=accounts(sight, batch) if only is None else (),
        timeline=moments(sight, whole[:SHOWN], counted),
        came_in=tuple(came),
        went_out=tuple(went),
        shares=shares(known, batch, sum(item.mass for item in held)),
        findings=findings(sight, batch),
        records=len(whole),
        undisclosed=sum(sight.level(step) == "record" for step in whole),
        earlier=len(whole) > SHOWN,
    )


def touches(sight: Sight, batch: BatchState) -> Only:
    """Which holdings a viewer counts as what it looks at: all, or its own."""
    if sight.whole(batch):
        return lambda _: True
    return lambda account: is_party(sight.known, sight.org, account)


def _concerns(subject: Subject, step: Step) -> bool:
    """Whether a record is about the part that is looked at: it moves that part, or moves nothing in a container."""
    only = subject.only
    if only is None:
        return True
    return any(only(account) for account, _ in step.holdings) or all(
        account.container == "-" for account, _ in step.holdings
    )


def accounts(sight: Sight, batch: BatchState) -> tuple[AccountSum, ...]:
    """Return where every kilogram of a batch is, adding up to zero, for who may see all of it."""
    if not sight.whole(batch):
        return ()
    found = sight.known.unit.queries.batch_mass(batch.id)
    sums = [AccountSum("holdings" if name == "holding" else name, mg) for name, mg in sorted(found.items()) if mg]
    return tuple(sums)


def shares(known: Known, batch: BatchState, mg: int) -> tuple[Share, ...]:
    """Return which lots are in a blend: at most ``ceil(mass x ppb / 10^9)`` of each."""
    others = sorted((lot, ppb) for lot, ppb in batch.shares.items() if lot not in (batch.id, FOLDED))
    return tuple(Share(lot, known.lot(lot), ppb, -(-mg * ppb // OWN_PPB)) for lot, ppb in others)


def finding_of(row: FindingRow, at: int) -> FindingView:
    """Return a stored finding."""
    data = decode(row.data)
    assert isinstance(data, dict)
    return finding(row.rule, data, row.idx, at, row.batch or row.chain, open_=row.resolved_idx is None)


def findings(sight: Sight, batch: BatchState) -> tuple[FindingView, ...]:
    """Return the open findings on a batch, newest first: all of them, or those on what the viewer stated."""
    if not policy.decide(sight.subject, "finding.read"):
        return ()
    own = None if sight.whole(batch) else sight.org
    rows = sight.known.unit.queries.findings(batch=batch.id, org=own, unresolved=True, limit=SHOWN)
    return tuple(finding_of(row, _recorded_at(sight.known, row.idx)) for row in reversed(rows))


def _recorded_at(known: Known, idx: int) -> int:
    row = known.unit.log.record(idx)
    return 0 if row is None else row.recorded_at_ms


def timeline(sight: Sight, batch: BatchState, before: int | None, limit: int) -> tuple[tuple[Moment, ...], int | None]:
    """Return a page of a batch's life and the place after which the next page begins, None on the last."""
    page: Sequence[Step] = [Step(row) for row in sight.known.related.life(batch.id, before=before, limit=limit + 1)]
    shown = page[:limit]
    more = shown[-1].row.seq if len(page) > limit else None
    return moments(sight, shown, touches(sight, batch)), more
