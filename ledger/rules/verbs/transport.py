"""Verbs of transport: one shipment is one vehicle, one trip, one waybill. Steps are in partial order."""

from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import SHIPMENT_STEPS, ShipmentState
from ledger.rules.draft import Draft, stop
from ledger.rules.verbs.stock import check_custody, known_lines


def shipment_id(draft: Draft) -> str:
    """The shipment the event is about."""
    return str(draft.content("transport")["shipment"])


def _shipment(draft: Draft) -> ShipmentState:
    known = draft.state.shipment(shipment_id(draft))
    if known is None:
        raise stop("unknown_shipment", "/sections/transport/shipment", shipment=shipment_id(draft))
    return known


def planned(draft: Draft) -> None:
    """Plan a shipment: fixes who sends, who carries, who receives, and the vehicle."""
    if draft.state.shipment(shipment_id(draft)) is not None:
        raise stop("shipment_exists", "/sections/transport/shipment", shipment=shipment_id(draft))
    parties = draft.content("parties")
    for role in ("consignor", "consignee", "carrier"):
        party = parties.get(role)
        if party is None:
            raise stop("party_missing", f"/sections/parties/{role}", party=role)
        if draft.state.org(str(party)) is None:
            raise stop("unknown_organisation", f"/sections/parties/{role}", organisation=str(party))
    if "vehicle" not in draft.content("transport"):
        raise stop("vehicle_missing", "/sections/transport/vehicle")
    draft.chains.add(shipment_id(draft))


def _in_order(draft: Draft, shipment: ShipmentState, step: str) -> None:
    draft.chains.add(shipment.id)
    late = SHIPMENT_STEPS.index(step) < SHIPMENT_STEPS.index(shipment.step)
    early = draft.event.occurred_ms < shipment.at
    if late or early:
        params = {"step": step, "after": shipment.step}
        draft.object("order@1", Problem("step_out_of_order", "/type", params), shipment.id)


def _check_party(draft: Draft, shipment: ShipmentState) -> None:
    if draft.actor not in (shipment.arranger, shipment.carrier, shipment.consignor, shipment.consignee):
        draft.object("custody@1", Problem("not_party_to_shipment", "/actor", {"shipment": shipment.id}), shipment.id)


def loaded(draft: Draft) -> None:
    """Goods go onto the vehicle: the shipment is their custodian until they are received."""
    shipment = _shipment(draft)
    _check_party(draft, shipment)
    draft.chains.add(shipment.id)
    if SHIPMENT_STEPS.index(shipment.step) > SHIPMENT_STEPS.index("loaded"):
        draft.object(
            "order@1", Problem("step_out_of_order", "/type", {"step": "loaded", "after": shipment.step}), shipment.id
        )
    vehicle = "vehicle:" + shipment.vehicle
    for line in known_lines(draft, place=draft.place()):
        check_custody(draft, line)
        aboard = line.holding._replace(custodian=shipment.id, place=vehicle)
        draft.move(line.holding.batch, line.holding, aboard, line.mg, line.field)


class Step:
    """A step of a shipment that moves no goods: dispatched, departed, arrived, diverted."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, draft: Draft) -> None:
        """Check that the actor is a party and that the step comes after those already taken."""
        shipment = _shipment(draft)
        _check_party(draft, shipment)
        _in_order(draft, shipment, "departed" if self.name == "diverted" else self.name)


def unloaded(draft: Draft) -> None:
    """Goods come off the vehicle at a site; the shipment answers for them until they are received."""
    shipment = _shipment(draft)
    _check_party(draft, shipment)
    _in_order(draft, shipment, "unloaded")
    here = draft.place()
    assert here is not None
    for line in known_lines(draft, place="vehicle:" + shipment.vehicle):
        aboard: Holding = line.holding
        if "custodian" not in line.content:
            aboard = aboard._replace(custodian=shipment.id)
        draft.move(aboard.batch, aboard, aboard._replace(place=here), line.mg, line.field)
