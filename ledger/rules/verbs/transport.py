"""Verbs of transport: one shipment is one vehicle, one trip, one waybill. Steps are in partial order."""

from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import SHIPMENT_STEPS, ShipmentState
from ledger.rules.consignment import tallies_of
from ledger.rules.draft import Draft, Line, stop
from ledger.rules.moving import PER_VEHICLE
from ledger.rules.verbs.consigned import (
    ashore,
    book,
    check_agreed,
    check_order,
    check_side,
    check_ties,
    check_under_way,
)
from ledger.rules.verbs.making import check_vessel
from ledger.rules.verbs.stock import check_custody, known_lines

VEHICLE = "vehicle:"


def shipment_id(draft: Draft) -> str:
    """The shipment the event is about."""
    return str(draft.content("transport")["shipment"])


def the_shipment(draft: Draft) -> ShipmentState:
    """The shipment the event is about, known and linked."""
    known = draft.state.shipment(shipment_id(draft))
    if known is None:
        raise stop("unknown_shipment", "/sections/transport/shipment", shipment=shipment_id(draft))
    draft.chains.add(known.id)
    if draft.transfer is not None and known.id not in draft.transfer.shipments:
        check_ties(draft.transfer, known.transfers)
    return known


def planned(draft: Draft) -> None:
    """Plan a shipment: fixes who sends, who carries, who receives, and the vehicle."""
    if draft.state.shipment(shipment_id(draft)) is not None:
        raise stop("shipment_exists", "/sections/transport/shipment", shipment=shipment_id(draft))
    parties = dict(draft.content("parties"))
    if draft.transfer is not None:
        check_side(draft.transfer, "consignor")
        check_ties(draft.transfer)
        parties = {"consignor": draft.transfer.consignor, "consignee": draft.transfer.consignee, **parties}
    for role in ("consignor", "consignee", "carrier"):
        party = parties.get(role)
        if party is None:
            raise stop("party_missing", f"/sections/parties/{role}", party=role)
        if draft.state.org(str(party)) is None:
            raise stop("unknown_organisation", f"/sections/parties/{role}", organisation=str(party))
    if "vehicle" not in draft.content("transport"):
        raise stop("vehicle_missing", "/sections/transport/vehicle")
    check_legs(draft)
    draft.chains.add(shipment_id(draft))


def check_legs(draft: Draft) -> None:
    """Every carrier of a leg is known."""
    legs = draft.content("transport").get("legs", [])
    assert isinstance(legs, list)
    for place, leg in enumerate(legs):
        assert isinstance(leg, dict)
        carrier = str(leg["carrier"])
        if draft.state.org(carrier) is None:
            raise stop("unknown_organisation", f"/sections/transport/legs/{place}/carrier", organisation=carrier)


def _in_order(draft: Draft, shipment: ShipmentState, step: str) -> None:
    late = SHIPMENT_STEPS.index(step) < SHIPMENT_STEPS.index(shipment.step)
    early = draft.event.occurred_ms < shipment.at
    if late or early:
        params = {"step": step, "after": shipment.step}
        draft.object("order@1", Problem("step_out_of_order", "/type", params), shipment.id)


def check_party(draft: Draft, shipment: ShipmentState) -> None:
    """The actor arranges, carries, sends or receives: the whole shipment, or the consignment aboard that it names.

    Loading is what brings a consignment aboard; steps of the vehicle are not for the parties of one consignment.
    """
    known, verb = draft.transfer, draft.event.verb
    aboard = known is not None and verb not in PER_VEHICLE and (verb == "loaded" or known.id in shipment.transfers)
    named = (known.consignor, known.consignee) if known is not None and aboard else ()
    if draft.actor not in shipment.parties and draft.actor not in named:
        draft.object("custody@1", Problem("not_party_to_shipment", "/actor", {"shipment": shipment.id}), shipment.id)


def loaded(draft: Draft) -> None:
    """Goods go onto the vehicle: the shipment is their custodian until they are received."""
    shipment = the_shipment(draft)
    check_party(draft, shipment)
    late = SHIPMENT_STEPS.index(shipment.step) > SHIPMENT_STEPS.index("loaded")
    if draft.transfer is not None:
        check_side(draft.transfer, "consignor")
        check_agreed(draft, draft.transfer)
        check_order(draft, shipment, "loaded")
    elif late:
        draft.object(
            "order@1", Problem("step_out_of_order", "/type", {"step": "loaded", "after": shipment.step}), shipment.id
        )
    for line in known_lines(draft, place=draft.place()):
        check_custody(draft, line)
        put_aboard(draft, line, shipment, line.holding)
    if draft.transfer is not None:
        book(draft, draft.transfer, tallies_of(draft.event, draft.transfer))


def put_aboard(draft: Draft, line: Line, shipment: ShipmentState, held: Holding) -> None:
    """Move a line aboard, into the compartment stated for its batch; one that holds another batch takes a blend."""
    aboard = held._replace(custodian=shipment.id, place=VEHICLE + shipment.vehicle)
    compartment = _compartments(draft).get(held.batch)
    if compartment is not None:
        aboard = aboard._replace(container=compartment)
    draft.move(held.batch, line.holding, aboard, line.mg, line.field)
    if compartment is not None:
        check_vessel(draft, Line(aboard, line.mg, line.field, line.content))


def _compartments(draft: Draft) -> dict[str, str]:
    """The compartment of each batch. One batch goes into one of them a statement; two take two statements."""
    items = draft.content("transport").get("compartments", [])
    assert isinstance(items, list)
    found: dict[str, str] = {}
    for place, item in enumerate(items):
        assert isinstance(item, dict)
        batch = str(item["batch"])
        if batch in found:
            raise stop("compartment_repeated", f"/sections/transport/compartments/{place}/batch", batch=batch)
        found[batch] = str(item["compartment"])
    return found


class Step:
    """A step of a shipment that moves no goods: dispatched, departed, arrived, diverted."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, draft: Draft) -> None:
        """Check that the actor is a party and that the step comes after those already taken."""
        shipment = the_shipment(draft)
        check_party(draft, shipment)
        check_legs(draft)
        _in_order(draft, shipment, "departed" if self.name == "diverted" else self.name)


def unloaded(draft: Draft) -> None:
    """Goods come off the vehicle at a site; the shipment answers for them until they are received."""
    shipment = the_shipment(draft)
    check_party(draft, shipment)
    _in_order(draft, shipment, "unloaded")
    here = draft.place()
    assert here is not None
    if draft.transfer is not None:
        check_under_way(draft, draft.transfer)
    for line in known_lines(draft, place=VEHICLE + shipment.vehicle):
        aboard: Holding = line.holding
        if "custodian" not in line.content:
            aboard = aboard._replace(custodian=shipment.id)
        landed = ashore(draft, aboard)._replace(place=here)
        draft.move(aboard.batch, aboard, landed, line.mg, line.field)
