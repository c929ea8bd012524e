"""Corrections of what carries a transfer: its sums follow, with the postings; nothing drifts apart."""

from ledger.rules import Entry
from tests.support.dealing import Truck, agreed, loaded, receive, short
from tests.support.rulebook import KG, World, findings, line, lines, postings


def correct(w: World, entry: Entry, **sections: object) -> Entry:
    """A correction by whoever stated it."""
    return w.book.do(
        "operation.event_corrected", entry.event.header.actor, sections, refs=[("voids", entry.event.hash)]
    )


def test_a_loading_is_voided_and_stated_anew(w: World) -> None:
    made, truck, batch = loaded(w, 60)
    entry = w.book.entries[-1]
    fixed = correct(w, entry, inputs=lines(line(batch, 55)))
    assert made.key in fixed.effects
    assert (made.kg("loaded"), made.state.tally("loaded")) == (55, {batch: 55 * KG})
    undone = correct(w, fixed)
    assert made.kg("loaded") == 60
    correct(w, undone)
    assert made.kg("loaded") == 55
    assert w.book.kg(batch, w.maker, truck.key, truck.place) == 55


def test_a_receipt_is_restated_and_its_difference_follows(w: World) -> None:
    made, batch = short(w)
    entry = w.book.entries[-1]
    truck = made.state.shipments[0]
    line_of = line(batch, 95, owner=w.maker, custodian=truck, place="vehicle:粤B12345", booked="100")
    fixed = correct(w, entry, inputs=lines(line_of))
    assert made.open_kg() == {batch: 5}
    assert w.book.batch(batch).totals["difference"] == 5 * KG
    assert made.kg("received") == 100
    correct(w, fixed)
    assert made.open_kg() == {batch: 10}


def test_a_receipt_voided_after_the_difference_was_settled_opens_it_again(w: World) -> None:
    made, batch = short(w)
    entry = w.book.entries[-1]
    made.settle(w.user, "loss")
    made.settle(w.maker, "loss")
    assert made.state.status == "agreed"
    correct(w, entry)
    assert made.open_kg() == {batch: -10}
    assert w.book.batch(batch).totals == {"produced": -100 * KG, "difference": -10 * KG, "lost": 10 * KG}
    made.settle(w.user, "count_error")
    made.settle(w.maker, "count_error")
    assert w.book.batch(batch).totals == {"produced": -100 * KG, "found": -10 * KG, "lost": 10 * KG}


def test_a_sale_is_voided_and_the_transfer_is_open_again(w: World) -> None:
    made, batch = agreed(w, 100, handover=False), w.produce(100)
    entry = w.book.do("operation.sold", w.maker, {**w.use(batch, 100), "parties": made.parties})
    assert made.state.status == "closed"
    correct(w, entry)
    assert (made.state.status, made.kg("sold")) == ("agreed", 0)


def test_a_loading_voided_after_the_receipt_leaves_the_receipt(w: World) -> None:
    made, truck, batch = loaded(w)
    entry = w.book.entries[-1]
    receive(made, w, w.user, truck.aboard(batch, 100, w.maker))
    fixed = correct(w, entry)
    assert findings(fixed)["unexplained@1"] == {"kg": "100"}
    assert (made.kg("loaded"), made.kg("received")) == (0, 100)


def test_what_a_carrier_did_not_accept_is_not_accepted(w: World) -> None:
    made, truck, _ = loaded(w)
    first = truck.step("carrier_accepted", made)
    fixed = correct(w, first)
    assert set(fixed.effects) == {made.key, truck.key}
    assert (truck.state.accepted, "carrier_accepted" in made.state.steps) == ({}, False)
    assert f"carrier_accepted|{made.key}" not in truck.state.steps
    truck.step("carrier_accepted", made)
    truck.step("delivered", made)
    w.book.now += 60_000
    second = truck.step("carrier_accepted", made, mode="report")
    correct(w, first_of(w, truck, "delivered"))
    assert truck.state.accepted == {w.carrier: second.event.occurred_ms}
    correct(w, first_of(w, truck, "carrier_accepted", 1))
    assert truck.state.accepted == {w.carrier: second.event.occurred_ms}


def first_of(w: World, truck: Truck, verb: str, skip: int = 0) -> Entry:
    """The first entry of a verb of a truck, or a later one."""
    return [entry for entry in w.book.entries if truck.key in entry.effects and entry.event.verb == verb][skip]


def test_the_right_truck_is_tied_by_a_correction(w: World) -> None:
    made, truck, batch = loaded(w)
    right = Truck(w, w.carrier, "粤B2").plan()
    fixed = correct(w, w.book.entries[-2], **right.trip())
    assert made.state.shipments == (truck.key, right.key)
    assert postings(fixed, batch)[(batch, w.maker, right.key, right.place, "-", "free")] == 100


def test_a_restated_sale_keeps_to_what_is_agreed(w: World) -> None:
    made, batch = agreed(w, 50, handover=False), w.produce(100)
    entry = w.book.do("operation.sold", w.maker, {**w.use(batch, 50), "parties": made.parties})
    refs = [("voids", entry.event.hash)]
    problems = w.book.refuse("operation.event_corrected", w.maker, {"inputs": lines(line(batch, 51))}, refs=refs)
    assert [problem.code for problem in problems] == ["transfer_exceeded"]
    correct(w, entry, inputs=lines(line(batch, 49)))
    assert (made.kg("sold"), made.state.status) == (49, "agreed")


def test_a_refusal_is_taken_back(w: World) -> None:
    made, truck, batch = loaded(w)
    reason = {"reason": {"text": "leaking", "kind": "damaged"}}
    stated = {**truck.stepping(made), "inputs": lines(truck.aboard(batch, 40, w.maker)), **reason}
    entry = w.book.do("transport.refused", w.user, stated)
    correct(w, entry)
    assert made.kg("refused") == 0
