"""What the steps of a transfer share: the goods are those agreed, no more than agreed, in order, by whom it takes.

``book`` is called by every verb that moves goods of a transfer. What the agreement does not cover is not of the
transfer, in either mode: it is stated without it. What is only out of turn refuses an act and marks a report.
"""

from collections.abc import Iterable, Mapping, Sequence

from ledger.core.quantity import kg
from ledger.errors import Problem
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import ShipmentState
from ledger.rules.consignment import Tallies, added, history, masses, tallies_of, transfer_named
from ledger.rules.draft import Draft, stop
from ledger.rules.moving import step_key
from ledger.rules.papers import UNSIGNED, signed_on_paper
from ledger.rules.succession import acts_for_any
from ledger.rules.transfer_state import TransferState

MAX_TIES = 500
LINES = "/sections/inputs/lines"
COMPARTMENT = "compartment"
BEFORE: Mapping[str, tuple[str, ...]] = {
    "loaded": (),
    "dispatched": ("loaded",),
    "carrier_accepted": ("loaded",),
    "departed": ("loaded", "dispatched", "carrier_accepted"),
    "arrived": ("departed",),
    "handed_over": ("loaded", "carrier_accepted"),
    "delivered": ("loaded", "carrier_accepted", "departed", "arrived"),
    "refused": ("loaded", "carrier_accepted", "departed", "arrived"),
    "received": ("loaded", "carrier_accepted", "departed", "arrived", "handed_over", "delivered"),
}
"""Which steps of a shipment come before which: a partial order."""
EARLIER: Mapping[str, str] = {"received": "loaded", "returned": "loaded", "refused": "loaded", "given_back": "sold"}


def check_side(transfer: TransferState, side: str) -> None:
    """A sale has a seller, a handover a consignor; a standing agreement moves nothing itself."""
    if transfer.standing is not None:
        raise stop("call_off_missing", "/sections/parties/transfer", transfer=transfer.id)
    if getattr(transfer, side) is None:
        code = "not_a_sale" if side == "seller" else "not_a_handover"
        raise stop(code, "/sections/parties/transfer", transfer=transfer.id)


def check_agreed(draft: Draft, transfer: TransferState) -> None:
    """Nothing is sold or moved for a transfer that is not agreed; what was done all the same is reported."""
    if transfer.status not in ("agreed", "closed"):
        params = {"status": transfer.status}
        problem = Problem("transfer_not_agreed", "/sections/parties/transfer", params)
        draft.objections.append(("transfer_order@1", problem))


def check_ties(transfer: TransferState, consignments: Sequence[str] = ()) -> None:
    """A transfer has so many shipments at most, a shipment so many consignments: both are read whole at each step."""
    if max(len(transfer.shipments), len(consignments)) >= MAX_TIES:
        raise stop("too_many_ties", "/sections/transport/shipment", most=MAX_TIES)


def book(draft: Draft, transfer: TransferState, change: Tallies) -> TransferState:
    """The transfer with what a statement adds to it. Stops at goods of another transfer and above what is agreed."""
    _check_goods(draft, transfer, {batch for item in change.values() for batch in item})
    after = added(transfer, change)
    for name in change:
        _check_room(transfer, after, name)
        if name in EARLIER:
            _check_turn(draft, after, name, change[name])
    return after


def _check_goods(draft: Draft, transfer: TransferState, batches: Iterable[str]) -> None:
    for batch in sorted(batches):
        known = draft.state.batch(batch)
        assert known is not None
        if batch not in transfer.goods if transfer.goods else known.product != transfer.product:
            raise stop("goods_not_in_transfer", LINES, batch=batch, transfer=transfer.id)


def _check_room(before: TransferState, after: TransferState, name: str) -> None:
    names = ("received", "returned") if name in ("received", "returned") else (name,)
    for batch, most in after.goods.items() or ((None, after.most_mg),):
        if _sum(after, names, batch) > most:
            left = kg(max(most - _sum(before, names, batch), 0))
            raise stop("transfer_exceeded", LINES, step=name, agreed_kg=kg(most), left_kg=left)


def _sum(transfer: TransferState, names: Iterable[str], batch: str | None) -> int:
    return sum(transfer.sum(name) if batch is None else transfer.tally(name).get(batch, 0) for name in names)


def _check_turn(draft: Draft, after: TransferState, name: str, change: Mapping[str, int]) -> None:
    """What is received, refused or returned was loaded before, what is given back was sold."""
    for batch in change:
        if name == "given_back":
            short = after.tally("given_back").get(batch, 0) - after.tally("sold").get(batch, 0)
        elif name == "refused":
            back, refused = after.tally("returned").get(batch, 0), after.tally("refused").get(batch, 0)
            short = max(refused - back, 0) - after.under_way(batch)
        else:
            short = -after.under_way(batch)
        if short > 0:
            params: dict[str, str | int] = {"step": name, "before": EARLIER[name], "missing_kg": kg(short)}
            draft.objections.append(("transfer_order@1", Problem("step_too_early", LINES, params)))
            if draft.report:
                draft.note(after.id, "step_missing@1", {"steps": [EARLIER[name]]})


def check_under_way(draft: Draft, transfer: TransferState) -> None:
    """No more of a batch moves on for a transfer than is under way for it."""
    for batch, mg in masses(draft.event).items():
        short = mg - transfer.under_way(batch)
        if short > 0:
            params: dict[str, str | int] = {"step": draft.event.verb, "before": "loaded", "missing_kg": kg(short)}
            draft.objections.append(("transfer_order@1", Problem("step_too_early", LINES, params)))


def ashore(draft: Draft, holding: Holding) -> Holding:
    """Where goods of a transfer are off the vehicle: out of its compartments, but in the drum they came in."""
    if draft.transfer is None:
        return holding
    vessel = None if holding.vessel is None else draft.state.container(holding.vessel)
    return holding if vessel is None or vessel.kind != COMPARTMENT else holding._replace(container="-")


def check_order(draft: Draft, shipment: ShipmentState, step: str) -> None:
    """A step whose stated time lies before a step that comes before it, or after one that comes after it."""
    transfer = None if draft.transfer is None else draft.transfer.id

    def at(name: str) -> int | None:
        return shipment.steps.get(step_key(name, transfer), shipment.steps.get(name))

    now = draft.event.occurred_ms
    wrong = [name for name in BEFORE[step] if (known := at(name)) is not None and known > now]
    if step_key(step, transfer) not in shipment.steps:
        after = [name for name, before in BEFORE.items() if step in before]
        wrong += [name for name in after if (known := at(name)) is not None and known < now]
    if wrong:
        params = {"step": step, "after": wrong[0]}
        draft.object("order@1", Problem("step_out_of_order", "/occurred_at", params), shipment.id)


def check_repeated(draft: Draft, shipment: ShipmentState, step: str) -> None:
    """A step already taken, with nothing loaded since, is not taken again."""
    transfer = None if draft.transfer is None else draft.transfer.id
    taken = shipment.steps.get(step_key(step, transfer))
    if taken is not None and shipment.steps.get(step_key("loaded", transfer), taken) <= taken:
        draft.objections.append(("transfer_order@1", Problem("step_repeated", "/type", {"step": step})))


def check_signer(draft: Draft, signer: str | None, chain: str, others: Iterable[str] = ()) -> None:
    """A step is stated by whom it takes; another side reports it with a photograph of the paper that was signed."""
    if acts_for_any(draft.state, draft.actor, (signer, *others)):
        return
    if draft.report and signed_on_paper(draft.event):
        draft.note(chain, UNSIGNED, {"party": signer})
    else:
        draft.objections.append((UNSIGNED, Problem("counterpart_missing", "/actor")))


def check_corrected(draft: Draft, voided: str) -> None:
    """What a correction does to the transfer of the event that it voids: the sums follow, or it is refused.

    ``draft.transfer`` is then the transfer without what is taken back.
    """
    said = list(history(draft.state, draft.event, voided))
    keys = {transfer_named(event) for _, event in said}
    if len(keys) > 1:
        raise stop("transfer_not_restatable", "/sections/parties/transfer")
    key = keys.pop()
    if key is None:
        return
    known = draft.state.transfer(key)
    assert known is not None
    for sign, event in said:
        if sign < 0:
            known = added(known, tallies_of(event, known), sign)
    draft.transfer = known
    draft.chains.add(key)
    for sign, event in said:
        if sign > 0:
            known = book(draft, known, tallies_of(event, known))
