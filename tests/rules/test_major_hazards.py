"""GB 18218-2018: worked examples by hand, and the row under which each product of the catalogue counts."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from ledger import reference
from ledger.demo.world import product_content
from ledger.errors import NotFoundError
from ledger.reference import Reference
from ledger.rules.aggregates import MaximumState, ProductState, SiteState
from ledger.rules.major_hazards import Part, basis_of, basis_of_maximum, weigh
from tests.support.rulebook import World

TONNE = 10**9


@pytest.fixture(scope="module")
def known() -> Reference:
    return reference.load()


def product(
    state: str,
    *codes: str,
    cas: Sequence[dict[str, str]] = (),
    classes: Sequence[str] = (),
    group: str = "",
) -> ProductState:
    row = {"packing_group": group} if group else {}
    statement = {"ghs": {"statements": list(codes)}, "components": list(cas), "un": [row]}
    return ProductState("product:a", "org:a", "物", "", state, (), tuple(classes), (), None, statement)


def pure(cas: str, least: str = "99", most: str = "100") -> dict[str, str]:
    return {"cas": cas, "least_percent": least, "most_percent": most}


def of_catalogue(known: Reference, name: str) -> ProductState:
    entry = known.products.product(name)
    stated = product_content("product:" + name, entry, "2020-01-01")
    classes = (entry.good.hazard_class, *entry.good.subsidiaries)
    return ProductState("product:" + name, "org:a", "", "", entry.state, entry.lists, classes, (), None, stated)


def test_every_product_of_the_catalogue_counts_under_the_row_that_the_catalogue_names(known: Reference) -> None:
    differing = {}
    for entry in known.products:
        found = basis_of(known.gb18218, of_catalogue(known, entry.id))
        expected = entry.threshold or entry.category
        if (None if found is None else found.row or found.category) != expected:
            differing[entry.id] = found
    # How much that burns is in ammonium nitrate no CAS number says: the stricter row is taken, and doubted.
    assert set(differing) == {"ammonium-nitrate"}
    doubted = differing["ammonium-nitrate"]
    assert doubted is not None
    assert (doubted.name, doubted.doubts) == ("43", ("several_rows", "transcription"))


def parts(known: Reference, **tonnes: int) -> list[Part]:
    found = {name: of_catalogue(known, name) for name in tonnes}
    return [Part(name, tonnes[name] * TONNE, basis_of(known.gb18218, stated)) for name, stated in found.items()]


def test_a_toxic_gas_store_by_hand(known: Reference) -> None:
    # Chlorine 10 t of 5 t, beta 4; ammonia 20 t of 10 t, beta 2; 60 people: alpha 1.5.
    found = weigh(known.gb18218, parts(known, ammonia=20, chlorine=10), 60)
    assert found.s == 4
    assert found.r == Fraction(3, 2) * (4 * 2 + 2 * 2) == 18
    assert found.level is not None
    assert found.level.name_zh == "三级"
    assert [(part.name, part.share, part.weight) for part in found.parts] == [
        ("chlorine", Fraction(2), Fraction(8)),
        ("ammonia", Fraction(2), Fraction(4)),
    ]


def test_a_tank_farm_by_hand(known: Reference) -> None:
    # Methanol 2,500 t of 500 t and toluene 1,000 t of 500 t, both beta 1; nobody near: alpha 0.5.
    found = weigh(known.gb18218, parts(known, methanol=2_500, toluene=1_000), 0)
    assert (found.s, found.r) == (Fraction(7), Fraction(7, 2))
    assert found.level is not None
    assert found.level.name_zh == "四级"


def test_the_highest_level_by_hand(known: Reference) -> None:
    # Chlorine 125 t of 5 t, beta 4, 100 people: 2 x 4 x 25 = 200.
    found = weigh(known.gb18218, parts(known, chlorine=125), 100)
    assert found.r == 200
    assert found.level is not None
    assert found.level.name_zh == "一级"


def test_what_is_below_has_no_level_and_what_has_no_threshold_adds_nothing(known: Reference) -> None:
    found = weigh(known.gb18218, parts(known, methanol=400, nitrogen=10**6), 200)
    assert (found.s, found.reaches, found.level) == (Fraction(4, 5), False, None)
    assert found.r == Fraction(8, 5)
    assert [part.basis is None for part in found.parts] == [False, True]


def test_exactly_one_is_a_major_hazard(known: Reference) -> None:
    [full] = parts(known, methanol=500)
    found = weigh(known.gb18218, [full], 1)
    assert (found.s, found.reaches) == (Fraction(1), True)
    assert not weigh(known.gb18218, [replace(full, mg=full.mg - 1)], 1).reaches


def test_without_the_people_there_is_no_r_and_no_level(known: Reference) -> None:
    found = weigh(known.gb18218, parts(known, chlorine=125), None)
    assert (found.s, found.alpha, found.r, found.level) == (Fraction(25), None, None, None)


@pytest.mark.parametrize(
    ("made", "symbol", "doubts"),
    [
        (product("gas", "H330"), "J1", ("category_assumed",)),
        (product("gas", "H331"), "J3", ()),
        (product("gas", "H280"), None, ()),
        (product("liquid", "H300"), "J2", ("category_assumed",)),
        (product("solid", "H310", classes=("6.1",), group="I"), "J2", ()),
        (product("solid", "H300", classes=("6.1",), group="II"), "J5", ()),
        (product("solid", "H300", classes=("8",), group="I"), "J2", ("category_assumed",)),
        (product("liquid", "H301", "H311", "H331"), None, ()),
        (product("solid", "H228", group="II"), "W10", ()),
        (product("solid", "H228", group="III"), None, ()),
        (product("solid", "H228"), "W10", ("category_assumed",)),
        (product("solid", "H261", group="III"), None, ()),
        (product("solid", "H261", group="II"), "W11", ()),
        (product("solid", "H241"), "W6.1", ()),
        (product("liquid", "H242", classes=("5.2",)), "W7.2", ()),
        (product("liquid", "H225", "H250"), "W8", ()),
        (product("liquid", "H314"), None, ()),
    ],
)
def test_hazard_statements_come_to_a_category(
    known: Reference, made: ProductState, symbol: str | None, doubts: tuple[str, ...]
) -> None:
    found = basis_of(known.gb18218, made)
    assert (None if found is None else found.name) == symbol
    assert (() if found is None else found.doubts) == doubts


def test_of_several_categories_the_lowest_threshold_and_the_largest_beta_count(known: Reference) -> None:
    found = basis_of(known.gb18218, product("gas", "H220", "H331"))
    assert found is not None
    assert (found.name, found.beta) == ("W2", Fraction(2))  # 10 t of W2 before the 50 t of J3; beta 2 of J3 before 1.5


def test_a_mixture_is_the_substance_only_where_that_makes_up_most_of_it(known: Reference) -> None:
    acid = "7697-37-2"
    assert basis_of(known.gb18218, product("liquid", cas=[pure(acid, "67", "69")])) is None
    found = basis_of(known.gb18218, product("liquid", cas=[pure(acid, "70", "72")]))
    assert found is not None
    assert found.name == "81"
    formaldehyde = "50-00-0"
    assert basis_of(known.gb18218, product("gas", cas=[pure(formaldehyde, "80", "90")])) is None
    full = basis_of(known.gb18218, product("gas", cas=[{"cas": formaldehyde}]))
    assert full is not None
    assert full.name == "8"
    assert basis_of(known.gb18218, product("gas", cas=[{"most_percent": "60", "cas": formaldehyde}])) is None
    assert basis_of(known.gb18218, product("liquid", cas=[{"name": "water"}])) is None


def test_a_row_that_the_site_states_ends_the_doubt(known: Reference) -> None:
    nitrate = of_catalogue(known, "ammonium-nitrate")
    for maximum in (MaximumState("硝酸铵", 1, 44), MaximumState("硝酸铵", 1, 44, product=nitrate.id)):
        found = basis_of(known.gb18218, nitrate, [MaximumState("甲醇", 1, 65), maximum])
        assert found is not None
        assert (found.name, found.threshold_mg, found.doubts, found.stated) == ("44", 50 * TONNE, (), True)
    both = basis_of(known.gb18218, nitrate, [MaximumState("", 1, 43), MaximumState("", 1, 44)])
    assert both is not None
    assert (both.name, both.doubts) == ("43", ("several_rows", "transcription"))
    acetone = of_catalogue(known, "acetone")
    warm = basis_of(known.gb18218, acetone, [MaximumState("", 1, category="W5.1", product=acetone.id)])
    assert warm is not None
    assert (warm.name, warm.threshold_mg, warm.beta) == ("W5.1", 10 * TONNE, Fraction(3, 2))
    plain = basis_of(known.gb18218, acetone, [MaximumState("", 1, product=acetone.id)])
    assert plain == basis_of(known.gb18218, acetone)


def test_a_design_maximum_counts_as_stated(known: Reference) -> None:
    major = known.gb18218
    gas = basis_of_maximum(major, MaximumState("液化石油气", 1, 52, "W2"), None)
    assert gas is not None
    assert (gas.name, gas.threshold_mg, gas.beta) == ("52", 50 * TONNE, Fraction(3, 2))
    bare = basis_of_maximum(major, MaximumState("液化石油气", 1, 52), None)
    assert bare is not None
    assert bare.beta == 1
    assert basis_of_maximum(major, MaximumState("水", 1, product="product:gone"), None) is None
    for wrong in (MaximumState("", 1, 999), MaximumState("", 1, category="W99")):
        with pytest.raises(NotFoundError):
            basis_of_maximum(major, wrong, None)


def test_a_doubtful_transcription_is_said(known: Reference) -> None:
    found = basis_of(known.gb18218, product("gas", cas=[pure("74-83-9")]))
    assert found is not None
    assert (found.name, found.beta, found.doubts) == ("17", Fraction(3), ("transcription",))


def test_a_site_registers_its_units(w: World) -> None:
    line = {"name": "甲醇", "product": w.products["liquid"], "most_kg": "500000", "row": 65}
    unit = {"unit": "U1", "name": "罐区", "locations": ["T-1"], "maximum": [line], "people": 40}
    stated: dict[str, Any] = {
        "site": w.sites[w.maker],
        "names": {"zh": "二号库"},
        "region": "110000",
        "locations": [{"location": "T-1", "kind": "tank", "most_kg": "600000"}],
        "hazard_units": [unit],
    }
    w.book.do("governance.site_registered", w.maker, {"site": stated})
    found = w.book.values[w.sites[w.maker]]
    assert isinstance(found, SiteState)
    assert found.locations["T-1"].most_mg == 600 * TONNE
    assert found.units[0].maximum == (MaximumState("甲醇", 500 * TONNE, 65, "", w.products["liquid"]),)
    assert (found.units[0].locations, found.units[0].people) == (("T-1",), 40)
