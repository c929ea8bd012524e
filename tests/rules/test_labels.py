"""Printed codes: who may issue, claim, print again and void them, and what each stands for afterwards."""

from typing import Any

import pytest

from ledger.rules.aggregates import CodeState
from tests.rules.test_transport import planned
from tests.support.rulebook import World, findings, line, lines, manifest, organisation, world

CODE, OTHER = "0123456789ABCDEF", "0123456789ABCDEG"
LINK = "https://id.gs1.org/01/09506000134352/10/A"


def codes(*items: dict[str, Any]) -> dict[str, Any]:
    return {"containers": {"items": list(items)}}


def state(w: World, text: str = CODE) -> CodeState | None:
    found = w.book.values.get("code:" + text)
    return found if isinstance(found, CodeState) else None


def issue(w: World, who: str, **item: Any) -> Any:  # noqa: ANN401
    return w.book.do("production.label_issued", who, codes({"code": CODE, **item}))


def void(w: World, who: str, mode: str = "act") -> Any:  # noqa: ANN401
    return w.book.do("production.label_voided", who, codes({"code": CODE}), mode)


def refused(w: World, kind: str, who: str, item: dict[str, Any], mode: str = "act") -> str:
    return w.book.refuse(f"production.label_{kind}", who, codes(item), mode)[0].code


def test_a_code_of_a_roll_is_claimed_once_by_its_issuer(w: World) -> None:
    entry = issue(w, w.maker)
    assert set(entry.effects) == {w.maker}
    assert state(w) == CodeState(w.maker, "", entry.index)
    drum = w.container()
    assert refused(w, "issued", w.carrier, {"code": CODE, "target": drum}) == "code_taken"
    assert refused(w, "issued", w.maker, {"code": CODE}) == "code_taken"
    assert refused(w, "voided", w.carrier, {"code": CODE}) == "label_not_yours"
    claimed = issue(w, w.maker, target=drum)
    assert set(claimed.effects) == {drum}
    assert state(w) == CodeState(w.maker, drum, entry.index)
    assert refused(w, "issued", w.maker, {"code": CODE, "target": w.container()}) == "code_taken"


def test_a_label_is_printed_again_for_the_same_thing_by_who_may(w: World) -> None:
    drum = w.container()
    first = issue(w, w.maker, target=drum)
    issue(w, w.maker, target=drum)
    assert state(w) == CodeState(w.maker, drum, first.index)
    assert refused(w, "issued", w.carrier, {"code": CODE, "target": drum}) == "code_taken"
    voided = void(w, w.maker)
    assert state(w) == CodeState(w.maker, drum, first.index, voided.index)
    assert refused(w, "issued", w.maker, {"code": CODE, "target": drum}) == "code_taken"
    void(w, w.maker)
    assert state(w) == CodeState(w.maker, drum, first.index, voided.index)


def test_a_code_stands_once_in_a_statement(w: World) -> None:
    batch = w.produce()
    item = {"code": CODE, "target": batch}
    answer = w.book.refuse("production.label_issued", w.maker, codes(item, item))
    assert (answer[0].code, answer[0].field) == ("code_taken", "/sections/containers/items/1/code")


@pytest.mark.parametrize("mode", ["act", "report"])
def test_nobody_else_voids_a_label_not_even_by_reporting_it(w: World, mode: str) -> None:
    issue(w, w.maker, target=w.produce())
    assert refused(w, "voided", w.carrier, {"code": CODE}, mode) == "label_not_yours"
    assert refused(w, "voided", w.maker, {"code": OTHER}, mode) == "label_unknown"


def first_rule() -> World:
    """A world where the first version of the rule is in force, and not the second."""
    stated = manifest(without=("label_authority@2",))
    assert isinstance(stated["rules"], list)
    first: dict[str, Any] = {"rule": "label_authority@1", "level": "refuse", "from": "2020-01-01", "parameters": {}}
    return world({**stated, "rules": [*stated["rules"], first]})


def test_by_the_first_rule_who_owns_a_thing_voids_what_another_stuck_on_it() -> None:
    w = first_rule()
    trip = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, trip))
    for target, owner in (
        (w.container(), w.maker),
        (w.produce(), w.maker),
        (w.at(w.maker, "B"), w.maker),
        (trip, w.carrier),
    ):
        code = f"{len(w.book.entries):016d}"
        other = w.carrier if owner == w.maker else w.maker
        w.book.do("production.label_issued", other, codes({"code": code, "target": target}))
        w.book.do("production.label_voided", owner, codes({"code": code}))
        found = state(w, code)
        assert found is not None
        assert found.voided is not None


def test_who_has_a_drum_may_void_its_label(w: World) -> None:
    batch, drum = w.produce(), w.container()
    stated = {"inputs": lines(line(batch, 10)), "outputs": lines(line(batch, 10, container=drum))}
    w.book.do("production.packed", w.maker, {**stated, "place": w.place(w.maker)})
    assert w.book.vessel(drum).holder == w.maker


def test_before_the_rule_was_in_force_anybody_could(w: World) -> None:
    old = world(manifest(without=("label_authority@2",)))
    issue(old, old.maker, target=old.produce())
    void(old, old.carrier)
    found = state(old)
    assert found is not None
    assert found.voided is not None
    old.book.do("production.label_voided", old.carrier, codes({"code": OTHER}))
    assert state(old, OTHER) is None


def test_where_the_rule_only_warns_it_is_a_finding(w: World) -> None:
    mild = world(manifest({"label_authority@2": "warn"}))
    issue(mild, mild.maker, target=mild.produce())
    assert findings(void(mild, mild.carrier)) == {"label_authority@2": {"problem": "label_not_yours", "level": "warn"}}
    other = mild.book.do("production.label_issued", mild.user, codes({"code": OTHER, "target": mild.container()}))
    assert findings(other) == {"label_authority@2": {"problem": "label_target_not_yours", "level": "warn"}}


def test_nobody_binds_a_code_to_what_is_anothers(w: World) -> None:
    trip = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.carrier, planned(w, trip))
    for target, owner in (
        (w.container(), w.maker),
        (w.produce(), w.maker),
        (w.at(w.maker, "B"), w.maker),
        (trip, w.carrier),
    ):
        code = f"{len(w.book.entries):016d}"
        other = w.authority
        for mode in ("act", "report"):
            assert refused(w, "issued", other, {"code": code, "target": target}, mode) == "label_target_not_yours"
        w.book.do("production.label_issued", owner, codes({"code": code, "target": target}))
    place = f"{w.sites[w.maker]}/NOWHERE"
    assert refused(w, "issued", w.maker, {"code": OTHER, "target": place}) == "unknown_location"


def test_who_has_some_of_a_batch_says_where_and_labels_it(w: World) -> None:
    batch = w.produce(10)
    held: dict[str, Any] = {"owner": w.maker, "custodian": w.maker, "place": w.at(w.maker)}
    item: dict[str, Any] = {"code": CODE, "target": batch}
    assert refused(w, "issued", w.user, {**item, "held": held}) == "label_target_not_yours"
    sale = {"inputs": lines(line(batch, 4)), "parties": {"buyer": w.user, "seller": w.maker}, "place": w.place(w.maker)}
    w.book.do("operation.sold", w.maker, sale, "report")
    held["owner"] = w.user
    assert refused(w, "issued", w.user, {**item, "held": {**held, "status": "hold"}}) == "label_target_not_yours"
    issue(w, w.user, target=batch, held=held)


def test_who_brought_a_batch_in_labels_it_though_another_made_it(w: World) -> None:
    batch = w.produce(org=w.user, type="storage.opening_declared")
    assert w.book.batch(batch).producer is None
    issue(w, w.user, target=batch)


def test_a_gtin_is_bound_by_who_registered_its_prefix_and_the_longest_prefix_counts(w: World) -> None:
    for org, prefix in ((w.maker, "95060001"), (w.user, "9507"), (w.maker, "9506")):
        stated = organisation(org, gs1_prefixes=[prefix])
        w.book.do("governance.organisation_renamed", org, {"organisation": stated})
    issue(w, w.maker, target=w.produce(), aliases=[LINK])
    stated = organisation(w.user, gs1_prefixes=["95060001"])
    assert (
        w.book.refuse("governance.organisation_renamed", w.user, {"organisation": stated})[0].code == "gs1_prefix_taken"
    )


def test_a_prefix_stays_who_registered_it_while_the_name_changes(w: World) -> None:
    w.book.do(
        "governance.organisation_renamed", w.maker, {"organisation": organisation(w.maker, gs1_prefixes=["9506"])}
    )
    w.book.do("governance.organisation_renamed", w.maker, {"organisation": organisation(w.maker)})
    issue(w, w.maker, target=w.produce(), aliases=[LINK])


def test_before_the_rule_of_gtins_anybody_bound_them() -> None:
    old = world(manifest(without=("gtin@1",)))
    issue(old, old.maker, target=old.produce(), aliases=[LINK])


def test_codes_of_other_systems_are_bound_to_the_same_thing(w: World) -> None:
    w.book.do(
        "governance.organisation_renamed", w.maker, {"organisation": organisation(w.maker, gs1_prefixes=["9506"])}
    )
    batch = w.produce()
    entry = issue(w, w.maker, target=batch, aliases=[LINK, "安全信息码 310116-000123"])
    for text in ("/01/09506000134352/10/A", "安全信息码 310116-000123"):
        assert state(w, text) == CodeState(w.maker, batch, entry.index)
    again = {"code": OTHER, "target": batch, "aliases": [LINK]}
    w.book.do("production.label_issued", w.maker, codes(again))
    for alias in (CODE, "a" * 16, f"https://x.example/Q/{CODE}"):
        item = {"code": "2" * 16, "target": batch, "aliases": [alias]}
        assert refused(w, "issued", w.maker, item) == "alias_taken"
    assert refused(w, "issued", w.maker, {"code": "2" * 16, "aliases": ["x"]}) == "alias_taken"
