"""What a site's table keeps apart: acts refused, reports with a finding, let pass by a safety officer."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules.aggregates import BayState, ProductState, SiteState
from ledger.rules.costorage import clash
from tests.support.rulebook import KG, World, findings, line, lines, manifest, product, world

ACID: list[Json] = [{"un": "1830", "name": "Sulfuric acid", "class": "8", "packing_group": "II", "from": "2020-01-01"}]
APART: dict[str, Json] = {"from": "2026-01-01", "apart": [{"one": "8", "other": "3"}], "number": "2026-7"}
OFFICER = "user:0192f5a1-0c00-7000-8000-0000000000e1"


def stated(w: World, **more: Json) -> dict[str, Any]:
    kinds = {"A": "bay", "B": "bay", "USE": "use"}
    locations: list[Json] = [{"location": name, "kind": kind} for name, kind in kinds.items()]
    names: dict[str, Json] = {"zh": "一号库"}
    site = {"site": w.sites[w.maker], "names": names, "region": "110000", "locations": locations, **more}
    return {"site": site}


def acid(w: World) -> str:
    made = w.book.ref("product")
    w.book.do("governance.product_registered", w.maker, {"product": product(made, un=ACID)})
    w.products["acid"] = made
    return made


def with_table(w: World, **more: Json) -> World:
    acid(w)
    w.book.do("governance.site_registered", w.maker, stated(w, co_storage={**APART, **more}))
    return w


def move(w: World, batch: str, to: str, **more: Any) -> tuple[str, str, dict[str, Any]]:  # noqa: ANN401
    sections = {"inputs": lines(line(batch, 5)), "place": w.place(w.maker, "A", to_location=to), **more}
    return "storage.moved", w.maker, sections


def bay(w: World, location: str) -> dict[str, int]:
    found = w.book.values.get("bay:" + w.at(w.maker, location))
    return dict(found.stored) if isinstance(found, BayState) else {}


def test_a_bay_knows_what_lies_in_it(w: World) -> None:
    batch = w.produce(10)
    w.book.do(*move(w, batch, "B"))
    liquid = w.products["liquid"]
    assert (bay(w, "A"), bay(w, "B")) == ({liquid: 5 * KG}, {liquid: 5 * KG})
    w.book.do("use.consumed", w.maker, w.use(batch, 5))
    assert bay(w, "A") == {}


@pytest.fixture
def shelved(w: World) -> tuple[World, str]:
    """Methanol in bay B, acid in bay A."""
    with_table(w)
    w.book.do(*move(w, w.produce(5), "B"))
    return w, w.produce(10, "acid")


def test_an_act_that_brings_together_what_is_kept_apart_is_refused(shelved: tuple[World, str]) -> None:
    w, batch = shelved
    (problem,) = w.book.refuse(*move(w, batch, "B"))
    assert (problem.code, problem.field) == ("kept_apart", "/sections/inputs/lines/0/place")
    assert problem.params == {"location": "B", "coming": "8", "there": "3"}


def test_a_report_of_it_is_recorded_with_a_finding(shelved: tuple[World, str]) -> None:
    w, batch = shelved
    found = findings(w.book.do(*move(w, batch, "B"), "report"))
    assert found["would_have_been_refused@1"]["reasons"] == [{"rule": "costorage@1", "problem": "kept_apart"}]


def test_a_safety_officer_lets_it_pass_with_a_reason(shelved: tuple[World, str]) -> None:
    w, batch = shelved
    reason = {"text": "drained bay, two hours", "kind": "override"}
    agent = {"user": OFFICER, "role": "safety_officer"}
    w.book.refuse(*move(w, batch, "B", reason=reason))
    w.book.refuse(*move(w, batch, "B", agent=agent))
    found = findings(w.book.do(*move(w, batch, "B", reason=reason, agent=agent)))
    assert found == {"costorage@1": {"location": "B", "coming": "8", "there": "3", "overridden": True}}


def test_goods_that_are_made_into_a_bay_are_judged_too(shelved: tuple[World, str]) -> None:
    w, _ = shelved
    sections = {
        "product": {"product": w.products["acid"]},
        "outputs": lines(line(w.book.ref("batch"), 5)),
        "place": w.place(w.maker, "B"),
    }
    (problem,) = w.book.refuse("production.batch_produced", w.maker, sections)
    assert (problem.code, problem.field) == ("kept_apart", "/sections/outputs/lines/0/place")


def test_two_that_come_together_are_kept_apart(w: World) -> None:
    acid(w)
    inputs = lines(line(w.produce(5), 5), line(w.produce(5, "acid"), 5))
    w.book.do("governance.site_registered", w.maker, stated(w, co_storage=APART))
    sections = {"inputs": inputs, "place": w.place(w.maker, "A", to_location="B")}
    (problem,) = w.book.refuse("storage.moved", w.maker, sections)
    assert problem.params == {"location": "B", "coming": "3", "there": "8"}


def test_what_leaves_in_the_same_statement_stands_in_nobodys_way(w: World) -> None:
    with_table(w)
    there = w.produce(5)
    batch = w.book.ref("batch")
    stated = {
        "product": {"product": w.products["acid"]},
        "inputs": lines(line(there, 5)),
        "outputs": lines(line(batch, 5)),
        "place": w.place(w.maker),
    }
    w.book.do("production.batch_transformed", w.maker, stated)
    assert bay(w, "A") == {w.products["acid"]: 5 * KG}


def test_a_table_is_in_force_from_its_day_on(w: World) -> None:
    with_table(w, **{"from": "2027-01-01"})
    w.book.do(*move(w, w.produce(5), "B"))
    w.book.do(*move(w, w.produce(10, "acid"), "B"))


def test_points_of_use_and_one_product_are_no_matter(shelved: tuple[World, str]) -> None:
    w, batch = shelved
    w.book.do(*move(w, batch, "USE"))
    site, one, other = (w.book.values[key] for key in (w.sites[w.maker], w.products["acid"], w.products["liquid"]))
    assert isinstance(site, SiteState)
    assert isinstance(one, ProductState)
    assert isinstance(other, ProductState)
    assert clash(site, w.at(w.maker, "USE"), one, [other]) is None
    assert clash(site, w.at(w.maker, "A"), one, [one, other]) == ("8", "3")
    assert clash(site, w.at(w.maker, "A"), one, [one]) is None


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"levels": {"costorage@1": "warn"}}, {"costorage@1": {"problem": "kept_apart", "level": "warn"}}),
        ({"without": ["costorage@1"]}, {}),
    ],
)
def test_where_the_rule_warns_or_is_not_in_force(how: dict[str, Any], expected: dict[str, Any]) -> None:
    w = with_table(world(manifest(**how)))
    w.book.do(*move(w, w.produce(5), "B"))
    assert findings(w.book.do(*move(w, w.produce(5, "acid"), "B"))) == expected
