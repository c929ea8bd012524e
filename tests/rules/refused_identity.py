"""Statements that are refused for who states them: keys, registrars, the genesis, manifests."""

from typing import Any

from ledger.errors import Problem
from ledger.rules.state import State
from tests.rules.refusals import GONE, LINE, case, key, opening, raised, registered, used
from tests.rules.test_transport import planned
from tests.support.rulebook import (
    Rulebook,
    World,
    genesis,
    manifest,
    opened,
    organisation,
    world,
)


@case("act_only", "/mode")
def act_only(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.key_revoked", w.maker, {"key": {"key_id": GONE}}, "report")


@case("heads_index_wrong", "/sections/heads/n")
def heads_index_wrong(w: World) -> tuple[Problem, ...]:
    heads = {"n": len(w.book.entries) + 1, "chains": 1, "root": GONE}
    return w.book.refuse("governance.heads_published", w.operator, {"heads": heads})


@case("not_the_operator", "/actor")
def operator_only(w: World) -> tuple[Problem, ...]:
    heads = {"n": len(w.book.entries), "chains": 1, "root": GONE}
    return w.book.refuse("governance.heads_published", w.maker, {"heads": heads})


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


@case("unknown_key", "/keys/0")
def unknown_key(w: World) -> tuple[Problem, ...]:
    return used(w, signers=["stranger"])


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


@case("key_endorsed_by_oneself", "/sections/key/holder")
def key_endorsed_by_oneself(w: World) -> tuple[Problem, ...]:
    w = registered(w)
    w.book.do("governance.key_registered", w.maker, key("second"), signers=["first", "second"])
    return w.book.refuse("governance.key_registered", w.maker, key("third"), signers=["second", "third"])


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


@case("organisation_exists", "/sections/organisation/organisation")
def organisation_exists(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.organisation_admitted", w.operator, {"organisation": organisation(w.maker)})


@case("unknown_organisation", "/sections/organisation/organisation")
def unknown_organisation_renamed(w: World) -> tuple[Problem, ...]:
    stated = {"organisation": organisation(w.book.ref("org"))}
    return w.book.refuse("governance.organisation_renamed", w.operator, stated)


@case("list_length", "/sections/product/batches")
def the_same_as_nothing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.batches_same_as", w.operator, {"product": {"batches": [w.produce()]}})


@case("step_out_of_order", "/type")
def step_out_of_order(w: World) -> tuple[Problem, ...]:
    w = world(manifest(levels={"order@1": "refuse"}))
    ref = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, ref))
    w.book.do("transport.arrived", w.carrier, {"transport": {"shipment": ref}})
    return w.book.refuse("transport.departed", w.carrier, {"transport": {"shipment": ref}})


@case("section_not_allowed", "/sections/heads")
def section_not_allowed(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1), "heads": {"n": 1, "chains": 1, "root": GONE}}
    return w.book.refuse("use.consumed", w.maker, stated)


@case("state_kind_mismatch", None)
def state_kind_mismatch(w: World) -> tuple[Problem, ...]:
    values = {w.maker: w.book.values[w.sites[w.maker]]}
    return raised(lambda: State(values, index=1, ledger_id=None).org(w.maker))


@case("status_wrong", LINE + "/status")
def manifested_before_it_is_waste(w: World) -> tuple[Problem, ...]:
    stated = {**w.use(w.produce(), 1, status="free"), "documents": {"items": [{"kind": "manifest", "number": "1"}]}}
    return w.book.refuse("disposal.waste_manifested", w.maker, stated)
