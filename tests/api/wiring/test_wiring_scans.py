"""Scans over the real application: five outcomes, undoing, quarantine, and each recorded once."""

import pytest

from ledger.demo import showcase
from ledger.demo.world import STORES
from tests.api.wiring.floor import QR, Floor, codes, peroxide, register
from tests.api.wiring.served import Served


@pytest.fixture
def floor(served: Served) -> Floor:
    made = Floor(served)
    made.deliver(3)
    return made


def test_drums_are_received_moved_counted_and_issued(floor: Floor) -> None:
    first, second, third = floor.drums
    results = [floor.scan("receive", "A-01", drum) for drum in floor.drums]
    assert {result["outcome"] for result in results} == {"ok"}
    result = results[0]
    assert [event["type"] for event in result["events"]] == ["storage.received"]
    assert result["item"]["product"]["en"] == "Methanol"
    assert result["here"]["location"] == "A-01"
    assert floor.scan("receive", "A-01", first)["outcome"] == "already_done"
    assert floor.scan("receive", "A-02", first)["outcome"] == "wrong_place"
    assert floor.scan("move", "A-02", first)["outcome"] == "ok"
    assert floor.scan("move", "A-02", first)["outcome"] == "already_done"
    wrong = floor.scan("count", "A-01", first)
    assert (wrong["outcome"], codes(wrong), wrong["booked"]["location"]) == (
        "wrong_place",
        ["scan_is_elsewhere"],
        "A-02",
    )
    assert floor.scan("count", "A-01", second)["outcome"] == "ok"
    assert floor.scan("count", "A-01", second)["outcome"] == "already_done"
    less = floor.scan("count", "A-01", second, amount="99.9")
    assert (less["outcome"], less["events"][0]["findings"]) == ("ok", ["shortage@1"])
    assert floor.scan("issue", "USE", third)["outcome"] == "ok"
    assert [floor.where(number) for number in range(3)] == ["A-02", "A-01", "USE"]


def test_what_leads_nowhere_is_unknown(floor: Floor) -> None:
    drum = floor.drums[0]
    stranger = floor.scan("receive", "A-01", "0000000000000000")
    assert (stranger["outcome"], codes(stranger)) == ("unknown", ["scan_code_unknown"])
    assert codes(floor.taken({**floor.body("move", "A-01", drum), "item": "6901234567892"})) == ["scan_code_unknown"]
    assert codes(floor.scan("move", "A-01", floor.bay("A-02"))) == ["scan_no_goods"]
    assert codes(floor.scan("move", drum, drum)) == ["scan_no_place"]
    floor.served.state(floor.who, "production.label_voided", {"containers": {"items": [{"code": floor.bay("DOCK")}]}})
    assert codes(floor.scan("receive", "DOCK", drum)) == ["scan_code_voided"]
    assert floor.scan("move", "A-01", drum)["outcome"] == "wrong_place", "it is still on the truck"


def test_a_scan_is_recorded_once_however_often_it_is_sent(floor: Floor) -> None:
    body = floor.body("receive", "A-01", floor.drums[0])
    first, again = floor.taken(body), floor.taken(body)
    assert again == {**first, "repeated": True}
    other = floor.post({**body, "item": QR + floor.drums[1]})
    assert (other.status_code, other.json()["code"]) == (409, "id_used_otherwise")
    assert floor.where(1) == "shipment"


def test_an_answer_that_was_lost_is_given_from_the_event(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    body = floor.body("receive", "A-01", floor.drums[0])

    def lost(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("ledger.services.scanning.scanner.Scanner._keep", lost)
        assert floor.post(body).status_code == 500
    result = floor.taken(body)
    assert (result["outcome"], result["events"][0]["id"]) == ("ok", body["id"])


def test_undoing_is_a_correction_once_and_from_the_end(floor: Floor) -> None:
    drum = floor.drums[0]
    received = floor.scan("receive", "A-01", drum)
    moved = floor.scan("move", "A-02", drum)
    early = floor.undo(received["id"])
    assert (early["outcome"], codes(early)) == ("blocked", ["scan_not_the_latest"])
    undone = floor.undo(moved["id"])
    assert (undone["outcome"], undone["events"][0]["type"]) == ("ok", "storage.event_corrected")
    assert floor.where(0) == "A-01"
    assert floor.undo(moved["id"])["outcome"] == "already_done"
    assert floor.undo(received["id"])["outcome"] == "ok"
    assert floor.where(0) == "shipment"
    assert floor.scan("receive", "A-02", drum)["outcome"] == "ok"
    assert codes(floor.undo(floor.served.id())) == ["scan_nothing_to_undo"]


def test_goods_at_the_gate_are_never_turned_away_from_quarantine(floor: Floor) -> None:
    served, sale = floor.served, floor.sale
    assert sale is not None
    served.state("sea", "governance.recall_ordered", {"product": {"batches": [sale.batch]}, "reason": {"text": "off"}})
    refused = floor.scan("receive", "A-01", floor.drums[0])
    assert (refused["outcome"], codes(refused), refused["overridable"]) == ("blocked", ["batch_recalled"], True)
    assert floor.where(0) == "shipment"
    taken = floor.scan("receive", "A-01", floor.drums[0], quarantine=True)
    assert [event["type"] for event in taken["events"]] == ["storage.received", "storage.quarantined"]
    with served.ledger.store.read() as unit:
        [row] = unit.queries.stock(container=floor.vessels[0])
    assert (row.status, row.place.partition("/")[2]) == ("quarantine", "A-01")
    assert floor.scan("move", "A-02", floor.drums[0])["outcome"] == "ok", "a recall blocks use, not putting away"
    assert floor.scan("issue", "USE", floor.drums[0])["overridable"] is False
    assert floor.undo(taken["id"])["outcome"] == "blocked"


def test_classes_that_the_approved_table_keeps_apart_do_not_share_a_bay(floor: Floor) -> None:
    served, who = floor.served, floor.who
    peroxide(floor)
    register(floor, None)
    warned = floor.scan("receive", "B-01", floor.drums[0])
    assert (warned["outcome"], [item["code"] for item in warned["warnings"]]) == ("ok", ["scan_grid_warns"])
    register(floor, [{"one": "5.1", "other": "3"}])
    blocked = floor.scan("receive", "B-01", floor.drums[1])
    assert (blocked["outcome"], codes(blocked)) == ("blocked", ["scan_apart"])
    assert "B-01" in blocked["problems"][0]["detail"]
    assert "同储" in blocked["problems"][0]["detail_zh"]
    assert floor.scan("receive", "A-01", floor.drums[1])["outcome"] == "ok"
    assert floor.scan("move", "B-01", floor.drums[1])["outcome"] == "blocked"
    assert floor.scan("receive", "B-01", floor.drums[2], quarantine=True)["outcome"] == "ok"
    body = floor.body("move", "B-01", floor.drums[1], override="emptied bunds, guard posted")
    headers = {"authorization": f"Bearer {served.token(served.world.orgs[who], 'operator')}"}
    plain = served.client.post("/api/v1/scans", json=body, headers=headers).json()["results"][0]
    assert (plain["outcome"], codes(plain)) == ("blocked", ["type_not_for_role"])


def test_the_demo_names_a_scan_that_is_blocked(served: Served) -> None:
    barred = showcase.find(served.ledger).barred
    assert barred is not None
    keeper = min(STORES, key=served.world.orgs.__getitem__)
    floor = Floor(served, keeper)
    result = floor.scan("move", barred.bay, barred.drum)
    assert (result["outcome"], codes(result)) == ("blocked", ["scan_apart"])
    assert barred.coming in result["problems"][0]["detail"]
    assert barred.there in result["problems"][0]["detail"]


def test_a_safety_officer_lets_pass_with_a_reason(floor: Floor) -> None:
    served, sale = floor.served, floor.sale
    assert sale is not None
    served.state("sea", "governance.hold_placed", {"product": {"batches": [sale.batch]}, "reason": {"text": "test"}})
    body = floor.body("receive", "A-01", floor.drums[0], override="sample agreed with the maker")
    headers = {"authorization": f"Bearer {served.token(served.world.orgs[floor.who], 'safety_officer')}"}
    answer = served.client.post("/api/v1/scans", json=body, headers=headers).json()["results"][0]
    assert (answer["outcome"], [item["code"] for item in answer["warnings"]]) == ("ok", ["scan_overridden"])
    with served.ledger.store.read() as unit:
        reason = unit.events.disclosures(answer["events"][0]["index"])["reason"]
    assert reason is not None
    assert b"sample agreed with the maker" in reason


def test_a_list_is_taken_in_its_order_and_a_bad_one_stops_no_other(floor: Floor) -> None:
    drum = floor.drums[0]
    many = [floor.body("receive", "A-01", drum), {"action": "move"}, floor.body("move", "A-02", drum)]
    answer = floor.post({"scans": many})
    results = answer.json()["results"]
    assert [result.get("outcome") for result in results] == ["ok", None, "ok"]
    assert (results[1]["status"], results[1]["problem"]["code"]) == (422, "name_missing")
    assert floor.post({"scans": []}).json()["code"] == "scan_list_empty"
    assert floor.post({"scans": many, "more": 1}).json()["code"] == "unknown_name"
    assert floor.where(0) == "A-02"


def test_what_waited_offline_is_stated_as_a_report(floor: Floor) -> None:
    early = floor.body("receive", "A-01", floor.drums[0])
    floor.served.clock.set(floor.served.clock.now_ms() + 3_600_000)
    result = floor.taken(early)
    assert result["outcome"] == "ok"
    with floor.served.ledger.store.read() as unit:
        event = unit.events.at(result["events"][0]["index"])
    assert event is not None
    assert b'"mode":"report"' in event.header


def test_a_truck_is_loaded_with_what_its_consignments_cover(served: Served) -> None:
    floor = Floor(served)
    floor.deliver(1)
    sea = Floor(served, "sea")
    sea.deliver(1)
    trip = served.label("sea", "shipment:" + sea.trip.rpartition("/")[2])
    [drum] = sea.drums
    assert sea.scan("dispatch", trip, drum)["outcome"] == "already_done"
    assert sea.scan("dispatch", trip, floor.drums[0])["outcome"] == "wrong_place"
    assert codes(sea.scan("dispatch", "A-01", drum)) == ["scan_place_unfit"]
