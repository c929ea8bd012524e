"""Lists of transfers and shipments: an organisation's own, and what a regulator or park supervises."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.cursors import place_of
from api.deal_ports import Box, DealSearch
from api.views import Key, Page, Party, Principal, ShipmentLine, TransferLine, Words
from api.views.deals import Side, TransferStatus
from api.wiring.known import Known
from api.wiring.sight import scope_of, subject_of
from ledger.rules import next_steps
from ledger.rules.aggregates import BatchState, ProductState, ShipmentState, TransferState
from ledger.rules.permits import kinds_for
from ledger.store.dealings import Listed, Wanted

SIDES: Final[Mapping[Box, tuple[str, ...]]] = {"in": ("taker", "both"), "out": ("giver", "both"), "all": ()}


def transfers_of(
    known: Known, viewer: Principal, box: Box, search: DealSearch, after: Key | None, limit: int
) -> Page[TransferLine]:
    """Return transfers that the viewer is party to or supervises, newest change first."""
    scope = scope_of(subject_of(known, viewer), "transfer.read", "operation")
    wanted = _wanted(search, SIDES[box])
    rows = known.dealings.page(scope, "transfer", wanted, before=place_of(after), limit=limit + 1)
    states = _states(known, rows[:limit], TransferState)
    known.load(batch for state in states for batch in state.goods)
    known.load(product for state in states for product in products_of(known, state))
    org = viewer.org.ref if viewer.org is not None else ""
    items = tuple(_transfer_line(known, org, row, state) for row, state in zip(rows, states, strict=False))
    return Page(items, _next(rows, limit))


def shipments_of(
    known: Known, viewer: Principal, search: DealSearch, after: Key | None, limit: int
) -> Page[ShipmentLine]:
    """Return shipments that the viewer is party to or supervises, newest change first."""
    scope = scope_of(subject_of(known, viewer), "shipment.read", "transport")
    rows = known.dealings.page(scope, "shipment", _wanted(search), before=place_of(after), limit=limit + 1)
    states = _states(known, rows[:limit], ShipmentState)
    org = viewer.org.ref if viewer.org is not None else ""
    items = tuple(_shipment_line(known, org, row, state) for row, state in zip(rows, states, strict=False))
    return Page(items, _next(rows, limit))


def _wanted(search: DealSearch, sides: Sequence[str] = ()) -> Wanted:
    return Wanted(sides, search.statuses, search.text, search.region, search.park, search.product_class)


def _states(known: Known, rows: Sequence[Listed], kind: type[Any]) -> list[Any]:
    known.load(row.ref for row in rows)
    return [known.must(row.ref, kind) for row in rows]


def _next(rows: Sequence[Listed], limit: int) -> tuple[int, str] | None:
    return (rows[limit - 1].idx, rows[limit - 1].ref) if len(rows) > limit else None


# --- lines ------------------------------------------------------------------------------------------------------------


def _transfer_line(known: Known, org: str, row: Listed, state: TransferState) -> TransferLine:
    giver, taker = state.seller or state.consignor, state.buyer or state.consignee
    return TransferLine(
        ref=state.id,
        status=status_of(state, known.now_ms),
        side=side_named(row.side),
        other=_other(known, state, org),
        product=_product(known, state),
        mass=state.most_mg,
        kinds=_kinds(state),
        answer_by=state.answer_by,
        planned_to=state.planned_to,
        last_at=recorded(known, row.idx),
        next=next_steps.of_transfer(state, org, known.now_ms),
        giver=party_of(known, giver),
        taker=party_of(known, taker),
        etag=state.last,
        permits=permits_of(known, state),
        under_way=max(state.under_way(), 0),
        difference=sum(state.difference.values()),
    )


def _shipment_line(known: Known, org: str, row: Listed, state: ShipmentState) -> ShipmentLine:
    return ShipmentLine(
        ref=state.id,
        waybill=state.waybill,
        vehicle=state.vehicle,
        step=step_of(state),
        side=side_named(row.side),
        carrier=known.party(state.carrier),
        consignor=party_of(known, state.consignor),
        consignee=party_of(known, state.consignee),
        mass=sum(state.cargo.values()),
        last_at=recorded(known, row.idx),
        next=next_steps.of_shipment(state, org),
    )


def status_of(state: TransferState, now_ms: int) -> TransferStatus:
    """Return the status for people: an offer that was not answered in time has expired, though nobody said so."""
    if next_steps.expired(state, now_ms):
        return "expired"
    names: tuple[TransferStatus, ...] = ("offered", "agreed", "declined", "cancelled", "closed")
    return next(name for name in names if name == state.status)


def products_of(known: Known, state: TransferState) -> tuple[str, ...]:
    """Return the products of a transfer, of its batches in their order or of its own choice."""
    chosen = (found.product for name in state.goods if (found := known.get(name, BatchState)) is not None)
    return tuple(dict.fromkeys((*chosen, *(() if state.product is None else (state.product,)))))


def permits_of(known: Known, state: TransferState) -> tuple[str, ...]:
    """Return the kinds of permit that the buyer names when it agrees; a handover without a sale needs none."""
    if state.buyer is None or state.standing is not None:
        return ()
    found = (known.get(product, ProductState) for product in products_of(known, state))
    return tuple(sorted({kind for product in found if product is not None for kind in kinds_for(product)}))


def side_named(name: str) -> Side:
    """Return the side of a row."""
    sides: tuple[Side, ...] = ("giver", "taker", "both", "carrier", "arranger")
    return next((side for side in sides if side == name), "none")


def step_of(state: ShipmentState) -> Any:  # noqa: ANN401 - one of the literal words, by the rules
    """Return how far a shipment is."""
    return state.step


def party_of(known: Known, org: str | None) -> Party | None:
    """Return an organisation with its name, if there is one."""
    return None if org is None else known.party(org)


def recorded(known: Known, idx: int) -> int:
    """Return when a record was made."""
    row = known.unit.log.record(idx)
    return 0 if row is None else row.recorded_at_ms


def _kinds(state: TransferState) -> tuple[Any, ...]:
    return tuple(kind for kind, role in (("sale", state.seller), ("handover", state.consignor)) if role is not None)


def _other(known: Known, state: TransferState, org: str) -> Party | None:
    pairs = ((state.seller, state.buyer), (state.consignor, state.consignee))
    for one, other in pairs:
        if org in (one, other) and one != other:
            return party_of(known, other if org == one else one)
    return None


def _product(known: Known, state: TransferState) -> Words | None:
    products: Iterable[str] = (state.product,) if state.product is not None else products_of(known, state)
    named = tuple(products)
    return known.product(named[0]) if len(named) == 1 else None
