"""What is repeated, how long is waited, and how a program comes in."""

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ledger.client import Answer, ApiError, ClientCredentials, Http
from ledger.client.transport import send


class Script:
    """Answers in turn; an exception is raised instead."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, Mapping[str, str], bytes | None]] = []
        self.waits: list[float] = []

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.sent.append((method, path, headers, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def send(self, tries: int = 6) -> Answer:
        return send(self, "POST", "/x", {}, b"body", sleep=self.waits.append, tries=tries)


def busy(status: int = 503, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"{}")


OK = Answer(200, {}, b"{}")


def test_the_same_request_is_sent_until_it_is_answered() -> None:
    script = Script(OSError("reset"), busy(503), busy(429), busy(502), busy(504), OK)
    assert script.send() is OK
    assert len({(method, path, body) for method, path, _, body in script.sent}) == 1
    assert script.waits == [0.5, 1, 2, 4, 8]


def test_the_wait_is_as_long_as_the_server_asks_within_bounds() -> None:
    script = Script(busy(retry_after="7"), busy(retry_after="9999"), busy(retry_after="soon"), OK)
    script.send()
    assert script.waits == [7, 30, 2]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_a_refusal_is_not_sent_again(status: int) -> None:
    body = json.dumps({"code": "holding_overdrawn", "detail": "too much", "problems": [{"code": "a"}, {"code": "b"}]})
    script = Script(Answer(status, {}, body.encode()))
    with pytest.raises(ApiError, match="too much") as error:
        script.send()
    assert (error.value.status, error.value.code, error.value.codes) == (status, "holding_overdrawn", ("a", "b"))
    assert script.waits == []


def test_in_the_end_the_last_failure_is_told() -> None:
    with pytest.raises(OSError, match="second"):
        Script(OSError("first"), OSError("second")).send(2)
    with pytest.raises(ApiError) as error:
        Script(busy(), Answer(503, {}, b"not json")).send(2)
    assert (error.value.code, error.value.codes, str(error.value)) == ("", ("",), "HTTP 503")
    with pytest.raises(ApiError):
        Script(Answer(503, {}, b"[]")).send(1)


def test_client_credentials_are_exchanged_for_a_token_that_is_kept_while_it_lasts() -> None:
    token = json.dumps({"access_token": "t1", "token_type": "Bearer", "expires_in": 900}).encode()
    script = Script(Answer(200, {}, token), Answer(200, {}, token.replace(b"t1", b"t2")))
    credential = ClientCredentials("erp:1", "s ecret", sleep=script.waits.append)
    assert credential.header(script, 0) == "Bearer t1"
    assert credential.header(script, 869_999) == "Bearer t1"
    assert credential.header(script, 870_000) == "Bearer t2"
    method, path, headers, body = script.sent[0]
    assert (method, path, body) == ("POST", "/api/v1/token", b"grant_type=client_credentials")
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"erp%3A1:s%20ecret"


@contextmanager
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/odd":
                self.wfile.write(b"not http\r\n\r\n")
                return
            self.send_response(201)
            self.send_header("X-Said", self.headers["x-say"])
            self.end_headers()
            self.wfile.write(body[::-1])

        def log_message(self, *_args: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def test_requests_go_over_http() -> None:
    with server() as url:
        answer = Http(url)("POST", "/x", {"x-say": "hello"}, b"abc")
        assert (answer.status, answer.headers["x-said"], answer.body) == (201, "hello", b"cba")
        with pytest.raises(OSError, match="not http"):
            Http(url)("POST", "/odd", {}, b"")
    with pytest.raises(OSError):  # noqa: PT011 - the system's words
        Http(url, timeout_s=2)("POST", "/x", {}, b"")
    with pytest.raises(OSError):  # noqa: PT011 - the system's words
        Http(url.replace("http:", "https:"), timeout_s=2)("POST", "/x", {}, b"")
