"""Goods of transfers on their way: many loads, many customers, other vehicles, late steps, paper, tanks."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules import Entry
from ledger.rules.aggregates import LegState
from tests.support.dealing import Deal, Truck, agreed, firm, loaded, receipt, receive
from tests.support.rulebook import KG, MINUTE, World, findings, licence, line, lines, organisation, postings

PAPER: dict[str, Any] = {"documents": {"items": [{"kind": "paper_signature", "number": "1"}]}}


@pytest.fixture(autouse=True)
def stored(w: World) -> None:
    w.book.do("governance.licence_registered", w.user, licence(w.book, w.user, "storage"))


def refuse(w: World, truck: Truck, made: Deal | None, actor: str, *stated: dict[str, Json], mode: str = "act") -> Entry:
    reason = {"reason": {"text": "leaking", "kind": "damaged"}}
    sections = {**truck.stepping(made), "inputs": lines(*stated), **reason}
    return w.book.do("transport.refused", actor, sections, mode)


def test_one_order_many_loads(w: World) -> None:
    made, batch = agreed(w, 90), w.produce(90)
    trucks = [Truck(w, w.carrier, f"粤B{number}").plan() for number in range(3)]
    for truck in trucks:
        truck.load(made, [line(batch, 30)], w.maker)
        receive(made, w, w.user, truck.aboard(batch, 30, w.maker))
    known = made.state
    assert known.shipments == tuple(truck.key for truck in trucks)
    assert (known.loaded_mg, known.received_mg, known.under_way()) == (90 * KG, 90 * KG, 0)


def test_one_truck_many_customers(w: World) -> None:
    """Less than a truckload: each consignment has its own events; none can be taken for another."""
    truck, batch, other = Truck(w, w.carrier).plan(), w.produce(), firm(w, "user", "use", "storage")
    site = w.book.ref("site")
    stated = {"site": site, "names": {"zh": "库"}, "region": "110000", "locations": [{"location": "A", "kind": "bay"}]}
    w.book.do("governance.site_registered", other, {"site": stated})
    w.sites[other] = site
    deals = []
    for customer in (w.user, other):
        made = Deal(w, {"consignor": w.maker, "consignee": customer})
        made.agreed(made.of_product(20))
        truck.load(made, [line(batch, 20)], w.maker)
        deals.append(made)
    assert truck.state.transfers == tuple(made.key for made in deals)
    for made, customer in zip(deals, (w.user, other), strict=True):
        truck.step("carrier_accepted", made)
        assert not findings(truck.step("delivered", made))
        problems = w.book.refuse(
            "storage.received", customer, receipt(made, w, customer, truck.aboard(batch, 21, w.maker))
        )
        assert {problem.code for problem in problems} == {"transfer_exceeded"}
        receive(made, w, customer, truck.aboard(batch, 20, w.maker))
        assert made.state.status == "closed"
    problems = w.book.refuse("transport.departed", other, truck.stepping(deals[1]))
    assert [problem.code for problem in problems] == ["not_party_to_shipment"]


def test_a_consignment_taken_off_without_being_named_is_a_finding(w: World) -> None:
    _, truck, batch = loaded(w)
    entry = receive(None, w, w.user, truck.aboard(batch, 1, w.maker))
    assert findings(entry)["transfer_order@1"] == {"problem": "transfer_not_named", "level": "warn"}
    plain = Truck(w, w.carrier, "粤B2").plan()
    other = w.produce()
    plain.load(None, [line(other, 1)], w.maker)
    assert not findings(receive(None, w, w.user, plain.aboard(other, 1, w.maker)))
    nowhere = line(other, 1, owner=w.maker, custodian=w.book.ref("shipment"), place="vehicle:X")
    assert "unexplained@1" in findings(receive(None, w, w.user, nowhere, mode="report"))


def test_missing_steps_of_the_carrier_are_told_and_may_follow_late(w: World) -> None:
    made, truck, batch = loaded(w)
    before = w.book.now
    w.book.now += 10 * MINUTE
    entry = receive(made, w, w.user, truck.aboard(batch, 100, w.maker))
    missing = {"shipment": truck.key, "steps": ["dispatched", "carrier_accepted", "delivered"]}
    assert findings(entry) == {"step_missing@1": missing}
    assert made.state.received_mg == 100 * KG
    late = truck.step("carrier_accepted", made, mode="report", at=before)
    assert not findings(late)
    assert truck.state.accepted == {w.carrier: before}
    wrong = truck.step("delivered", made, mode="report")
    assert findings(wrong)["order@1"] == {"problem": "step_out_of_order", "level": "warn"}


def test_a_step_stated_before_the_one_before_it_is_a_finding(w: World) -> None:
    made, truck, batch = loaded(w)
    early = w.book.now - 10 * MINUTE
    assert "order@1" in findings(truck.step("carrier_accepted", made, at=early))
    assert "order@1" in findings(truck.step("delivered", made, at=w.book.now - 5 * MINUTE))
    assert "order@1" in findings(receive(made, w, w.user, truck.aboard(batch, 1, w.maker), at=early))


def test_another_load_makes_room_for_another_delivery(w: World) -> None:
    made, truck, batch = loaded(w, 60)
    truck.step("delivered", made)
    truck.load(made, [line(w.produce(), 40)], w.maker)
    truck.step("delivered", made)
    repeated = truck.step("delivered", made, mode="report")
    assert findings(repeated)["would_have_been_refused@1"]["reasons"][0]["problem"] == "step_repeated"
    assert batch


def test_who_signed_on_paper_is_marked(w: World) -> None:
    made, truck, batch = loaded(w)
    for step in ("carrier_accepted", "delivered"):
        entry = w.book.do(f"transport.{step}", w.maker, truck.stepping(made, **PAPER), "report")
        assert findings(entry) == {"unsigned_counterpart@1": {"party": w.carrier}}
    assert truck.state.accepted == {}
    assert "unsigned_counterpart@1" not in findings(truck.step("carrier_accepted", made))
    signed = receipt(made, w, w.user, truck.aboard(batch, 100, w.maker))
    signed |= {"parties": {**made.parties, "to": w.user}, **truck.trip(), **PAPER}
    entry = w.book.do("storage.received", w.carrier, signed, "report")
    assert findings(entry)["unsigned_counterpart@1"] == {"party": w.user}
    assert w.book.kg(batch, w.maker, w.user, w.at(w.user)) == 100
    assert made.state.received_mg == 100 * KG


def test_a_report_for_another_without_paper_would_have_been_refused(w: World) -> None:
    made, truck, _ = loaded(w)
    other: dict[str, Any] = {"documents": {"items": [{"kind": "photo", "number": "1"}]}}
    entry = w.book.do("transport.delivered", w.user, truck.stepping(made, **other), "report")
    reasons = findings(entry)["would_have_been_refused@1"]["reasons"]
    assert reasons == [{"rule": "unsigned_counterpart@1", "problem": "counterpart_missing"}]


def test_goods_refused_stay_with_the_shipment_until_the_consignor_has_them_back(w: World) -> None:
    made, truck, batch = loaded(w)
    entry = refuse(w, truck, made, w.user, truck.aboard(batch, 40, w.maker))
    assert postings(entry, batch) == {}
    assert w.book.kg(batch, w.maker, truck.key, truck.place) == 100
    receive(made, w, w.user, truck.aboard(batch, 60, w.maker))
    assert made.state.status == "agreed"
    entry = receive(made, w, w.maker, truck.aboard(batch, 40, w.maker))
    assert not findings(entry)
    assert (made.kg("refused"), made.kg("returned"), made.state.under_way()) == (40, 40, 0)
    assert w.book.kg(batch, w.maker, w.maker, w.at(w.maker)) == 40


def test_goods_that_turn_round_without_a_refusal_are_told(w: World) -> None:
    made, truck, batch = loaded(w)
    entry = receive(made, w, w.maker, truck.aboard(batch, 100, w.maker))
    assert findings(entry) == {"step_missing@1": {"shipment": truck.key, "steps": ["refused"]}}
    assert made.kg("returned") == 100


def test_a_carrier_may_state_a_refusal_and_a_shipment_need_not_carry_a_transfer(w: World) -> None:
    truck, batch = Truck(w, w.carrier).plan(), w.produce()
    truck.load(None, [line(batch, 10)], w.maker)
    for actor in (w.carrier, w.user):
        assert "refused_goods@1" in findings(refuse(w, truck, None, actor, truck.aboard(batch, 5, w.maker)))


def test_another_vehicle_is_another_shipment(w: World) -> None:
    made, truck, batch = loaded(w)
    other = firm(w, "carrier", "road_transport")
    onward = Truck(w, other, "沪B1").plan(w.maker, made)
    landed = {"inputs": lines(truck.aboard(batch, 100, w.maker)), "place": w.place(w.carrier)}
    w.book.do("transport.unloaded", w.carrier, {**truck.stepping(made), **landed})
    # The next carrier takes it from the dock; it was asked to, for the consignment is its own.
    dock = line(batch, 100, owner=w.maker, place=w.at(w.carrier))
    moved = {**truck.trip(to_shipment=onward.key), "parties": made.parties, "inputs": lines(dock)}
    entry = w.book.do("transport.handed_over", other, moved)
    assert not findings(entry)
    assert w.book.kg(batch, w.maker, onward.key, onward.place) == 100
    assert (truck.state.onward, set(onward.state.accepted)) == ((onward.key,), {other})
    again = w.book.do("transport.handed_over", other, {**moved, "inputs": lines({**dock, "amount": "1"})}, "report")
    assert "unexplained@1" in findings(again)
    assert truck.state.onward == (onward.key,)


def test_goods_without_a_transfer_change_vehicles(w: World) -> None:
    truck, onward, batch = Truck(w, w.carrier).plan(), Truck(w, w.carrier, "沪B1").plan(), w.produce()
    truck.load(None, [line(batch, 10)], w.maker)
    moved = {**truck.trip(to_shipment=onward.key), "inputs": lines(truck.aboard(batch, 10, w.maker))}
    assert not findings(w.book.do("transport.handed_over", w.carrier, moved))
    assert w.book.kg(batch, w.maker, onward.key, onward.place) == 10


def test_goods_change_hands_without_a_shipment(w: World) -> None:
    made, batch = agreed(w, 50, sale=False), w.produce(50)
    taken = line(batch, 50, owner=w.maker, custodian=w.maker, place=w.at(w.maker))
    assert not findings(receive(made, w, w.user, taken))
    assert (made.state.status, made.kg("loaded"), made.kg("received")) == ("closed", 50, 50)
    trader = firm(w, "trader", "operation")
    sold = Deal(w, {"seller": trader, "buyer": w.user, "consignor": w.maker, "consignee": w.user})
    sold.agreed(sold.of_product(50))
    other = line(w.produce(50), 50, owner=w.maker, custodian=w.maker, place=w.at(w.maker))
    assert findings(receive(sold, w, w.user, other)) == {"counterparty_unconfirmed@1": {"party": w.maker}}


def test_a_receipt_of_what_nobody_loaded_is_reported(w: World) -> None:
    made, truck, batch = agreed(w), Truck(w, w.carrier).plan(w.maker, agreed(w)), w.produce()
    truck = Truck(w, w.carrier, "粤B9").plan(w.maker, made)
    entry = receive(made, w, w.user, truck.aboard(batch, 10, w.maker), mode="report")
    found = [item.data for item in entry.effects[made.key].findings if item.rule == "step_missing@1"]
    assert {"steps": ["loaded"]} in found
    assert findings(entry)["unexplained@1"] == {"kg": "10"}


def test_goods_are_exported_under_a_transfer(w: World) -> None:
    made, truck, batch = loaded(w, 60)
    other = w.produce(40)
    gone = {"inputs": lines(truck.aboard(batch, 60, w.maker)), "parties": made.parties}
    w.book.do("operation.exported", w.maker, gone)
    w.book.do("operation.exported", w.maker, {**w.use(other, 40), "parties": made.parties})
    assert (made.kg("loaded"), made.kg("received")) == (100, 100)
    stranger = {"inputs": lines(truck.aboard(batch, 60, w.maker)), "parties": made.parties}
    assert w.book.refuse("operation.exported", w.carrier, stranger)


def test_the_consignee_unloads_its_consignment_alone(w: World) -> None:
    truck, other = Truck(w, w.carrier).plan(), firm(w, "user", "use", "storage")
    w.sites[other] = w.sites[w.user]
    made = Deal(w, {"consignor": w.maker, "consignee": other})
    made.agreed(made.of_product(20))
    own, foreign = w.produce(), w.produce()
    truck.load(made, [line(own, 20)], w.maker)
    truck.load(None, [line(foreign, 20)], w.maker)
    for batch, kg, codes in ((own, 20, set()), (foreign, 1, {"step_too_early"})):
        landed = {"inputs": lines(truck.aboard(batch, kg, w.maker)), "place": w.place(other)}
        event = w.book.event("transport.unloaded", other, {**truck.stepping(made), **landed})
        answer = w.book.put(event)
        assert (set() if isinstance(answer, Entry) else {problem.code for problem in answer}) == codes
    taken = line(own, 1, owner=w.maker, custodian=truck.key)
    sections = {"inputs": lines(taken), "place": w.place(other), "parties": made.parties}
    assert "not_custodian" in {problem.code for problem in w.book.refuse("storage.sampled", other, sections)}


def test_legs_are_stated_by_who_arranges_haulage(w: World) -> None:
    rail, made = firm(w, "carrier", "road_transport"), agreed(w)
    truck, driver = Truck(w, w.carrier), w.book.ref("user")
    truck.plan(w.maker, made)
    assert list(truck.state.legs) == [LegState("road", w.carrier, truck.plate)]
    w.book.do("transport.dispatched", w.carrier, truck.trip(driver=driver, waybill="W-1"))
    assert truck.state.legs[0].driver == driver
    assert truck.state.waybill == "W-1"
    legs: list[Json] = [
        {"mode": "road", "carrier": w.carrier, "vehicle": truck.plate, "driver": driver},
        {"mode": "rail", "carrier": rail},
    ]
    w.book.do("transport.diverted", w.carrier, truck.trip(legs=legs))
    assert list(truck.state.legs) == [LegState("road", w.carrier, truck.plate, None, driver), LegState("rail", rail)]
    assert truck.state.carriers == {w.carrier, rail}
    assert truck.state.waybill == "W-1"
    w.book.do("transport.arrived", w.user, truck.trip(driver=w.book.ref("user")))
    assert truck.state.legs[0].driver == driver
    for carrier in (w.carrier, rail):
        truck.step("carrier_accepted", made, carrier)
    assert truck.state.accepted.keys() == {w.carrier, rail}


# Tankers.


def tanker(w: World) -> tuple[Deal, Truck, str, str]:
    """100 kg of a batch in the first compartment of a truck."""
    made, truck, batch, tank = agreed(w), Truck(w, w.carrier).plan(), w.produce(100), w.container("compartment")
    named: list[Json] = [{"compartment": tank, "batch": batch}]
    stated = {**truck.loading(made, [line(batch, 100)], w.maker), **truck.trip(compartments=named)}
    w.book.do("transport.loaded", w.maker, stated)
    return made, truck, batch, tank


def test_what_is_unloaded_leaves_its_heel_in_the_compartment(w: World) -> None:
    made, truck, batch, tank = tanker(w)
    assert w.book.vessel(tank).contents == {batch: 100 * KG}
    inside = truck.aboard(batch, 97, w.maker, container=tank)
    entry = receive(made, w, w.user, inside)
    assert postings(entry, batch) == {
        (batch, w.maker, truck.key, truck.place, tank, "free"): -97,
        (batch, w.maker, w.user, w.at(w.user), "-", "free"): 97,
    }
    assert w.book.vessel(tank).contents == {batch: 3 * KG}
    assert made.state.under_way() == 3 * KG
    # The heel comes home, and is blended with the next load in a statement of its own.
    onward = Truck(w, w.carrier).plan()
    second, blend = w.produce(50), w.book.ref("batch")
    filled = {
        "product": {"product": w.products["liquid"]},
        "inputs": lines(truck.aboard(batch, 3, w.maker, container=tank), line(second, 50)),
        "outputs": lines(line(blend, 53, container=tank, place=truck.place)),
        "place": w.place(w.maker),
    }
    w.book.do("production.filled", w.maker, filled)
    next_deal = agreed(w, 53)
    onward.load(next_deal, [line(blend, 53, container=tank, place=truck.place)], w.maker)
    assert w.book.kg(blend, w.maker, onward.key, onward.place, tank) == 53
    assert set(w.book.batch(blend).shares) == {blend, batch, second}


def test_drums_keep_their_contents_and_another_truck_has_other_compartments(w: World) -> None:
    made, truck, batch, tank = tanker(w)
    onward, other = Truck(w, w.carrier, "沪B1").plan(), w.container("compartment")
    named: list[Json] = [{"compartment": other, "batch": batch}]
    inside = truck.aboard(batch, 60, w.maker, container=tank)
    pumped = {
        **truck.trip(to_shipment=onward.key, compartments=named),
        "parties": made.parties,
        "inputs": lines(inside),
    }
    w.book.do("transport.handed_over", w.carrier, pumped)
    assert w.book.vessel(other).contents == {batch: 60 * KG}
    # A new waybill for the same truck: what is in a compartment stays in it.
    again = Truck(w, w.carrier).plan()
    rest = truck.aboard(batch, 40, w.maker, container=tank)
    w.book.do(
        "transport.handed_over",
        w.carrier,
        {**truck.trip(to_shipment=again.key), "parties": made.parties, "inputs": lines(rest)},
    )
    assert w.book.kg(batch, w.maker, again.key, again.place, tank) == 40
    landed = {"inputs": lines(again.aboard(batch, 40, w.maker, container=tank)), "place": w.place(w.user)}
    w.book.do("transport.unloaded", w.carrier, {**again.stepping(made), **landed})
    assert w.book.kg(batch, w.maker, again.key, w.at(w.user)) == 40


def test_a_successor_acts_for_the_parties_it_succeeded(w: World) -> None:
    made, truck, batch = loaded(w)
    heir = firm(w, "user", "use", "storage")
    stated = {"organisation": organisation(w.user, "user", successor=heir)}
    w.book.do("governance.organisation_succeeded", w.user, stated)
    sections = receipt(made, w, w.user, truck.aboard(batch, 100, w.maker))
    assert [p.code for p in w.book.refuse("storage.received", heir, sections)] == ["not_for_this_actor"]
    w.book.do("storage.received", heir, {**sections, "parties": {**made.parties, "to": w.user}})
    assert w.book.kg(batch, w.maker, heir, w.at(w.user)) == 100
    assert made.kg("received") == 100


def test_who_signed_on_paper_confirms_it_later_and_nobody_else_does(w: World) -> None:
    made, truck, batch = loaded(w)
    entry = w.book.do("transport.delivered", w.maker, truck.stepping(made, **PAPER), "report")
    refs = [("counterpart", entry.event.hash)]
    (problem,) = w.book.refuse("transport.paper_confirmed", w.user, {}, refs=refs)
    assert (problem.code, problem.field) == ("not_for_this_actor", "/actor")
    confirmed = w.book.do("transport.paper_confirmed", w.carrier, {}, refs=refs)
    assert {made.parties["transfer"], truck.key} <= set(confirmed.effects)
    assert all(not effects.postings and not effects.findings for effects in confirmed.effects.values())
    assert batch


@pytest.mark.parametrize("named", ["none", "unknown", "plain", "voided"])
def test_what_is_no_report_from_paper_is_not_confirmed(w: World, named: str) -> None:
    made, truck, _ = loaded(w)
    plain = truck.step("delivered", made)
    refs = {"none": [], "unknown": [("counterpart", "A" * 43)], "plain": [("counterpart", plain.event.hash)]}
    code = {"none": "reference_missing", "unknown": "unknown_event", "plain": "no_such_finding"}.get(named)
    if named == "voided":
        entry = w.book.do("transport.carrier_accepted", w.maker, truck.stepping(made, **PAPER), "report")
        w.book.do("transport.event_corrected", w.maker, {}, refs=[("voids", entry.event.hash)])
        refs, code = {"voided": [("counterpart", entry.event.hash)]}, "already_voided"
    (problem,) = w.book.refuse("transport.paper_confirmed", w.carrier, {}, refs=refs[named])
    assert problem.code == code
