"""What a request may weigh, before anything reads it: method, address, headers, body, and the time a body takes.

A pure ASGI middleware. A body with a stated length is refused unread; one without is counted while it
comes in. What happens after the body has arrived is bounded by the services' own queue.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import ApiSettings
from ledger.errors import FormatError, HazledgerError

Answer = Callable[[Scope, HazledgerError], Response]

METHODS: Final = frozenset({"GET", "HEAD", "POST"})
EVENTS_PATH: Final = "/api/v1/events"
DECODE_PATH: Final = "/scan/decode"
SCAN_PATH: Final = "/scan"
"""Where a form sends a photograph of a code."""
SCANS_PATH: Final = "/api/v1/scans"
BULK_PATH: Final = "/api/v1/events:bulk"
STEPS: Final = ("/api/v1/transfers", "/api/v1/shipments", "/transfers/", "/shipments/", "/d/", "/stock/", "/receipts/")
"""Where steps are stated with their goods, by programs and by form."""
DRAFTS: Final = ("/api/v1/drafts", "/drafts/", "/keys/")
"""Where whole statements, or signatures for each key that may join, are handed in."""
MASTER: Final = ("/products/", "/sites/", "/containers/")
"""Forms with long fields: the places of a site, a line each."""
IMPORT_PATH: Final = "/api/v1/imports/"
UPLOAD_PATH: Final = "/import"
"""Where a form sends the same file, with its fields and boundaries."""
PAPERS_PATH: Final = "/api/v1/papers"
PAPER_FORM: Final = ("/shipments/", "/paper")
"""How the address of the form begins and ends that carries a photographed paper."""
UPLOAD_TIMEOUT_FACTOR: Final = 6
"""A photograph may take so many times as long as other bodies: phones on the road have slow networks."""
LICENCES_PATH: Final = "/licences"
"""A form with a box for each product."""


class _Refused(Exception):  # noqa: N818  (a signal inside this module, not an error of the ledger)
    """Carries the error out of the application that was reading the body."""

    def __init__(self, error: HazledgerError) -> None:
        super().__init__(error.code)
        self.error = error


class Limits:
    """ASGI middleware; `answer` turns an error into a response."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings, answer: Answer) -> None:
        """Take the limits from the settings."""
        self._app = app
        self._settings = settings
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._body_limit(scope["path"])
        error, expected = self._check(scope, limit)
        if error is not None:
            await self._refuse(scope, receive, send, error)
            return
        if expected == 0:
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            seconds = self._settings.body_timeout_s * (UPLOAD_TIMEOUT_FACTOR if _carries_paper(scope["path"]) else 1)
            await self._app(scope, self._counting(receive, limit, seconds), watched)
        except _Refused as refused:
            if started:
                raise
            await self._refuse(scope, receive, send, refused.error)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: HazledgerError) -> None:
        response = self._answer(scope, error)
        response.headers["connection"] = "close"
        await response(scope, receive, send)

    def _body_limit(self, path: str) -> int:
        if _carries_paper(path):
            return self._settings.max_paper_body
        if path in {EVENTS_PATH, LICENCES_PATH, SCANS_PATH} or path.startswith((*STEPS, *DRAFTS, *MASTER)):
            return self._settings.max_body
        if path in {DECODE_PATH, SCAN_PATH}:
            return self._settings.max_photo_body
        if path.startswith(IMPORT_PATH):
            return self._settings.max_import_body
        if path == UPLOAD_PATH:
            return self._settings.max_import_body + self._settings.max_form_body
        return self._settings.max_bulk_body if path == BULK_PATH else self._settings.max_form_body

    def _check(self, scope: Scope, limit: int) -> tuple[HazledgerError | None, int | None]:
        """Return what is wrong with the head of a request, and the stated length of its body."""
        settings = self._settings
        if scope["method"] not in METHODS:
            return FormatError("method_not_allowed", None, _place(scope)), None
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > settings.max_target_bytes:
            return FormatError("target_too_long", None, {"limit": settings.max_target_bytes}), None
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        weight = sum(len(name) + len(value) for name, value in headers)
        if len(headers) > settings.max_headers or weight > settings.max_header_bytes:
            bounds: dict[str, str | int] = {"count": settings.max_headers, "limit": settings.max_header_bytes}
            return FormatError("headers_too_large", None, bounds), None
        length: int | None = None
        chunked = False
        for name, value in headers:
            if name == b"content-length" and value.isdigit():
                length = int(value[:19])
            elif name == b"transfer-encoding":
                chunked = True
        if length is not None and length > limit:
            return FormatError("body_too_large", None, {"limit": limit}), length
        return None, 0 if length is None and not chunked else length

    def _counting(self, receive: Receive, limit: int, seconds: float) -> Receive:
        """Wrap `receive`: the body may have `limit` bytes and must be there in time."""
        seen = 0
        complete = False
        deadline = asyncio.get_running_loop().time() + seconds

        async def counted() -> Message:
            nonlocal seen, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                late = FormatError("body_too_slow", None, {"seconds": f"{seconds:g}"})
                raise _Refused(late) from None
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if seen > limit:
                    raise _Refused(FormatError("body_too_large", None, {"limit": limit}))
            return message

        return counted


def _carries_paper(path: str) -> bool:
    begin, end = PAPER_FORM
    return path == PAPERS_PATH or (path.startswith(begin) and path.endswith(end))


def _place(scope: Scope) -> dict[str, str | int]:
    return {"method": scope["method"], "path": scope["path"]}
