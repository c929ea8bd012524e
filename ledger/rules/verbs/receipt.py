"""Verbs that end a handover: the receipt by the consignee, the return to the consignor, export out of the ledger."""

from ledger.core.quantity import kg
from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.consignment import SHIPPED, receiver_of, tallies_of
from ledger.rules.draft import Draft, Line, stop
from ledger.rules.succession import acts_for
from ledger.rules.tolerance import tolerance_mg, watch
from ledger.rules.transfer_state import TransferState
from ledger.rules.verbs.consigned import ashore, book, check_agreed, check_order, check_side, check_signer
from ledger.rules.verbs.stock import check_custody, known_lines, to_pool

CARRIED = ("dispatched", "carrier_accepted", "delivered")
"""The carrier's steps that a receipt out of a shipment follows."""


def received(draft: Draft) -> None:
    """Goods are received from a shipment or from who held them; ``booked`` less received is the difference."""
    here = draft.place()
    assert here is not None
    receiver = draft.actor if draft.transfer is None else _receiver(draft, draft.transfer)
    lines = known_lines(draft, place=here)
    for line in lines:
        booked = draft.mass(line.content, line.field, "booked") if "booked" in line.content else line.mg
        _check_sender(draft, line)
        target = ashore(draft, line.holding)._replace(custodian=receiver, place=here)
        draft.move(line.holding.batch, line.holding, target, min(booked, line.mg), line.field)
        _difference(draft, line, target, booked)
    trips = sorted({line.holding.custodian for line in lines if line.holding.custodian.startswith(SHIPPED)})
    if draft.transfer is None:
        _check_unnamed(draft, trips)
    else:
        book(draft, draft.transfer, tallies_of(draft.event, draft.transfer))
        _check_steps(draft, draft.transfer, trips)


def _receiver(draft: Draft, known: TransferState) -> str:
    """Who receives: the consignee, or the consignor what comes back.

    A successor names it as ``to`` and receives itself; another side names it as ``to`` and reports from the paper.
    """
    check_side(known, "consignor")
    check_agreed(draft, known)
    receiver = receiver_of(draft.event)
    if receiver not in (known.consignor, known.consignee):
        raise stop("not_for_this_actor", "/actor")
    check_signer(draft, receiver, known.id)
    return draft.actor if acts_for(draft.state, draft.actor, receiver) else receiver


def _check_sender(draft: Draft, line: Line) -> None:
    holder = line.holding.custodian
    if holder.startswith(SHIPPED) or acts_for(draft.state, draft.actor, holder):
        check_custody(draft, line)
        return
    known = draft.transfer
    if known is None or holder != known.offered_by:
        draft.note(line.holding.batch, "counterparty_unconfirmed@1", {"party": holder})


def _difference(draft: Draft, line: Line, target: Holding, booked: int) -> None:
    gap = booked - line.mg
    if not gap:
        return
    batch = line.holding.batch
    within = abs(gap) <= tolerance_mg(draft, batch, booked, line.holding.container)
    pool = "variance" if within else "difference"
    if gap > 0:
        draft.move(batch, line.holding, pool, gap, line.field)
    else:
        draft.move(batch, pool, target, -gap, line.field)
    draft.note(batch, "tolerance@1" if within else "difference@1", {"kg": kg(gap)})
    if within:
        watch(draft, batch)


def _check_unnamed(draft: Draft, trips: list[str]) -> None:
    """Whoever takes goods off a shipment that carries consignments says which one they are of."""
    draft.state.require(trips)
    for key in trips:
        trip = draft.state.shipment(key)
        if trip is not None and trip.transfers:
            field = "/sections/parties/transfer"
            draft.object("transfer_order@1", Problem("transfer_not_named", field, {"shipment": key}), key)


def _check_steps(draft: Draft, known: TransferState, trips: list[str]) -> None:
    """Say which of the carrier's steps are missing; they may still follow."""
    back = receiver_of(draft.event) != known.consignee
    for key in trips:
        trip = draft.state.shipment(key)
        assert trip is not None
        check_order(draft, trip, "received")
        steps = ("refused",) if back else CARRIED
        missing = [step for step in steps if step not in trip.steps and f"{step}|{known.id}" not in trip.steps]
        if missing:
            draft.note(known.id, "step_missing@1", {"shipment": key, "steps": list(missing)})


def exported(draft: Draft) -> None:
    """Goods leave for a party outside: what a transfer covers of them is handed over by that."""
    to_pool("exported")(draft)
    known = draft.transfer
    if known is not None:
        check_side(known, "consignor")
        check_agreed(draft, known)
        book(draft, known, tallies_of(draft.event, known))
