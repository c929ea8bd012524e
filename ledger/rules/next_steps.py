"""What a party can do next about a transfer or a shipment: advice for pages and programs, not a permission.

A pure function of state and time; whether a step is accepted is for ``decide`` to say.
"""

from ledger.rules.aggregates import ShipmentState
from ledger.rules.transfer_state import TransferState

TRANSFER_STEPS = (
    "agree",
    "decline",
    "cancel",
    "sell",
    "plan",
    "load",
    "receive",
    "refuse",
    "take_back",
    "give_back",
    "settle",
    "file",
)
SHIPMENT_STEPS = (
    "load",
    "dispatch",
    "accept",
    "depart",
    "arrive",
    "hand_over",
    "unload",
    "deliver",
    "receive",
    "refuse",
)


def of_transfer(transfer: TransferState, org: str, at_ms: int) -> tuple[str, ...]:
    """The steps of ``TRANSFER_STEPS`` that this organisation can take at a time, in their order."""
    if org not in transfer.parties:
        return ()
    open_steps = set[str]()
    if transfer.status == "offered":
        open_steps |= _of_offer(transfer, org, at_ms)
    elif transfer.status in ("agreed", "closed") and transfer.standing is None:
        open_steps |= _of_ownership(transfer, org) | _of_custody(transfer, org)
        if transfer.difference and (transfer.settle is None or transfer.settle.actor != org):
            open_steps.add("settle")
        if max(transfer.sold_mg, transfer.loaded_mg) < transfer.most_mg:
            open_steps.add("cancel")
    elif transfer.status == "agreed":
        open_steps.add("cancel")
    filing = transfer.filings.get(org)
    if filing is not None and filing.filed is None:
        open_steps.add("file")
    return tuple(step for step in TRANSFER_STEPS if step in open_steps)


def _of_offer(transfer: TransferState, org: str, at_ms: int) -> set[str]:
    if expired(transfer, at_ms):
        return {"cancel"}
    return {"agree", "decline", "cancel"} if org == transfer.answerer else {"cancel"}


def expired(transfer: TransferState, at_ms: int) -> bool:
    """Whether an offer was not answered in time."""
    return transfer.status == "offered" and transfer.answer_by is not None and transfer.answer_by < at_ms


def _of_ownership(transfer: TransferState, org: str) -> set[str]:
    found = set[str]()
    if org == transfer.seller and transfer.sold_mg < transfer.most_mg:
        found.add("sell")
    if org == transfer.buyer and transfer.returned_mg > transfer.given_back_mg and transfer.sold_mg:
        found.add("give_back")
    return found


def _of_custody(transfer: TransferState, org: str) -> set[str]:
    found = set[str]()
    if org == transfer.consignor and transfer.loaded_mg < transfer.most_mg:
        found |= {"plan", "load"} if transfer.shipments else {"plan"}
    if org == transfer.consignee and transfer.under_way() > 0:
        found |= {"receive", "refuse"}
    if org == transfer.consignor and transfer.refused_mg > transfer.returned_mg:
        found.add("take_back")
    return found


def of_shipment(shipment: ShipmentState, org: str) -> tuple[str, ...]:
    """The steps of ``SHIPMENT_STEPS`` that this organisation can take, in their order."""
    found = set[str]()
    carries = org in shipment.carriers
    if org in (shipment.consignor, shipment.arranger) and shipment.step in ("planned", "loaded"):
        found.add("load")
        if shipment.cargo:
            found.add("dispatch")
    if carries and shipment.cargo:
        found |= set() if org in shipment.accepted else {"accept"}
        found |= {"hand_over"}
        if shipment.step in ("loaded", "dispatched"):
            found.add("depart")
        if shipment.step == "departed":
            found.add("arrive")
        if shipment.step in ("departed", "arrived", "unloaded"):
            found |= {"deliver"}
    if org == shipment.consignee and shipment.cargo:
        found |= {"receive", "refuse"}
        if shipment.step == "arrived":
            found.add("unload")
    return tuple(step for step in SHIPMENT_STEPS if step in found)


def on_paper(shipment: ShipmentState, org: str) -> tuple[str, ...]:
    """The steps of others that a party of a shipment can report from a paper that they signed, in their order."""
    found = set[str]()
    if org not in shipment.parties or not shipment.cargo:
        return ()
    if org not in shipment.carriers:
        found |= set() if shipment.carrier in shipment.accepted else {"accept"}
        found |= set() if "delivered" in shipment.steps else {"deliver"}
    if shipment.consignee is not None and org != shipment.consignee:
        found |= {"receive", "refuse"}
    return tuple(step for step in SHIPMENT_STEPS if step in found)
