"""The port of transfers and shipments: lists, single ones, their evidence; what is next is advice of the rules."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.cursors import place_of
from api.deal_ports import Box, Source
from api.views import (
    Filing,
    Key,
    LegView,
    Page,
    Party,
    Principal,
    Settlement,
    ShipmentLine,
    ShipmentView,
    Standing,
    TransferGoods,
    TransferLine,
    TransferView,
    Verdict,
    Words,
)
from api.views.deals import Side, TransferStatus
from api.wiring.cargo import PARTICULARS, cargo_of
from api.wiring.firms import crew, firm, firms
from api.wiring.known import Known, hidden
from api.wiring.life import moments
from api.wiring.matter import finding_of
from api.wiring.picking import pick
from api.wiring.reading import Reading
from api.wiring.sight import Sight, deal_sight, full
from api.wiring.signing import signatures_of
from api.wiring.steps import steps
from ledger.core.canonical import Json
from ledger.errors import NotFoundError
from ledger.rules import next_steps
from ledger.rules.aggregates import BatchState, ShipmentState, TransferState
from ledger.services.policy import Object
from ledger.store.rows import DealRow

SHOWN: Final = 50
SIDES: Final[Mapping[Box, tuple[str, ...]]] = {"in": ("taker", "both"), "out": ("giver", "both"), "all": ()}


class LedgerDeals:
    """Transfers and shipments over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def transfers(
        self, viewer: Principal, box: Box, statuses: Sequence[str], after: Key | None, limit: int
    ) -> Page[TransferLine]:
        """Return transfers, newest change first."""
        org = _own(viewer)
        with self._reading.known() as known:
            rows = known.unit.queries.deals(
                org, "transfer", sides=SIDES[box], statuses=statuses, before=place_of(after), limit=limit + 1
            )
            known.load(row.ref for row in rows)
            items = tuple(_transfer_line(known, org, row) for row in rows[:limit])
        return Page(items, _next(rows, limit))

    def shipments(self, viewer: Principal, steps: Sequence[str], after: Key | None, limit: int) -> Page[ShipmentLine]:
        """Return shipments, newest change first."""
        org = _own(viewer)
        with self._reading.known() as known:
            rows = known.unit.queries.deals(org, "shipment", statuses=steps, before=place_of(after), limit=limit + 1)
            known.load(row.ref for row in rows)
            items = tuple(_shipment_line(known, org, row) for row in rows[:limit])
        return Page(items, _next(rows, limit))

    def transfer(self, viewer: Principal, ref: str) -> TransferView:
        """Return a transfer. NotFoundError."""
        with self._reading.known() as known:
            return _transfer(*transfer_for(known, viewer, ref))

    def shipment(self, viewer: Principal, ref: str) -> ShipmentView:
        """Return a shipment. NotFoundError."""
        with self._reading.known() as known:
            return shipment_view(known, viewer, ref)

    def verdict(self, viewer: Principal, ref: str) -> Verdict:
        """Return what the offline verifier says of a chain. NotFoundError."""
        with self._reading.known() as known:
            (transfer_for if ref.startswith("transfer:") else shipment_for)(known, viewer, ref)
            return self._reading.verdicts.of(known, (ref,))

    def firm(self, viewer: Principal, text: str) -> Party:
        """Return the one organisation of this credit code, name or reference. FormatError."""
        _own(viewer)
        with self._reading.known() as known:
            return firm(known, text)

    def firms(self, viewer: Principal) -> tuple[Party, ...]:
        """Return organisations that the viewer dealt with, by name."""
        org = _own(viewer)
        with self._reading.known() as known:
            return firms(known, org)

    def crew(self, viewer: Principal, carrier: str, kind: str, number: str) -> str:
        """Return the person whose certificate a carrier registered. FormatError."""
        _own(viewer)
        with self._reading.known() as known:
            return crew(known, carrier, kind, number)

    def lines(self, viewer: Principal, items: Sequence[Mapping[str, Json]], source: Source) -> list[dict[str, Json]]:
        """Return lines of matter for goods named by code, container or batch. FormatError."""
        with self._reading.known() as known:
            if source.transfer is not None:
                transfer_for(known, viewer, source.transfer)
            return pick(known, _own(viewer), items, source)

    def evidence(self, viewer: Principal, ref: str) -> bytes:
        """Return the evidence of a transfer or shipment. NotFoundError."""
        with self._reading.known() as known:
            _, sight = (transfer_for if ref.startswith("transfer:") else shipment_for)(known, viewer, ref)
            show = sight.taken(ref)
        try:
            return self._reading.ledger.evidence(ref, show)
        except NotFoundError:
            raise hidden(ref) from None


def transfer_for(known: Known, viewer: Principal, ref: str) -> tuple[TransferState, Sight]:
    """Return a transfer and what the viewer sees of it: as a party, a carrier, or who supervises. NotFoundError."""
    state = known.must(ref, TransferState)
    known.load(state.shipments)
    trips = [trip for name in state.shipments if (trip := known.get(name, ShipmentState)) is not None]
    carried = (party for trip in trips for party in trip.parties)
    batches = (*state.goods, *(batch for tally in state.tallies.values() for batch in tally))
    sight = deal_sight(known, viewer, batches, (*state.parties, *carried))
    sight.named = frozenset(state.parties)
    return state, _known_of(sight, ref, "transfer.read")


def shipment_for(known: Known, viewer: Principal, ref: str) -> tuple[ShipmentState, Sight]:
    """Return a shipment and what the viewer sees of it: as a party of it or of a transfer aboard. NotFoundError."""
    state = known.must(ref, ShipmentState)
    known.load(state.transfers)
    aboard = [one for name in state.transfers if (one := known.get(name, TransferState)) is not None]
    parties = (party for one in aboard for party in one.parties)
    batches = (*state.cargo, *(batch for one in aboard for batch in one.goods))
    return state, _known_of(deal_sight(known, viewer, batches, (*state.parties, *parties)), ref, "shipment.read")


def _known_of(sight: Sight, ref: str, action: str) -> Sight:
    """Return the sight of who may know of the thing. NotFoundError."""
    if not full(sight.decide(action, Object(parties=sight.parties))):
        raise hidden(ref)
    return sight


# --- transfers --------------------------------------------------------------------------------------------------------


def _transfer_line(known: Known, org: str, row: DealRow) -> TransferLine:
    state = known.must(row.ref, TransferState)
    return TransferLine(
        ref=state.id,
        status=status_of(state, known.now_ms),
        side=_side(row.side),
        other=_other(known, state, org),
        product=_product(known, state),
        mass=state.most_mg,
        kinds=_kinds(state),
        answer_by=state.answer_by,
        planned_to=state.planned_to,
        last_at=_recorded(known, row.idx),
        next=next_steps.of_transfer(state, org, known.now_ms),
    )


def status_of(state: TransferState, now_ms: int) -> TransferStatus:
    """Return the status for people: an offer that was not answered in time has expired, though nobody said so."""
    if next_steps.expired(state, now_ms):
        return "expired"
    names: tuple[TransferStatus, ...] = ("offered", "agreed", "declined", "cancelled", "closed")
    return next(name for name in names if name == state.status)


def _kinds(state: TransferState) -> tuple[Any, ...]:
    return tuple(kind for kind, role in (("sale", state.seller), ("handover", state.consignor)) if role is not None)


def _side(name: str) -> Side:
    sides: tuple[Side, ...] = ("giver", "taker", "both", "carrier", "arranger")
    return next((side for side in sides if side == name), "none")


def _other(known: Known, state: TransferState, org: str) -> Party | None:
    pairs = ((state.seller, state.buyer), (state.consignor, state.consignee))
    for one, other in pairs:
        if org in (one, other) and one != other:
            there = other if org == one else one
            return None if there is None else known.party(there)
    return None


def _product(known: Known, state: TransferState) -> Words | None:
    if state.product is not None:
        return known.product(state.product)
    products = {batch.product for ref in state.goods if (batch := known.get(ref, BatchState)) is not None}
    return known.product(products.pop()) if len(products) == 1 else None


def _transfer(state: TransferState, sight: Sight) -> TransferView:
    known, org = sight.known, sight.org
    life = list(steps(known, state.id, most=1_000))
    found = known.unit.queries.findings(chain=state.id, unresolved=True, limit=SHOWN)
    return TransferView(
        ref=state.id,
        status=status_of(state, known.now_ms),
        side=_side_of(state, org),
        etag=state.last,
        seller=_party(known, state.seller),
        buyer=_party(known, state.buyer),
        consignor=_party(known, state.consignor),
        consignee=_party(known, state.consignee),
        goods=_goods(known, state),
        mass=state.most_mg,
        answer_by=state.answer_by,
        planned_to=state.planned_to,
        next=next_steps.of_transfer(state, org, known.now_ms),
        shipments=state.shipments,
        timeline=moments(sight, life[:SHOWN], lambda _: True),
        signatures=signatures_of(known, state, life),
        findings=tuple(finding_of(row, _recorded(known, row.idx)) for row in found),
        settlement=_settlement(known, state),
        standing=_standing(state),
        standing_of=state.standing_of,
        filings=_filings(known, state, org, everyone=sight.watches),
        records=len(life),
    )


def _side_of(state: TransferState, org: str) -> Side:
    gives, takes = org in state.givers, org in state.takers
    return "both" if gives and takes else "giver" if gives else "taker" if takes else "none"


def _goods(known: Known, state: TransferState) -> tuple[TransferGoods, ...]:
    batches = dict.fromkeys([*state.goods, *(batch for tally in state.tallies.values() for batch in tally)])
    known.load(batches)
    lines = [_of_batch(known, state, batch) for batch in batches]
    if not state.goods and state.product is not None:
        left = state.most_mg - sum(line.agreed for line in lines)
        lines.insert(0, TransferGoods(None, None, known.product(state.product), left, 0, 0, 0, 0, 0, 0))
    return tuple(lines)


def _of_batch(known: Known, state: TransferState, batch: str) -> TransferGoods:
    found = known.must(batch, BatchState)
    sold, loaded, received, refused, returned = (
        state.tally(name).get(batch, 0) for name in ("sold", "loaded", "received", "refused", "returned")
    )
    return TransferGoods(
        batch=batch,
        batch_number=known.lot(batch),
        product=known.product(found.product),
        agreed=state.goods.get(batch, 0),
        sold=sold,
        loaded=loaded,
        received=received,
        refused=refused,
        returned=returned,
        difference=state.difference.get(batch, 0),
    )


def _settlement(known: Known, state: TransferState) -> Settlement | None:
    asked = state.settle
    return None if asked is None else Settlement(asked.event, known.party(asked.actor), asked.kind, asked.mg)


def _standing(state: TransferState) -> Standing | None:
    terms = state.standing
    return None if terms is None else Standing(terms.from_ms, terms.to_ms, terms.most_mg, terms.called_mg)


def _filings(known: Known, state: TransferState, org: str, *, everyone: bool) -> tuple[Filing, ...]:
    return tuple(
        Filing(known.party(party), "sale" if one.side == "sale" else "purchase", one.lists, one.sold_at, one.filed)
        for party, one in sorted(state.filings.items())
        if everyone or party == org
    )


# --- shipments --------------------------------------------------------------------------------------------------------


def _shipment_line(known: Known, org: str, row: DealRow) -> ShipmentLine:
    state = known.must(row.ref, ShipmentState)
    return ShipmentLine(
        ref=state.id,
        waybill=state.waybill,
        vehicle=state.vehicle,
        step=_step(state),
        side=_side(row.side),
        carrier=known.party(state.carrier),
        consignor=_party(known, state.consignor),
        consignee=_party(known, state.consignee),
        mass=sum(state.cargo.values()),
        last_at=_recorded(known, row.idx),
        next=next_steps.of_shipment(state, org),
    )


def _step(state: ShipmentState) -> Any:  # noqa: ANN401 - one of the literal words, by the rules
    return state.step


def shipment_view(known: Known, viewer: Principal, ref: str) -> ShipmentView:
    """Return a shipment within a read. NotFoundError."""
    return _shipment(*shipment_for(known, viewer, ref))


def _shipment(state: ShipmentState, sight: Sight) -> ShipmentView:
    known, org = sight.known, sight.org
    life = list(steps(known, state.id, most=1_000))
    known.load(state.cargo)
    return ShipmentView(
        ref=state.id,
        waybill=state.waybill,
        vehicle=state.vehicle,
        step=_step(state),
        side=_place(state, org),
        arranger=known.party(state.arranger),
        carrier=known.party(state.carrier),
        consignor=_party(known, state.consignor),
        consignee=_party(known, state.consignee),
        legs=tuple(
            LegView(
                leg.mode,
                known.party(leg.carrier),
                leg.vehicle,
                leg.trailer,
                leg.driver,
                leg.escort,
                state.accepted.get(leg.carrier),
            )
            for leg in state.legs
        ),
        cargo=cargo_of(known, state),
        transfers=state.transfers,
        onward=state.onward,
        particulars={name: str(state.statement[name]) for name in PARTICULARS if name in state.statement},
        planned_to=state.planned_to,
        next=next_steps.of_shipment(state, org),
        timeline=moments(sight, life[:SHOWN], lambda held: held.custodian == state.id),
        signatures=signatures_of(known, state, life),
        records=len(life),
    )


def _place(state: ShipmentState, org: str) -> Side:
    if org in state.carriers:
        return "carrier"
    if org == state.consignor:
        return "giver"
    return "taker" if org == state.consignee else "arranger" if org == state.arranger else "none"


# --- shared -----------------------------------------------------------------------------------------------------------


def _party(known: Known, org: str | None) -> Party | None:
    return None if org is None else known.party(org)


def _recorded(known: Known, idx: int) -> int:
    row = known.unit.log.record(idx)
    return 0 if row is None else row.recorded_at_ms


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/")
    return viewer.org.ref


def _next(rows: Sequence[DealRow], limit: int) -> tuple[int, str] | None:
    return (rows[limit - 1].idx, rows[limit - 1].ref) if len(rows) > limit else None
