"""Ask the application, without a server or threads of clients; a stream is left once it has begun."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    runner: asyncio.Runner, app: FastAPI, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> Answer:
    """Put one request; `path` as it stands in the request line. What the application raises is raised here."""
    return runner.run(_ask(app, method, path, headers, body))


async def _ask(app: FastAPI, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    plain, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(plain),
        "raw_path": plain.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "state": {},
    }
    sent, parts, started = False, list[bytes](), list[dict[str, Any]]()
    begun = asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await begun.wait()
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI
        if message["type"] == "http.response.start":
            started.append(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False) or parts[-1].startswith(b"retry:"):
                begun.set()

    await app(scope, receive, send)
    (start,) = started
    given = {name.decode().lower(): text.decode() for name, text in start["headers"]}
    return Answer(start["status"], given, b"".join(parts))
