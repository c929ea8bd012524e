"""The outermost layer: security headers on every answer, the mark of a demo, HEAD, and a last net under every request.

A pure ASGI middleware. CSP allows nothing but this server's own files: no inline script or style, no
frames, no plug-ins; the verifier, a file of its own, states its own. An exception that no handler knew is
logged with the request's number and answered with a problem that tells what to do and nothing about the inside.
"""

import logging
from collections.abc import Callable
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.request_id import request_id
from api.settings import ApiSettings
from ledger.errors import HazledgerError

log = logging.getLogger("hazledger.api")

Answer = Callable[[Scope, HazledgerError], Response]
Header = tuple[bytes, bytes]

CSP: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_POLICY: Final = b"content-security-policy"
_COMMON: Final = (
    (b"x-content-type-options", b"nosniff"),
    (_POLICY, CSP.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=()"),
)
_OWN: Final = ((b"cross-origin-resource-policy", b"same-origin"),)
_OPEN: Final = ((b"cross-origin-resource-policy", b"cross-origin"), (b"access-control-allow-origin", b"*"))
_HSTS: Final = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)
_DEMO: Final = ((b"hazledger-demo", b"true"),)
"""On every answer of a demo ledger: a receipt itself has no place to say so (docs/formats.md)."""


def _added(own: list[Header], extra: list[Header]) -> list[Header]:
    """Return what is added to an answer's headers: all but the policy where it states one of its own."""
    stated = any(name == _POLICY for name, _ in own)
    return [header for header in extra if header[0] != _POLICY] if stated else extra


class Shield:
    """ASGI middleware; `answer` turns an error into a response."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings, answer: Answer) -> None:
        """Prepare the headers once."""
        self._app = app
        self._answer = answer
        always = _COMMON + (_HSTS if settings.secure else ()) + (_DEMO if settings.demo else ())
        self._own = always + _OWN
        self._open = always + _OPEN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = (b"x-request-id", request_id(scope).encode())
        extra = [*(self._open if scope["path"].startswith("/log/") else self._own), number]
        head = scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = list(message.get("headers", ()))
                message = {**message, "headers": [*own, *_added(own, extra)]}
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception:
            log.exception("request %s failed: %s %s", request_id(scope), scope["method"], scope["path"])
            if started:
                raise
            error = HazledgerError("internal_error", None, {"request_id": request_id(scope)})
            await self._answer(scope, error)(scope, receive, guarded)
