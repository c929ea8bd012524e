"""The port of transfers and shipments: lists, single ones, their evidence; what is next is advice of the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from api.deal_ports import Box, DealSearch, Source
from api.views import (
    CrewChoices,
    Filing,
    Goods,
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
)
from api.views.deals import Side
from api.wiring.cargo import PARTICULARS, cargo_of
from api.wiring.crew import crew_of
from api.wiring.deal_lists import party_of, permits_of, recorded, shipments_of, status_of, step_of, transfers_of
from api.wiring.firms import crew, crews, firm, firms
from api.wiring.goods import goods_of
from api.wiring.known import Known, hidden
from api.wiring.life import moments
from api.wiring.matter import finding_of
from api.wiring.picking import pick
from api.wiring.reading import Reading
from api.wiring.sight import Sight, deal_sight, full
from api.wiring.signing import signatures_of, to_confirm
from api.wiring.steps import steps
from ledger.core.canonical import Json
from ledger.errors import NotFoundError
from ledger.rules import next_steps
from ledger.rules.aggregates import BatchState, ShipmentState, TransferState
from ledger.rules.deadlines import file_by
from ledger.services.policy import Object

SHOWN: Final = 50


class LedgerDeals:
    """Transfers and shipments over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def transfers(
        self, viewer: Principal, box: Box, search: DealSearch, after: Key | None, limit: int
    ) -> Page[TransferLine]:
        """Return transfers, newest change first."""
        with self._reading.known() as known:
            return transfers_of(known, viewer, box, search, after, limit)

    def shipments(self, viewer: Principal, search: DealSearch, after: Key | None, limit: int) -> Page[ShipmentLine]:
        """Return shipments, newest change first."""
        with self._reading.known() as known:
            return shipments_of(known, viewer, search, after, limit)

    def parks(self, viewer: Principal) -> tuple[str, ...]:
        """Return parks by which lists can be searched."""
        _own(viewer)
        with self._reading.known() as known:
            return known.dealings.parks()

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

    def crews(self, viewer: Principal, carriers: Sequence[str]) -> CrewChoices:
        """Return whom a form of a trip offers: people of these carriers, and the own ones."""
        org = _own(viewer)
        with self._reading.known() as known:
            return crews(known, org, carriers)

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
    sight = deal_sight(known, viewer, known.dealings.goods(ref), (*state.parties, *carried))
    sight.named = frozenset(state.parties)
    return state, _known_of(sight, ref, "transfer.read")


def shipment_for(known: Known, viewer: Principal, ref: str) -> tuple[ShipmentState, Sight]:
    """Return a shipment and what the viewer sees of it: as a party of it or of a transfer aboard. NotFoundError."""
    state = known.must(ref, ShipmentState)
    known.load(state.transfers)
    aboard = [one for name in state.transfers if (one := known.get(name, TransferState)) is not None]
    parties = (party for one in aboard for party in one.parties)
    sight = deal_sight(known, viewer, known.dealings.goods(ref), (*state.parties, *parties))
    return state, _known_of(sight, ref, "shipment.read")


def _known_of(sight: Sight, ref: str, action: str) -> Sight:
    """Return the sight of who may know of the thing. NotFoundError."""
    if not full(sight.decide(action, Object(parties=sight.parties))):
        raise hidden(ref)
    return sight


# --- transfers --------------------------------------------------------------------------------------------------------


def _transfer(state: TransferState, sight: Sight) -> TransferView:
    known, org = sight.known, sight.org
    life = list(steps(known, state.id, most=1_000))
    found = known.unit.queries.findings(chain=state.id, unresolved=True, limit=SHOWN)
    return TransferView(
        ref=state.id,
        status=status_of(state, known.now_ms),
        side=_side_of(state, org),
        etag=state.last,
        seller=party_of(known, state.seller),
        buyer=party_of(known, state.buyer),
        consignor=party_of(known, state.consignor),
        consignee=party_of(known, state.consignee),
        goods=_goods(known, state),
        mass=state.most_mg,
        answer_by=state.answer_by,
        planned_to=state.planned_to,
        next=next_steps.of_transfer(state, org, known.now_ms),
        shipments=state.shipments,
        timeline=moments(sight, life[:SHOWN], lambda _: True),
        signatures=signatures_of(known, life),
        findings=tuple(finding_of(row, recorded(known, row.idx)) for row in found),
        settlement=_settlement(known, state),
        standing=_standing(state),
        standing_of=state.standing_of,
        permits=permits_of(known, state),
        filings=_filings(known, state, org, everyone=sight.watches),
        records=len(life),
        to_confirm=to_confirm(known, org, state.id),
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
        goods = goods_of(known, state.product)
        lines.insert(0, _named(TransferGoods(None, None, goods.name, left, 0, 0, 0, 0, 0, 0), goods))
    return tuple(lines)


def _of_batch(known: Known, state: TransferState, batch: str) -> TransferGoods:
    found = known.must(batch, BatchState)
    sold, loaded, received, refused, returned = (
        state.tally(name).get(batch, 0) for name in ("sold", "loaded", "received", "refused", "returned")
    )
    goods = goods_of(known, found.product)
    line = TransferGoods(
        batch=batch,
        batch_number=known.lot(batch),
        product=goods.name,
        agreed=state.goods.get(batch, 0),
        sold=sold,
        loaded=loaded,
        received=received,
        refused=refused,
        returned=returned,
        difference=state.difference.get(batch, 0),
    )
    return _named(line, goods)


def _named(line: TransferGoods, goods: Goods) -> TransferGoods:
    h = goods.hazards
    return replace(
        line,
        un=h.un,
        transport_class=h.transport_class,
        subsidiary=h.subsidiary,
        product_ref=goods.ref,
        regulated=h.regulated,
    )


def _settlement(known: Known, state: TransferState) -> Settlement | None:
    asked = state.settle
    return None if asked is None else Settlement(asked.event, known.party(asked.actor), asked.kind, asked.mg)


def _standing(state: TransferState) -> Standing | None:
    terms = state.standing
    return None if terms is None else Standing(terms.from_ms, terms.to_ms, terms.most_mg, terms.called_mg)


def _filings(known: Known, state: TransferState, org: str, *, everyone: bool) -> tuple[Filing, ...]:
    return tuple(
        Filing(
            known.party(party),
            "sale" if one.side == "sale" else "purchase",
            one.lists,
            one.sold_at,
            one.filed,
            file_by(one, known.rules),
        )
        for party, one in sorted(state.filings.items())
        if everyone or party == org
    )


# --- shipments --------------------------------------------------------------------------------------------------------


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
        step=step_of(state),
        side=_place(state, org),
        arranger=known.party(state.arranger),
        carrier=known.party(state.carrier),
        consignor=party_of(known, state.consignor),
        consignee=party_of(known, state.consignee),
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
        signatures=signatures_of(known, life),
        records=len(life),
        on_paper=next_steps.on_paper(state, org),
        crew=crew_of(state, sight, life),
        to_confirm=to_confirm(known, org, state.id),
    )


def _place(state: ShipmentState, org: str) -> Side:
    if org in state.carriers:
        return "carrier"
    if org == state.consignor:
        return "giver"
    return "taker" if org == state.consignee else "arranger" if org == state.arranger else "none"


# --- shared -----------------------------------------------------------------------------------------------------------


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/")
    return viewer.org.ref
