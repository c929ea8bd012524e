"""Verbs of a consignment on its way: the carrier accepts, hands over to another, delivers; the consignee refuses.

None of them closes the handover: that is the consignee's receipt. Each may follow late, as a report.
"""

from ledger.core.quantity import kg
from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import ShipmentState
from ledger.rules.consignment import tallies_of
from ledger.rules.draft import Draft, Line, reference, stop
from ledger.rules.papers import UNSIGNED
from ledger.rules.succession import acts_for_any
from ledger.rules.verbs.consigned import (
    ashore,
    book,
    check_agreed,
    check_order,
    check_repeated,
    check_side,
    check_signer,
    check_under_way,
)
from ledger.rules.verbs.stock import known_lines
from ledger.rules.verbs.transport import VEHICLE, check_legs, check_party, put_aboard, the_shipment

DEALS = ("shipment:", "transfer:")


def carrier_accepted(draft: Draft) -> None:
    """A carrier takes over what is aboard, or the consignment that it names."""
    shipment = _step(draft, "carrier_accepted")
    check_legs(draft)
    check_signer(draft, shipment.carrier, shipment.id, shipment.carriers)
    if draft.actor in shipment.accepted:
        check_repeated(draft, shipment, "carrier_accepted")


def delivered(draft: Draft) -> None:
    """The carrier has brought the goods to the consignee, whose receipt is still to come."""
    shipment = _step(draft, "delivered")
    check_signer(draft, shipment.carrier, shipment.id, shipment.carriers)
    check_repeated(draft, shipment, "delivered")


def _step(draft: Draft, name: str) -> ShipmentState:
    shipment = the_shipment(draft)
    if name != "handed_over":
        check_party(draft, shipment)
    if draft.transfer is not None:
        check_side(draft.transfer, "consignor")
        check_agreed(draft, draft.transfer)
    check_order(draft, shipment, name)
    return shipment


def handed_over(draft: Draft) -> None:
    """Goods go from one shipment to another: another vehicle, another waybill, perhaps another carrier."""
    shipment = _step(draft, "handed_over")
    onward = str(draft.content("transport").get("to_shipment", shipment.id))
    after = draft.state.shipment(onward)
    if after is None or onward == shipment.id:
        raise stop("unknown_shipment", "/sections/transport/to_shipment", shipment=onward)
    draft.chains.add(onward)
    if draft.actor not in _handlers(draft, shipment, after):
        problem = Problem("not_party_to_shipment", "/actor", {"shipment": onward})
        draft.object("custody@1", problem, onward)
    if draft.transfer is not None:
        check_under_way(draft, draft.transfer)
    for line in _aboard(draft, shipment):
        held = line.holding if shipment.vehicle == after.vehicle else ashore(draft, line.holding)
        put_aboard(draft, line, after, held)


def _handlers(draft: Draft, shipment: ShipmentState, after: ShipmentState) -> frozenset[str]:
    """Who hands over: the carrier who has the goods; or the next one, when the consignment was to go on with it."""
    own, known = shipment.carriers | {shipment.arranger}, draft.transfer
    if known is not None and known.id in shipment.transfers and known.id in after.transfers:
        return own | after.carriers | {after.arranger}
    return own


def refused(draft: Draft) -> None:
    """The consignee does not take goods, in part or whole. They stay with the shipment, and the return is open."""
    shipment = _step(draft, "refused")
    consignee = shipment.consignee if draft.transfer is None else draft.transfer.consignee
    check_signer(draft, consignee, shipment.id, shipment.carriers)
    lines = _aboard(draft, shipment)
    draft.state.require(line.holding.key for line in lines)
    for line in lines:
        there = draft.state.balance(line.holding)
        if line.mg > there:
            params = {"available_kg": kg(there), "missing_kg": kg(line.mg - there), "batch": line.holding.batch}
            draft.objections.append(("overdraw@1", Problem("holding_overdrawn", line.field + "/amount", dict(params))))
        kind = str(draft.content("reason")["kind"])
        draft.note(line.holding.batch, "refused_goods@1", {"kg": kg(line.mg), "kind": kind})
    if draft.transfer is not None:
        book(draft, draft.transfer, tallies_of(draft.event, draft.transfer))


def paper_confirmed(draft: Draft) -> None:
    """The party that signed a step on paper says later that it did: its ref `counterpart` names the report.

    It moves nothing and takes no step; it stands on the chains of the trip and of the transfer that it is about.
    """
    reported, at = reference(draft, "counterpart")
    former = draft.state.former(reported)
    if former is None:
        raise stop("unknown_event", at + "/hash", event=reported)
    if draft.state.voided(reported) is not None:
        raise stop("already_voided", at + "/hash", event=reported)
    signers = {
        chain: str(found.data["party"])
        for chain, effects in former.entry.effects.items()
        for found in effects.findings
        if found.rule == UNSIGNED
    }
    if not signers:
        raise stop("no_such_finding", at + "/hash")
    if not acts_for_any(draft.state, draft.actor, signers.values()):
        raise stop("not_for_this_actor", "/actor")
    draft.chains.update(signers, (chain for chain in former.entry.effects if chain.startswith(DEALS)))


def _aboard(draft: Draft, shipment: ShipmentState) -> list[Line]:
    """The lines, of what the shipment has in custody: on its vehicle unless another place is stated."""
    found: list[Line] = []
    for line in known_lines(draft, place=VEHICLE + shipment.vehicle):
        holding: Holding = line.holding._replace(custodian=shipment.id)
        if line.content.get("custodian", shipment.id) != shipment.id:
            raise stop("not_aboard", line.field + "/custodian", shipment=shipment.id)
        found.append(Line(holding, line.mg, line.field, line.content))
    return found
