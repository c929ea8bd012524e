"""Badges over the real application: issued, scanned with, revoked; named after what somebody would try."""

import hashlib
import re
from typing import Any

import pytest

from ledger.core.times import format_utc
from ledger.services.identity.ports import Ports, Site
from ledger.store.rows import UserRow
from tests.api.wiring.floor import QR, Floor, codes
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_identity import admin


def person(served: Served, who: str = "paint") -> str:
    """Somebody who works on the floor."""
    ref = served.new("user")
    row = UserRow(ref, served.world.orgs[who], ref[-12:], "王芳", None, "operator", served.clock.now_ms())
    with served.ledger.store.write() as unit:
        unit.people.add_user(row)
    return ref


def issue(served: Served, user: str, who: str = "paint") -> dict[str, Any]:
    headers = {"authorization": f"Bearer {served.token(served.world.orgs[who], 'admin')}"}
    answer = served.client.post(f"/api/v1/users/{user[5:]}/badge", headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture
def floor(served: Served) -> Floor:
    made = Floor(served)
    made.deliver(1)
    return made


def test_a_scan_names_whoever_has_the_badge_and_its_secret_is_not_kept(floor: Floor) -> None:
    served = floor.served
    user = person(served)
    made = issue(served, user)
    result = floor.scan("receive", "A-01", floor.drums[0], badge=made["text"].lower())
    assert result["outcome"] == "ok"
    with served.ledger.store.read() as unit:
        event = unit.events.at(result["events"][0]["index"])
        row = unit.scans.one(served.world.orgs["paint"], result["id"])
        agent = unit.events.disclosures(result["events"][0]["index"])["agent"]
    assert event is not None
    assert row is not None
    assert agent is not None
    assert user.encode() in agent
    secret = made["text"].rpartition(":")[2]
    assert secret.lower().encode() not in row.statement.lower() + row.answer.lower()
    assert hashlib.sha256(made["text"].lower().encode()).hexdigest().encode() in row.statement


def test_a_revoked_badge_is_refused_with_what_to_do(floor: Floor) -> None:
    served = floor.served
    user = person(served)
    first = issue(served, user)
    second = issue(served, user)
    body = floor.body("receive", "A-01", floor.drums[0], badge=first["text"])
    refused = floor.post(body).json()
    assert (refused["status"], refused["code"]) == (422, "scan_badge_revoked")
    assert "Scan the new badge" in refused["remedy"]
    assert floor.where(0) == "shipment"
    asked = served.client.post("/api/v1/scans/badge", json={"text": second["text"]}, headers=served.headers("paint"))
    assert asked.json() == {"user": user, "name": "王芳"}
    headers = {"authorization": f"Bearer {served.token(served.world.orgs['paint'], 'admin')}"}
    listed = served.client.get("/api/v1/badges", headers=headers).json()["badges"]
    assert [one["id"] for one in listed if one["user"] == user] == [second["id"]]
    assert second["text"].rpartition(":")[2] not in str(listed)
    assert served.client.post(f"/api/v1/users/{user[5:]}/badge/revoke", headers=headers).status_code == 204
    asked = served.client.post("/api/v1/scans/badge", json={"text": second["text"]}, headers=served.headers("paint"))
    assert asked.json()["code"] == "scan_badge_revoked"


def test_a_badge_printed_from_somebodys_number_is_refused(floor: Floor) -> None:
    former = f"HAZLEDGER:BADGE:{person(floor.served)[5:].upper()}"
    refused = floor.post(floor.body("receive", "A-01", floor.drums[0], badge=former)).json()
    assert refused["code"] == "scan_badge_former"
    guess = floor.post(floor.body("receive", "A-01", floor.drums[0], badge="HAZLEDGER:BADGE:" + "0" * 26)).json()
    assert guess["code"] == "scan_badge_unknown"
    name = floor.post(floor.body("receive", "A-01", floor.drums[0], badge="王芳")).json()
    assert name["code"] == "scan_badge_unknown"


def test_an_operator_issues_no_badge_and_nobody_one_to_a_stranger(served: Served) -> None:
    user = person(served)
    plain = {"authorization": f"Bearer {served.token(served.world.orgs['paint'], 'operator')}"}
    assert served.client.post(f"/api/v1/users/{user[5:]}/badge", headers=plain).status_code == 403
    assert served.client.get("/api/v1/badges", headers=plain).status_code == 403
    other = {"authorization": f"Bearer {served.token(served.world.orgs['sea'], 'admin')}"}
    for path in ("badge", "badge/revoke"):
        assert served.client.post(f"/api/v1/users/{user[5:]}/{path}", headers=other).status_code == 404


def test_an_administrator_prints_a_badge_once_and_revokes_it(served: Served) -> None:
    visitor = admin(served, Ports(served.ledger, Site(BASE)))
    user = person(served, "sea")
    page = f"/users/{user[5:]}"
    assert "None in force." in visitor.get(page).text
    shown = visitor.post(f"{page}/badge")
    [text] = set(re.findall(r"HAZLEDGER:BADGE:[0-9A-Z]{26}", shown.text))
    assert shown.text.count("<svg") == 1
    again = visitor.get(page).text
    assert text not in again
    assert "In force since" in again
    asked = served.client.post("/api/v1/scans/badge", json={"text": text}, headers=served.headers("sea"))
    assert asked.json()["user"] == user
    assert visitor.post(f"{page}/revoke-badge").status_code == 303
    asked = served.client.post("/api/v1/scans/badge", json={"text": text}, headers=served.headers("sea"))
    assert asked.json()["code"] == "scan_badge_revoked"


def test_without_scripts_a_revoked_badge_is_told_when_it_is_scanned(floor: Floor) -> None:
    served = floor.served
    user = person(served)
    former, badge = issue(served, user), issue(served, user)
    client = served.browser("paint")
    token = re.search(r'name="csrf" value="([^"]*)"', client.get("/scan", headers={"accept": "text/html"}).text)
    assert token is not None
    fields = {"csrf": token[1], "action": "receive", "place": QR + floor.bay("A-01")}
    headers = {"origin": BASE, "accept": "text/html", "accept-language": "en"}
    refused = client.post("/scan", data={**fields, "item": former["text"]}, files={"photo": ("", b"")}, headers=headers)
    assert "This badge was revoked" in refused.text
    taken = client.post("/scan", data={**fields, "item": badge["text"]}, files={"photo": ("", b"")}, headers=headers)
    assert taken.status_code == 200
    assert f'name="badge" value="{badge["text"]}"' in taken.text


# --- what happened all the same ---------------------------------------------------------------------------------------


def told(floor: Floor, index: int) -> tuple[str, str]:
    """Type and mode of an event."""
    with floor.served.ledger.store.read() as unit:
        event = unit.events.at(index)
    assert event is not None
    found = re.search(rb'"mode":"([a-z]+)".*"type":"([a-z_.]+)"', event.header)
    assert found is not None
    return found[2].decode(), found[1].decode()


def test_what_was_carried_elsewhere_all_the_same_is_recorded_as_a_report(floor: Floor) -> None:
    [drum] = floor.drums
    floor.scan("receive", "A-01", drum)
    wrong = floor.scan("count", "A-02", drum, amount="99.9")
    assert (wrong["outcome"], wrong["reportable"]) == ("wrong_place", True)
    done = floor.scan("count", "A-02", drum, amount="99.9", report=True)
    assert (done["outcome"], done["reportable"]) == ("ok", False)
    assert [told(floor, event["index"]) for event in done["events"]] == [
        ("storage.moved", "report"),
        ("storage.counted", "report"),
    ]
    assert floor.where(0) == "A-02"
    assert floor.undo(done["id"])["outcome"] == "ok"
    assert floor.where(0) == "A-01"


def test_nobody_reports_what_others_have(floor: Floor) -> None:
    served = floor.served
    other = Floor(served, "sea")
    foreign = served.label("sea", other.drum("sea"))
    assert floor.scan("receive", "A-01", foreign, report=True)["outcome"] == "blocked"
    floor.scan("receive", "A-01", floor.drums[0])
    code = served.label("sea", f"{served.world.sites['sea']}/A-01")
    theft = other.taken({**other.body("receive", code, floor.drums[0]), "report": True})
    assert (theft["outcome"], theft["reportable"]) == ("wrong_place", False)
    assert floor.where(0) == "A-01"


def test_an_undo_is_never_a_report(floor: Floor) -> None:
    body = {"id": floor.served.id(), "action": "undo", "of": floor.served.id(), "report": True}
    answer = floor.post({**body, "at": format_utc(floor.served.clock.now_ms())})
    assert (answer.json()["code"], answer.json()["field"]) == ("unknown_name", "/report")


def test_the_use_of_recalled_goods_is_blocked_and_if_it_happened_a_report_with_a_finding(floor: Floor) -> None:
    [drum] = floor.drums
    floor.scan("receive", "A-01", drum)
    sale = floor.sale
    assert sale is not None
    recall = {"product": {"batches": [sale.batch]}, "reason": {"text": "test"}}
    floor.served.state("sea", "governance.recall_ordered", recall)
    blocked = floor.scan("issue", "USE", drum)
    assert (blocked["outcome"], codes(blocked), blocked["reportable"]) == ("blocked", ["batch_recalled"], True)
    done = floor.scan("issue", "USE", drum, report=True)
    assert done["outcome"] == "ok"
    assert done["events"][0]["findings"] == ["would_have_been_refused@1"]


# --- codes of GS1 -----------------------------------------------------------------------------------------------------


def test_a_gs1_code_is_scanned_like_the_short_one(floor: Floor) -> None:
    served = floor.served
    [drum], [vessel] = floor.drums, floor.vessels
    served.prefix("sea", "95060001")
    gtin = "/01/09506000134352/10/LOT-8/21/7"
    item = {"code": served.dice.code(), "target": vessel, "aliases": [f"https://id.gs1.org{gtin}"]}
    served.state("sea", "production.label_issued", {"containers": {"items": [item]}})
    link = floor.taken({**floor.body("receive", "A-01", drum), "item": f"https://example.com{gtin}"})
    assert (link["outcome"], link["item"]["ref"]) == ("ok", vessel)
    element = floor.taken({**floor.body("move", "A-02", drum), "item": "(01)09506000134352(10)LOT-8(21)7"})
    assert element["outcome"] == "ok"
    undone = {"id": served.id(), "action": "undo", "at": format_utc(served.clock.now_ms())}
    assert floor.taken({**undone, "item": "(01)09506000134352(10)LOT-8(21)7"})["outcome"] == "ok"
    assert floor.where(0) == "A-01"
    other = floor.taken({**floor.body("move", "A-02", drum), "item": "(01)09506000134352(10)LOT-9"})
    assert (other["outcome"], codes(other)) == ("unknown", ["scan_code_unknown"])
