"""Copied labels over the real application: found, told to everybody concerned, explained by an event."""

from typing import Any

import pytest

from ledger.rules.jurisdiction import Jurisdiction
from ledger.services.audit import audit
from ledger.services.scanning.listed import copies
from ledger.store.copied import Copied
from ledger.store.found import Wanted
from ledger.store.rows import DeviceRow
from ledger.store.scopes import EVERYTHING, Ward
from tests.api.wiring.floor import Floor
from tests.api.wiring.served import Served

HOUR = 3_600_000


@pytest.fixture
def floor(served: Served) -> Floor:
    made = Floor(served)
    made.deliver(2)
    return made


def wait(served: Served, hours: float) -> None:
    served.clock.set(served.clock.now_ms() + int(hours * HOUR))


def warned(result: dict[str, object]) -> list[str]:
    warnings = result["warnings"]
    assert isinstance(warnings, list)
    return [warning["code"] for warning in warnings]


def copied(floor: Floor) -> dict[str, object]:
    """A drum received and counted here, scanned elsewhere in between."""
    served, drum = floor.served, floor.drums[0]
    assert floor.scan("receive", "A-01", drum)["outcome"] == "ok"
    wait(served, 5)
    maker = Floor(served, "sea")
    odd = maker.scan("receive", "A-01", drum)
    assert (odd["outcome"], warned(odd)) == ("wrong_place", [])
    wait(served, 5)
    return floor.scan("count", "A-01", drum)


def test_a_copy_seen_elsewhere_is_told_and_listed_for_both(floor: Floor) -> None:
    served = floor.served
    result = copied(floor)
    assert (result["outcome"], warned(result)) == ("ok", ["scan_two_places"])
    wait(served, 1)
    assert warned(floor.scan("count", "A-01", floor.drums[0])) == []
    mine, theirs = (served.ok("/api/v1/scans/findings", who) for who in ("paint", "sea"))
    for listed, count in ((mine, 2), (theirs, 1)):
        [found] = [one for one in listed["copies"] if one["item"] == floor.vessels[0]]
        assert (found["rule"], found["false_alarms_ppm"], found["resolved"]) == ("two_places@1", 500, False)
        assert [("site" in one) for one in found["seen"]].count(True) == count
        assert {one["region"] for one in found["seen"]} == {"370600", "310100"}
    assert served.world.sites["paint"] not in str(theirs)
    assert served.world.orgs["paint"] not in str(theirs)


def test_a_finding_ends_by_an_event_of_a_safety_officer(floor: Floor) -> None:
    served = floor.served
    copied(floor)
    [found] = [one for one in served.ok("/api/v1/scans/findings", "paint")["copies"] if one["item"] == floor.vessels[0]]
    org = served.world.orgs["paint"]
    stated = {"id": found["id"], "text": "the copy was a spare print in the office; it is destroyed"}

    def resolve(role: str) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {served.token(org, role)}", "accept-language": "en"}
        answer = served.client.post("/api/v1/scans/findings", json=stated, headers=headers)
        return answer.status_code, str(answer.json().get("code"))

    assert resolve("operator") == (403, "type_not_for_role")
    assert resolve("safety_officer")[0] == 201
    assert resolve("safety_officer") == (404, "scan_finding_unknown")
    [after] = [one for one in served.ok("/api/v1/scans/findings", "paint")["copies"] if one["id"] == found["id"]]
    assert after["resolved"]
    with served.ledger.store.read() as unit:
        event = unit.events.find(org, after["resolved_by"])
        assert event is not None
        chains = {link.chain for link in unit.chains.links_of(event.idx)}
    assert floor.vessels[0] in chains
    assert audit(served.ledger.store)["ok"]


def supervised(served: Served, item: str, bounds: Jurisdiction) -> set[str]:
    """Whose findings of a thing a jurisdiction sees."""
    with served.ledger.store.read() as unit:
        rows = Copied(unit.connection, unit.backend).there(Ward("org:x", bounds), Wanted(), served.clock.now_ms())
    return {row.org for row in rows if row.item == item}


def test_copies_stand_in_the_one_list_until_they_are_explained_and_regulators_of_the_place_see_them(
    floor: Floor,
) -> None:
    served = floor.served
    copied(floor)
    item = floor.vessels[0]

    def listed(who: str, more: str = "") -> list[dict[str, Any]]:
        found = served.ok(f"/api/v1/findings?rule=two_places@1&limit=100{more}", who)["items"]
        return [one for one in found if one["ref"] == item]

    [mine], [theirs] = listed("paint"), listed("sea")
    assert (mine["severity"], mine["open"], mine["computed"]) == ("critical", True, True)
    page = served.ok(f"/api/v1/findings/{mine['id']}", "paint")
    assert {fact["name"] for fact in page["facts"]} == {"seen", "false_alarms_ppm"}
    assert "Shanghai" not in str(theirs) or served.world.sites["paint"] not in str(theirs)
    assert supervised(served, item, Jurisdiction(("3706",))) == {served.world.orgs["paint"], served.world.orgs["sea"]}
    assert supervised(served, item, Jurisdiction(("310116",)))
    assert supervised(served, item, Jurisdiction(("44",))) == set()
    assert supervised(served, item, Jurisdiction(("3706",), classes=("1",))) == set(), "methanol is of class 3"
    with served.ledger.store.read() as unit:
        merged = [one for one in copies(unit, EVERYTHING, Wanted(), served.clock.now_ms()) if one.item == item]
        elsewhere = copies(unit, EVERYTHING, Wanted(site=served.new("site")), served.clock.now_ms())
        before = copies(unit, EVERYTHING, Wanted(), served.clock.now_ms() - 50 * HOUR)
    assert [(one.org, str(one.data).count("'site'")) for one in merged] == [("", 3)]
    assert elsewhere == []
    assert item not in {one.item for one in before}
    html = {"accept": "text/html", "accept-language": "en"}
    assert "may be copied" in served.browser("paint").get(f"/findings/{mine['id']}", headers=html).text
    listing = served.ok("/api/v1/scans/findings", "paint")["copies"]
    [open_one] = [one for one in listing if one["item"] == item]
    token = served.token(served.world.orgs["paint"], "safety_officer")
    answer = served.client.post(
        "/api/v1/scans/findings",
        json={"id": open_one["id"], "text": "A test."},
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.text
    assert listed("paint") == []
    assert len(listed("sea")) == 1, "the other side explains its own"
    assert listed("sea", "&status=resolved") == []
    [settled] = listed("paint", "&status=resolved")
    assert (settled["id"], settled["open"]) == (mine["id"], False)
    assert [one["open"] for one in listed("paint", "&status=all")] == [False]
    explained = served.ok(f"/api/v1/findings/{mine['id']}", "paint")
    assert (explained["settled"]["reason"], explained["settled"]["by"]["ref"]) == (
        "A test.",
        served.world.orgs["paint"],
    )
    with served.ledger.store.read() as unit:
        both = copies(unit, EVERYTHING, Wanted(status="resolved"), served.clock.now_ms())
    assert item not in {one.item for one in both}, "one of two sides has not explained it"


def test_a_drum_that_travels_by_the_books_is_no_copy(floor: Floor) -> None:
    served, drum = floor.served, floor.drums[1]
    assert warned(floor.scan("receive", "A-01", drum)) == []
    for action, place in (("move", "A-02"), ("count", "A-02"), ("issue", "USE")):
        wait(served, 3)
        result = floor.scan(action, place, drum)
        assert (result["outcome"], warned(result)) == ("ok", [])


def test_what_was_emptied_is_received_nowhere_else(floor: Floor) -> None:
    served, drum, vessel = floor.served, floor.drums[1], floor.vessels[1]
    floor.scan("receive", "A-01", drum)
    with served.ledger.store.read() as unit:
        [row] = unit.queries.stock(container=vessel)
    line = {"batch": row.batch, "amount": "100", "unit": "kg", "container": vessel, "owner": row.owner}
    used = {"place": served.place("paint", "A-01"), "inputs": {"lines": [line]}}
    served.state("paint", "use.consumed", used)
    wait(served, 5)
    again = Floor(served, "sea").scan("receive", "A-01", drum)
    assert (again["outcome"], warned(again)) == ("blocked", ["scan_after_end"])


def test_the_page_lists_copies_and_gaps_and_a_safety_officer_closes_them(floor: Floor) -> None:
    served = floor.served
    copied(floor)
    headers = {**served.headers("paint"), "accept": "text/html", "accept-language": "en"}
    shown = served.client.get("/scan/findings", headers=headers).text
    assert "label may be copied: in two places" in shown
    assert "another organisation, in 上海市" in shown
    assert "500 are found by mistake" in shown


def test_a_gap_is_listed_since_the_next_scan_and_closed_by_what_comes_late(floor: Floor) -> None:
    served = floor.served
    org = served.world.orgs["paint"]
    with served.ledger.store.write() as unit:
        unit.people.add_device(DeviceRow("device:" + served.id(), org, "Dock", None, 1))
    with served.ledger.store.read() as unit:
        device = unit.people.devices_of(org)[-1].id
    drum = floor.drums[1]
    assert floor.scan("receive", "A-01", drum, device=device, counter=1)["outcome"] == "ok"
    wait(served, 1)
    assert floor.scan("count", "A-01", drum, device=device, counter=4)["outcome"] == "ok"
    [gap] = served.ok("/api/v1/scans/findings", "paint")["gaps"]
    assert (gap["missing"], gap["name"], gap["rule"]) == ([2, 3], "Dock", "counter_gap@1")
    wait(served, 1)
    floor.scan("count", "A-01", drum, device=device, counter=2)
    [gap] = served.ok("/api/v1/scans/findings", "paint")["gaps"]
    assert gap["missing"] == [3, 3]
    headers = {"authorization": f"Bearer {served.token(org, 'safety_officer')}"}
    stated = {"id": gap["id"], "text": "a drop of the phone; counted anew"}
    assert served.client.post("/api/v1/scans/findings", json=stated, headers=headers).status_code == 201
    assert served.ok("/api/v1/scans/findings", "paint")["gaps"] == []
    assert audit(served.ledger.store)["ok"]


def test_a_gs1_link_leads_to_the_same_thing_as_the_code(served: Served) -> None:
    served.prefix("sea", "95200100")
    code = served.dice.code()
    link = "/01/09520010000018/10/LOT%2F7/21/D-1"
    item = {"code": code, "target": served.produce("sea", "methanol", "10"), "aliases": ["https://x.example" + link]}
    served.state("sea", "production.label_issued", {"containers": {"items": [item]}})
    for accept in ("text/html", "application/json"):
        answer = served.client.get(link, headers={"accept": accept}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/Q/{code}")
    for other, expected in (
        ("/01/09520010000018/10/LOT%2F7", (404, "code_of_another_system")),
        ("/01/09520010000019/10/A", (422, "check_digit_wrong")),
        ("/01/1/10/A", (404, "code_of_another_system")),
    ):
        answer = served.client.get(other, headers={"accept": "application/json"}, follow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == expected, other
    batch = served.produce("bay", "methanol", "5")
    item = {"code": served.dice.code(), "target": batch, "aliases": ["(01)09520010000018(10)B"]}
    stranger = served.event("bay", "production.label_issued", {"containers": {"items": [item]}})
    answer = served.post("bay", stranger)
    assert (answer.status_code, answer.json()["code"]) == (422, "gtin_not_yours")
