"""Verbs that change the owner: a sale and a return. Where the goods lie, and in whose hands, stays as it is."""

from ledger.errors import Problem
from ledger.rules.consignment import tallies_of
from ledger.rules.draft import Draft, Line, stop
from ledger.rules.succession import acts_for
from ledger.rules.verbs.consigned import book, check_agreed, check_side
from ledger.rules.verbs.stock import known_lines


def sold(draft: Draft) -> None:
    """A sale. Without an agreed transfer only a report can state it."""
    if draft.transfer is not None:
        _sold_as_agreed(draft)
        return
    buyer = _party(draft, "buyer")
    if not draft.report:
        draft.objections.append(("order@1", Problem("sale_not_agreed", "/mode")))
    for line in _change_owner(draft, buyer):
        draft.note(line.holding.batch, "counterparty_unconfirmed@1", {"party": buyer})


def _sold_as_agreed(draft: Draft) -> None:
    known = draft.transfer
    assert known is not None
    check_side(known, "seller")
    assert known.seller is not None
    assert known.buyer is not None
    if not acts_for(draft.state, draft.actor, known.seller):
        raise stop("not_for_this_actor", "/actor")
    check_agreed(draft, known)
    _change_owner(draft, known.buyer)
    book(draft, known, tallies_of(draft.event, known))


def returned(draft: Draft) -> None:
    """Goods go back to whom they were bought from; a recall never stands in the way."""
    known = draft.transfer
    if known is None:
        to = _party(draft, "to")
        for line in _change_owner(draft, to):
            draft.note(line.holding.batch, "counterparty_unconfirmed@1", {"party": to})
        return
    check_side(known, "seller")
    assert known.seller is not None
    assert known.buyer is not None
    if not acts_for(draft.state, draft.actor, known.buyer):
        raise stop("not_for_this_actor", "/actor")
    if draft.content("parties").get("to", known.seller) != known.seller:
        raise stop("party_differs", "/sections/parties/to", party="to")
    lines = _change_owner(draft, known.seller)
    after = book(draft, known, tallies_of(draft.event, known))
    for batch in sorted({line.holding.batch for line in lines}):
        # What the consignor took back first is confirmed by that; anything else the seller has not said a word about.
        if after.tally("given_back").get(batch, 0) > after.tally("returned").get(batch, 0):
            draft.note(batch, "counterparty_unconfirmed@1", {"party": known.seller})


def _party(draft: Draft, role: str) -> str:
    stated = draft.content("parties").get(role)
    if not isinstance(stated, str):
        raise stop("party_missing", f"/sections/parties/{role}", party=role)
    if draft.state.org(stated) is None:
        raise stop("unknown_organisation", f"/sections/parties/{role}", organisation=stated)
    return stated


def _change_owner(draft: Draft, owner: str) -> list[Line]:
    lines = known_lines(draft, place=draft.place())
    for line in lines:
        if not acts_for(draft.state, draft.actor, line.holding.owner):
            problem = Problem("not_owner", line.field + "/owner", {"owner": line.holding.owner})
            draft.object("ownership@1", problem, line.holding.batch)
        draft.move(line.holding.batch, line.holding, line.holding._replace(owner=owner), line.mg, line.field)
    return lines
