"""Statements about stock and transport that are refused."""

from dataclasses import replace

from ledger.core.times import date_ms
from ledger.errors import Problem
from ledger.rules.aggregates import BatchState
from ledger.rules.standard import FROM
from tests.rules.refusals import LINE, case, used
from tests.rules.test_transport import PLATE, planned
from tests.support.rulebook import (
    DAY,
    MINUTE,
    SECOND,
    World,
    line,
    lines,
)


@case("act_too_late", "/occurred_at")
def act_too_late(w: World) -> tuple[Problem, ...]:
    return used(w, at=w.book.now - 15 * MINUTE)


@case("act_too_late", "/occurred_at")
def act_dated_before_there_were_rules(w: World) -> tuple[Problem, ...]:
    return used(w, at=date_ms(FROM) - MINUTE)


@case("occurred_in_future", "/occurred_at")
def occurred_in_future(w: World) -> tuple[Problem, ...]:
    return used(w, at=w.book.now + 17 * MINUTE)


@case("occurred_in_future", "/occurred_at")
def reported_from_the_future(w: World) -> tuple[Problem, ...]:
    return used(w, mode="report", at=w.book.now + 17 * MINUTE)


@case("not_after_passed", "/not_after")
def not_after_passed(w: World) -> tuple[Problem, ...]:
    return used(w, not_after=w.book.now - SECOND)


@case("amount_not_text", LINE + "/amount")
def amount_not_text(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, {"inputs": lines({**line(w.produce(), 1), "amount": 1})})


@case("amount_zero", LINE + "/amount")
def amount_zero(w: World) -> tuple[Problem, ...]:
    return used(w, "0.000")


@case("batch_consumed", LINE + "/amount")
def batch_consumed(w: World) -> tuple[Problem, ...]:
    batch = w.produce(5)
    w.book.do("use.consumed", w.maker, w.use(batch, 5))
    return w.book.refuse("use.consumed", w.maker, w.use(batch, "0.000001"))


@case("holding_overdrawn", LINE + "/amount")
def holding_overdrawn(w: World) -> tuple[Problem, ...]:
    return used(w, "5.000001")


@case("batch_expired", "/sections/inputs/lines")
def batch_expired(w: World) -> tuple[Problem, ...]:
    batch = w.produce(time={"expires_on": "2026-11-22"})
    w.book.now += DAY
    return w.book.refuse("use.consumed", w.maker, w.use(batch, 1))


@case("batch_on_hold", "/sections/inputs/lines")
def batch_on_hold(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    w.book.do("governance.hold_placed", w.authority, {"product": {"batches": [batch]}})
    return w.book.refuse("operation.exported", w.maker, w.use(batch, 1))


@case("site_on_hold", "/sections/inputs/lines/0")
def site_on_hold(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    w.book.do("governance.hold_placed", w.authority, {"place": {"site": w.sites[w.maker]}})
    return w.book.refuse("use.consumed", w.maker, w.use(batch, 1))


@case("container_on_hold", "/sections/inputs/lines/0")
def container_on_hold(w: World) -> tuple[Problem, ...]:
    drum = w.container()
    batch = w.produce(100, container=drum)
    named = {"containers": {"items": [{"container": drum}]}}
    w.book.do("governance.hold_placed", w.authority, named)
    return w.book.refuse("use.consumed", w.maker, w.use(batch, 1, container=drum))


@case("batch_recalled", "/sections/inputs/lines")
def batch_recalled(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    w.book.do("governance.recall_ordered", w.maker, {"product": {"batches": [batch]}})
    return w.book.refuse("use.consumed", w.maker, w.use(batch, 1))


@case("container_moves_whole", LINE + "/amount")
def container_moves_whole(w: World) -> tuple[Problem, ...]:
    drum = w.container()
    stated = lines(line(w.produce(container=drum), 99, container=drum))
    return w.book.refuse("storage.moved", w.maker, {"inputs": stated, "place": w.place(w.maker, to_location="B")})


@case("place_missing", LINE + "/place")
def place_missing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, {"inputs": lines(line(w.produce(), 1))})


@case("wrong_origin", "/origin")
def wrong_origin(w: World) -> tuple[Problem, ...]:
    return used(w, origin="other.example/log")


@case("unknown_organisation", "/actor")
def unknown_actor(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.book.ref("org"), w.use(w.produce(), 1))


@case("nothing_named", "/sections")
def nothing_inspected(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("storage.inspected", w.maker, {"condition": {"result": "pass"}})


@case("not_custodian", LINE + "/custodian")
def not_custodian(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("storage.moved", w.user, w.use(w.produce(), 1, owner=w.maker, custodian=w.maker))


@case("not_custodian", LINE + "/custodian")
def custody_of_an_unknown_shipment(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("storage.moved", w.user, w.use(w.produce(), 1, custodian=w.book.ref("shipment")))


@case("not_custodian", LINE + "/custodian")
def custody_of_a_shipment_of_others(w: World) -> tuple[Problem, ...]:
    ref = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    return w.book.refuse("storage.moved", w.authority, w.use(w.produce(), 1, custodian=ref))


@case("not_owner", LINE + "/owner")
def not_owner(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1, owner=w.maker, custodian=w.maker), "parties": {"to": w.user}}
    return w.book.refuse("operation.returned", w.user, stated)


@case("not_party_to_shipment", "/actor")
def not_party_to_shipment(w: World) -> tuple[Problem, ...]:
    ref = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    return w.book.refuse("transport.departed", w.authority, {"transport": {"shipment": ref}})


@case("shipment_exists", "/sections/transport/shipment")
def shipment_exists(w: World) -> tuple[Problem, ...]:
    ref = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    return w.book.refuse("transport.shipment_planned", w.carrier, planned(w, ref))


@case("unknown_shipment", "/sections/transport/shipment")
def unknown_shipment(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("transport.departed", w.carrier, {"transport": {"shipment": w.book.ref("shipment")}})


@case("vehicle_missing", "/sections/transport/vehicle")
def vehicle_missing(w: World) -> tuple[Problem, ...]:
    ref = w.book.ref("shipment")
    stated = {**planned(w, ref), "transport": {"shipment": ref}}
    return w.book.refuse("transport.shipment_planned", w.carrier, stated)


@case("party_missing", "/sections/parties/carrier")
def shipment_without_a_carrier(w: World) -> tuple[Problem, ...]:
    stated = planned(w, w.book.ref("shipment"))
    del stated["parties"]["carrier"]
    return w.book.refuse("transport.shipment_planned", w.carrier, stated)


@case("unknown_organisation", "/sections/parties/consignee")
def shipment_to_nobody(w: World) -> tuple[Problem, ...]:
    stated = planned(w, w.book.ref("shipment"), PLATE)
    stated["parties"]["consignee"] = w.book.ref("org")
    return w.book.refuse("transport.shipment_planned", w.carrier, stated)


@case("party_missing", "/sections/parties/buyer")
def sold_to_none(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("operation.sold", w.maker, {**w.use(w.produce(), 1), "parties": {}}, "report")


@case("unknown_organisation", "/sections/parties/buyer")
def sold_to_nobody(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "parties": {"buyer": w.book.ref("org")}}
    return w.book.refuse("operation.sold", w.maker, stated, "report")


@case("sale_not_agreed", "/mode")
def sale_not_agreed(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("operation.sold", w.maker, {**w.use(w.produce(), 1), "parties": {"buyer": w.user}})


@case("party_missing", "/sections/parties/to")
def returned_to_none(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("operation.returned", w.maker, {**w.use(w.produce(), 1), "parties": {}})


@case("unknown_organisation", "/sections/parties/to")
def returned_to_nobody(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "parties": {"to": w.book.ref("org")}}
    return w.book.refuse("operation.returned", w.maker, stated)


@case("line_repeated", "/sections/inputs/lines/1")
def line_repeated(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    stated = {"inputs": lines(line(batch, 1), line(batch, 2)), "place": w.place(w.maker)}
    return w.book.refuse("storage.counted", w.maker, stated)


@case("status_wrong", LINE + "/status")
def quarantined_twice(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("storage.quarantined", w.maker, w.use(w.produce(), 1, status="quarantine"))


@case("status_wrong", LINE + "/status")
def used_out_of_quarantine(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    w.book.do("storage.quarantined", w.maker, w.use(batch, 10))
    return w.book.refuse("use.consumed", w.maker, w.use(batch, 1, status="quarantine"))


@case("text_empty", "/sections/reason/text")
def text_empty(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, {**w.use(w.produce(), 1), "reason": {"text": ""}})


@case("text_not_of_form", "/sections/place/location")
def text_not_of_form(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "place": w.place(w.maker, "A/B")}
    return w.book.refuse("use.consumed", w.maker, stated)


@case("too_many_chains", "/sections")
def too_many_chains(w: World) -> tuple[Problem, ...]:
    drum = w.container("tank")
    batch = w.book.batch(w.produce(container=drum))
    counted = []
    for _ in range(400):
        other, tank, site = w.book.ref("batch"), w.book.ref("container"), w.book.ref("site")
        cell = w.cell(other, w.maker)._replace(place=f"{site}/A", container=tank)
        made = replace(batch, id=other, on_hand=1)
        assert isinstance(made, BatchState)
        w.book.values.update({other: made, tank: w.book.vessel(drum), cell.key: 10**6})
        counted.append(line(other, 1, container=tank, place=cell.place))
    return w.book.refuse("storage.counted", w.maker, {"inputs": {"lines": counted}})


@case("unknown_batch", LINE + "/batch")
def unknown_batch(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, w.use(w.book.ref("batch"), 1), "report")


@case("unknown_container", LINE + "/container")
def unknown_container(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, w.use(w.produce(), 1, container=w.book.ref("container")), "report")


@case("unknown_event_type", "/type")
def unknown_event_type(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_dreamed", w.maker, {})


@case("unknown_location", "/sections/place/location")
def unknown_location(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "place": w.place(w.maker, "Z")}
    return w.book.refuse("use.consumed", w.maker, stated)


@case("unknown_site", "/sections/place/site")
def unknown_site(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "place": {"site": w.book.ref("site")}}
    return w.book.refuse("use.consumed", w.maker, stated, "report")


@case("not_a_choice", "/sections/reason/kind")
def another_kind_of_loss(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "reason": {"text": "gone", "kind": "magic"}}
    return w.book.refuse("use.loss_or_theft_reported", w.maker, stated)


@case("kept_apart", f"{LINE}/place")
def kept_apart(w: World) -> tuple[Problem, ...]:
    from tests.rules.test_bays import move, with_table

    with_table(w)
    w.book.do(*move(w, w.produce(5), "B"))
    return w.book.refuse(*move(w, w.produce(5, "acid"), "B"))
