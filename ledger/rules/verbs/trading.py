"""Verbs of the agreement between two parties: offer, answer, cancellation, and the settling of a difference.

Each step after the offer names the step before it by its ``previous`` ref: of two that race, the second is refused.
Steps of an agreement are acts alone and are never corrected; a later step changes what was agreed.
"""

from ledger.core.quantity import kg
from ledger.core.times import format_utc, parse_stated
from ledger.errors import Problem
from ledger.rules import moving
from ledger.rules.consignment import cut_back, transfer_named
from ledger.rules.draft import Draft, check_mass, reference, stop
from ledger.rules.licences import DAY
from ledger.rules.succession import acts_for_any
from ledger.rules.tolerance import ZERO_LISTS, watch
from ledger.rules.transfer_state import SettlementState, TransferState

TRANSFER = "/sections/parties/transfer"
PAIRS = (("seller", "buyer"), ("consignor", "consignee"))


def check_transfer(draft: Draft) -> None:
    """The transfer that a statement names is known, the actor is a party to it, and other parties named agree."""
    key = transfer_named(draft.event)
    if key is None or draft.event.verb in ("transfer_offered", "event_corrected"):
        return
    known = draft.state.transfer(key)
    # Whoever has no part in it is not told that it is there.
    if known is None or not (acts_for_any(draft.state, draft.actor, known.parties) or _carries(draft, known)):
        raise stop("unknown_transfer", TRANSFER, transfer=key)
    stated = draft.content("parties")
    for role in ("seller", "buyer", "consignor", "consignee"):
        if role in stated and stated[role] != getattr(known, role):
            raise stop("party_differs", f"/sections/parties/{role}", party=role)
    draft.transfer = known
    draft.chains.add(key)


def _carries(draft: Draft, transfer: TransferState) -> bool:
    """Whether the actor carries the transfer's goods: a party of the shipment named, which is one of the transfer's."""
    stated = draft.content("transport")
    named = {str(stated[name]) for name in ("shipment", "to_shipment") if name in stated}
    # A carrier arranges the next shipment of goods that it carries already.
    keys = sorted(transfer.shipments if draft.event.verb == "shipment_planned" else named & {*transfer.shipments})
    draft.state.require(keys)
    trips = [trip for key in keys if (trip := draft.state.shipment(key)) is not None]
    return any(draft.actor in trip.parties for trip in trips)


def named_transfer(draft: Draft) -> TransferState:
    """The transfer of a step that is about one, which ``check_transfer`` has seen."""
    assert draft.transfer is not None
    return draft.transfer


# --- the offer


def offered(draft: Draft) -> None:
    """Offer a transfer: who sells to whom, who hands over to whom, and what. A call-off is agreed at once."""
    stated = draft.content("parties")
    key = str(stated["transfer"])
    if draft.state.transfer(key) is not None:
        raise stop("transfer_exists", TRANSFER, transfer=key)
    _check_pairs(draft)
    draft.chains.add(key)
    goods, most = _check_goods(draft)
    frame = _frame(draft)
    if frame is None:
        givers = (_role(draft, "seller"), _role(draft, "consignor"))
        if not acts_for_any(draft.state, draft.actor, givers):
            raise stop("not_party_to_transfer", "/actor", transfer=key)
    else:
        _check_call(draft, frame, goods, most)
    until = draft.content("time").get("answer_by")
    if until is not None and parse_stated(str(until)) < draft.event.occurred_ms:
        raise stop("transfer_expired", "/sections/time/answer_by", answer_by=str(until))


def _role(draft: Draft, role: str) -> str | None:
    stated = draft.content("parties").get(role)
    return None if stated is None else str(stated)


def _check_pairs(draft: Draft) -> None:
    stated = draft.content("parties")
    for pair in PAIRS:
        for role, other in (pair, pair[::-1]):
            if role in stated and other not in stated:
                raise stop("party_missing", f"/sections/parties/{other}", party=other)
            if role in stated and draft.state.org(str(stated[role])) is None:
                raise stop("unknown_organisation", f"/sections/parties/{role}", organisation=str(stated[role]))
    if len(stated) == 1:
        raise stop("party_missing", "/sections/parties/consignee", party="consignee")
    if "seller" in stated and stated["seller"] == stated["buyer"]:
        raise stop("sale_to_itself", "/sections/parties/buyer")


def _check_goods(draft: Draft) -> tuple[dict[str, int], int]:
    """The goods of the offer: either chosen batches, or a product with its quantity or its standing terms."""
    contents = draft.event.contents
    chosen, product, mass = ("inputs" in contents, "product" in contents, "quantity" in contents)
    terms = moving.standing_of(draft.event)
    if (chosen, product, mass) != ((True, False, False) if chosen else (False, True, terms is None)):
        raise stop("goods_not_of_form", "/sections")
    if terms is not None and (chosen or terms.to_ms < terms.from_ms):
        raise stop("goods_not_of_form", "/sections/commercial/standing")
    goods, most = moving.goods_of(draft.event)
    check_mass(most, "/sections")
    draft.state.require(goods)
    for batch in goods:
        if draft.state.batch(batch) is None:
            raise stop("unknown_batch", "/sections/inputs/lines", batch=batch)
    return goods, most


def _frame(draft: Draft) -> TransferState | None:
    """The standing agreement that an offer calls off from, or None when it names none."""
    here = [(n, ref) for n, ref in enumerate(draft.event.header.refs) if ref.rel == "order"]
    own = [(n, ref) for n, ref in here if ref.origin == draft.event.header.origin]
    if not own:
        return None
    key = moving.called_off(draft.state, draft.event)
    known = None if key is None else draft.state.transfer(key)
    mine = known is not None and acts_for_any(draft.state, draft.actor, known.parties)
    if known is None or known.standing is None or not mine or len(own) > 1:
        raise stop("no_standing_agreement", f"/refs/{own[-1][0]}/hash")
    return known


def _check_call(draft: Draft, frame: TransferState, goods: dict[str, int], most: int) -> None:
    stated = draft.content("parties")
    terms = frame.standing
    assert terms is not None
    if frame.status != "agreed":
        raise stop("transfer_not_agreed", "/refs", status=frame.status)
    if any(stated.get(role) != getattr(frame, role) for pair in PAIRS for role in pair):
        raise stop("standing_differs", "/sections/parties")
    if moving.standing_of(draft.event) is not None:
        raise stop("goods_not_of_form", "/sections/commercial/standing")
    products = {known.product for batch in goods if (known := draft.state.batch(batch)) is not None}
    if (products or {str(draft.content("product").get("product"))}) != {frame.product}:
        raise stop("standing_differs", "/sections/product" if not goods else "/sections/inputs/lines")
    if not terms.from_ms <= draft.event.occurred_ms < terms.to_ms + DAY:
        raise stop("standing_not_in_force", "/occurred_at")
    if terms.called_mg + most > terms.most_mg:
        left = kg(terms.most_mg - terms.called_mg)
        raise stop("transfer_exceeded", "/sections", step="called_off", agreed_kg=kg(terms.most_mg), left_kg=left)
    draft.chains.add(frame.id)


# --- the answer and the end


def _current(draft: Draft) -> TransferState:
    """The transfer, when this step names the latest one before it."""
    known = named_transfer(draft)
    previous, at = reference(draft, "previous")
    if previous != known.last:
        raise stop("step_stale", at + "/hash", last=known.last)
    return known


def answered(draft: Draft) -> None:
    """Agree to an offer or decline it: by the other side, and in time."""
    known = _current(draft)
    if known.status != "offered":
        raise stop("transfer_not_open", TRANSFER, status=known.status)
    if not acts_for_any(draft.state, draft.actor, (known.answerer,)):
        raise stop("not_for_this_actor", "/actor")
    if known.answer_by is not None and draft.event.occurred_ms > known.answer_by:
        raise stop("transfer_expired", "/occurred_at", answer_by=format_utc(known.answer_by))
    if draft.event.occurred_ms < known.last_at:
        draft.object(
            "order@1", Problem("step_out_of_order", "/occurred_at", {"step": "answered", "after": "offered"}), known.id
        )


def cancelled(draft: Draft) -> None:
    """Cancel a transfer, or what is left of it once part was sold or loaded: by either side."""
    known = _current(draft)
    if known.status not in ("offered", "agreed"):
        raise stop("transfer_not_open", TRANSFER, status=known.status)
    if cut_back(known).most_mg == known.most_mg:
        raise stop("nothing_to_cancel", TRANSFER)
    if known.standing_of is not None:
        draft.chains.add(known.standing_of)


# --- the difference


def settled(draft: Draft) -> None:
    """Settle the open difference: the first statement proposes an outcome, the other party's same one posts it.

    A statement that names the proposal by a ``counterpart`` ref accepts it and has to say the same; one that says
    otherwise without naming it is a proposal of its own.
    """
    known = _current(draft)
    if not known.difference:
        raise stop("nothing_to_settle", TRANSFER)
    if "quantity" in draft.event.contents and len(known.difference) > 1:
        raise stop("settlement_in_part", "/sections/quantity")
    asked = moving.proposal(draft.event, known)
    if abs(asked.mg) > abs(sum(known.difference.values())):
        open_kg = kg(abs(sum(known.difference.values())))
        raise stop("settlement_too_large", "/sections/quantity/amount", open_kg=open_kg)
    _check_outcome(draft, known, asked)
    accepts = any(ref.rel == "counterpart" for ref in draft.event.header.refs)
    if _same(draft, known, asked):
        _post(draft, known, asked)
    elif accepts:
        raise stop("settlement_differs", "/sections/reason/kind")


def _check_outcome(draft: Draft, known: TransferState, asked: SettlementState) -> None:
    """Only what is missing is a loss; nothing of goods whose every gram counts is a matter of measurement."""
    if asked.kind == "loss" and any(mg < 0 for mg in known.difference.values()):
        raise stop("settlement_kind_wrong", "/sections/reason/kind", kind="loss")
    draft.state.require(known.difference)
    for batch in known.difference if asked.kind == "measurement" else ():
        state = draft.state.batch(batch)
        assert state is not None
        product = draft.state.product(state.product)
        assert product is not None
        if ZERO_LISTS & set(product.lists):
            raise stop("settlement_kind_wrong", "/sections/reason/kind", kind="measurement")


def _same(draft: Draft, known: TransferState, asked: SettlementState) -> bool:
    """Whether the other side proposed the same outcome before. Goods sent to oneself have one party on both sides."""
    before = known.settle
    if before is None or (before.kind, before.mg) != (asked.kind, asked.mg):
        return False
    sides = (known.givers, known.takers)
    return any(
        acts_for_any(draft.state, before.actor, one) and acts_for_any(draft.state, asked.actor, other)
        for one, other in (sides, sides[::-1])
    )


def _post(draft: Draft, known: TransferState, asked: SettlementState) -> None:
    whole = "quantity" not in draft.event.contents
    for batch, open_mg in sorted(known.difference.items()):
        mg = open_mg if whole else asked.mg
        at = "/sections/reason/kind"
        if asked.kind == "measurement":
            pools = ("difference", "variance")
        else:
            pools = ("difference", "lost") if mg > 0 else ("difference", "found")
        source, target = pools if mg > 0 else pools[::-1]
        draft.move(batch, source, target, abs(mg), at)
        draft.note(batch, "settled@1", {"kind": asked.kind, "kg": kg(mg)})
        if asked.kind == "measurement":
            watch(draft, batch)
        elif asked.kind == "loss":
            draft.note(batch, "loss@1", {"kind": "loss", "kg": kg(mg)})
