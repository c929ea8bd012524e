"""Events over HTTP into a real ledger: receipts, refusals, repetition, bulk."""

import json

from ledger.verify import verify
from tests.api.wiring.served import Served


def test_a_simple_event_is_stored_and_its_receipt_verifies_offline(served: Served) -> None:
    batch = served.produce("sea", "methanol", "500")
    event = served.consume("sea", batch, "12.5")
    answer = served.post("sea", event)
    assert answer.status_code == 201, answer.text
    report = verify(answer.content, served.ledger.policy())
    assert report.genuine
    assert answer.json()["header"]["id"] == event["id"]
    stock = served.ok(f"/api/v1/batches/{batch.partition(':')[2]}/stock", "sea")
    assert [line["holding"]["mass"]["amount"] for line in stock] == ["487.5"]


def test_the_receipt_can_be_fetched_by_its_maker_alone(served: Served) -> None:
    batch = served.produce("sea", "methanol", "5")
    event = served.consume("sea", batch, "1")
    served.post("sea", event)
    again = served.get(f"/api/v1/receipts/{event['id']}", "sea")
    assert again.status_code == 200
    assert verify(again.content, served.ledger.policy()).genuine
    assert served.get(f"/api/v1/receipts/{event['id']}", "bay").status_code == 404


def test_over_draw_is_refused_naming_the_field_in_both_languages(served: Served) -> None:
    batch = served.produce("sea", "methanol", "5")
    answer = served.post("sea", served.consume("sea", batch, "5.000001"), lang="en")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["field"].startswith("/sections/inputs/lines/0")
    assert body["title"]
    assert body["title_zh"]
    assert body["title"] != body["title_zh"]
    stock = served.ok(f"/api/v1/batches/{batch.partition(':')[2]}/stock", "sea")
    assert stock[0]["holding"]["mass"]["amount"] == "5"


def test_the_same_id_again_gets_the_same_receipt_and_another_content_a_conflict(served: Served) -> None:
    batch = served.produce("sea", "methanol", "50")
    event = served.consume("sea", batch, "1")
    first, second = served.post("sea", event), served.post("sea", event)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["record"] == second.json()["record"]
    event["sections"]["inputs"]["lines"][0]["amount"] = "2"
    third = served.post("sea", event)
    assert third.status_code == 409
    assert third.json()["code"] == "id_used_otherwise"


def test_nobody_states_events_for_another_organisation(served: Served) -> None:
    batch = served.produce("sea", "methanol", "50")
    answer = served.post("bay", served.consume("sea", batch, "1"))
    assert answer.status_code == 403
    assert answer.json()["code"] == "actor_not_own"


def test_what_the_operator_alone_may_state_is_refused_to_others(served: Served) -> None:
    content = {
        "organisation": served.new("org"),
        "names": {"zh": "自封单位", "en": "Self-made"},
        "uscc": "91310000MA1FL0B20K",
        "region": "310000",
    }
    answer = served.post("sea", served.event("sea", "governance.organisation_admitted", {"organisation": content}))
    assert answer.status_code in {403, 422}
    assert not any(
        item["name"]["en"] == "Self-made" for item in served.ok("/api/v1/organisations?limit=200", "emergency")["items"]
    )


def test_without_a_key_nothing_is_stated(served: Served) -> None:
    event = served.event("sea", "use.consumed", {})
    answer = served.client.post("/api/v1/events", json=event, headers={"accept": "application/json"})
    assert answer.status_code == 401


def test_a_malformed_body_is_told_where_it_breaks(served: Served) -> None:
    event = served.event("sea", "use.consumed", {"inputs": {"lines": [{"batch": served.new("batch"), "amount": 5}]}})
    answer = served.post("sea", event)
    assert answer.status_code == 422
    assert answer.json()["field"].startswith("/sections/inputs/lines/0")
    listed = served.client.post(
        "/api/v1/events", content=b"[]", headers={**served.headers("sea"), "content-type": "application/json"}
    )
    assert listed.status_code == 422


def test_bulk_answers_every_line_in_order_and_a_refused_one_stops_no_other(served: Served) -> None:
    batch = served.produce("sea", "methanol", "10")
    events = [served.consume("sea", batch, amount) for amount in ("4", "7", "6")]
    foreign = served.consume("bay", batch, "1")
    lines = [json.dumps(event) for event in (*events, foreign)]
    body = "\n".join([*lines[:2], "{", *lines[2:], lines[0]]) + "\n"
    headers = {**served.headers("sea"), "content-type": "application/x-ndjson"}
    answer = served.client.post("/api/v1/events:bulk", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [(item["line"], item["status"]) for item in told] == [
        (1, 201),
        (2, 422),
        (3, 400),
        (4, 201),
        (5, 403),
        (6, 200),
    ]
    assert told[5]["receipt"]["record"] == told[0]["receipt"]["record"]
