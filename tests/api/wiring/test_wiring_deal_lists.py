"""Lists of transfers and shipments of who supervises: what the policy allows one by one, searched, and noted."""

import itertools
from typing import Any

import pytest

from api.wiring.known import Known
from api.wiring.sight import deal_sight
from ledger.rules.jurisdiction import Jurisdiction
from ledger.services import policy
from ledger.store.dealings import Dealings, Wanted
from ledger.store.related import Related
from ledger.store.scopes import Own, Ward
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deals import Sale, done
from tests.api.wiring.test_wiring_sight import CLASSES, PARKS, REGIONS, admit, bare, get, principal, subject

KINDS = ("transfer", "shipment")


@pytest.fixture(scope="module")
def shanghai(served: Served) -> str:
    return admit(served, 11, "authority", authority="emergency", jurisdiction={"regions": ["31"]})


@pytest.fixture(scope="module")
def yantai(served: Served) -> str:
    return admit(served, 12, "authority", authority="fire", jurisdiction={"regions": ["370686"]})


@pytest.fixture(scope="module")
def police(served: Served) -> str:
    bounds = {"regions": ["31"], "classes": ["highly_toxic"]}
    return admit(served, 13, "authority", authority="police", jurisdiction=bounds)


@pytest.fixture(scope="module")
def nation(served: Served) -> str:
    return admit(served, 14, "authority", authority="emergency")


def listed(served: Served, secret: str, path: str) -> dict[str, Any]:
    answer = get(served, secret, f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return {line["ref"]: line for line in answer.json()["items"]}


@pytest.mark.parametrize("bounds", list(itertools.product(REGIONS, PARKS, CLASSES)))
def test_a_list_in_sql_holds_what_is_about_a_supervised_batch_and_all_of_it_may_be_opened(
    served: Served, bounds: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
) -> None:
    where = Jurisdiction(*bounds)
    ward = Ward("org:x", where)
    with served.ledger.store.read() as unit:
        known = Known(unit, served.ledger.reference, served.clock.now_ms())
        dealings = Dealings(unit.connection, unit.backend)
        seen = {ref for ref, _ in Related(unit.connection, unit.backend).batches(ward, limit=2_000)}
        for kind in KINDS:
            every = [key for key, _ in unit.projections.states_of(f"{kind}:", limit=2_000)]
            found = {row.ref for row in dealings.page(ward, kind, Wanted(), limit=2_000)}
            assert found == {ref for ref in every if seen.intersection(dealings.goods(ref))}
            for ref in sorted(found)[:5]:
                sight = deal_sight(known, principal("regulator"), dealings.goods(ref), ())
                assert policy.supervises(subject(where), sight.presences)


def test_a_transfer_is_listed_where_its_goods_are_and_are_about_to_be(
    served: Served, shanghai: str, yantai: str, police: str
) -> None:
    sale = Sale(served)
    ref = sale.view()["ref"]
    assert ref in listed(served, shanghai, "transfers?limit=200")
    assert ref not in listed(served, yantai, "transfers?limit=200"), "an offer brings nothing yet"
    done(sale.take("paint", "agree"))
    shipment = f"shipment:{sale.plan().rpartition('/')[2]}"
    for secret, sees in ((shanghai, True), (yantai, True), (police, False)):
        for path, name in (("transfers", ref), ("shipments", shipment)):
            assert (name in listed(served, secret, f"{path}?limit=200")) == sees, path
            assert get(served, secret, f"/api/v1/{path}/{bare(name)}").status_code == (200 if sees else 404)
    line = listed(served, yantai, "transfers?limit=200")[ref]
    assert (line["side"], line["next"], line["other"]) == ("none", [], None)
    assert line["giver"]["ref"] == served.world.orgs["sea"]
    assert line["taker"]["ref"] == served.world.orgs["paint"]


def test_a_finished_trip_is_still_opened_by_who_supervises_what_it_carried(served: Served, nation: str) -> None:
    found = listed(served, nation, "shipments?limit=200")
    empty = next(ref for ref, line in found.items() if line["mass"]["amount"] == "0")
    assert get(served, nation, f"/api/v1/shipments/{bare(empty)}").status_code == 200


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("q=UN1230", True),
        ("q=METHAN", True),
        ("q=彩虹", True),
        ("q=no+such+thing", False),
        ("region=370686", True),
        ("region=99", False),
        ("park=金山化工园区", True),
        ("park=nowhere", False),
        ("class=3", True),
        ("class=highly_toxic", False),
        ("class=3&region=31&q=caihong&status=agreed", True),
        ("status=declined", False),
    ],
)
def test_lists_are_searched_by_word_place_class_and_status(
    served: Served, nation: str, query: str, *, fits: bool
) -> None:
    sale = Sale(served)
    done(sale.take("paint", "agree"))
    ref = sale.view()["ref"]
    assert (ref in listed(served, nation, f"transfers?limit=200&{query}")) == fits
    if "region" not in query:
        own = served.ok(f"/api/v1/transfers?limit=200&{query}", "paint")["items"]
        assert (ref in {line["ref"] for line in own}) == fits


def test_a_trip_is_found_by_its_number_plate(served: Served, nation: str) -> None:
    found = listed(served, nation, "shipments?limit=1")
    ref, line = next(iter(found.items()))
    assert ref in listed(served, nation, f"shipments?limit=200&q={line['vehicle'][1:].lower()}")


@pytest.mark.parametrize("query", ["region=Zhejiang", "region=1", "class=6.1%20", "q=" + "x" * 81])
def test_what_is_no_region_or_class_is_said(served: Served, nation: str, query: str) -> None:
    answer = get(served, nation, f"/api/v1/transfers?{query}")
    assert answer.status_code == 422
    assert answer.json()["field"] == "/" + query.partition("=")[0]


def test_a_supervised_list_is_paged_to_its_end(served: Served, nation: str) -> None:
    whole = list(listed(served, nation, "transfers?limit=200"))
    paged: list[str] = []
    cursor = ""
    for _ in range(100):
        answer = get(served, nation, f"/api/v1/transfers?limit=3{cursor}").json()
        paged += [line["ref"] for line in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert paged[: len(whole)] == whole
    assert len(paged) == len(set(paged))


def test_the_search_of_an_organisation_stays_within_its_own(served: Served) -> None:
    sale = Sale(served)
    with served.ledger.store.read() as unit:
        dealings = Dealings(unit.connection, unit.backend)
        wanted = Wanted(text="Methanol", region="31")
        found = dealings.page(Own(served.world.orgs["steel"]), "transfer", wanted, limit=500)
    assert sale.view()["ref"] not in {row.ref for row in found}
