"""What a sale needs: data sheet and label, a licence of the buyer, permits that are drawn down and given back."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules import Entry
from tests.rules.papers import PAPERS, SHEET, Papered, codes, held, papered, permit
from tests.support.dealing import Deal
from tests.support.rulebook import DAY, KG, findings, line, lines

NO_PERMIT = [("permit_missing", "/sections/documents/items")]
INVALID = [("permit_invalid", "/sections/documents/items")]
EXHAUSTED = [("permit_exhausted", "/sections/documents/items")]


@pytest.fixture
def p() -> Papered:
    return papered()


def offer(deal: Deal, sections: dict[str, Any], refs: Any = ()) -> object:  # noqa: ANN401 - refs
    return deal.w.book.put(deal.w.book.event("operation.transfer_offered", deal.offerer, sections, refs=refs))


def agree(deal: Deal, documents: dict[str, Any] | None = None) -> object:
    book, refs = deal.w.book, [("previous", deal.state.last)]
    stated = {"parties": deal.parties, **(documents or {})}
    return book.put(book.event("operation.transfer_agreed", deal.w.user, stated, refs=refs))


def offered(p: Papered, kg: float = 10, product: str = "toxic") -> Deal:
    deal = p.deal()
    deal.offer(deal.of_product(kg, product))
    return deal


# -- papers of the product


@pytest.mark.parametrize(("paper", "code"), [("sds", "sds_missing"), ("labels", "label_missing")])
def test_nothing_is_offered_without_data_sheet_and_label(p: Papered, paper: str, code: str) -> None:
    p.describe("liquid", **{name: value for name, value in PAPERS.items() if name != paper})
    deal = p.deal()
    assert codes(offer(deal, deal.of_product(10))) == [(code, "/sections")]
    batch = p.w.produce(10)
    assert codes(offer(deal, deal.goods(line(batch, 1)))) == [(code, "/sections")]


def test_a_version_counts_from_its_day_on_in_whatever_language(p: Papered) -> None:
    later: list[Json] = [{**SHEET, "date": "2026-11-23", "language": "en"}]
    p.describe("liquid", sds=later, labels=[SHEET])
    deal = p.deal()
    assert codes(offer(deal, deal.of_product(10))) == [("sds_missing", "/sections")]
    p.w.book.now += DAY
    assert isinstance(offer(deal, deal.of_product(10)), Entry)


def test_a_sale_looks_at_the_papers_again(p: Papered) -> None:
    batch = p.w.produce(10)
    deal = p.deal()
    deal.agreed(deal.goods(line(batch, 10)))
    p.describe("liquid", labels=[SHEET])
    sale = {"parties": deal.parties, "inputs": lines(line(batch, 10)), "place": p.w.place(p.w.maker)}
    assert codes(p.w.book.put(p.w.book.event("operation.sold", p.w.maker, sale))) == [("sds_missing", "/sections")]


# -- the buyer's licence


def test_a_suspended_licence_of_the_buyer_stops_agreement_and_sale(p: Papered) -> None:
    batch = p.w.produce(10)
    deal, second = p.deal(), p.deal()
    deal.agreed(deal.goods(line(batch, 5)))
    second.offer(second.goods(line(batch, 5)))
    p.suspend(p.w.user, held(p.w, p.w.user, "use"))
    assert codes(agree(second)) == [("buyer_unlicensed", "/sections/parties")]
    sale = {"parties": deal.parties, "inputs": lines(line(batch, 5)), "place": p.w.place(p.w.maker)}
    refused = p.w.book.put(p.w.book.event("operation.sold", p.w.maker, sale))
    assert codes(refused) == [("buyer_unlicensed", "/sections/parties")]


def test_a_sale_to_a_buyer_whose_licence_had_ended_is_a_finding_of_its_own(p: Papered) -> None:
    batch = p.w.produce(10)
    p.suspend(p.w.user, held(p.w, p.w.user, "use"))
    p.license(p.w.user, "use", number="U-9", valid_to="2026-11-23")
    deal = p.deal()
    deal.agreed(deal.goods(line(batch, 5)))
    p.w.book.now += 3 * DAY
    sale = {"parties": deal.parties, "inputs": lines(line(batch, 5)), "place": p.w.place(p.w.maker)}
    found = findings(p.w.book.do("operation.sold", p.w.maker, sale, "report"))
    assert found["licence_expired@1"]["number"] == "U-9"
    assert found["licence_expired@1"]["organisation"] == p.w.user


def test_a_standing_agreement_weighs_nothing_yet_but_a_call_off_does(p: Papered) -> None:
    p.suspend(p.w.user, held(p.w, p.w.user, "use"))
    p.license(p.w.user, "use", number="U-2", most_kg="50")
    frame = p.deal()
    frame.agreed(frame.standing(1000))
    refs = [("order", frame.state.last)]
    call = p.deal()
    assert codes(offer(call, call.of_product(60), refs)) == [("buyer_unlicensed", "/sections/parties")]
    assert isinstance(offer(call, call.of_product(50), refs), Entry)


def test_a_handover_alone_needs_no_buyer(p: Papered) -> None:
    deal = Deal(p.w, {"consignor": p.w.maker, "consignee": p.w.user})
    deal.offer(deal.of_product(10, "toxic"))
    assert isinstance(agree(deal), Entry)
    assert deal.state.permits == {}


# -- permits


@pytest.mark.parametrize(
    ("product", "kind", "other"),
    [("toxic", "purchase_permit", "lawful_use"), ("precursor", "lawful_use", "purchase_permit")],
)
def test_listed_goods_are_bought_under_a_permit_that_is_named(p: Papered, product: str, kind: str, other: str) -> None:
    p.license(p.w.user, kind, number="P-1")
    p.license(p.w.user, other, number="P-1")
    p.license(p.w.maker, kind, number="P-2")
    deal = offered(p, product=product)
    assert codes(agree(deal)) == NO_PERMIT
    assert codes(agree(deal, permit(other, "P-1"))) == NO_PERMIT
    assert codes(agree(deal, permit(kind, "P-2"))) == NO_PERMIT
    assert isinstance(agree(deal, permit(kind, "p 1")), Entry)


def test_a_permit_is_drawn_down_over_all_transfers(p: Papered) -> None:
    paper = p.license(p.w.user, "purchase_permit", number="P-1", most_kg="100")
    first, second = offered(p, 60), offered(p, 60)
    assert isinstance(agree(first, permit("purchase_permit", "P-1")), Entry)
    assert p.find(p.w.user, paper).drawn_mg == 60 * KG
    assert dict(first.state.permits) == {paper: 60 * KG}
    answer = agree(second, permit("purchase_permit", "P-1"))
    assert codes(answer) == EXHAUSTED
    assert answer[0].params["left_kg"] == "40"  # type: ignore[index]


def test_a_permit_registered_twice_is_drawn_once(p: Papered) -> None:
    p.license(p.w.user, "purchase_permit", number="P-1", most_kg="100")
    p.license(p.w.user, "purchase_permit", number="p1", most_kg="9000")
    assert isinstance(agree(offered(p, 60), permit("purchase_permit", "P-1")), Entry)
    assert codes(agree(offered(p, 60), permit("purchase_permit", "P1"))) == EXHAUSTED


def test_what_an_authority_attested_counts_before_what_the_buyer_declared(p: Papered) -> None:
    p.license(p.w.user, "purchase_permit", number="P-1", most_kg="50")
    attested = p.license(p.w.user, "purchase_permit", by=p.w.authority, number="P-1", most_kg="70")
    assert isinstance(agree(offered(p, 60), permit("purchase_permit", "P-1")), Entry)
    assert p.find(p.w.user, attested).drawn_mg == 60 * KG


def test_the_other_permit_serves_where_one_is_used_up(p: Papered) -> None:
    for number, most in (("P-1", "10"), ("P-2", "20"), ("P-3", "15")):
        p.license(p.w.user, "purchase_permit", number=number, most_kg=most)
    items: list[Json] = [{"kind": "purchase_permit", "number": number} for number in ("P-1", "P-2", "P-3")]
    deal = offered(p, 18)
    assert isinstance(agree(deal, {"documents": {"items": items}}), Entry)
    answer = agree(offered(p, 18), {"documents": {"items": items}})
    assert codes(answer) == EXHAUSTED
    assert answer[0].params["left_kg"] == "15"  # type: ignore[index]


def test_a_permit_without_a_mass_is_never_used_up(p: Papered) -> None:
    p.license(p.w.user, "purchase_permit", number="P-1")
    for _ in range(2):
        assert isinstance(agree(offered(p, 9000), permit("purchase_permit", "P-1")), Entry)


def test_a_permit_is_in_force_and_for_the_product(p: Papered) -> None:
    p.license(p.w.user, "purchase_permit", number="OLD", valid_to="2026-01-31")
    p.license(p.w.user, "purchase_permit", number="OTHER", classes=["8"])
    suspended = p.license(p.w.user, "purchase_permit", number="GONE")
    p.suspend(p.w.user, suspended)
    deal = offered(p)
    for number in ("OLD", "OTHER", "GONE"):
        assert codes(agree(deal, permit("purchase_permit", number))) == INVALID


def test_a_permit_that_was_drawn_and_then_suspended_stops_the_sale(p: Papered) -> None:
    paper = p.license(p.w.user, "purchase_permit", number="P-1")
    batch = p.w.produce(10, "toxic")
    deal = p.deal()
    deal.offer(deal.goods(line(batch, 10)))
    assert isinstance(agree(deal, permit("purchase_permit", "P-1")), Entry)
    p.suspend(p.w.user, paper)
    sale = {"parties": deal.parties, "inputs": lines(line(batch, 10)), "place": p.w.place(p.w.maker)}
    answer = p.w.book.put(p.w.book.event("operation.sold", p.w.maker, sale))
    assert codes(answer) == [("permit_invalid", "/sections/parties")]


def test_a_declined_offer_draws_nothing_and_a_cancelled_one_gives_back(p: Papered) -> None:
    paper = p.license(p.w.user, "purchase_permit", number="P-1", most_kg="100")
    declined = offered(p, 60)
    declined.answer("declined")
    unanswered = offered(p, 60)
    unanswered.answer("cancelled", actor=p.w.maker)
    deal = offered(p, 60)
    assert isinstance(agree(deal, permit("purchase_permit", "P-1")), Entry)
    deal.answer("cancelled", actor=p.w.maker)
    assert p.find(p.w.user, paper).drawn_mg == 0
    assert deal.state.permits == {}


def test_what_is_left_of_a_transfer_stays_drawn(p: Papered) -> None:
    paper = p.license(p.w.user, "purchase_permit", number="P-1", most_kg="100")
    batch = p.w.produce(60, "toxic")
    plain = p.w.produce(60)
    deal = p.deal()
    deal.offer(deal.goods(line(batch, 60), line(plain, 60)))
    assert isinstance(agree(deal, permit("purchase_permit", "P-1")), Entry)
    sold = lines(line(batch, 20), line(plain, 10))
    sale = {"parties": deal.parties, "inputs": sold, "place": p.w.place(p.w.maker)}
    assert not findings(p.w.book.do("operation.sold", p.w.maker, sale))
    deal.answer("cancelled", actor=p.w.maker)
    assert dict(deal.state.permits) == {paper: 20 * KG}
    assert p.find(p.w.user, paper).drawn_mg == 20 * KG


def test_a_call_off_draws_the_permit_that_it_names(p: Papered) -> None:
    paper = p.license(p.w.user, "purchase_permit", number="P-1", most_kg="100")
    frame = p.deal()
    frame.offer({**frame.standing(1000), "product": {"product": p.w.products["toxic"]}})
    assert isinstance(agree(frame), Entry)
    assert p.find(p.w.user, paper).drawn_mg == 0
    refs = [("order", frame.state.last)]
    call = p.deal()
    assert codes(offer(call, call.of_product(60, "toxic"), refs)) == NO_PERMIT
    assert isinstance(offer(call, {**call.of_product(60, "toxic"), **permit("purchase_permit", "P-1")}, refs), Entry)
    assert p.find(p.w.user, paper).drawn_mg == 60 * KG
