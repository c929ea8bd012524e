"""What is found by its whole path is answered as the framework would answer it."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import answer
from api.app import create_app
from api.direct import Direct
from api.v1 import events
from tests.api.fakes import KEY, Fakes, settings

EVENTS, BULK = "/api/v1/events", "/api/v1/events:bulk"
JSON = {"content-type": "application/json"}
BEARER = {"authorization": f"Bearer {KEY}"}
OF_A_MOMENT = {"x-request-id", "ratelimit"}

REQUESTS: list[tuple[str, str, dict[str, str], bytes]] = [
    ("POST", EVENTS, BEARER | JSON, b'{"id":"1"}'),
    ("POST", EVENTS, BEARER | JSON, b'{"id":"1","ask":"again"}'),
    ("POST", EVENTS, BEARER | JSON | {"accept-language": "zh"}, b'{"id":"1","ask":"refuse"}'),
    ("POST", EVENTS, BEARER | JSON, b'{"id":"1","ask":"wait"}'),
    ("POST", EVENTS, BEARER, b"{}"),
    ("POST", EVENTS, JSON, b"{}"),
    ("POST", EVENTS, JSON | {"authorization": "Bearer guessed"}, b"{}"),
    ("POST", EVENTS + "/", BEARER | JSON, b"{}"),
    ("POST", EVENTS + "?a=1", BEARER | JSON, b'{"id":"1"}'),
    ("POST", BULK, BEARER | {"content-type": "application/x-ndjson"}, b'{"id":"1"}\n{"id":"2","ask":"refuse"}'),
    ("POST", BULK, BEARER | {"content-type": "application/x-ndjson"}, b"\n"),
    ("GET", EVENTS, BEARER, b""),
    ("HEAD", EVENTS, BEARER, b""),
]


class _Aside:
    """Leaves every request to the framework."""

    def __init__(self, app: ASGIApp, **_options: object) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def told(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], Any]:
    with TestClient(create_app(Fakes().services(), settings()), follow_redirects=False) as client:
        answer = client.request(method, path, headers=headers, content=body)
    content = answer.content.replace(answer.headers["x-request-id"].encode(), b"-")
    return answer.status_code, [item for item in answer.headers.items() if item[0] not in OF_A_MOMENT], content


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
def test_the_answer_is_that_of_the_framework(
    request_: tuple[str, str, dict[str, str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = told(*request_)
    monkeypatch.setattr("api.app.Direct", _Aside)
    assert told(*request_) == direct


def test_both_ways_in_for_events_are_found_and_nothing_else() -> None:
    app = create_app(Fakes().services(), settings())
    found = Direct(_Aside(app), routes=events.router.routes, answer=answer)._found
    assert found.keys() == {("POST", EVENTS), ("POST", BULK)}


def test_under_another_root_the_framework_searches() -> None:
    app = create_app(Fakes().services(), settings())
    with TestClient(app, root_path="/elsewhere") as client:
        answer = client.post(EVENTS, headers=BEARER | JSON, content=b'{"id":"1"}')
        assert answer.status_code == 201
