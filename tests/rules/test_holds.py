"""Holds on a whole site and on a container: what they stop, what they never stop, who lifts them; and older rules."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules.aggregates import SiteState
from tests.rules.test_guards import WOULD, reasons
from tests.rules.test_transport import planned
from tests.support.rulebook import World, findings, line, lines, manifest, organisation, world


def on_site(w: World, who: str | None = None) -> dict[str, Any]:
    return {"place": {"site": w.sites[who or w.maker]}}


def on_drum(*drums: str) -> dict[str, Any]:
    return {"containers": {"items": [{"container": drum} for drum in drums]}}


def place(w: World, sections: dict[str, Any], who: str | None = None) -> Any:  # noqa: ANN401 - an entry
    return w.book.do("governance.hold_placed", who or w.authority, sections)


def lift(w: World, sections: dict[str, Any], who: str | None = None) -> None:
    w.book.do("governance.hold_released", who or w.authority, sections)


def stops(w: World, type: str, sections: dict[str, Any]) -> list[str]:
    return [problem.code for problem in w.book.refuse(type, w.maker, sections)]


def site(w: World) -> SiteState:
    known = w.book.values[w.sites[w.maker]]
    assert isinstance(known, SiteState)
    return known


def load(w: World, batch: str, **more: Json) -> dict[str, Any]:
    trip = w.book.ref("shipment")
    w.book.do("transport.shipment_planned", w.maker, planned(w, trip))
    return {**w.use(batch, 1, **more), "transport": {"shipment": trip}}


def test_nothing_at_a_held_site_is_used_sold_or_packed(w: World) -> None:
    batch, drum = w.produce(), w.container()
    entry = place(w, on_site(w))
    assert set(entry.effects) == {w.sites[w.maker]}
    assert [*site(w).held] == [w.authority]
    packed = {**w.use(batch, 1), "outputs": lines(line(batch, 1, container=drum))}
    for type, sections in (
        ("use.consumed", w.use(batch, 1)),
        ("operation.exported", w.use(batch, 1)),
        ("production.packed", packed),
        ("use.issued_for_use", {**w.use(batch, 1), "place": w.place(w.maker, to_location="USE")}),
        ("transport.loaded", load(w, batch)),
    ):
        assert stops(w, type, sections) == ["site_on_hold"], type
    assert reasons(w.book.do("use.consumed", w.maker, w.use(batch, 1), "report")) == ["site_on_hold"]


def test_a_held_site_is_named_once_however_many_lines_lie_there(w: World) -> None:
    first, second = w.produce(), w.produce()
    place(w, on_site(w))
    stated = {"inputs": lines(line(first, 1), line(second, 1)), "place": w.place(w.maker)}
    assert stops(w, "use.consumed", stated) == ["site_on_hold"]


def test_a_held_site_does_not_stop_other_sites(w: World) -> None:
    batch = w.produce()
    place(w, on_site(w, w.user))
    w.book.do("use.consumed", w.maker, w.use(batch, 1))


@pytest.mark.parametrize(
    ("type", "more"),
    [
        ("storage.counted", {}),
        ("storage.quarantined", {}),
        ("storage.sampled", {}),
        ("storage.moved", {"to_location": "B"}),
        ("operation.returned", {}),
        ("disposal.declared_waste", {}),
    ],
)
def test_what_a_hold_never_stops(w: World, type: str, more: dict[str, Any]) -> None:
    drum = w.container()
    batch = w.produce(100, container=drum)
    place(w, {**on_site(w), **on_drum(drum)})
    sections = {**w.use(batch, 100, container=drum), "place": w.place(w.maker, **more)}
    if type == "operation.returned":
        sections["parties"] = {"to": w.user}
    assert WOULD not in findings(w.book.do(type, w.maker, sections))


def test_waste_leaves_a_held_site(w: World) -> None:
    batch = w.produce()
    place(w, on_site(w))
    w.book.do("disposal.declared_waste", w.maker, w.use(batch, 100))
    w.book.do("transport.loaded", w.maker, load(w, batch, status="waste"))


def test_what_is_in_a_held_drum_stays_in_it_and_nothing_is_put_into_it(w: World) -> None:
    drum, other, empty = w.container(), w.container(), w.container()
    batch, loose = w.produce(100, container=drum), w.produce()
    assert set(place(w, on_drum(drum, empty)).effects) == {drum, empty}
    assert [*w.book.vessel(drum).held] == [w.authority]
    assert stops(w, "use.consumed", w.use(batch, 1, container=drum)) == ["container_on_hold"]
    repacked = {**w.use(batch, 1, container=drum), "outputs": lines(line(batch, 1, container=other))}
    assert stops(w, "storage.repacked", repacked) == ["container_on_hold"]
    packed = {**w.use(loose, 1), "outputs": lines(line(loose, 1, container=empty))}
    assert stops(w, "production.packed", packed) == ["container_on_hold"]
    w.book.do("use.consumed", w.maker, w.use(loose, 1))


def test_a_held_drum_travels_whole_and_is_not_emptied_into_a_tank(w: World) -> None:
    drum, tank = w.container(), w.container("tank")
    batch = w.produce(1, container=drum)
    place(w, on_drum(drum))
    sections = load(w, batch, container=drum)
    into: dict[str, Json] = {**sections["transport"], "compartments": [{"batch": batch, "compartment": tank}]}
    assert stops(w, "transport.loaded", {**sections, "transport": into}) == ["container_on_hold"]
    w.book.do("transport.loaded", w.maker, sections)
    assert [*w.book.vessel(drum).held] == [w.authority]


def test_who_placed_a_hold_lifts_it_and_nobody_else(w: World) -> None:
    drum = w.container()
    batch = w.produce(100, container=drum)
    for named in (on_site(w), on_drum(drum)):
        for who in (w.authority, w.maker):
            place(w, named, who)
        lift(w, named)
        assert w.book.refuse("governance.hold_released", w.authority, named)[0].code == "no_such_hold"
        assert len(stops(w, "use.consumed", w.use(batch, 1, container=drum))) == 1
        lift(w, named, w.maker)
        w.book.do("use.consumed", w.maker, w.use(batch, 1, container=drum))


def test_a_hold_outlasts_a_new_list_of_locations(w: World) -> None:
    place(w, on_site(w))
    known = site(w)
    stated = {
        "site": known.id,
        "names": {"zh": "二号库"},
        "region": "110000",
        "locations": [{"location": "A", "kind": "bay"}],
    }
    w.book.do("governance.site_registered", w.maker, {"site": stated})
    assert [*site(w).held] == [w.authority]


def test_an_authority_holds_no_site_outside_its_jurisdiction(w: World) -> None:
    elsewhere = w.book.ref("org")
    stated = organisation(elsewhere, "authority", authority="fire", jurisdiction={"regions": ["33"]})
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": stated})
    problems = w.book.refuse("governance.hold_placed", elsewhere, on_site(w))
    assert [problem.code for problem in problems] == ["outside_jurisdiction"]


def first_rule() -> World:
    """A world where the first version of the rule is in force, and not the second."""
    stated = manifest(without=("hold@2",))
    assert isinstance(stated["rules"], list)
    first: dict[str, Any] = {"rule": "hold@1", "level": "refuse", "from": "2020-01-01", "parameters": {}}
    stated["rules"] = [*stated["rules"], first]
    return world(stated)


def test_the_first_rule_holds_batches_and_nothing_else() -> None:
    w = first_rule()
    batch = w.produce()
    for named in (on_site(w), on_drum(w.container())):
        assert w.book.refuse("governance.hold_placed", w.authority, named)[0].code == "holds_on_batches_alone"
    entry = place(w, {"product": {"batches": [batch]}})
    assert set(entry.effects) == {batch}
    told = w.book.do("use.consumed", w.maker, w.use(batch, 1), "report")
    assert findings(told)[WOULD]["reasons"] == [{"rule": "hold@1", "problem": "batch_on_hold"}]
