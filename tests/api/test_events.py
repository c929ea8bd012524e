"""Events in and receipts out: the shapes of answers, whatever the service says."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.testclient import TestClient

from api.v1 import events
from tests.api.fakes import RECEIPT, Fakes

EVENTS, BULK = "/api/v1/events", "/api/v1/events:bulk"


def test_recorded_now_is_201_and_the_receipt_is_passed_on_unchanged(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post(EVENTS, json={"id": "1"}, headers=key)
    assert (answer.status_code, answer.content) == (201, RECEIPT)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


def test_recorded_before_is_200(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post(EVENTS, json={"id": "1", "ask": "again"}, headers=key)
    assert (answer.status_code, answer.content) == (200, RECEIPT)


def test_the_service_gets_the_very_bytes(client: TestClient, fakes: Fakes, key: dict[str, str]) -> None:
    body = b'{ "id" :"1",\t"amount": "1e5" }'
    client.post(EVENTS, content=body, headers={**key, "content-type": "application/json; charset=utf-8"})
    assert fakes.intake.seen["1"] == body


def test_every_reason_of_a_refusal_is_told(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post(EVENTS, json={"id": "1", "ask": "refuse"}, headers=key)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["field"] == "/sections/inputs"
    assert [one["code"] for one in problem["problems"]] == ["bulk_empty", "code_unknown"]
    assert all(one["remedy"] and one["remedy_zh"] for one in problem["problems"])


def test_not_now_says_when(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post(EVENTS, json={"id": "1", "ask": "wait"}, headers=key)
    assert answer.headers["retry-after"] == "7"


def test_the_unexpected_is_answered_without_the_inside(
    client: TestClient, key: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "hazledger.api"):
        answer = client.post(EVENTS, json={"ask": "crash"}, headers=key)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["request_id"] in problem["remedy"]
    assert problem["request_id"] in caplog.text
    assert "same id" in problem["remedy"]


@pytest.mark.parametrize(
    "headers",
    [{"content-type": "text/plain"}, {}, {"content-type": "application/json", "content-encoding": "gzip"}],
)
def test_another_type_or_a_compressed_body_is_refused(
    client: TestClient, fakes: Fakes, key: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post(EVENTS, content=b"{}", headers={**key, **headers})
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")
    assert fakes.intake.calls == 0


def bulk(client: TestClient, key: dict[str, str], body: bytes) -> tuple[int, list[dict[str, object]]]:
    answer = client.post(BULK, content=body, headers={**key, "content-type": "application/x-ndjson"})
    return answer.status_code, [orjson.loads(line) for line in answer.content.splitlines()]


def test_bulk_answers_line_by_line_in_order(client: TestClient, key: dict[str, str]) -> None:
    body = b'{"id":"1"}\n\r\n{"id":"2","ask":"refuse"}\r\n{"id":"3","ask":"again"}\n{"id":"4","ask":"wait"}'
    status, lines = bulk(client, key, body)
    assert status == 200
    assert [(line["line"], line["status"]) for line in lines] == [(1, 201), (3, 422), (4, 200), (5, 500)]
    assert lines[0]["receipt"] == orjson.loads(RECEIPT)
    assert isinstance(lines[1]["problem"], dict)
    assert lines[1]["problem"]["problems"]


def test_bulk_of_nothing_is_told(client: TestClient, key: dict[str, str]) -> None:
    status, (problem,) = bulk(client, key, b"\n \n")
    assert (status, problem["code"]) == (422, "bulk_empty")


def test_bulk_of_too_many_records_nothing(client: TestClient, fakes: Fakes, key: dict[str, str]) -> None:
    status, (problem,) = bulk(client, key, b"{}\n" * 5001)
    assert (status, problem["code"]) == (413, "bulk_too_many")
    assert fakes.intake.calls == 0


def test_a_line_beyond_the_size_of_an_event_stops_no_other(client: TestClient, key: dict[str, str]) -> None:
    heavy = b'{"id":"2","pad":"' + b"a" * (256 * 1024) + b'"}'
    status, lines = bulk(client, key, heavy + b'\n{"id":"1"}\n' + heavy)
    assert status == 200
    assert [line["status"] for line in lines] == [413, 201, 413]
    assert bulk(client, key, heavy)[1][0]["status"] == 413


def test_a_receipt_is_read_again(client: TestClient, key: dict[str, str]) -> None:
    assert client.get("/api/v1/receipts/1", headers=key).status_code == 404
    client.post(EVENTS, json={"id": "1"}, headers=key)
    assert client.get("/api/v1/receipts/1", headers=key).content == RECEIPT


def test_a_body_that_comes_in_pieces_is_put_together(client: TestClient, fakes: Fakes, key: dict[str, str]) -> None:
    pieces = [b'{"id"', b':"1"', b"", b"}"]
    answer = client.post(EVENTS, content=iter(pieces), headers={**key, "content-type": "application/json"})
    assert answer.status_code == 201
    assert fakes.intake.seen["1"] == b'{"id":"1"}'


def test_a_client_that_hangs_up_half_way_is_not_answered() -> None:
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b'{"id":', "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    with pytest.raises(ClientDisconnect):
        asyncio.run(events._body(Request({"type": "http"}, receive)))
