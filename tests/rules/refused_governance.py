"""Statements of governance and corrections that are refused."""

from ledger.core.canonical import Json
from ledger.errors import Problem
from ledger.rules import codec
from ledger.rules.aggregates import LedgerState
from tests.rules.refusals import GONE, OUT, case, raised
from tests.support.rulebook import (
    World,
    licence,
    line,
    lines,
    manifest,
    organisation,
    product,
    public_key,
    world,
)

ERASURE: dict[str, dict[str, Json]] = {"reason": {"text": "asked", "kind": "auth"}}


@case("already_voided", "/refs/1/hash")
def already_voided(w: World) -> tuple[Problem, ...]:
    w.produce()
    voids = [("voids", w.book.entries[-1].event.hash)]
    w.book.do("production.event_corrected", w.maker, {}, refs=voids)
    return w.book.refuse("production.event_corrected", w.maker, {}, refs=[("previous", GONE), *voids])


@case("container_exists", "/sections/containers/items/0/container")
def container_exists(w: World) -> tuple[Problem, ...]:
    items = [{"container": w.container(), "kind": "drum"}]
    return w.book.refuse("governance.container_registered", w.maker, {"containers": {"items": items}})


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


def _with_unit(w: World, locations: list[Json], **line: Json) -> tuple[Problem, ...]:
    maximum: dict[str, Json] = {"name": "甲醇", "most_kg": "1", **line}
    stated: dict[str, Json] = {
        "site": w.sites[w.maker], "names": {"zh": "库"}, "region": "110000",
        "locations": [{"location": "A", "kind": "bay"}],
        "hazard_units": [{"unit": "U1", "locations": locations, "maximum": [maximum]}],
    }  # fmt: skip
    return w.book.refuse("governance.site_registered", w.maker, {"site": stated})


@case("unknown_location", "/sections/site/hazard_units/0/locations")
def unit_of_a_place_that_is_not_there(w: World) -> tuple[Problem, ...]:
    return _with_unit(w, ["A", "Z"], row=65)


@case("unknown_threshold", "/sections/site/hazard_units/0/maximum/0")
def unit_that_counts_by_nothing(w: World) -> tuple[Problem, ...]:
    return _with_unit(w, ["A"])


@case("unknown_product", "/sections/site/hazard_units/0/maximum/0/product")
def unit_of_an_unknown_product(w: World) -> tuple[Problem, ...]:
    return _with_unit(w, ["A"], product=w.book.ref("product"))


@case("unknown_threshold", "/sections/site/hazard_units/0/maximum/0/row")
def unit_by_a_row_that_is_not_there(w: World) -> tuple[Problem, ...]:
    return _with_unit(w, ["A"], row=86)


@case("unknown_threshold", "/sections/site/hazard_units/0/maximum/0/category")
def unit_by_a_category_that_is_not_there(w: World) -> tuple[Problem, ...]:
    return _with_unit(w, ["A"], category="W99")


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
    return w.book.refuse("governance.section_erased", w.user, ERASURE, refs=erases)


@case("section_missing", "/sections/reason")
def erasure_without_reason(w: World) -> tuple[Problem, ...]:
    w.produce()
    return w.book.refuse("governance.section_erased", w.maker, {}, refs=[("erases", w.book.entries[-1].event.hash)])


@case("unknown_event", "/refs/0/hash")
def unknown_event_erased(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.section_erased", w.maker, ERASURE, refs=[("erases", GONE)])


@case("section_not_stated", "/sections/reason/kind")
def erasure_of_a_section_that_was_not_stated(w: World) -> tuple[Problem, ...]:
    w.produce()
    erases = [("erases", w.book.entries[-1].event.hash)]
    reason: dict[str, Json] = {"text": "asked", "kind": "personal"}
    return w.book.refuse("governance.section_erased", w.maker, {"reason": reason}, refs=erases)


@case("not_a_choice", "/sections/reason/kind")
def erasure_of_evidence(w: World) -> tuple[Problem, ...]:
    w.produce()
    erases = [("erases", w.book.entries[-1].event.hash)]
    reason: dict[str, Json] = {"text": "asked", "kind": "outputs"}
    return w.book.refuse("governance.section_erased", w.maker, {"reason": reason}, refs=erases)


@case("name_missing", "/sections/reason/kind")
def erasure_that_names_no_section(w: World) -> tuple[Problem, ...]:
    w.produce()
    erases = [("erases", w.book.entries[-1].event.hash)]
    return w.book.refuse("governance.section_erased", w.maker, {"reason": {"text": "asked"}}, refs=erases)


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


@case("unknown_state_kind", None)
def unknown_state_kind(w: World) -> tuple[Problem, ...]:
    return raised(lambda: codec.load("planet:1", b"{}"))


@case("unknown_batch", "/sections/product/batches/0")
def unknown_batch_held(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.hold_placed", w.authority, {"product": {"batches": [w.book.ref("batch")]}})


def _log(w: World, **change: Json) -> dict[str, dict[str, Json]]:
    known = w.book.values[str(w.book.ledger_id)]
    assert isinstance(known, LedgerState)
    stated: dict[str, Json] = {
        "origin": known.origin, "keys": [*known.log_keys], "registrars": [*known.registrars], "demo": known.demo,
    }  # fmt: skip
    return {"log": {**stated, **change}}


@case("log_key_used_before", "/sections/log/keys/0")
def log_key_rotated_to_itself(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.log_key_rotated", w.operator, _log(w))


@case("log_key_used_before", "/sections/log/keys/0")
def log_key_rotated_back(w: World) -> tuple[Problem, ...]:
    former = _log(w)
    w.book.do("governance.log_key_rotated", w.operator, _log(w, keys=[public_key("log 2")]))
    return w.book.refuse("governance.log_key_rotated", w.operator, former)


@case("log_section_differs", "/sections/log/registrars")
def registrars_smuggled_into_a_rotation(w: World) -> tuple[Problem, ...]:
    stated = _log(w, keys=[public_key("log 2")], registrars=[public_key("registrar")])
    return w.book.refuse("governance.log_key_rotated", w.operator, stated)


@case("log_section_differs", "/sections/log/keys")
def log_key_smuggled_into_a_change_of_registrars(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.registrar_changed", w.operator, _log(w, keys=[public_key("log 2")]))


@case("log_section_differs", "/sections/log/demo")
def demo_made_real(w: World) -> tuple[Problem, ...]:
    known = w.book.values[str(w.book.ledger_id)]
    assert isinstance(known, LedgerState)
    return w.book.refuse("governance.registrar_changed", w.operator, _log(w, demo=not known.demo))


@case("log_section_differs", "/sections/log/origin")
def origin_changed(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.registrar_changed", w.operator, _log(w, origin="other.example/log"))


@case("holds_on_batches_alone", "/sections")
def hold_on_a_site_by_older_rules(w: World) -> tuple[Problem, ...]:
    del w  # by the rules that it has, sites are held
    old = world(manifest(without=("hold@2",)))
    return old.book.refuse("governance.hold_placed", old.authority, {"place": {"site": old.sites[old.maker]}})


@case("nothing_named", "/sections")
def hold_on_nothing(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.hold_placed", w.authority, {"reason": {"text": "x"}})


@case("unknown_container", "/sections/containers/items/0/container")
def hold_on_an_unknown_container(w: World) -> tuple[Problem, ...]:
    named = {"containers": {"items": [{"container": w.book.ref("container")}]}}
    return w.book.refuse("governance.hold_placed", w.authority, named)


@case("not_for_this_actor", "/actor")
def hold_on_the_site_of_another(w: World) -> tuple[Problem, ...]:
    return w.book.refuse("governance.hold_placed", w.user, {"place": {"site": w.sites[w.maker]}})
