"""Statements that make batches, or are about containers, that are refused."""

from ledger.core.canonical import Json
from ledger.errors import Problem
from tests.rules.refusals import OUT, born, case
from tests.support.rulebook import (
    World,
    line,
    lines,
    organisation,
)


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


@case("batch_exists", OUT + "/batch")
def batch_exists(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.maker, born(w, w.produce(), 1))


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


@case("no_licence", "/actor")
def no_licence(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.batch_produced", w.user, born(w, w.book.ref("batch"), 1))


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


@case("unknown_container", OUT + "/container")
def born_into_an_unknown_container(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1, container=w.book.ref("container"))
    return w.book.refuse("production.batch_produced", w.maker, stated)


@case("unknown_container", "/sections/containers/items/0/container")
def unknown_container_cleaned(w: World) -> tuple[Problem, ...]:
    items = [{"container": w.book.ref("container")}]
    return w.book.refuse("storage.cleaned", w.maker, {"containers": {"items": items}})


@case("unknown_location", OUT + "/place")
def born_at_an_unknown_location(w: World) -> tuple[Problem, ...]:
    stated = born(w, w.book.ref("batch"), 1, place=w.at(w.maker, "Z"))
    return w.book.refuse("production.batch_produced", w.maker, stated)


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


def codes(*items: dict[str, Json]) -> dict[str, dict[str, Json]]:
    return {"containers": {"items": list(items)}}


@case("code_taken", "/sections/containers/items/0/code")
def code_of_another_thing(w: World) -> tuple[Problem, ...]:
    w.book.do("production.label_issued", w.maker, codes({"code": "0123456789ABCDEF", "target": w.produce()}))
    return w.book.refuse("production.label_issued", w.maker, codes({"code": "0123456789ABCDEF", "target": w.produce()}))


@case("alias_taken", "/sections/containers/items/0/aliases/0")
def alias_of_another_thing(w: World) -> tuple[Problem, ...]:
    alias: list[Json] = ["安全信息码 310116-000123"]
    w.book.do("production.label_issued", w.maker, codes({"code": "0" * 16, "target": w.produce(), "aliases": alias}))
    again: dict[str, Json] = {"code": "1" * 16, "target": w.produce(), "aliases": alias}
    return w.book.refuse("production.label_issued", w.maker, codes(again))


def prefixed(w: World, org: str, *prefixes: str) -> None:
    stated = organisation(org, gs1_prefixes=list(prefixes))
    w.book.do("governance.organisation_renamed", org, {"organisation": stated})


@case("gtin_unregistered", "/sections/containers/items/0/aliases/0")
def gtin_of_nobody(w: World) -> tuple[Problem, ...]:
    item: dict[str, Json] = {"code": "1" * 16, "target": w.produce(), "aliases": ["(01)09506000134352(10)A"]}
    return w.book.refuse("production.label_issued", w.maker, codes(item), "report")


@case("gtin_not_yours", "/sections/containers/items/0/aliases/0")
def gtin_of_another(w: World) -> tuple[Problem, ...]:
    prefixed(w, w.maker, "9506")
    prefixed(w, w.user, "9507")
    item: dict[str, Json] = {"code": "1" * 16, "target": w.produce(), "aliases": ["(01)09507000134359(10)A"]}
    return w.book.refuse("production.label_issued", w.maker, codes(item), "report")


@case("gs1_prefix_taken", "/sections/organisation/gs1_prefixes/0")
def prefix_within_anothers(w: World) -> tuple[Problem, ...]:
    prefixed(w, w.maker, "95060001")
    stated = organisation(w.user, gs1_prefixes=["950600013"])
    return w.book.refuse("governance.organisation_renamed", w.user, {"organisation": stated})


@case("label_target_not_yours", "/sections/containers/items/0/target")
def label_on_anothers_drum(w: World) -> tuple[Problem, ...]:
    return w.book.refuse(
        "production.label_issued", w.user, codes({"code": "1" * 16, "target": w.container()}), "report"
    )


@case("label_unknown", "/sections/containers/items/0/code")
def void_of_what_was_never_issued(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("production.label_voided", w.maker, codes({"code": "0" * 16}))


@case("label_not_yours", "/sections/containers/items/0/code")
def void_of_a_strangers_label(w: World) -> tuple[Problem, ...]:
    w.book.do("production.label_issued", w.maker, codes({"code": "0" * 16, "target": w.produce()}))
    return w.book.refuse("production.label_voided", w.carrier, codes({"code": "0" * 16}), "report")


@case("not_a_choice", "/sections/reason/kind")
def another_kind_of_find(w: World) -> tuple[Problem, ...]:
    stated = {
        "outputs": lines(line(w.produce(), 1)), "place": w.place(w.maker), "reason": {"text": "!", "kind": "magic"},
    }  # fmt: skip
    return w.book.refuse("use.received_without_order", w.maker, stated)
