"""What a sale needs besides the goods: papers of the product, a licence of the buyer, permits for listed goods.

Judged at the stated time with what earlier records knew. Legal basis: State Council Order 591/645, Art. 37 (no trade
without safety data sheet and label), Art. 38 and 40 (the buyer's licence and permit, which the seller checks).
"""

from collections.abc import Mapping
from typing import Final

from ledger.core.canonical import Json
from ledger.core.quantity import kg
from ledger.errors import Problem
from ledger.rules import moving
from ledger.rules.aggregates import OrgState, ProductState
from ledger.rules.draft import Draft
from ledger.rules.goods import Goods, goods_agreed, goods_of, moved
from ledger.rules.lapsed import note_lapsed, would_cover
from ledger.rules.licences import covers, in_force
from ledger.rules.permits import draws_of

BUYER_KINDS: Final = ("production", "use", "operation", "storage")
PAPERS: Final = ("sds", "labels")


def check_trade(draft: Draft) -> None:
    """Object to an offer, an agreement or a sale for what product and buyer lack.

    A call-off of a standing agreement is agreed by being offered; the standing agreement itself buys nothing yet.
    """
    match draft.event.header.type:
        case "operation.transfer_offered":
            goods = _offered(draft)
            check_papers(draft, goods)
            if moving.called_off(draft.state, draft.event) is not None:
                _check_purchase(draft, draft.content("parties").get("buyer"), goods)
        case "operation.transfer_agreed" if draft.transfer is not None:
            goods = goods_agreed(draft.state, draft.transfer)
            if draft.transfer.standing is None:
                _check_purchase(draft, draft.transfer.buyer, goods)
            else:
                _check_buyer(draft, draft.transfer.buyer, tuple((product, 0) for product, _ in goods))
        case "operation.sold" if draft.transfer is not None:
            goods = moved(draft)
            check_papers(draft, goods)
            buyer = _check_buyer(draft, draft.transfer.buyer, goods)
            assert buyer is not None
            _check_drawn(draft, buyer, draft.transfer.permits)


def _offered(draft: Draft) -> Goods:
    batches, most = moving.goods_of(draft.event)
    stated = draft.content("product").get("product")
    product = None if stated is None else draft.state.product(str(stated))
    return goods_of(draft.state, batches) if product is None else ((product, most),)


def _check_purchase(draft: Draft, buyer: Json, goods: Goods) -> None:
    org = _check_buyer(draft, buyer, goods)
    if org is not None:
        check_permits(draft, org, goods)


def _check_buyer(draft: Draft, buyer: Json, goods: Goods) -> OrgState | None:
    org = None if buyer is None else draft.state.org(str(buyer))
    if org is not None:
        check_buyer(draft, org, goods)
    return org


def _check_drawn(draft: Draft, buyer: OrgState, permits: Mapping[str, int]) -> None:
    """Object to a sale under a permit that was drawn and is no longer in force."""
    for licence in buyer.licences:
        if licence.id in permits and not in_force(licence, draft.event.occurred_ms):
            params: dict[str, str | int] = {"kind": licence.kind, "number": licence.number}
            draft.object("permit@1", Problem("permit_invalid", "/sections/parties", params))


def check_papers(draft: Draft, goods: Goods) -> None:
    """Object to a product without a safety data sheet or label version of this day (``sds@1``)."""
    day = draft.event.header.occurred_at[:10]
    for product, _ in goods:
        for paper in PAPERS:
            if not _current(product, paper, day):
                code = "sds_missing" if paper == "sds" else "label_missing"
                draft.object("sds@1", Problem(code, "/sections", {"product": product.name_zh}), product.org)


def _current(product: ProductState, paper: str, day: str) -> bool:
    """Whether the product has a version, in whatever language, dated not after the day."""
    versions = product.statement.get(paper, [])
    assert isinstance(versions, list)
    return any(str(item["date"]) <= day for item in versions)


def check_buyer(draft: Draft, buyer: OrgState, goods: Goods) -> None:
    """Object to a buyer without a licence in force to have so much of the goods (``buyer_licence@1``)."""
    at_ms = draft.event.occurred_ms
    for product, mg in goods:
        if not any(covers(item, BUYER_KINDS, product, mg, at_ms) for item in buyer.licences):
            params: dict[str, str | int] = {"buyer": buyer.name_zh, "product": product.name_zh}
            draft.object("buyer_licence@1", Problem("buyer_unlicensed", "/sections/parties", params))
            note_lapsed(draft, buyer.id, buyer.licences, would_cover(BUYER_KINDS, product, mg), buyer.id)


def check_permits(draft: Draft, buyer: OrgState, goods: Goods) -> None:
    """Object to listed goods without a permit of the buyer that is named, valid and has so much left (``permit@1``)."""
    for gap in draws_of(buyer, draft.content("documents"), goods, draft.event.occurred_ms).gaps:
        params: dict[str, str | int] = {
            "kind": gap.kind,
            "product": gap.product,
            "number": gap.number,
            "left_kg": kg(gap.left_mg),
        }
        at = "/sections/documents/items"
        if gap.why == "missing":
            draft.object("permit@1", Problem("permit_missing", at, params))
        elif gap.why == "invalid":
            draft.object("permit@1", Problem("permit_invalid", at, params))
        else:
            draft.object("permit@1", Problem("permit_exhausted", at, params))
