"""Where the demo keeps what: every product has one room, and no room, dock or tank holds what its table keeps apart."""

from itertools import combinations

import pytest

from ledger.demo.rooms import APART, BAYS, LOCATIONS, OF_PRODUCT, ROOMS, TANKS
from ledger.reference import Reference, load
from ledger.rules.aggregates import ProductState, SiteState
from ledger.rules.costorage import clash, pairs

ALKALINE = {"sodium-hydroxide-32", "sodium-hypochlorite-10", "ammonia"}
OXIDIZING = {"potassium-chlorate", "ammonium-nitrate", "hydrogen-peroxide-50", "nitric-acid-68"}
ACIDS = {"sulfuric-acid-98", "hydrochloric-acid-31", "nitric-acid-68", "acetic-acid"}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load()


def state(reference: Reference, name: str, maker: str) -> ProductState:
    entry = reference.products.product(name)
    classes = (entry.good.hazard_class, *entry.good.subsidiaries)
    return ProductState(f"product:{name}/{maker}", "org:1", "", "", entry.state, (), classes, (), None)


def test_every_product_of_the_catalogue_has_one_room(reference: Reference) -> None:
    listed = [product for room in ROOMS for product in room.products]
    assert sorted(listed) == sorted(entry.id for entry in reference.products)


def test_what_the_table_keeps_apart_never_shares_a_place(reference: Reference) -> None:
    table = pairs([{"one": one, "other": other} for one, other in APART])
    site = SiteState("site:1", "org:1", "", "", "", "", "", apart=table, apart_from=0)
    met = 0
    for name, other in combinations(OF_PRODUCT, 2):
        one, two = OF_PRODUCT[name].spots, OF_PRODUCT[other].spots
        found = clash(site, "site:1/A-01", state(reference, name, "a"), [state(reference, other, "b")])
        met += found is not None
        assert found is None or not {*one.values()} & {*two.values()}, (name, other)
    assert met > 200, "the table would refuse most pairs of the catalogue"
    for name in OF_PRODUCT:  # what two makers make is two products to the rule
        assert clash(site, "site:1/A-01", state(reference, name, "a"), [state(reference, name, "b")]) is None, name


@pytest.mark.parametrize(("one", "other"), [(ACIDS, ALKALINE), (ACIDS, {"sodium-cyanide"})])
def test_what_one_class_hides_is_kept_in_rooms_of_its_own(one: set[str], other: set[str]) -> None:
    assert not {OF_PRODUCT[name].bay for name in one} & {OF_PRODUCT[name].bay for name in other}


def test_no_two_oxidizers_share_a_room_and_none_lies_with_anything_else() -> None:
    assert all(OF_PRODUCT[name].products == (name,) for name in OXIDIZING)


def test_every_place_that_is_named_is_registered_once() -> None:
    names = [str(place["location"]) for place in (*LOCATIONS, *TANKS[1:])]
    assert len(names) == len(set(names))
    assert {spot for room in ROOMS for spot in room.spots.values()} <= set(names)
    assert {*BAYS} < {*names}
