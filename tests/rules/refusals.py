"""One statement for every problem of the rules: `CASES` maps code and field to what raises it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ledger.core.canonical import Json
from ledger.errors import HazledgerError, Problem
from ledger.rules import codec
from ledger.rules.aggregates import BatchState
from ledger.rules.state import State
from tests.rules.test_transport import PLATE, planned
from tests.support.rulebook import (
    DAY,
    MINUTE,
    SECOND,
    Rulebook,
    World,
    genesis,
    licence,
    line,
    lines,
    manifest,
    opened,
    organisation,
    product,
    public_key,
    world,
)

Case = Callable[[World], tuple[Problem, ...]]
CASES: list[tuple[str, str | None, Case]] = []
LINE = "/sections/inputs/lines/0"
OUT = "/sections/outputs/lines/0"
GONE = "yNweNGsfqCzCj773RDqQElJzsrf5RfEeiz5Xc_u5we8"


def case(code: str, field: str | None) -> Callable[[Case], Case]:
    """Register a case."""

    def keep(made: Case) -> Case:
        CASES.append((code, field, made))
        return made

    return keep


def raised(act: Callable[[], object]) -> tuple[Problem, ...]:
    """The problem of an error."""
    try:
        act()
    except HazledgerError as error:
        return (error.problem,)
    return ()


def used(w: World, kg: float | str = 1, **more: object) -> tuple[Problem, ...]:
    """A use of a new batch of 5 kg."""
    batch = w.produce(5)
    return w.book.refuse("use.consumed", w.maker, w.use(batch, kg), **more)


@case("act_only", "/mode")
def act_only(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.key_revoked", w.maker, {"key": {"key_id": GONE}}, "report")


@case("act_too_late", "/occurred_at")
def act_too_late(w: World) -> tuple[Problem, ...]:
    return used(w, at=w.book.now - 15 * MINUTE)


@case("occurred_in_future", "/occurred_at")
def occurred_in_future(w: World) -> tuple[Problem, ...]:
    return used(w, at=w.book.now + 17 * MINUTE)


@case("occurred_in_future", "/occurred_at")
def reported_from_the_future(w: World) -> tuple[Problem, ...]:
    return used(w, mode="report", at=w.book.now + 17 * MINUTE)


@case("not_after_passed", "/not_after")
def not_after_passed(w: World) -> tuple[Problem, ...]:
    return used(w, not_after=w.book.now - SECOND)


@case("already_voided", "/refs/1/hash")
def already_voided(w: World) -> tuple[Problem, ...]:
    w.produce()
    voids = [("voids", w.book.entries[-1].event.hash)]
    w.book.do("production.event_corrected", w.maker, {}, refs=voids)
    return w.book.refuse("production.event_corrected", w.maker, {}, refs=[("previous", GONE), *voids])


@case("amount_not_text", LINE + "/amount")
def amount_not_text(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, {"inputs": lines({**line(w.produce(), 1), "amount": 1})})


@case("amount_zero", LINE + "/amount")
def amount_zero(w: World) -> tuple[Problem, ...]:
    return used(w, "0.000")


@case("amount_too_large", OUT + "/amount")
def amount_too_large(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.maker, born(w, w.book.ref("batch"), "1000000000000"))


@case("amount_too_large", "/sections/outputs/lines")
def lines_too_large(w: World) -> tuple[Problem, ...]:
    most = "999999999999"
    batch = w.book.ref("batch")
    return w.book.refuse(
        "production.batch_produced",
        w.maker,
        born(w, batch, most) | {"outputs": lines(line(batch, most), line(batch, 1))},
    )


@case("amount_too_large", "/sections")
def stock_too_large(w: World) -> tuple[Problem, ...]:
    batch = w.produce("999999999999")
    found = {"outputs": lines(line(batch, 1)), "place": w.place(w.maker)}
    return w.book.refuse("use.received_without_order", w.maker, found)


@case("amount_too_large", "/sections/inputs")
def charge_too_large(w: World) -> tuple[Problem, ...]:
    batch = w.produce(1)
    sections = born(w, w.book.ref("batch"), 1) | {
        "inputs": lines(line(batch, 1), untracked=[{"name": "air", "amount": "999999999999", "unit": "kg"}])
    }
    return w.book.refuse("production.batch_transformed", w.maker, sections)


def born(w: World, batch: str, kg: float | str, **more: Json) -> dict[str, Any]:
    """The sections of a birth."""
    return {
        "product": {"product": w.products["liquid"]},
        "outputs": lines(line(batch, kg, **more)),
        "place": w.place(w.maker),
    }


@case("batch_consumed", LINE + "/amount")
def batch_consumed(w: World) -> tuple[Problem, ...]:
    batch = w.produce(5)
    w.book.do("use.consumed", w.maker, w.use(batch, 5))
    return w.book.refuse("use.consumed", w.maker, w.use(batch, "0.000001"))


@case("holding_overdrawn", LINE + "/amount")
def holding_overdrawn(w: World) -> tuple[Problem, ...]:
    return used(w, "5.000001")


@case("batch_exists", OUT + "/batch")
def batch_exists(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.maker, born(w, w.produce(), 1))


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


@case("batch_recalled", "/sections/inputs/lines")
def batch_recalled(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    w.book.do("governance.recall_ordered", w.maker, {"product": {"batches": [batch]}})
    return w.book.refuse("use.consumed", w.maker, w.use(batch, 1))


@case("container_exists", "/sections/containers/items/0/container")
def container_exists(w: World) -> tuple[Problem, ...]:
    items = [{"container": w.container(), "kind": "drum"}]
    return w.book.refuse("governance.container_registered", w.maker, {"containers": {"items": items}})


@case("container_moves_whole", LINE + "/amount")
def container_moves_whole(w: World) -> tuple[Problem, ...]:
    drum = w.container()
    stated = lines(line(w.produce(container=drum), 99, container=drum))
    return w.book.refuse("storage.moved", w.maker, {"inputs": stated, "place": w.place(w.maker, to_location="B")})


@case("container_not_empty", "/sections/containers/items/0/container")
def container_not_empty(w: World) -> tuple[Problem, ...]:
    drum = w.container()
    w.produce(container=drum)
    return w.book.refuse("storage.cleaned", w.maker, {"containers": {"items": [{"container": drum}]}})


@case("container_shared", "/sections/containers/items/0")
def container_shared(w: World) -> tuple[Problem, ...]:
    drum = w.container()
    w.produce(container=drum)
    named = {"containers": {"items": [{"container": drum}]}, "place": w.place(w.maker, "B")}
    return w.book.refuse("storage.emptied", w.maker, named)


@case("place_missing", "/sections/containers/items/0")
def emptied_nowhere(w: World) -> tuple[Problem, ...]:
    drum = w.container()
    w.produce(container=drum)
    return w.book.refuse("storage.emptied", w.maker, {"containers": {"items": [{"container": drum}]}})


@case("place_missing", LINE + "/place")
def place_missing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, {"inputs": lines(line(w.produce(), 1))})


@case("heads_index_wrong", "/sections/heads/n")
def heads_index_wrong(w: World) -> tuple[Problem, ...]:
    heads = {"n": len(w.book.entries) + 1, "chains": 1, "root": GONE}
    return w.book.refuse("governance.heads_published", w.operator, {"heads": heads})


@case("not_the_operator", "/actor")
def operator_only(w: World) -> tuple[Problem, ...]:
    heads = {"n": len(w.book.entries), "chains": 1, "root": GONE}
    return w.book.refuse("governance.heads_published", w.maker, {"heads": heads})


def opening(change: Callable[[Rulebook, dict[str, Any]], None]) -> tuple[Problem, ...]:
    """A first event with one thing changed."""
    book = Rulebook()
    operator = book.ref("org")
    sections = genesis(book, operator, book.ref("ledger"), ["registrar"])
    change(book, sections)
    return book.refuse("governance.ledger_opened", operator, sections)


@case("genesis_not_of_form", "/sections/log")
def genesis_without_ledger(w: World) -> tuple[Problem, ...]:
    return opening(lambda _book, stated: stated["log"].pop("ledger"))


@case("genesis_not_of_form", "/sections/log")
def genesis_of_another_origin(w: World) -> tuple[Problem, ...]:
    return opening(lambda _book, stated: stated["log"].update(origin="other.example/log"))


@case("genesis_not_of_form", "/sections/organisation/organisation")
def genesis_of_another_operator(w: World) -> tuple[Problem, ...]:
    return opening(lambda book, stated: stated["organisation"].update(organisation=book.ref("org")))


@case("genesis_not_of_form", "/sections/rule")
def genesis_without_rules(w: World) -> tuple[Problem, ...]:
    return opening(lambda _book, stated: stated["rule"].pop("rules"))


@case("genesis_not_of_form", "/sections/rule")
def genesis_without_reference(w: World) -> tuple[Problem, ...]:
    return opening(lambda _book, stated: stated["rule"].pop("reference"))


@case("key_small_order", "/sections/log/registrars/0")
def genesis_with_a_small_order_registrar(w: World) -> tuple[Problem, ...]:
    return opening(lambda _book, stated: stated["log"].update(registrars=["AQ" + "A" * 41]))


@case("manifest_not_of_form", "/spec")
def manifest_of_another_form(w: World) -> tuple[Problem, ...]:
    return opening(lambda _book, stated: stated["rule"].update(rules={"spec": "hazledger/rules@2", "rules": []}))


@case("ledger_already_open", "/type")
def ledger_already_open(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.ledger_opened", w.operator, genesis(w.book, w.operator, w.book.ref("ledger")))


@case("ledger_not_open", None)
def ledger_not_open(w: World) -> tuple[Problem, ...]:
    return Rulebook().refuse("governance.key_revoked", w.maker, {"key": {"key_id": GONE}})


@case("wrong_origin", "/origin")
def wrong_origin(w: World) -> tuple[Problem, ...]:
    return used(w, origin="other.example/log")


@case("unknown_organisation", "/actor")
def unknown_actor(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.book.ref("org"), w.use(w.produce(), 1))


@case("unknown_key", "/keys/0")
def unknown_key(w: World) -> tuple[Problem, ...]:
    return used(w, signers=["stranger"])


def keyed(w: World, name: str) -> None:
    """Give the maker a first key, endorsed by the registrar of a ledger that has one."""
    section = {"key": {"key": public_key(name), "alg": "ed25519", "holder": w.maker}}
    w.book.do("governance.key_registered", w.maker, section, signers=[name, "registrar"])


def registered(w: World) -> World:
    """A ledger with a registrar, and the maker admitted by it."""
    book, operator = opened(registrars=["registrar"])
    maker = book.ref("org")
    made = replace(w, book=book, operator=operator, maker=maker)
    stated = {"organisation": organisation(maker)}
    book.do("governance.organisation_admitted", operator, stated, signers=["registrar"])
    keyed(made, "first")
    return made


def key(name: str, **more: Json) -> dict[str, Any]:
    """A key section."""
    return {"key": {"key": public_key(name), "alg": "ed25519", "holder": "user:1", **more}}


@case("endorsement_missing", "/keys")
def endorsement_missing(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    return w.book.refuse("governance.key_registered", w.maker, key("new"), signers=["new"])


@case("endorsement_missing", "/keys")
def replaced_key_does_not_sign(w: World) -> tuple[Problem, ...]:
    from tests.support.rulebook import key_id

    w = registered(w)
    stated = key("new", replaces=key_id("first"))
    return w.book.refuse("governance.key_rotated", w.maker, stated, signers=["new", "registrar"])


@case("possession_not_proven", "/keys")
def possession_not_proven(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    return w.book.refuse("governance.key_registered", w.maker, key("new"), signers=["first"])


@case("key_exists", "/sections/key/key")
def key_exists(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    return w.book.refuse("governance.key_registered", w.maker, key("first"), signers=["first"])


@case("key_revoked", "/keys/0")
def key_revoked(w: World) -> tuple[Problem, ...]:
    from tests.support.rulebook import key_id

    w = registered(w)
    section = {"key": {"key_id": key_id("first")}}
    w.book.do("governance.key_revoked", w.maker, section)
    return w.book.refuse("governance.key_revoked", w.maker, section, signers=["first"])


@case("unknown_key", "/sections/key/key_id")
def unknown_key_revoked(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.key_revoked", w.maker, {"key": {"key_id": GONE}})


@case("key_small_order", "/sections/key/key")
def key_of_small_order(w: World) -> tuple[Problem, ...]:
    stated = {"key": {**key("new")["key"], "key": "AQ" + "A" * 41}}
    return w.book.refuse("governance.key_registered", w.maker, stated)


@case("registrar_signature_missing", "/keys")
def admitted_without_the_registrar(w: World) -> tuple[Problem, ...]:
    book, operator = opened(registrars=["registrar"])
    return book.refuse("governance.organisation_admitted", operator, {"organisation": organisation(book.ref("org"))})


@case("registrar_signature_missing", "/keys")
def registrars_changed_without_the_registrar(w: World) -> tuple[Problem, ...]:
    book, operator = opened(registrars=["registrar"])
    stated = genesis(book, operator, book.ref("ledger"))["log"]
    return book.refuse("governance.registrar_changed", operator, {"log": stated})


@case("registrar_signature_missing", "/keys")
def rules_published_without_the_registrar(w: World) -> tuple[Problem, ...]:
    book, operator = opened(registrars=["registrar"])
    return book.refuse("governance.rules_published", operator, {"rule": {"rules": book.manifest}})


@case("nothing_named", "/sections/rule")
def no_rules_published(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.rules_published", w.operator, {"rule": {}})


@case("nothing_named", "/sections")
def nothing_inspected(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("storage.inspected", w.maker, {"condition": {"result": "pass"}})


@case("unknown_rule", "/rules/0/rule")
def unknown_rule(w: World) -> tuple[Problem, ...]:
    rules = manifest()["rules"]
    assert isinstance(rules, list)
    assert isinstance(rules[0], dict)
    rules[0]["rule"] = "gravity@1"
    return w.book.refuse("governance.rules_published", w.operator, {"rule": {"rules": {**manifest(), "rules": rules}}})


@case("manifest_not_of_form", "/rules/0")
def manifest_without_a_level(w: World) -> tuple[Problem, ...]:
    stated: dict[str, Any] = {**manifest(), "rules": [{"rule": "recall@1"}]}
    return w.book.refuse("governance.rules_published", w.operator, {"rule": {"rules": stated}})


@case("not_a_choice", "/rules/0/level")
def manifest_with_another_level(w: World) -> tuple[Problem, ...]:
    stated: dict[str, Any] = {
        **manifest(),
        "rules": [{"rule": "recall@1", "level": "shout", "from": "2026-01-01", "parameters": {}}],
    }
    return w.book.refuse("governance.rules_published", w.operator, {"rule": {"rules": stated}})


@case("licence_exists", "/sections/licence/licence")
def licence_exists(w: World) -> tuple[Problem, ...]:
    stated = licence(w.book, w.maker, "use")
    w.book.do("governance.licence_registered", w.maker, stated)
    return w.book.refuse("governance.licence_registered", w.maker, stated)


@case("validity_reversed", "/sections/licence/valid_to")
def validity_reversed(w: World) -> tuple[Problem, ...]:
    stated = licence(w.book, w.maker, "use", valid_to="2025-12-31")
    return w.book.refuse("governance.licence_registered", w.maker, stated)


@case("unknown_organisation", "/sections/licence/organisation")
def licence_of_nobody(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.licence_registered", w.maker, licence(w.book, w.book.ref("org"), "use"))


@case("not_for_this_actor", "/actor")
def licence_of_another(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.licence_registered", w.maker, licence(w.book, w.user, "use"))


@case("unknown_licence", "/sections/licence/licence")
def unknown_licence(w: World) -> tuple[Problem, ...]:
    stated = {"licence": {"licence": w.book.ref("licence"), "organisation": w.maker}}
    return w.book.refuse("governance.licence_suspended", w.authority, stated)


@case("no_licence", "/actor")
def no_licence(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.user, born(w, w.book.ref("batch"), 1))


@case("organisation_exists", "/sections/organisation/organisation")
def organisation_exists(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.organisation_admitted", w.operator, {"organisation": organisation(w.maker)})


@case("unknown_organisation", "/sections/organisation/organisation")
def unknown_organisation_renamed(w: World) -> tuple[Problem, ...]:
    stated = {"organisation": organisation(w.book.ref("org"))}
    return w.book.refuse("governance.organisation_renamed", w.operator, stated)


@case("unknown_organisation", "/sections/organisation/successor")
def unknown_successor(w: World) -> tuple[Problem, ...]:
    stated = {"organisation": organisation(w.maker, successor=w.book.ref("org"))}
    return w.book.refuse("governance.organisation_succeeded", w.maker, stated)


@case("not_for_this_actor", "/actor")
def another_renamed(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.organisation_renamed", w.user, {"organisation": organisation(w.maker)})


@case("not_for_this_actor", "/sections/site/site")
def site_of_another(w: World) -> tuple[Problem, ...]:
    stated = {
        "site": w.sites[w.maker], "names": {"zh": "库"}, "region": "110000",
        "locations": [{"location": "A", "kind": "bay"}],
    }  # fmt: skip
    return w.book.refuse("governance.site_registered", w.user, {"site": stated})


@case("not_for_this_actor", "/sections/product/product")
def product_of_another(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.product_registered", w.user, {"product": product(w.products["liquid"])})


@case("not_for_this_actor", "/actor")
def hold_by_a_stranger(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.hold_placed", w.user, {"product": {"batches": [w.produce()]}})


@case("not_for_this_actor", "/actor")
def recall_by_a_stranger(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.recall_ordered", w.user, {"product": {"batches": [w.produce()]}})


@case("not_for_this_actor", "/actor")
def correction_by_another(w: World) -> tuple[Problem, ...]:
    w.produce()
    return w.book.refuse("use.event_corrected", w.user, {}, refs=[("voids", w.book.entries[-1].event.hash)])


@case("not_for_this_actor", "/actor")
def erasure_by_another(w: World) -> tuple[Problem, ...]:
    w.produce()
    erases = [("erases", w.book.entries[-1].event.hash)]
    return w.book.refuse("governance.section_erased", w.user, {"reason": {"text": "asked"}}, refs=erases)


@case("section_missing", "/sections/reason")
def erasure_without_reason(w: World) -> tuple[Problem, ...]:
    w.produce()
    return w.book.refuse("governance.section_erased", w.maker, {}, refs=[("erases", w.book.entries[-1].event.hash)])


@case("unknown_event", "/refs/0/hash")
def unknown_event_erased(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.section_erased", w.maker, {}, refs=[("erases", GONE)])


@case("unknown_event", "/refs/0/hash")
def unknown_event_voided(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.event_corrected", w.maker, {}, refs=[("voids", GONE)])


@case("unknown_event", "/sections/finding/event")
def unknown_event_resolved(w: World) -> tuple[Problem, ...]:
    stated = {"finding": {"event": GONE, "rule": "loss@1", "resolution": "found again"}}
    return w.book.refuse("governance.finding_resolved", w.maker, stated)


@case("reference_missing", "/refs")
def voids_two(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.event_corrected", w.maker, {}, refs=[("voids", GONE), ("voids", GONE)])


@case("no_such_finding", "/sections/finding/rule")
def no_such_finding(w: World) -> tuple[Problem, ...]:
    w.produce()
    stated = {"finding": {"event": w.book.entries[-1].event.hash, "rule": "loss@1", "resolution": "found again"}}
    return w.book.refuse("governance.finding_resolved", w.maker, stated)


@case("no_such_hold", "/sections/product/batches/0")
def no_such_hold(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.hold_released", w.authority, {"product": {"batches": [w.produce()]}})


@case("not_recalled", "/sections/product/batches/0")
def not_recalled(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.recall_acknowledged", w.user, {"product": {"batches": [w.produce()]}})


@case("list_length", "/sections/product/batches")
def the_same_as_nothing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.batches_same_as", w.operator, {"product": {"batches": [w.produce()]}})


@case("not_correctable", "/refs/0/hash")
def not_correctable(w: World) -> tuple[Problem, ...]:
    w.container()
    return w.book.refuse("use.event_corrected", w.maker, {}, refs=[("voids", w.book.entries[-1].event.hash)])


@case("not_restatable", "/sections")
def not_restatable(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    w.book.do("storage.counted", w.maker, w.use(batch, 100))
    voids = [("voids", w.book.entries[-1].event.hash)]
    return w.book.refuse("use.event_corrected", w.maker, {"inputs": lines(line(batch, 99))}, refs=voids)


@case("unknown_batch", OUT + "/batch")
def birth_restated_as_another_batch(w: World) -> tuple[Problem, ...]:
    w.produce()
    voids = [("voids", w.book.entries[-1].event.hash)]
    stated = {"outputs": lines(line(w.book.ref("batch"), 1))}
    return w.book.refuse("production.event_corrected", w.maker, stated, refs=voids)


@case("section_not_allowed", "/sections/inputs")
def restated_with_a_section_that_does_not_belong(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    voids = [("voids", w.book.entries[-1].event.hash)]
    return w.book.refuse("use.event_corrected", w.maker, {"inputs": lines(line(batch, 1))}, refs=voids)


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


@case("step_out_of_order", "/type")
def step_out_of_order(w: World) -> tuple[Problem, ...]:
    w = world(manifest(levels={"order@1": "refuse"}))
    ref = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    w.book.do("transport.arrived", w.carrier, {"transport": {"shipment": ref}})
    return w.book.refuse("transport.departed", w.carrier, {"transport": {"shipment": ref}})


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


@case("one_batch_only", "/sections/outputs/lines")
def one_batch_only(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1)
    stated["outputs"]["lines"].append(line(w.book.ref("batch"), 1))
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("owners_differ", OUT + "/owner")
def packed_for_another(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    stated = {**w.use(batch, 1), "outputs": lines(line(batch, 1, owner=w.user))}
    return w.book.refuse("production.packed", w.maker, stated)


@case("owners_differ", OUT + "/owner")
def filled_for_another(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "outputs": lines(line(w.book.ref("batch"), 1, owner=w.user))}
    return w.book.refuse("production.filled", w.maker, stated)


@case("not_custodian", OUT + "/custodian")
def packed_into_the_hands_of_another(w: World) -> tuple[Problem, ...]:
    batch = w.produce()
    stated = {**w.use(batch, 1), "outputs": lines(line(batch, 1, custodian=w.user))}
    return w.book.refuse("production.packed", w.maker, stated)


@case("section_missing", "/sections/product")
def found_without_a_product(w: World) -> tuple[Problem, ...]:
    stated = {"outputs": lines(line(w.book.ref("batch"), 1)), "place": w.place(w.maker)}
    return w.book.refuse("use.received_without_order", w.maker, stated)


@case("section_missing", "/sections/outputs")
def born_without_outputs(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.maker, {"product": {"product": w.products["liquid"]}})


@case("section_not_allowed", "/sections/heads")
def section_not_allowed(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "heads": {"n": 1, "chains": 1, "root": GONE}}
    return w.book.refuse("use.consumed", w.maker, stated)


@case("state_kind_mismatch", None)
def state_kind_mismatch(w: World) -> tuple[Problem, ...]:
    values = {w.maker: w.book.values[w.sites[w.maker]]}
    return raised(lambda: State(values, index=1, ledger_id=None).org(w.maker))


@case("unknown_state_kind", None)
def unknown_state_kind(w: World) -> tuple[Problem, ...]:
    return raised(lambda: codec.load("planet:1", b"{}"))


@case("status_wrong", LINE + "/status")
def quarantined_twice(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("storage.quarantined", w.maker, w.use(w.produce(), 1, status="quarantine"))


@case("status_wrong", LINE + "/status")
def manifested_before_it_is_waste(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1, status="free"), "documents": {"items": [{"kind": "manifest", "number": "1"}]}}
    return w.book.refuse("disposal.waste_manifested", w.maker, stated)


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


@case("transformation_unbalanced", "/sections/outputs")
def transformation_unbalanced(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 100) | {"inputs": lines(line(w.produce(100), "99.999999"))}
    return w.book.refuse("production.batch_transformed", w.maker, stated)


@case("transformation_unbalanced", "/sections/outputs")
def blend_unbalanced(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 100) | {"inputs": lines(line(w.produce(100), 99))}
    return w.book.refuse("production.batch_blended", w.maker, stated)


@case("transformation_unbalanced", "/sections/outputs")
def packed_unbalanced(w: World) -> tuple[Problem, ...]:
    batch = w.produce(100)
    stated = {**w.use(batch, 10), "outputs": lines(line(batch, 11))}
    return w.book.refuse("production.packed", w.maker, stated, "report")


@case("untracked_not_allowed", "/sections/inputs/untracked")
def untracked_not_allowed(w: World) -> tuple[Problem, ...]:
    air: list[Json] = [{"name": "air", "amount": "1", "unit": "kg"}]
    stated = born(w, w.book.ref("batch"), 99) | {"inputs": lines(line(w.produce(100), 99), untracked=air)}
    return w.book.refuse("production.batch_blended", w.maker, stated)


@case("unknown_batch", LINE + "/batch")
def unknown_batch(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, w.use(w.book.ref("batch"), 1), "report")


@case("unknown_batch", "/sections/product/batches/0")
def unknown_batch_held(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.hold_placed", w.authority, {"product": {"batches": [w.book.ref("batch")]}})


@case("unknown_container", LINE + "/container")
def unknown_container(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("use.consumed", w.maker, w.use(w.produce(), 1, container=w.book.ref("container")), "report")


@case("unknown_container", OUT + "/container")
def born_into_an_unknown_container(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1, container=w.book.ref("container"))
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("unknown_container", "/sections/containers/items/0/container")
def unknown_container_cleaned(w: World) -> tuple[Problem, ...]:
    items = [{"container": w.book.ref("container")}]
    return w.book.refuse("storage.cleaned", w.maker, {"containers": {"items": items}})


@case("unknown_event_type", "/type")
def unknown_event_type(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_dreamed", w.maker, {})


@case("unknown_location", "/sections/place/location")
def unknown_location(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "place": w.place(w.maker, "Z")}
    return w.book.refuse("use.consumed", w.maker, stated)


@case("unknown_location", OUT + "/place")
def born_at_an_unknown_location(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1, place=w.at(w.maker, "Z"))
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("unknown_site", "/sections/place/site")
def unknown_site(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "place": {"site": w.book.ref("site")}}
    return w.book.refuse("use.consumed", w.maker, stated, "report")


@case("unknown_site", OUT + "/place")
def born_at_an_unknown_site(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1, place=w.book.ref("site") + "/A")
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("unknown_organisation", OUT + "/owner")
def born_for_nobody(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.maker, born(w, w.book.ref("batch"), 1, owner=w.book.ref("org")))


@case("unknown_organisation", OUT + "/custodian")
def born_in_the_hands_of_nobody(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1, custodian=w.book.ref("org"))
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("unknown_product", "/sections/product/product")
def unknown_product(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1) | {"product": {"product": w.book.ref("product")}}
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("unknown_target", "/sections/containers/items/0/target")
def unknown_target(w: World) -> tuple[Problem, ...]:
    items = [{"code": "0123456789ABCDEF", "target": w.book.ref("shipment")}]
    return w.book.refuse("production.label_issued", w.maker, {"containers": {"items": items}})


@case("not_a_choice", "/sections/reason/kind")
def another_kind_of_loss(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "reason": {"text": "gone", "kind": "magic"}}
    return w.book.refuse("use.loss_or_theft_reported", w.maker, stated)


@case("not_a_choice", "/sections/reason/kind")
def another_kind_of_find(w: World) -> tuple[Problem, ...]:
    stated = {
        "outputs": lines(line(w.produce(), 1)), "place": w.place(w.maker), "reason": {"text": "!", "kind": "magic"},
    }  # fmt: skip
    return w.book.refuse("use.received_without_order", w.maker, stated)
