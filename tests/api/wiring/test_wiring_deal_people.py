"""People in deals: chosen by name, called in `personal` alone, and strangers, who find nothing there."""

import re
from typing import Any

import orjson
import pytest

from ledger.services.audit import audit
from ledger.store.rows import UserRow
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_compliance import Acetone
from tests.api.wiring.test_wiring_deal_pages import Desk, certificate
from tests.api.wiring.test_wiring_deals import Sale, bare, done

ID_NUMBER = "11010519491231002X"
OPTION = re.compile(r'<option value="(user:[^"]+)"[^>]*>([^<]*)</option>')


def person(served: Served, who: str, name: str, *roles: str) -> str:
    row = UserRow(served.new("user"), served.world.orgs[who], bare(served.new("user")), name, None, " ".join(roles), 1)
    with served.ledger.store.write() as unit:
        unit.people.add_user(row)
    return row.id


def personal_of(served: Served, event: str) -> bytes:
    with served.ledger.store.read() as unit:
        (row,) = [row for row in unit.events.latest(limit=5) if event in row.header.decode()]
        return unit.events.disclosures(row.idx).get("personal") or b""


# --- the plan ---------------------------------------------------------------------------------------------------------


def plan_form(served: Served, sale: Sale, **more: str) -> tuple[Desk, str, dict[str, str]]:
    done(sale.take("paint", "agree"))
    sea, path = Desk(served, "sea"), f"/shipments/new?transfer={bare(sale.view()['ref'])}"
    truck = served.world.fleet["swift"][0]
    carrier = served.world.orgs["swift"]
    return sea, path, sea.fill(path, carrier_other=carrier, vehicle=truck.plate, waybill="YD9", **more)


def test_driver_escort_and_dispatcher_are_chosen_from_lists(served: Served) -> None:
    name = "调度员赵六"
    dispatcher = person(served, "sea", name, "operator")
    truck = served.world.fleet["swift"][0]
    sea, path, filled = plan_form(served, Sale(served))
    looked = sea.send(path, filled | {"look": "crew"})
    assert looked.status_code == 200, looked.text
    offered = dict(OPTION.findall(looked.text))
    assert offered[dispatcher] == name
    assert offered[truck.driver].strip() == certificate(served, "swift", truck.driver)
    chosen = {"driver": truck.driver, "escort": truck.escort, "dispatcher": dispatcher}
    answer = sea.send(path, filled | chosen)
    assert answer.status_code == 303, answer.text
    shown = sea.see(answer.headers["location"])
    assert name in shown
    assert certificate(served, "swift", truck.driver) in shown


def test_a_driver_of_another_firm_is_not_taken(served: Served) -> None:
    other = served.world.fleet["anchor"][0]
    sea, path, filled = plan_form(served, Sale(served), driver=other.driver)
    answer = sea.send(path, filled | {"driver": other.driver})
    assert answer.status_code == 422
    assert "registered no such certificate" in answer.text


def test_somebody_without_an_account_is_called_in_personal_alone(served: Served) -> None:
    sea, path, filled = plan_form(served, Sale(served))
    answer = sea.send(path, filled | {"driver_name": "老张", "escort_name": "小李"})
    assert answer.status_code == 303, answer.text
    page = answer.headers["location"].partition("?")[0]
    assert "老张" in sea.see(page)
    assert "老张".encode() in personal_of(served, filled["id"])
    with served.ledger.store.read() as unit:
        (row,) = [row for row in unit.events.latest(limit=3) if filled["id"] in row.header.decode()]
        said = {name: body or b"" for name, body in unit.events.disclosures(row.idx).items()}
    assert "老张".encode() not in b"".join(body for name, body in said.items() if name != "personal")
    assert re.search(rb'"driver":"user:[0-9a-f-]{36}"', said["transport"])
    assert "老张" not in Desk(served, "paint").see(page), "the other side sees no names"


# --- the sale ---------------------------------------------------------------------------------------------------------


def test_a_controlled_sale_by_form_names_who_acts_for_the_buyer(served: Served) -> None:
    acetone = Acetone(served)
    sea, path = Desk(served, "sea"), f"/transfers/{bare(acetone.ref)}/sell"
    page = sea.see(path)
    assert "controlled list" in page
    filled = sea.fill(path)
    assert sea.send(path, filled | {"handler": "李四"}).status_code == 422
    wrong = sea.send(path, filled | {"handler": "李四", "handler_id": "110105194912310021"})
    assert wrong.status_code == 422
    assert "check digit" in wrong.text.lower()
    answer = sea.send(path, filled | {"handler": "李四", "handler_id": ID_NUMBER.lower()})
    assert answer.status_code == 303, answer.text
    table = served.get("/api/v1/filings.csv", "sea").content.decode("utf-8-sig")
    assert ID_NUMBER in table
    assert "李四" in table
    assert ID_NUMBER not in served.get("/api/v1/filings.csv", "trade").content.decode("utf-8-sig")
    assert ID_NUMBER not in served.get(f"/api/v1/transfers/{bare(acetone.ref)}", "trade").text


# --- licences of others -----------------------------------------------------------------------------------------------


def test_an_authority_registers_a_licence_of_another_by_form(served: Served) -> None:
    token = served.token(served.world.orgs["emergency"], "investigator")
    headers = {"authorization": f"Bearer {token}", "accept": "text/html", "accept-language": "en"}
    page = served.client.get("/licences", headers=headers)
    assert page.status_code == 200, page.text
    assert "counts as attested" in page.text
    filled = {
        "id": served.id(),
        "kind": "storage",
        "number": "ATTESTED-7",
        "valid_from": "2026-01-01",
        "valid_to": "2029-12-31",
    }
    alone = served.client.post("/licences", data=filled, headers=headers)
    assert alone.status_code == 422, "whose licence it is must be said"
    answer = served.client.post(
        "/licences", data={**filled, "holder": served.world.orgs["sea"]}, headers=headers, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    own = Desk(served, "sea").see("/licences")
    assert "ATTESTED-7" in own
    assert "registered by the authority" in own


# --- strangers --------------------------------------------------------------------------------------------------------


def raw(served: Served, who: str, kind: str, sections: dict[str, Any], mode: str = "act") -> dict[str, Any]:
    return {**served.event(who, kind, sections), "mode": mode}


@pytest.mark.parametrize("mode", ["act", "report"])
def test_a_stranger_states_nothing_about_others_deals_and_learns_nothing(served: Served, mode: str) -> None:
    sale = Sale(served)
    done(sale.take("paint", "agree"))
    shipment = f"shipment:{sale.plan().rpartition('/')[2]}"
    size = served.ledger.log.state().size
    trip = raw(served, "river", "transport.departed", {"transport": {"shipment": shipment}}, mode)
    absent = raw(served, "river", "transport.departed", {"transport": {"shipment": served.new("shipment")}}, mode)
    reason = {"reason": {"text": "x"}}
    deal = raw(served, "river", "operation.transfer_cancelled", {"parties": {"transfer": sale.view()["ref"]}, **reason})
    deal["refs"] = [{"rel": "previous", "hash": sale.view()["etag"]}]
    answers = [served.post("river", event) for event in (trip, absent, deal)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["code"] for answer in answers} == {"page_not_found"}
    assert served.ledger.log.state().size == size
    with served.ledger.store.read() as unit:
        assert shipment not in str(unit.operations.refusals(actor=served.world.orgs["river"]))


def test_who_brings_its_own_consignment_loads_a_trip_that_it_was_told_of(served: Served) -> None:
    """Less than a truckload: the trip is another's, the goods are one's own."""
    first, second = Sale(served), Sale(served, "500")
    for sale in (first, second):
        done(sale.take("paint", "agree"))
    shipment = f"shipment:{first.plan().rpartition('/')[2]}"
    line = {"batch": second.batch, "amount": "500", "unit": "kg", "place": f"{served.world.sites['sea']}/T-01"}
    sections = {
        "parties": {"transfer": second.view()["ref"]},
        "transport": {"shipment": shipment},
        "inputs": {"lines": [line]},
    }
    answer = served.post("sea", raw(served, "sea", "transport.loaded", sections))
    assert answer.status_code == 201, answer.text


def test_what_is_sent_in_bulk_may_speak_of_a_trip_that_the_line_before_plans(served: Served) -> None:
    sale = Sale(served)
    done(sale.take("paint", "agree"))
    shipment, world = served.new("shipment"), served.world
    parties = {"transfer": sale.view()["ref"], "carrier": world.orgs["swift"]}
    trip = {"shipment": shipment, "vehicle": world.fleet["swift"][0].plate, "mode": "road"}
    line = {"batch": sale.batch, "amount": "1", "unit": "kg", "place": f"{world.sites['sea']}/T-01"}
    loading = {
        "parties": {"transfer": sale.view()["ref"]},
        "transport": {"shipment": shipment},
        "inputs": {"lines": [line]},
    }
    body = b"\n".join(
        orjson.dumps(event)
        for event in (
            raw(served, "sea", "transport.shipment_planned", {"parties": parties, "transport": trip}),
            raw(served, "sea", "transport.loaded", loading),
        )
    )
    headers = {**served.headers("sea"), "content-type": "application/x-ndjson"}
    answer = served.client.post("/api/v1/events:bulk", content=body, headers=headers)
    assert [orjson.loads(item)["status"] for item in answer.content.splitlines()] == [201, 201], answer.text


# --- reads and lists --------------------------------------------------------------------------------------------------


def test_a_recorded_search_says_which_words_were_searched(served: Served) -> None:
    assert served.get("/api/v1/transfers?q=%E7%94%B2%E9%86%87&region=33&limit=5", "emergency").status_code == 200
    with served.ledger.store.read() as unit:
        kept = {row.subject for row in unit.sessions.reads_of(served.world.orgs["emergency"])}
    assert "/api/v1/transfers?q=甲醇&region=33" in kept


def test_one_press_for_several_reaches_beyond_the_newest_fifty(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.web.several.MOST", 2)
    paint = Desk(served, "paint")
    offered = {bare(Sale(served, str(100 + n)).view()["ref"]) for n in range(5)}
    seen: set[str] = set()
    path = "/transfers/several"
    for _ in range(40):
        page = paint.see(path)
        seen |= set(re.findall(r'name="ref\d+" value="([^"]+)"', page))
        more = re.search(r'rel="next" href="(/transfers/several\?cursor=[^"]+)"', page)
        if more is None:
            break
        path = more[1]
    assert offered <= seen
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])
