"""Agreements: who answers, what expires, standing agreements, what is left when one is cancelled, how a gap ends."""

from dataclasses import replace

import pytest

from ledger.core.events import Ref, event_hash
from ledger.rules.transfer_state import FilingState
from tests.support.dealing import Deal, Truck, agreed, deal, firm, loaded, receive, short
from tests.support.rulebook import KG, World, findings, licence, line, lines, postings


@pytest.fixture(autouse=True)
def stored(w: World) -> None:
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage"))


def test_an_offer_is_answered_by_the_other_side(w: World) -> None:
    made = deal(w)
    offered = made.offer(made.of_product(5, time={"answer_by": "2026-11-30T00:00:00+00:00"}))
    assert set(offered.effects) == {made.key}
    known = made.state
    assert (known.status, known.answerer, known.most_mg, known.last) == ("offered", w.user, 5 * KG, offered.event.hash)
    answer = made.answer()
    assert (made.state.status, made.state.last) == ("agreed", answer.event.hash)
    assert made.state.steps.keys() == {"offered", "agreed"}


def test_an_offer_may_be_declined_or_withdrawn(w: World) -> None:
    for how, actor in (("declined", w.user), ("cancelled", w.maker), ("cancelled", w.user)):
        made = deal(w)
        made.offer(made.of_product(5))
        made.answer(how, actor)
        assert made.state.status == how


def test_a_handover_is_answered_by_the_consignee_and_a_sale_of_others_goods_by_the_buyer(w: World) -> None:
    trader = firm(w, "trader", "operation")
    made = Deal(w, {"consignor": w.maker, "consignee": w.user})
    made.offer(made.of_product(1))
    assert made.state.answerer == w.user
    made = Deal(w, {"seller": trader, "buyer": w.user, "consignor": w.maker, "consignee": w.carrier})
    made.offer(made.of_product(1), w.maker)
    assert made.state.answerer == w.user


def test_an_answer_dated_before_the_offer_is_a_finding(w: World) -> None:
    made = deal(w)
    made.offer(made.of_product(1))
    assert findings(made.answer(at=w.book.now - 5 * 60_000))["order@1"]["problem"] == "step_out_of_order"


def test_goods_of_several_products_are_chosen_batches_alone(w: World) -> None:
    made, first, second = deal(w), w.produce(), w.produce(product="solid")
    made.offer(made.goods(line(first, 1), line(second, 2), line(first, 3)))
    assert (made.state.product, made.state.goods) == (None, {first: 4 * KG, second: 2 * KG})
    one = deal(w)
    one.offer(one.goods(line(first, 1)))
    assert one.state.product == w.products["liquid"]


def test_an_order_of_another_ledger_is_no_call_off(w: World) -> None:
    made = deal(w)
    event = w.book.event("operation.transfer_offered", w.maker, made.of_product(1))
    header = replace(event.header, refs=(Ref("order", "other.example/log", event.hash),))
    w.book.put(replace(event, header=header, hash=event_hash(header.encode())))
    assert (made.state.status, made.state.standing_of) == ("offered", None)


def test_a_standing_agreement_is_called_off(w: World) -> None:
    frame = deal(w)
    frame.agreed(frame.standing(100))
    batch, made = w.produce(), deal(w)
    made.refs = [("order", frame.state.last)]
    entry = made.offer(made.of_product(60), w.user)
    assert set(entry.effects) == {made.key, frame.key}
    assert (made.state.status, made.state.standing_of) == ("agreed", frame.key)
    other = deal(w)
    other.refs = [("order", frame.state.last)]
    other.offer(other.goods(line(batch, 40)))
    terms = frame.state.standing
    assert terms is not None
    assert (terms.called_mg, terms.most_mg) == (100 * KG, 100 * KG)

    # What is called off and not used is free again; a call-off is sold like anything else.
    w.book.do("operation.sold", w.maker, {**w.use(batch, 30), "parties": other.parties})
    for cancelled in (made, other):
        assert set(cancelled.answer("cancelled", w.maker).effects) == {cancelled.key, frame.key}
    assert made.state.status == "cancelled"
    assert (other.state.status, other.state.most_mg, dict(other.state.goods)) == ("agreed", 30 * KG, {batch: 30 * KG})
    terms = frame.state.standing
    assert terms is not None
    assert terms.called_mg == 30 * KG
    frame.answer("cancelled", w.user)
    assert frame.state.status == "cancelled"


def test_what_is_left_of_an_agreement_may_be_cancelled(w: World) -> None:
    made, truck, batch = loaded(w, 60, 100)
    assert made.state.status == "agreed"
    made.answer("cancelled", w.user)
    assert (made.state.status, made.state.most_mg) == ("agreed", 60 * KG)
    w.book.do("operation.sold", w.maker, {"inputs": lines(truck.aboard(batch, 60, w.maker)), "parties": made.parties})
    receive(made, w, w.user, truck.aboard(batch, 60, w.user))
    assert made.state.status == "closed"


def test_a_sale_without_a_handover(w: World) -> None:
    made, batch = agreed(w, 100, handover=False), w.produce(100)
    for kg, status in ((40, "agreed"), (60, "closed")):
        entry = w.book.do("operation.sold", w.maker, {**w.use(batch, kg), "parties": made.parties})
        assert not findings(entry)
        assert made.state.status == status
    assert w.book.kg(batch, w.user, w.maker, w.at(w.maker)) == 100
    back = {"inputs": lines(line(batch, 30, custodian=w.maker)), "place": w.place(w.maker)}
    entry = w.book.do("operation.returned", w.user, {**back, "parties": {**made.parties, "to": w.maker}})
    assert findings(entry) == {"counterparty_unconfirmed@1": {"party": w.maker}}
    assert (made.state.status, made.state.given_back_mg) == ("closed", 30 * KG)


def test_a_handover_without_a_sale(w: World) -> None:
    made, truck, batch = deal(w, sale=False), Truck(w, w.carrier).plan(), w.produce(100)
    made.agreed(made.of_product(100))
    truck.load(made, [line(batch, 100)], w.maker)
    receive(made, w, w.user, truck.aboard(batch, 100, w.maker))
    assert made.state.status == "closed"
    assert w.book.kg(batch, w.maker, w.user, w.at(w.user)) == 100


def test_a_sale_reported_before_it_is_agreed(w: World) -> None:
    made, batch = deal(w), w.produce()
    made.offer(made.of_product(10))
    entry = w.book.do("operation.sold", w.maker, {**w.use(batch, 5), "parties": made.parties}, "report")
    reasons = findings(entry)["would_have_been_refused@1"]["reasons"]
    assert reasons == [{"rule": "transfer_order@1", "problem": "transfer_not_agreed"}]
    assert made.state.sold_mg == 5 * KG


def test_the_owner_alone_sells(w: World) -> None:
    made, batch = agreed(w), w.produce()
    stated = {"inputs": lines(line(batch, 1, owner=w.user)), "place": w.place(w.maker), "parties": made.parties}
    assert "not_owner" in {problem.code for problem in w.book.refuse("operation.sold", w.maker, stated)}


# What was counted otherwise than booked.


def test_a_difference_is_lost_when_both_say_so(w: World) -> None:
    made, batch = short(w)
    assert made.state.status == "agreed"
    entry = made.settle(w.user, "loss")
    assert not findings(entry)
    proposed = made.state.settle
    assert proposed is not None
    assert (proposed.actor, proposed.kind, proposed.mg) == (w.user, "loss", 10 * KG)
    entry = made.settle(w.maker, "loss")
    assert postings(entry, batch) == {"difference": -10, "lost": 10}
    assert findings(entry)["settled@1"] == {"kind": "loss", "kg": "10"}
    assert (made.state.difference, made.state.settle) == ({}, None)


def test_a_surplus_is_found_and_a_measurement_is_variance(w: World) -> None:
    for kind, pool in (("count_error", "found"), ("measurement", "variance")):
        made, truck, batch = loaded(w)
        entry = receive(made, w, w.user, truck.aboard(batch, 110, w.maker, booked="100"))
        assert postings(entry, batch)["difference"] == -10
        assert made.state.received_mg == 100 * KG
        made.settle(w.maker, kind)
        entry = made.settle(w.user, kind, accept=True)
        assert postings(entry, batch) == {"difference": 10, pool: -10}
        assert ("variance_in_sum@1" in findings(entry)) is (pool == "variance")
        assert w.book.batch(batch).totals[pool] == -10 * KG


def test_a_shortage_that_was_never_there(w: World) -> None:
    made, batch = short(w)
    made.settle(w.maker, "count_error")
    entry = made.settle(w.user, "count_error")
    assert postings(entry, batch) == {"difference": -10, "lost": 10}
    assert "loss@1" not in findings(entry)


def test_a_part_is_settled_and_the_rest_stays_open(w: World) -> None:
    made, batch = short(w)
    made.settle(w.user, "loss", kg=4)
    entry = made.settle(w.maker, "loss", kg=4)
    assert postings(entry, batch) == {"difference": -4, "lost": 4}
    assert made.open_kg() == {batch: 6}
    surplus, truck, other = loaded(w)
    receive(surplus, w, w.user, truck.aboard(other, 110, w.maker, booked="100"))
    surplus.settle(w.user, "count_error", kg=4)
    surplus.settle(w.maker, "count_error", kg=4)
    assert surplus.open_kg() == {other: -6}


def test_another_opinion_is_another_proposal(w: World) -> None:
    made, batch = short(w)
    made.settle(w.user, "loss")
    entry = made.settle(w.maker, "measurement")
    assert set(entry.effects) == {made.key}
    proposed = made.state.settle
    assert proposed is not None
    assert (proposed.actor, proposed.kind) == (w.maker, "measurement")
    assert made.open_kg() == {batch: 10}


def test_a_proposal_falls_with_another_difference(w: World) -> None:
    made, truck, batch = loaded(w)
    receive(made, w, w.user, truck.aboard(batch, 40, w.maker, booked="50"))
    made.settle(w.user, "loss")
    receive(made, w, w.user, truck.aboard(batch, 45, w.maker, booked="50"))
    assert made.state.settle is None
    assert made.open_kg() == {batch: 15}


def test_who_sends_to_itself_settles_alone(w: World) -> None:
    made, truck, batch = Deal(w, {"consignor": w.maker, "consignee": w.maker}), Truck(w, w.carrier).plan(), w.produce()
    made.agreed(made.of_product(100))
    truck.load(made, [line(batch, 100)], w.maker)
    receive(made, w, w.maker, truck.aboard(batch, 90, w.maker, booked="100"))
    made.settle(w.maker)
    made.settle(w.maker)
    assert (made.state.difference, made.state.status) == ({}, "closed")


def test_what_lies_within_the_tolerance_is_not_to_be_settled(w: World) -> None:
    made, truck, batch = loaded(w)
    entry = receive(made, w, w.user, truck.aboard(batch, "99.8", w.maker, booked="100"))
    assert postings(entry, batch)["variance"] == pytest.approx(0.2)
    assert made.state.difference == {}


# Filings.


def test_a_sale_of_listed_goods_is_to_be_filed_by_both(w: World) -> None:
    made, batch = deal(w, handover=False), w.produce(10, "toxic")
    made.agreed(made.of_product(10, "toxic"))
    at = w.book.now
    w.book.do("operation.sold", w.maker, {**w.use(batch, 4), "parties": made.parties})
    w.book.do("operation.sold", w.maker, {**w.use(batch, 4), "parties": made.parties})
    lists = ("highly_toxic",)
    assert made.state.filings == {
        w.maker: FilingState("sale", lists, at),
        w.user: FilingState("purchase", lists, at),
    }
    filing = {"documents": {"items": [{"kind": "filing", "number": "1"}]}, "parties": made.parties}
    entry = w.book.do("operation.filed_with_authority", w.maker, filing)
    assert set(entry.effects) == {w.maker, made.key}
    assert made.state.filings[w.maker].filed == entry.index
    assert made.state.filings[w.user].filed is None
    later = w.book.now
    last = w.book.do("operation.sold", w.maker, {**w.use(batch, 2), "parties": made.parties})
    assert made.state.filings[w.maker] == FilingState("sale", lists, later)

    # A sale taken back needs no filing; one that was filed stays known.
    w.book.do("operation.event_corrected", w.maker, {}, refs=[("voids", last.event.hash)])
    assert w.maker in made.state.filings


def test_a_sale_that_is_taken_back_is_not_to_be_filed(w: World) -> None:
    made, batch = deal(w, handover=False), w.produce(10, "toxic")
    made.agreed(made.of_product(10, "toxic"))
    sold = w.book.do("operation.sold", w.maker, {**w.use(batch, 4), "parties": made.parties})
    w.book.do("operation.event_corrected", w.maker, {}, refs=[("voids", sold.event.hash)])
    assert (made.state.filings, made.state.sold_mg, "sold" in made.state.steps) == ({}, 0, False)


def test_who_has_nothing_to_file_files_nothing(w: World) -> None:
    made = agreed(w)
    filing = {"documents": {"items": [{"kind": "filing", "number": "1"}]}, "parties": made.parties}
    w.book.do("operation.filed_with_authority", w.user, filing)
    assert made.state.filings == {}


def test_any_event_may_name_a_transfer_that_its_actor_is_a_party_to(w: World) -> None:
    made, batch = agreed(w), w.book.ref("batch")
    sections = {
        "product": {"product": w.products["liquid"]},
        "outputs": lines(line(batch, 10)),
        "place": w.place(w.maker),
        "parties": made.parties,
    }
    assert set(w.book.do("production.batch_produced", w.maker, sections).effects) == {batch, made.key, w.sites[w.maker]}
