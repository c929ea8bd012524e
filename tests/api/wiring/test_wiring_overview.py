"""The overview, a site's page and the search for everything, over the demo's world."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger.core.quantity import milligrams
from ledger.rules.jurisdiction import Jurisdiction
from ledger.services.audit import audit
from ledger.store.overview import Narrow, Overview
from ledger.store.scopes import EVERYTHING, Own, Scope, Ward, stock_in
from ledger.store.tables import holdings, search
from tests.api.wiring.served import Served


def mg(body: Any) -> int:  # noqa: ANN401 - JSON
    return milligrams(body["amount"], body["unit"])


def in_stock(served: Served, scope: Scope) -> dict[tuple[str, str], int]:
    """Milligrams by site and product, from the holdings themselves."""
    query = (
        select(holdings.c.site, search.c.product, func.sum(holdings.c.mg))
        .join(search, (search.c.kind == "batch") & (search.c.id == holdings.c.batch))
        .where(holdings.c.site != "", stock_in(scope))
        .group_by(holdings.c.site, search.c.product)
    )
    with served.ledger.store.read() as unit:
        return {(site, product): int(mass) for site, product, mass in unit.connection.execute(query)}


SCOPES = ("everything", "own", "province", "park", "class", "list", "nowhere")


def scope(served: Served, name: str) -> Scope:
    authority = served.world.orgs["emergency"]
    bounds = {
        "province": Jurisdiction(regions=("33",)),
        "park": Jurisdiction(parks=("金山化工园区",)),
        "class": Jurisdiction(regions=("31", "32", "37"), classes=("3",)),
        "list": Jurisdiction(classes=("highly_toxic",)),
        "nowhere": Jurisdiction(regions=("65",)),
    }
    if name in bounds:
        return Ward(authority, bounds[name])
    return EVERYTHING if name == "everything" else Own(served.world.orgs["sea"])


@pytest.mark.parametrize("name", SCOPES)
def test_sums_by_site_and_product_are_those_of_the_holdings(served: Served, name: str) -> None:
    bounds = scope(served, name)
    expected = in_stock(served, bounds)
    with served.ledger.store.read() as unit:
        sums = Overview(unit.connection, unit.backend)
        sites = {row.site: row.mg for row in sums.sites(bounds, Narrow(), limit=1000) if row.mg}
        by_product = sum(row.mg for row in sums.products(bounds, Narrow(), limit=1000))
        by_cell = {site: sum(cell.mg for cell in sums.at_site(bounds, site)) for site in {site for site, _ in expected}}
    assert sites == {site: sum(m for (at, _), m in expected.items() if at == site) for site, _ in expected}
    assert by_product == sum(expected.values())
    assert by_cell == sites
    assert (name == "nowhere") == (not expected)


def test_regions_add_up_on_the_way_down(served: Served) -> None:
    top = served.ok("/api/v1/overview", "emergency")
    assert mg(top["stock"]) == sum(in_stock(served, EVERYTHING).values()) > 0
    assert [step["region"] for step in top["trail"]] == [""]
    for area in top["areas"]:
        below = served.ok(f"/api/v1/overview?region={area['ref']}", "emergency")
        assert mg(below["stock"]) == mg(area["mass"])
        assert sum(mg(item["mass"]) for item in below["areas"]) == mg(area["mass"])
        assert below["trail"][-1]["region"] == area["ref"]
        while below["areas"][0]["kind"] == "region":
            below = served.ok(f"/api/v1/overview?region={below['areas'][0]['ref']}", "emergency")
        assert len(below["region"]) == 6
    parks = {item["ref"]: item["mass"] for item in top["parks"]}
    one = served.client.get("/api/v1/overview", params={"park": next(iter(parks))}, headers=served.headers("emergency"))
    assert one.json()["stock"] == next(iter(parks.values()))


def test_a_product_is_looked_at_under_the_names_of_all_its_makers(served: Served) -> None:
    top = served.ok("/api/v1/overview", "emergency")
    line = top["products"][0]
    only = served.ok(f"/api/v1/overview?product={line['ref'].partition(':')[2]}", "emergency")
    assert only["stock"] == line["mass"]
    assert [item["name"] for item in only["products"]] == [line["name"]]
    assert only["product"] == line["name"]
    assert len(only["areas"]) <= len(top["areas"])


def listed(served: Served, who: str, query: str) -> list[str]:
    """The ids of findings, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = served.ok(f"/api/v1/findings?{query}&limit=100{cursor}", who)
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def test_findings_of_a_region_or_product_are_counted_as_they_are_listed(served: Served) -> None:
    top = served.ok("/api/v1/overview", "emergency")
    product = next(line["ref"].partition(":")[2] for line in top["products"])
    areas = [area["ref"] for area in top["areas"] if area["kind"] == "region"]
    asked = [f"region={areas[0]}", f"product={product}", f"region={areas[0]}&product={product}"]
    for query in asked:
        part = served.ok(f"/api/v1/overview?{query}", "emergency")
        found = query.replace("product=", "product=product:")
        assert sum(sum(line["ages"]) for line in part["findings"]) == len(listed(served, "emergency", found))


def test_findings_are_counted_as_the_list_and_the_file_have_them(served: Served) -> None:
    for who in ("emergency", "sea", "paint"):
        top = served.ok("/api/v1/overview", who)
        lines = list(csv.reader(io.StringIO(served.get("/api/v1/export/findings", who).content.decode("utf-8-sig"))))[
            1:
        ]
        counted = {line["severity"]: sum(line["ages"]) for line in top["findings"]}
        assert counted == {level: sum(line[1] == level for line in lines) for level in counted}
        assert sum(counted.values()) == len(lines)
        for level, many in counted.items():
            assert len(listed(served, who, f"severity={level}")) == many
        assert lines or who != "emergency"


def test_every_sum_says_how_fresh_it_is(served: Served) -> None:
    top = served.ok("/api/v1/overview", "emergency")
    assert top["as_of_index"] == served.ledger.log.state().size - 1
    assert all(area["at"] for area in top["areas"])
    assert top["moved"] == max(area["at"] for area in top["areas"])


def test_what_is_on_the_road_is_summed_where_it_goes(served: Served) -> None:
    top = served.ok("/api/v1/overview", "emergency")
    with served.ledger.store.read() as unit:
        query = select(func.coalesce(func.sum(holdings.c.mg), 0)).where(holdings.c.site == "")
        assert mg(top["aboard"]) == unit.connection.execute(query).scalar() if top["trips"] else True
    assert top["trips"] > 0


def test_a_region_that_is_none_and_a_product_that_is_none_are_said(served: Served) -> None:
    assert served.get("/api/v1/overview?region=99", "emergency").json()["code"] == "unknown_region"
    assert served.get("/api/v1/overview?region=3", "emergency").json()["code"] == "form_not_of_form"
    gone = served.new("product").partition(":")[2]
    assert served.get(f"/api/v1/overview?product={gone}", "emergency").status_code == 404


# --- a site -----------------------------------------------------------------------------------------------------------


def address(served: Served, who: str) -> str:
    return f"/api/v1/sites/{served.world.sites[who].partition(':')[2]}/state"


def test_a_site_weighs_its_design_maximum_and_what_is_on_hand_apart(served: Served) -> None:
    body = served.ok(address(served, "north"), "north")
    tank, store = body["units"][:2]
    assert (tank["design"]["s"], tank["design"]["reaches"], tank["design"]["level"]) == ("0.96", False, None)
    # Chlorine 8/5, acrylonitrile 90/50, LPG 30/50, nitrate 20/50, acetone 120/500, cyanide 10/50, peroxide 40/200.
    assert store["design"]["s"] == "5.04"
    assert store["design"]["r"] == "20.28"
    assert store["design"]["level"] == {"zh": "三级", "en": "level III"}
    assert store["alpha"] == "2"
    assert {"s", "r"} <= store["on_hand"].keys()
    doubted = [line["row"] for line in store["lines"] if line["doubts"]]
    assert doubted == ["52"]
    page = served.client.get(address(served, "north").removeprefix("/api/v1").removesuffix("/state"), headers={
        **served.headers("north"), "accept": "text/html", "accept-language": "en",
    })  # fmt: skip
    assert page.status_code == 200
    assert page.text.count("S = Σ q/Q") == len([unit for unit in body["units"] if unit["design"]])
    assert "Not the S of the standard" in page.text


def test_without_a_registration_there_is_no_s(served: Served) -> None:
    body = served.ok(address(served, "clean"), "clean")
    assert [unit["unit"] for unit in body["units"]] == [""]
    assert body["units"][0]["design"] is None


def test_every_kilogram_of_a_site_stands_at_a_location_and_in_a_unit(served: Served) -> None:
    for who in served.world.sites:
        body = served.ok(address(served, who), who)
        assert body["whole"]
        assert mg(body["mass"]) == sum(mg(at["mass"]) for at in body["locations"])
        for at in body["locations"]:
            assert mg(at["mass"]) == sum(mg(line["mass"]) for line in at["lines"])
        counted = sum(mg(line["on_hand"]) for unit in body["units"] for line in unit["lines"])
        assert counted <= mg(body["mass"])
        seen = served.ok(address(served, who), "emergency")
        assert (seen["mass"], seen["units"], seen["whole"]) == (body["mass"], body["units"], True)


def test_a_guest_sees_its_own_stock_alone_and_no_sums_of_the_site(served: Served) -> None:
    with served.ledger.store.read() as unit:
        query = select(holdings.c.site, holdings.c.owner).where(holdings.c.site != "")
        rows = [(site, owner) for site, owner in unit.connection.execute(query)]
    owners = {site: who for who, site in served.world.sites.items()}
    names = {ref: name for name, ref in served.world.orgs.items()}
    guests = sorted({(site, names[owner]) for site, owner in rows if names[owner] != owners[site]})
    assert guests
    site, guest = guests[0]
    body = served.ok(f"/api/v1/sites/{site.partition(':')[2]}/state", guest)
    whole = served.ok(f"/api/v1/sites/{site.partition(':')[2]}/state", owners[site])
    assert 0 < mg(body["mass"]) <= mg(whole["mass"])
    assert (body["whole"], body["units"], body["licences"], body["last_event"]) == (False, [], [], None)


def test_a_foreign_site_is_not_there(served: Served) -> None:
    assert served.get(address(served, "sea"), "swift").status_code == 404


def test_the_approved_table_is_told_before_the_grid(victim: Served) -> None:
    site = victim.new("site")
    stated = {
        "site": site,
        "names": {"zh": "禁忌库", "en": "Apart"},
        "region": "310116",
        "locations": [{"location": "A", "kind": "bay", "most_kg": "10"}, {"location": "B", "kind": "bay"}],
        "co_storage": {"from": "2026-01-01", "apart": [{"one": "3", "other": "8"}]},
    }
    victim.state("sea", "governance.site_registered", {"site": stated})
    for product in ("acetone", "sulfuric-acid-98", "hydrogen-peroxide-50"):
        batch = victim.new("batch")
        sections = {
            "product": {"product": victim.world.products["sea", product], "lot": product[:10]},
            "outputs": {"lines": [{"batch": batch, "amount": "20", "unit": "kg"}]},
            "place": {"site": site, "location": "A"},
        }
        event = victim.event("sea", "production.batch_produced", sections) | {"mode": "report"}
        assert victim.post("sea", event).status_code == 201
    body = victim.ok(f"/api/v1/sites/{site.partition(':')[2]}/state", "sea")
    assert (body["table_from"], body["table_pairs"], body["table_in_force"]) == ("2026-01-01", 1, True)
    first, *rest = body["clashes"]
    assert (first["why"], first["classes"], first["location"]) == ("site_table", ["3", "8"], "A")
    assert [word["en"] for word in first["ones"]] == ["Acetone"]
    assert rest
    assert all(item["why"] != "site_table" for item in rest)
    assert [(at["location"], at["clash"]) for at in body["locations"]] == [("A", "table"), ("B", "")]
    page = victim.client.get(
        f"/sites/{site.partition(':')[2]}", headers={**victim.headers("sea"), "accept-language": "en"}
    )
    assert "approved table: not allowed here" in page.text
    assert "more than it may hold" in page.text
    assert audit(victim.ledger.store, reference=victim.ledger.reference)["findings"] == []


def test_what_ends_is_told_before_it_does(victim: Served) -> None:
    licence = {
        "licence": victim.new("licence"),
        "organisation": victim.world.orgs["sea"],
        "kind": "use",
        "number": "ENDS-SOON",
        "valid_from": "2020-01-01",
        "valid_to": "2026-12-05",
    }
    victim.state("sea", "governance.licence_registered", {"licence": licence})
    batch = victim.new("batch")
    sections = {
        "product": {"product": victim.world.products["sea", "acetone"], "lot": "ENDED"},
        "outputs": {"lines": [{"batch": batch, "amount": "20", "unit": "kg"}]},
        "place": victim.place("sea", "T-01"),
        "time": {"expires_on": "2026-11-01", "retest_on": "2026-12-10"},
    }
    victim.state("sea", "production.batch_produced", sections)
    told = victim.ok("/api/v1/overview", "sea")
    assert [(item["kind"], item["label"], item["day"]) for item in told["ended"]] == [("batch", "ENDED", "2026-11-01")]
    ending = [(item["kind"], item["label"]) for item in told["ending"]]
    assert ending == [("licence", "ENDS-SOON"), ("retest", "ENDED")]
    assert victim.ok("/api/v1/overview?region=37", "emergency")["ending"] == []
    here = victim.ok("/api/v1/overview?region=31", "emergency")["ending"]
    assert [(item["kind"], item["label"]) for item in here] == ending
    assert victim.ok("/api/v1/overview", "paint")["ended"] == []
    assert audit(victim.ledger.store, reference=victim.ledger.reference)["findings"] == []


# --- one search for everything ----------------------------------------------------------------------------------------


def found(served: Served, who: str, text: str) -> dict[str, list[dict[str, Any]]]:
    answer = served.client.get("/api/v1/find", params={"q": text}, headers=served.headers(who))
    assert answer.status_code == 200, answer.text
    return {group["kind"]: group["hits"] for group in answer.json()["groups"]}


def test_everything_is_found_by_any_of_its_words(served: Served) -> None:
    with served.ledger.store.read() as unit:
        rows = {
            kind: unit.connection.execute(select(search.c.id, search.c.label).where(search.c.kind == kind)).first()
            for kind in ("batch", "container", "shipment", "licence")
        }
    for kind, row in rows.items():
        assert row is not None
        assert row[0] in [hit["ref"] for hit in found(served, "emergency", row[1])[kind]] or kind == "shipment"
        assert row[1] in [hit["label"] for hit in found(served, "emergency", row[1])[kind]]
    for text in ("67-56-1", "1230", "UN1230", "甲醇", "methanol", "METHANOL"):
        assert "Methanol" in [hit["name"]["en"] for hit in found(served, "emergency", text)["product"]], text
    assert found(served, "emergency", "丙酮")["batch"]
    assert found(served, "emergency", "海澜化工（演示）有限公司")["org"][0]["ref"] == served.world.orgs["sea"]
    assert found(served, "emergency", "厂区")["site"]


def test_what_is_called_just_so_comes_first(served: Served) -> None:
    hits = found(served, "emergency", "氯")["product"]
    assert hits[0]["name"]["zh"] == "氯"
    assert len(hits) <= 8


def test_a_printed_code_is_found_by_its_beginning_by_who_may_know_of_it(victim: Served) -> None:
    batch = victim.produce("sea", "acetone", "5")
    code = victim.label("sea", batch)
    hits = found(victim, "sea", code[:6])["code"]
    assert code in [hit["code"] for hit in hits]
    assert "code" not in found(victim, "swift", code[:6])
    headers = {**victim.headers("sea"), "accept": "text/html"}
    whole = victim.client.get("/find", params={"q": code}, headers=headers, follow_redirects=False)
    assert (whole.status_code, whole.headers["location"]) == (303, f"/Q/{code}")
    page = victim.client.get("/find", params={"q": "丙酮"}, headers=headers)
    assert page.status_code == 200
    assert f"/batches/{batch.partition(':')[2]}" in page.text


def test_a_stranger_finds_nothing_of_others(served: Served) -> None:
    with served.ledger.store.read() as unit:
        (lot,) = unit.connection.execute(
            select(search.c.label)
            .where(search.c.kind == "batch", search.c.org == served.world.orgs["sea"], search.c.label != "")
            .order_by(search.c.id)
            .limit(1)
        ).one()
    assert "batch" in found(served, "sea", lot)
    assert lot not in [hit["label"] for hit in found(served, "clean", lot).get("batch", [])]
    assert "licence" not in found(served, "clean", "DEMO-PROD")
    assert found(served, "clean", "") == {}
    assert found(served, "clean", "%") == {}


def test_the_public_reaches_codes_alone(served: Served) -> None:
    answer = served.client.get("/find", params={"q": "甲醇"}, headers={"accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 404
