"""What regulators, parks and the operator see: bounded by jurisdiction, the same in lists and for single things."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from api.views import Party, Principal, Words
from api.wiring.sight import batch_sight
from ledger.core.identifiers import check_uscc
from ledger.demo.world import USCC_ALPHABET
from ledger.rules.jurisdiction import Jurisdiction, competent
from ledger.services import policy
from ledger.services.intake import Auth
from ledger.store.queries import Queries
from ledger.store.related import Related
from ledger.store.scopes import Own, Ward
from ledger.store.unit_of_work import Unit
from ledger.verify import verify
from tests.api.wiring.served import Served
from tests.support.programs import token

REGIONS: tuple[tuple[str, ...], ...] = ((), ("31",), ("310116",), ("320000", "37"), ("99",))
PARKS: tuple[tuple[str, ...], ...] = ((), ("金山化工园区",), ("nowhere",))
CLASSES: tuple[tuple[str, ...], ...] = ((), ("3",), ("6", "8"), ("highly_toxic",), ("1.4",))


def uscc(number: int) -> str:
    body = f"9131000000{number:07d}"
    total = sum(USCC_ALPHABET.index(letter) * 3**place % 31 for place, letter in enumerate(body))
    return check_uscc(body + USCC_ALPHABET[-total % 31])


def admit(served: Served, number: int, role: str, **more: Any) -> str:  # noqa: ANN401 - members of a section
    """Admit a regulator or park and return a token of a program with all its roles."""
    org = served.new("org")
    content = {
        "organisation": org,
        "names": {"zh": f"监管单位 {number}", "en": f"Regulator {number}"},
        "uscc": uscc(number),
        "region": "310000",
        "roles": [role],
        **more,
    }
    event = {
        **served.event("sea", "governance.organisation_admitted", {"organisation": content}),
        "actor": served.world.operator,
    }
    served.ledger.append(served.ledger.state(event, Auth("test", "test")))
    return token(served.ledger, org)


def get(served: Served, secret: str, path: str) -> Any:  # noqa: ANN401 - a response
    return served.client.get(path, headers={"authorization": f"Bearer {secret}", "accept": "application/json"})


def bare(ref: str) -> str:
    return ref.partition(":")[2]


@pytest.fixture(scope="module")
def shanghai(served: Served) -> str:
    return admit(served, 1, "authority", authority="emergency", jurisdiction={"regions": ["31"]})


@pytest.fixture(scope="module")
def yantai(served: Served) -> str:
    return admit(served, 2, "authority", authority="fire", jurisdiction={"regions": ["370686"]})


@pytest.fixture(scope="module")
def police(served: Served) -> str:
    bounds = {"regions": ["31"], "classes": ["highly_toxic"]}
    return admit(served, 3, "authority", authority="police", jurisdiction=bounds)


@pytest.fixture(scope="module")
def park(served: Served) -> str:
    return admit(served, 4, "park", park="金山化工园区")


def test_a_regulator_sees_what_lies_in_its_region_and_nothing_of_others(
    served: Served, shanghai: str, yantai: str, police: str, park: str
) -> None:
    batch = served.produce("sea", "methanol", "44")
    for secret, status in ((shanghai, 200), (yantai, 404), (police, 404), (park, 200)):
        for path in ("", "/history", "/stock", "/flow", "/trace", "/trace.csv", "/evidence"):
            assert get(served, secret, f"/api/v1/batches/{bare(batch)}{path}").status_code == status, path
        listed = {line["ref"] for line in get(served, secret, "/api/v1/batches?limit=200").json()["items"]}
        assert (batch in listed) == (status == 200)
        stock = get(served, secret, "/api/v1/stock?limit=200").json()["items"]
        assert (batch in {line["batch"] for line in stock}) == (status == 200)
    view = get(served, shanghai, f"/api/v1/batches/{bare(batch)}").json()
    assert view["matter"]["accounts"], "whoever supervises sees where every kilogram is"


def test_police_sees_its_classes_alone(served: Served, police: str) -> None:
    toxic = next(name for (maker, name) in served.world.products if maker == "sea" and _listed(served, name))
    batch = served.produce("sea", toxic, "5", "B-01")
    assert get(served, police, f"/api/v1/batches/{bare(batch)}").status_code == 200


def _listed(served: Served, name: str) -> bool:
    return "highly_toxic" in served.ledger.reference.products.product(name).lists


def test_a_site_of_another_region_is_not_there(served: Served, shanghai: str, yantai: str) -> None:
    own, foreign = bare(served.world.sites["sea"]), bare(served.world.sites["paint"])
    assert get(served, shanghai, f"/api/v1/sites/{own}").status_code == 200
    assert get(served, shanghai, f"/api/v1/sites/{foreign}").status_code == 404
    assert get(served, yantai, f"/api/v1/sites/{foreign}").status_code == 200
    regions = {site["region"] for site in get(served, shanghai, "/api/v1/sites?limit=200").json()["items"]}
    assert regions == {"310116"}


def test_what_is_planned_to_come_is_seen_before_it_comes(served: Served, yantai: str) -> None:
    batch = served.produce("sea", "methanol", "90")
    assert get(served, yantai, f"/api/v1/batches/{bare(batch)}").status_code == 404
    parties = {"consignor": "sea", "consignee": "paint", "carrier": "swift"}
    line = {"batch": batch, "amount": "10", "unit": "kg"}
    sections = {
        "transport": {"shipment": served.new("shipment"), "vehicle": "沪A00001", "mode": "road"},
        "parties": {name: served.world.orgs[who] for name, who in parties.items()},
        "inputs": {"lines": [line]},
    }
    served.state("sea", "transport.shipment_planned", sections)
    assert get(served, yantai, f"/api/v1/batches/{bare(batch)}").status_code == 200


def test_ancestry_is_seen_in_full(served: Served, yantai: str) -> None:
    """What went into something that is to come here is seen, though it never will be here itself."""
    parent = served.produce("sea", "methanol", "50")
    child = served.new("batch")
    blend = {
        "product": {"product": served.world.products["sea", "methanol"], "lot": "B-1"},
        "inputs": {"lines": [{"batch": parent, "amount": "50", "unit": "kg"}]},
        "outputs": {"lines": [{"batch": child, "amount": "50", "unit": "kg"}]},
        "place": served.place("sea", "T-01"),
    }
    served.state("sea", "production.batch_blended", blend)
    assert get(served, yantai, f"/api/v1/batches/{bare(parent)}").status_code == 404
    parties = {"consignor": "sea", "consignee": "paint", "carrier": "swift"}
    sections = {
        "transport": {"shipment": served.new("shipment"), "vehicle": "沪A00002", "mode": "road"},
        "parties": {name: served.world.orgs[who] for name, who in parties.items()},
        "inputs": {"lines": [{"batch": child, "amount": "1", "unit": "kg"}]},
    }
    served.state("sea", "transport.shipment_planned", sections)
    assert get(served, yantai, f"/api/v1/batches/{bare(parent)}").status_code == 200
    trace = get(served, yantai, f"/api/v1/batches/{bare(child)}/trace?direction=backward").json()
    assert [line["ref"] for line in trace["nodes"]] == [parent]
    listed = {line["ref"] for line in get(served, yantai, "/api/v1/batches?limit=200").json()["items"]}
    assert child in listed
    assert parent not in listed, "lists hold what is, was or will be here; ancestors are opened from them"


def test_the_operator_sees_headers_of_others_but_no_stock_and_no_sections(served: Served) -> None:
    batch = served.produce("sea", "methanol", "44")
    operator = token(served.ledger, served.world.operator)
    view = get(served, operator, f"/api/v1/batches/{bare(batch)}").json()
    assert view["matter"]["holdings"] == []
    assert view["matter"]["accounts"] == []
    served.state("sea", "use.consumed", served.consume("sea", batch, "1")["sections"])
    moments = get(served, operator, f"/api/v1/batches/{bare(batch)}/history").json()["items"]
    assert [moment["level"] for moment in moments] == ["header", "sections"]
    assert moments[0]["actor"]["ref"] == served.world.orgs["sea"]
    assert moments[0]["place"] is None
    assert moments[0]["change"] is None
    assert get(served, operator, "/api/v1/stock").json()["items"] == []
    assert len(get(served, operator, "/api/v1/organisations?limit=200").json()["items"]) > 10
    bundle = get(served, operator, f"/api/v1/batches/{bare(batch)}/evidence")
    assert verify(bundle.content, served.ledger.policy()).genuine
    assert b'"inputs",{' not in bundle.content


# --- lists and single things agree ------------------------------------------------------------------------------------


def principal(role: str) -> Principal:
    party = Party("org:00000000-0000-7000-8000-000000000000", Words("监管", "Regulator"))
    return Principal("token", party, (role,), user_roles=("auditor",), purpose="case 12")  # type: ignore[arg-type]


def batches(unit: Unit) -> list[str]:
    return [row.id for row in unit.queries.things("batch", limit=1_000)]


@pytest.mark.parametrize("bounds", list(itertools.product(REGIONS, PARKS, CLASSES)))
def test_a_list_in_sql_holds_what_the_policy_allows_one_by_one(
    served: Served, bounds: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
) -> None:
    where = Jurisdiction(*bounds)
    with served.ledger.store.read() as unit:
        related = Related(unit.connection, unit.backend)
        every = batches(unit)
        listed = {ref for ref, _ in related.batches(Ward("org:x", where), limit=1_000)}
        assert listed == {ref for ref in every if any(competent(where, *at) for at in own_presences(served, unit, ref))}
        opened = {ref for ref in every if policy.supervises(subject(where), presences(served, unit, related, ref))}
        assert opened == closure(unit.queries, listed)
        stock = {row.batch for row in related.stock(Ward("org:x", where), limit=10_000)}
        assert stock <= listed


def subject(where: Jurisdiction) -> policy.Subject:
    return policy.Subject(org="org:x", kinds=frozenset({"authority"}), roles=frozenset({"auditor"}), jurisdiction=where)


def own_presences(served: Served, unit: Unit, batch: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where a batch is, was or will be, found out otherwise: from the rows of the two projections."""
    from sqlalchemy import select

    from ledger.store.tables import places, presence

    rows = unit.connection.execute(select(places)).all()
    known = {row.place: (row.region, row.park) for row in rows}
    of_org = {org: [(row.region, row.park) for row in rows if row.org == org] for org in {row.org for row in rows}}
    classes = classes_of(unit, batch)
    yield "", "", classes
    for (place,) in unit.connection.execute(select(presence.c.place).where(presence.c.batch == batch)):
        for region, park in [known[place]] if place.startswith("site:") else of_org[place]:
            yield region, park, classes


def classes_of(unit: Unit, batch: str) -> frozenset[str]:
    from sqlalchemy import select

    from ledger.store.tables import product_classes, search

    product = select(search.c.product).where(search.c.kind == "batch", search.c.id == batch).scalar_subquery()
    found = unit.connection.execute(select(product_classes.c.name).where(product_classes.c.product == product))
    return frozenset(found.scalars())


def presences(served: Served, unit: Unit, related: Related, batch: str) -> tuple[policy.Presence, ...]:
    from api.wiring.known import Known

    known = Known(unit, served.ledger.reference, served.clock.now_ms())
    return batch_sight(known, principal("regulator"), batch).presences


def closure(queries: Queries, listed: set[str]) -> set[str]:
    return listed | {parent for batch in listed for parent in queries.ancestors(batch)}


def test_an_organisations_own_list_holds_what_it_may_open(served: Served) -> None:
    for who in ("sea", "trade", "paint", "swift"):
        org = served.world.orgs[who]
        with served.ledger.store.read() as unit:
            listed = [ref for ref, _ in Related(unit.connection, unit.backend).batches(Own(org), limit=50)]
        for ref in listed[:10]:
            assert served.get(f"/api/v1/batches/{bare(ref)}", who).status_code == 200
