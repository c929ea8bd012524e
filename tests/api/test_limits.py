"""Requests that weigh too much, at the level of ASGI, where a client's framing can be chosen freely."""

import asyncio
from collections.abc import Iterable

import orjson
import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from tests.api.fakes import KEY, Fakes, settings

AUTH = (b"authorization", f"Bearer {KEY}".encode())
TYPE = (b"content-type", b"application/json")


def send(
    chunks: Iterable[bytes],
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    path: str = "/api/v1/events",
    fakes: Fakes | None = None,
    hang: bool = False,
    timeout_s: float = 30.0,
) -> tuple[int, dict[str, object], int]:
    """Return status, problem and how many chunks were taken from the wire."""
    app = create_app((fakes or Fakes()).services(), settings(max_body=1000, body_timeout_s=timeout_s))
    waiting = [*chunks]
    taken = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal taken
        if not waiting:
            await asyncio.Event().wait()
        taken += 1
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting) or hang}

    async def collect(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver"), (b"accept-language", b"en"), AUTH, TYPE, *headers],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    asyncio.run(app(scope, receive, collect))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], orjson.loads(body), taken


def test_a_stated_length_beyond_the_limit_is_refused_unread() -> None:
    status, problem, taken = send([b"x"], [(b"content-length", b"1001")])
    assert (status, problem["code"], taken) == (413, "body_too_large", 0)


def test_an_absurd_length_is_refused_unread() -> None:
    status, _, taken = send([b"x"], [(b"content-length", b"9" * 400)])
    assert (status, taken) == (413, 0)


def test_a_body_without_a_length_is_counted_and_cut_off() -> None:
    fakes = Fakes()
    status, problem, taken = send([b"x" * 600] * 50, [(b"transfer-encoding", b"chunked")], fakes=fakes)
    assert (status, problem["code"], taken) == (413, "body_too_large", 2)
    assert fakes.intake.calls == 0


def test_a_length_that_lies_is_counted_all_the_same() -> None:
    status, problem, _ = send([b"x" * 600] * 2, [(b"content-length", b"10")])
    assert (status, problem["code"]) == (413, "body_too_large")


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    fakes = Fakes()
    status, problem, _ = send([b"{"], [(b"content-length", b"10")], fakes=fakes, hang=True, timeout_s=0.01)
    assert (status, problem["code"]) == (408, "body_too_slow")
    assert fakes.intake.calls == 0


def test_a_body_within_the_limit_arrives_whole() -> None:
    fakes = Fakes()
    body = b'{"id":"' + b"a" * 900 + b'"}'
    status, _, _ = send([body[:300], body[300:]], [(b"transfer-encoding", b"chunked")], fakes=fakes)
    assert status == 201
    assert list(fakes.intake.seen.values()) == [body]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_a_ledger_only_grows(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/events")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


def test_many_headers_are_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/me", headers={f"x-{n}": "1" for n in range(70)})
    assert (answer.status_code, answer.json()["code"]) == (431, "headers_too_large")


def test_heavy_headers_are_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/me", headers={"x-heavy": "a" * 20_000})
    assert answer.status_code == 431


def test_a_long_address_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/batches", params={"q": "a" * 5000})
    assert (answer.status_code, answer.json()["code"]) == (414, "target_too_long")


def test_forms_are_small(client: TestClient) -> None:
    answer = client.post("/login/x", content=b"a" * 5000, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_bulk_may_be_larger_than_one_event_and_is_bounded_too(client: TestClient, key: dict[str, str]) -> None:
    ndjson = {**key, "content-type": "application/x-ndjson"}
    line = b'{"id":"%s","pad":"' + b"a" * 100_000 + b'"}\n'
    some = client.post(
        "/api/v1/events:bulk", content=b"".join(line % str(n).encode() for n in range(5)), headers=ndjson
    )
    assert some.status_code == 200
    many = client.post("/api/v1/events:bulk", content=b"a" * (8 * 1024 * 1024 + 1), headers=ndjson)
    assert many.status_code == 413
