"""Statements about goods of a transfer that are refused: out of turn, beyond the agreement, by whom it is not for."""

from dataclasses import replace
from typing import Any

from ledger.core.canonical import Json
from ledger.errors import Problem
from tests.rules.refusals import LINE, case
from tests.support.dealing import Deal, Truck, agreed, deal, firm, loaded, receipt
from tests.support.rulebook import World, licence, line, lines, manifest, world

KEY = "/sections/parties/transfer"
LINES = "/sections/inputs/lines"


# --- sold, given back


def sale(w: World, made: Deal, kg: float = 1, actor: str | None = None, **more: object) -> tuple[Problem, ...]:
    """A refused sale of a new batch."""
    stated = {**w.use(w.produce(500, org=w.maker), kg), "parties": made.parties}
    return w.book.refuse("operation.sold", actor or w.maker, stated, **more)


@case("transfer_not_agreed", KEY)
def sold_before_it_is_agreed(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.offer(made.of_product(1))
    return sale(w, made)


@case("not_a_sale", KEY)
def sold_in_a_handover(w: World) -> tuple[Problem, ...]:
    return sale(w, agreed(w, sale=False))


@case("not_for_this_actor", "/actor")
def sold_by_the_buyer(w: World) -> tuple[Problem, ...]:
    return sale(w, agreed(w), actor=w.user)


@case("party_differs", "/sections/parties/buyer")
def sold_to_another(w: World) -> tuple[Problem, ...]:
    made = agreed(w)
    stated = {**w.use(w.produce(), 1), "parties": {**made.parties, "buyer": w.carrier}}
    return w.book.refuse("operation.sold", w.maker, stated)


@case("transfer_exceeded", LINES)
def sold_more_than_agreed(w: World) -> tuple[Problem, ...]:
    return sale(w, agreed(w), 101)


@case("transfer_exceeded", LINES)
def more_reported_sold_than_agreed(w: World) -> tuple[Problem, ...]:
    return sale(w, agreed(w), 101, mode="report")


@case("transfer_exceeded", LINES)
def more_of_one_batch_sold_than_chosen(w: World) -> tuple[Problem, ...]:
    first, second, made = w.produce(), w.produce(), deal(w)
    made.agreed(made.goods(line(first, 10), line(second, 10)))
    stated = {"inputs": lines(line(first, 11)), "place": w.place(w.maker), "parties": made.parties}
    return w.book.refuse("operation.sold", w.maker, stated)


@case("goods_not_in_transfer", LINES)
def batch_sold_that_was_not_chosen(w: World) -> tuple[Problem, ...]:
    made = deal(w)
    made.agreed(made.goods(line(w.produce(), 10)))
    return sale(w, made)


@case("goods_not_in_transfer", LINES)
def another_product_loaded(w: World) -> tuple[Problem, ...]:
    made, truck, batch = agreed(w), Truck(w, w.carrier).plan(), w.produce(product="solid")
    return w.book.refuse("transport.loaded", w.maker, truck.loading(made, [line(batch, 1)], w.maker))


@case("not_for_this_actor", "/actor")
def given_back_by_the_seller(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("operation.returned", w.maker, {**w.use(w.produce(), 1), "parties": agreed(w).parties})


@case("party_differs", "/sections/parties/to")
def given_back_to_another(w: World) -> tuple[Problem, ...]:
    made = agreed(w)
    parties = {**made.parties, "to": w.carrier}
    return w.book.refuse("operation.returned", w.user, {**w.use(w.produce(), 1), "parties": parties})


@case("step_too_early", LINES)
def given_back_before_it_was_sold(w: World) -> tuple[Problem, ...]:
    made, batch = agreed(w), w.produce()
    stated = {"inputs": lines(line(batch, 1, owner=w.maker)), "place": w.place(w.maker), "parties": made.parties}
    return w.book.refuse("operation.returned", w.user, stated)


# --- shipments


@case("not_a_handover", KEY)
def loaded_in_a_sale(w: World) -> tuple[Problem, ...]:
    made, truck = agreed(w, handover=False), Truck(w, w.carrier).plan()
    return w.book.refuse("transport.loaded", w.maker, truck.loading(made, [line(w.produce(), 1)], w.maker))


@case("transfer_exceeded", LINES)
def loaded_twice(w: World) -> tuple[Problem, ...]:
    made, truck, _ = loaded(w)
    again = w.produce()
    return w.book.refuse("transport.loaded", w.maker, truck.loading(made, [line(again, 1)], w.maker))


@case("unknown_transfer", "/sections/parties/transfer")
def step_of_a_carrier_that_has_nothing_of_it(w: World) -> tuple[Problem, ...]:
    made, truck = agreed(w), Truck(w, w.carrier).plan()
    return w.book.refuse("transport.delivered", w.carrier, truck.stepping(made))


@case("unknown_transfer", "/sections/parties/transfer")
def shipment_planned_for_goods_of_others(w: World) -> tuple[Problem, ...]:
    made, truck = agreed(w), Truck(w, w.carrier)
    stated = {**truck.trip(vehicle=truck.plate), "parties": {"carrier": w.carrier, **made.parties}}
    return w.book.refuse("transport.shipment_planned", w.carrier, stated)


@case("unknown_organisation", "/sections/transport/legs/0/carrier")
def leg_of_an_unknown_carrier(w: World) -> tuple[Problem, ...]:
    truck, made = Truck(w, w.carrier), agreed(w)
    legs: Any = [{"mode": "rail", "carrier": w.book.ref("org")}]
    stated = {**truck.trip(vehicle=truck.plate, legs=legs), "parties": {"carrier": w.carrier, **made.parties}}
    return w.book.refuse("transport.shipment_planned", w.maker, stated)


@case("compartment_repeated", "/sections/transport/compartments/1/batch")
def one_batch_into_two_compartments(w: World) -> tuple[Problem, ...]:
    made, truck, batch = agreed(w), Truck(w, w.carrier).plan(), w.produce()
    named: Any = [{"compartment": w.container("compartment"), "batch": batch} for _ in range(2)]
    stated = {**truck.loading(made, [line(batch, 1)], w.maker), **truck.trip(compartments=named)}
    return w.book.refuse("transport.loaded", w.maker, stated)


@case("container_not_empty", LINE + "/container")
def loaded_onto_the_heel_of_another_batch(w: World) -> tuple[Problem, ...]:
    made, truck, batch = agreed(w), Truck(w, w.carrier).plan(), w.produce()
    compartment = w.container("compartment")
    w.produce(1, container=compartment)
    named: Any = [{"compartment": compartment, "batch": batch}]
    stated = {**truck.loading(made, [line(batch, 1)], w.maker), **truck.trip(compartments=named)}
    return w.book.refuse("transport.loaded", w.maker, stated)


@case("counterpart_missing", "/actor")
def accepted_by_the_consignor(w: World) -> tuple[Problem, ...]:
    made, truck, _ = loaded(w)
    return w.book.refuse("transport.carrier_accepted", w.maker, truck.stepping(made))


@case("step_repeated", "/type")
def delivered_again_with_another_id(w: World) -> tuple[Problem, ...]:
    made, truck, _ = loaded(w)
    truck.step("delivered", made)
    return w.book.refuse("transport.delivered", w.carrier, truck.stepping(made))


@case("step_repeated", "/type")
def accepted_again_with_another_id(w: World) -> tuple[Problem, ...]:
    made, truck, _ = loaded(w)
    truck.step("carrier_accepted", made)
    return w.book.refuse("transport.carrier_accepted", w.carrier, truck.stepping(made))


def handing(truck: Truck, made: Deal, onward: str, *stated: dict[str, Json]) -> dict[str, Any]:
    """The sections of a handing over."""
    return {**truck.trip(to_shipment=onward), "parties": made.parties, "inputs": lines(*stated)}


@case("unknown_shipment", "/sections/transport/to_shipment")
def handed_over_to_an_unknown_shipment(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w)
    sections = handing(truck, made, w.book.ref("shipment"), truck.aboard(batch, 1, w.maker))
    return w.book.refuse("transport.handed_over", w.carrier, sections)


@case("unknown_shipment", "/sections/transport/to_shipment")
def handed_over_to_itself(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w)
    sections = handing(truck, made, truck.key, truck.aboard(batch, 1, w.maker))
    return w.book.refuse("transport.handed_over", w.carrier, sections)


@case("not_aboard", LINE + "/custodian")
def handed_over_out_of_other_hands(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w)
    onward = Truck(w, w.carrier, "沪B1").plan()
    sections = handing(truck, made, onward.key, line(batch, 1, custodian=w.maker))
    return w.book.refuse("transport.handed_over", w.carrier, sections)


@case("not_party_to_shipment", "/actor")
def taken_over_by_a_carrier_nobody_asked(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w)
    thief = firm(w, "carrier", "road_transport")
    onward = Truck(w, thief, "沪B1").plan(thief)
    sections = {**truck.trip(to_shipment=onward.key), "inputs": lines(truck.aboard(batch, 1, w.maker))}
    assert ("unknown_transfer", "/sections/parties/transfer") in {
        (found.code, found.field)
        for found in w.book.refuse("transport.handed_over", thief, {**sections, "parties": made.parties})
    }
    return w.book.refuse("transport.handed_over", thief, sections)


@case("step_too_early", LINES)
def more_handed_over_than_was_loaded(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w, 60)
    onward = Truck(w, w.carrier, "沪B1").plan()
    sections = handing(truck, made, onward.key, truck.aboard(batch, 61, w.maker))
    return w.book.refuse("transport.handed_over", w.carrier, sections)


@case("holding_overdrawn", LINE + "/amount")
def refused_more_than_is_aboard(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w, 60)
    reason = {"reason": {"text": "too much", "kind": "wrong_quantity"}}
    sections = {**truck.stepping(made), "inputs": lines(truck.aboard(batch, 61, w.maker)), **reason}
    return w.book.refuse("transport.refused", w.user, sections)


@case("too_many_ties", "/sections/transport/shipment")
def one_consignment_too_many(w: World) -> tuple[Problem, ...]:
    made, truck = agreed(w), Truck(w, w.carrier).plan()
    full = replace(truck.state, transfers=tuple(w.book.ref("transfer") for _ in range(500)))
    w.book.values[truck.key] = full
    return w.book.refuse("transport.loaded", w.maker, truck.loading(made, [line(w.produce(), 1)], w.maker))


@case("too_many_ties", "/sections/transport/shipment")
def one_shipment_too_many(w: World) -> tuple[Problem, ...]:
    made, truck = agreed(w), Truck(w, w.carrier)
    w.book.values[made.key] = replace(made.state, shipments=tuple(w.book.ref("shipment") for _ in range(500)))
    stated = {**truck.trip(vehicle=truck.plate), "parties": {"carrier": w.carrier, **made.parties}}
    return w.book.refuse("transport.shipment_planned", w.maker, stated)


# --- receipts


@case("not_for_this_actor", "/actor")
def received_by_the_buyer_of_goods_for_another(w: World) -> tuple[Problem, ...]:
    trader = firm(w, "trader", "operation")
    made = Deal(w, {"seller": w.maker, "buyer": trader, "consignor": w.maker, "consignee": w.user})
    made.agreed(made.of_product(10))
    return w.book.refuse("storage.received", trader, receipt(made, w, w.user, line(w.produce(), 1, custodian=w.maker)))


@case("counterpart_missing", "/actor")
def received_for_another(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w)
    sections = receipt(made, w, w.user, truck.aboard(batch, 1, w.maker))
    sections["parties"] = {**made.parties, "to": w.user}
    return w.book.refuse("storage.received", w.maker, sections)


@case("step_too_early", LINES)
def goods_of_another_consignment_received(w: World) -> tuple[Problem, ...]:
    _, truck, batch = loaded(w, 60)
    other = deal(w)
    other.agreed(other.of_product(50))
    truck.load(other, [line(w.produce(5), 5)], w.maker)
    return w.book.refuse("storage.received", w.user, receipt(other, w, w.user, truck.aboard(batch, 50, w.maker)))


@case("transfer_exceeded", LINES)
def received_above_what_is_agreed(w: World) -> tuple[Problem, ...]:
    made, truck, batch = loaded(w)
    return w.book.refuse("storage.received", w.user, receipt(made, w, w.user, truck.aboard(batch, 101, w.maker)))


@case("transfer_not_named", KEY)
def consignment_received_without_naming_it(w: World) -> tuple[Problem, ...]:
    strict = world(manifest({"transfer_order@1": "refuse"}))
    strict.book.do("governance.licence_registered", strict.user, licence(strict.book, strict.user, "storage"))
    _, truck, batch = loaded(strict)
    return strict.book.refuse(
        "storage.received", strict.user, receipt(None, strict, strict.user, truck.aboard(batch, 1, strict.maker))
    )


# --- corrections


@case("transfer_exceeded", LINES)
def loading_restated_above_what_is_agreed(w: World) -> tuple[Problem, ...]:
    _, _, batch = loaded(w, 90, 95)
    voids = [("voids", w.book.entries[-1].event.hash)]
    return w.book.refuse("transport.event_corrected", w.maker, {"inputs": lines(line(batch, 96))}, refs=voids)


@case("transfer_not_restatable", KEY)
def loading_restated_for_another_transfer(w: World) -> tuple[Problem, ...]:
    loaded(w)
    voids = [("voids", w.book.entries[-1].event.hash)]
    return w.book.refuse("transport.event_corrected", w.maker, {"parties": agreed(w).parties}, refs=voids)


@case("transfer_not_restatable", KEY)
def loading_restated_without_its_transfer(w: World) -> tuple[Problem, ...]:
    loaded(w)
    voids = [("voids", w.book.entries[-1].event.hash)]
    return w.book.refuse("transport.event_corrected", w.maker, {"parties": {"carrier": w.carrier}}, refs=voids)


@case("not_correctable", "/refs")
def correction_of_corrections_without_end(w: World) -> tuple[Problem, ...]:
    w.produce()
    for _ in range(64):
        w.book.do("use.event_corrected", w.maker, {}, refs=[("voids", w.book.entries[-1].event.hash)])
    return w.book.refuse("use.event_corrected", w.maker, {}, refs=[("voids", w.book.entries[-1].event.hash)])


@case("transfer_exceeded", LINES)
def loading_brought_back_above_what_is_agreed(w: World) -> tuple[Problem, ...]:
    made, truck, _ = loaded(w)
    w.book.do("transport.event_corrected", w.maker, {}, refs=[("voids", w.book.entries[-1].event.hash)])
    voids = [("voids", w.book.entries[-1].event.hash)]
    truck.load(made, [line(w.produce(), 1)], w.maker)
    return w.book.refuse("transport.event_corrected", w.maker, {}, refs=voids)
