"""Requests over HTTP with the standard library, and what makes them safe to repeat: only what may be repeated is."""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

TIMEOUT_S: Final = 30.0
TRIES: Final = 6
FIRST_WAIT_S: Final = 0.5
MOST_WAIT_S: Final = 30.0
MAX_BODY: Final = 64 * 1024 * 1024
REPEATABLE: Final = frozenset({429, 502, 503, 504})
"""Answers after which the same request is sent again: asking again with the same id is safe."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers with lower-case names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever the server answered
        """Return the body as JSON."""
        return json.loads(self.body)


class ApiError(Exception):
    """The server refused; ``problem`` is its RFC 9457 answer, which names the field and the remedy."""

    def __init__(self, answer: Answer) -> None:
        """Take the answer."""
        self.status = answer.status
        self.problem: Mapping[str, Any] = _problem(answer)
        super().__init__(self.problem.get("detail") or f"HTTP {answer.status}")

    @property
    def code(self) -> str:
        """The code of the problem, '' where the answer has none."""
        return str(self.problem.get("code", ""))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons."""
        listed = self.problem.get("problems") or [self.problem]
        return tuple(str(item.get("code", "")) for item in listed)


def _problem(answer: Answer) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Transport(Protocol):
    """Sends one request."""

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send and return the answer. OSError: nobody answered."""


@dataclass(frozen=True)
class Http:
    """A transport to one server; a connection for each request, so that it may be shared by threads."""

    base_url: str
    timeout_s: float = TIMEOUT_S
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send and return the answer. OSError: nobody answered, or not as HTTP."""
        target = urlsplit(self.base_url)
        assert target.hostname is not None
        connection: http.client.HTTPConnection
        if target.scheme == "https":
            connection = http.client.HTTPSConnection(
                target.hostname, target.port, timeout=self.timeout_s, context=self.context
            )
        else:
            connection = http.client.HTTPConnection(target.hostname, target.port, timeout=self.timeout_s)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read(MAX_BODY))
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()


def send(
    transport: Transport,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    sleep: Callable[[float], None] = time.sleep,
    tries: int = TRIES,
) -> Answer:
    """Send, and send the same again while the server is not reached or says "not now". ApiError, OSError at the end.

    The wait doubles, and is as long as ``Retry-After`` asks for, at most half a minute.
    """
    wait = FIRST_WAIT_S
    for left in range(tries - 1, -1, -1):
        try:
            answer = transport(method, path, headers, body)
        except OSError:
            if not left:
                raise
            sleep(wait)
        else:
            if answer.status < 400:
                return answer
            if answer.status not in REPEATABLE or not left:
                raise ApiError(answer)
            sleep(min(max(wait, _asked(answer)), MOST_WAIT_S))
        wait = min(2 * wait, MOST_WAIT_S)
    raise AssertionError


def _asked(answer: Answer) -> float:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0
