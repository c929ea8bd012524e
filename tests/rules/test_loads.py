"""Too much at a site: worked examples of thresholds, registered maxima and the capacity of a location."""

from dataclasses import replace

import pytest

from ledger.reference import Reference, load
from ledger.rules.aggregates import LocationState, MaximumState, ProductState, SiteState, UnitState
from ledger.rules.loads import CAPACITY, MAXIMUM, REST, THRESHOLD, overloads

TONNE = 10**9
SITE = SiteState(
    "site:1", "org:1", "厂", "Site", "310000", "", "", {"A": LocationState("bay", ""), "B": LocationState("bay", "")}
)


def product(name: str, cas: str) -> ProductState:
    statement = {"components": [{"cas": cas}], "un": [], "ghs": {"statements": []}}
    return ProductState(name, "org:1", name, name, "liquid", (), (), (), None, statement)


METHANOL, CHLORINE, WATER = product("m", "67-56-1"), product("c", "7782-50-5"), product("w", "7732-18-5")
PRODUCTS = {item.id: item for item in (METHANOL, CHLORINE, WATER)}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load()


def found(
    reference: Reference, stock: dict[tuple[str, str], int], site: SiteState = SITE, ppm: int = 10**6
) -> list[tuple[str, str, object]]:
    told = overloads(site, stock, PRODUCTS, reference.gb18218, ppm)
    return [(one.rule, one.part, one.data.get("share", one.data["kg"])) for one in told]


def test_live_stock_is_weighed_against_the_thresholds_of_what_lies_there(reference: Reference) -> None:
    below = {("A", "c"): 5 * TONNE - 1, ("A", "w"): 900 * TONNE}
    assert found(reference, below) == []
    assert found(reference, {("A", "c"): 5 * TONNE}) == [(THRESHOLD, REST, "1.000")]
    # 2.5 of 5 tonnes of chlorine and 250 of 500 tonnes of methanol make one.
    both = {("A", "c"): 5 * TONNE // 2, ("B", "m"): 250 * TONNE}
    assert found(reference, both) == [(THRESHOLD, REST, "1.000")]
    assert found(reference, {("A", "c"): 4 * TONNE}, ppm=800_000) == [(THRESHOLD, REST, "0.800")]
    assert found(reference, {}, ppm=0) == []


def test_a_unit_may_hold_what_it_registered_and_no_more(reference: Reference) -> None:
    most = (MaximumState("氯", 20 * TONNE, row=12),)
    site = replace(SITE, units=(UnitState("U1", "氯库", ("A",), most, 10),))
    assert found(reference, {("A", "c"): 20 * TONNE}, site) == []
    assert found(reference, {("A", "c"): 21 * TONNE}, site) == [(MAXIMUM, "U1", "4.200")]
    # What lies outside of every unit counts by itself.
    assert found(reference, {("A", "c"): 20 * TONNE, ("B", "c"): 6 * TONNE}, site) == [(THRESHOLD, REST, "1.200")]
    small = replace(site, units=(UnitState("U1", "", ("A",), (MaximumState("氯", TONNE, product="c"),)),))
    assert found(reference, {("A", "c"): 6 * TONNE}, small) == [(MAXIMUM, "U1", "1.200"), (THRESHOLD, "U1", "1.200")]


def test_a_location_holds_no_more_than_it_says(reference: Reference) -> None:
    site = replace(SITE, locations={"A": LocationState("bay", "", 100), "B": LocationState("bay", "")})
    assert found(reference, {("A", "w"): 100, ("B", "w"): 900}, site) == []
    assert found(reference, {("A", "w"): 101}, site) == [(CAPACITY, "A", "0.000101")]
