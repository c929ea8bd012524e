"""A witness over HTTP: ``POST /add-checkpoint`` and ``GET /<hex sha256(origin)>/checkpoint`` (C2SP tlog-witness)."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ledger.core.addcheckpoint import MAX_REQUEST
from ledger.errors import UnavailableError
from ledger.witness.check import Answer, Witness

T = TypeVar("T")

BODY_S: Final = 15.0
"""Time within which a request must have arrived."""
TOO_LARGE: Final = 413
TOO_SLOW: Final = 408
BUSY: Final = 503


def create_app(witness: Witness) -> Starlette:
    """Return the application of a witness."""

    async def add(request: Request) -> Response:
        """Cosign a checkpoint, or say why not."""
        try:
            body = await asyncio.wait_for(_bounded(request), BODY_S)
        except TimeoutError:
            return PlainTextResponse("the request did not arrive in time\n", TOO_SLOW)
        if body is None:
            return PlainTextResponse(f"at most {MAX_REQUEST} bytes\n", TOO_LARGE)
        return await _answer(witness.add, body)

    async def latest(request: Request) -> Response:
        """Show the newest cosigned checkpoint of a log."""
        return await _answer(witness.latest, request.path_params["log"])

    async def alive(_request: Request) -> Response:
        """Say "ok" as long as the process answers at all."""
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})

    return Starlette(
        routes=[
            Route("/add-checkpoint", add, methods=["POST"]),
            Route("/healthz", alive),
            Route("/{log:str}/checkpoint", latest),
        ]
    )


async def _answer(ask: Callable[[T], Answer], about: T) -> Response:
    """Ask in a thread: the answer waits for the disk."""
    try:
        answer = await asyncio.to_thread(ask, about)
    except UnavailableError as error:
        headers = {"retry-after": str(error.retry_after_s), "cache-control": "no-store"}
        return PlainTextResponse(f"{error.code}\n", BUSY, headers)
    # As a header: the framework would add a charset, and clients compare the type of a 409 as it stands.
    return Response(answer.body, answer.status, {"cache-control": "no-store", "content-type": answer.media_type})


async def _bounded(request: Request) -> bytes | None:
    """Return the body, None if it is too long: no more of it is kept than the bound."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST:
            return None
    return bytes(body)
