"""Events in, receipts out.

The bodies go to the service as they came: it parses, strictly, and answers with prepared bytes. So the
busiest path of the server touches no model.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import orjson
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api import openapi
from api.auth import GuardedRoute, acts, services_of, settings_of, viewer
from api.i18n import N_
from api.problems import tell
from api.request_id import request_id
from api.v1.common import JSON, Ports, Viewer
from api.views import Outcome
from api.web.render import language_of
from ledger.errors import FormatError, HazledgerError

router = APIRouter(prefix="/api/v1", tags=["events"], route_class=GuardedRoute)

NDJSON: Final = "application/x-ndjson"


def expect(request: Request, media_type: str) -> None:
    """Refuse a body of another type, or a compressed one. FormatError `media_type_unsupported`."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if given != media_type or encoding != "identity":
        shown = given if encoding == "identity" else f"{given} ({encoding})"
        raise FormatError("media_type_unsupported", None, {"expected": media_type, "given": shown[:80] or "-"})


async def _body(request: Request) -> bytes:
    """Return the body; one that came in one piece, as small ones do, without putting it together."""
    message = await request.receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return bytes(message.get("body", b""))
    parts = [message.get("body", b"")]
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await request.receive()
        parts.append(message.get("body", b""))
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return b"".join(parts)


@router.post(
    "/events",
    summary=N_("State one event"),
    status_code=201,
    response_class=Response,
    responses=openapi.APPEND_RESPONSES,
    openapi_extra=openapi.APPEND_EXTRA,
)
@acts("event.append")
async def append(request: Request) -> Response:
    """Append one event, simple or signed, and answer with its receipt once it is durably in the signed log.

    201: recorded now. 200: it was recorded before under the same id, with the same content; the receipt is the same.
    """
    expect(request, JSON)
    outcome = await services_of(request).intake.submit(viewer(request), await _body(request))
    return Response(outcome.receipt, 201 if outcome.recorded else 200, {"cache-control": "no-store"}, JSON)


def split_lines(body: bytes, limit: int) -> list[tuple[int, bytes]]:
    """Return the non-blank lines with their numbers from 1. FormatError: none, or more than `limit`."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if not lines:
        raise FormatError("bulk_empty")
    if len(lines) > limit:
        raise FormatError("bulk_too_many", None, {"count": len(lines), "limit": limit})
    return lines


def _line(request: Request, number: int, result: Outcome | HazledgerError) -> bytes:
    if isinstance(result, Outcome):
        status = 201 if result.recorded else 200
        demo = b',"demo":true' if settings_of(request).demo else b""
        return b'{"line":%d,"status":%d%s,"receipt":%s}\n' % (number, status, demo, result.receipt)
    base_url = settings_of(request).base_url
    told = tell(result, language_of(request), base_url, request_id(request.scope))
    return orjson.dumps({"line": number, "status": told.status, "problem": told.body}) + b"\n"


async def _submit(request: Request, bodies: Sequence[bytes]) -> Iterable[Outcome | HazledgerError]:
    """Submit what is within the size of one event; the rest is answered in its place."""
    limit = settings_of(request).max_body
    fitting = [body for body in bodies if len(body) <= limit]
    results = iter(await services_of(request).intake.submit_many(viewer(request), fitting) if fitting else ())
    too_large = FormatError("bulk_line_too_large", None, {"limit": limit})
    return [next(results) if len(body) <= limit else too_large for body in bodies]


@router.post(
    "/events:bulk",
    summary=N_("State many events, one a line"),
    response_class=Response,
    responses=openapi.BULK_RESPONSES,
    openapi_extra=openapi.BULK_EXTRA,
)
@acts("event.append")
async def append_many(request: Request) -> Response:
    """Append events in the order of their lines; one result a line, in that order. A refused line stops no other."""
    expect(request, NDJSON)
    lines = split_lines(await request.body(), settings_of(request).max_bulk_lines)
    results = await _submit(request, [body for _, body in lines])
    answer = b"".join(_line(request, number, result) for (number, _), result in zip(lines, results, strict=True))
    return Response(answer, 200, {"cache-control": "no-store"}, NDJSON)


@router.get(
    "/receipts/{event_id}",
    summary=N_("The receipt of an own event"),
    response_class=Response,
    responses=openapi.RECEIPT_RESPONSES,
)
@acts("receipt.read")
def receipt(ports: Ports, viewer: Viewer, event_id: str) -> Response:
    """Return the receipt of an event of the caller's organisation, by the id the caller gave it."""
    return Response(ports.intake.receipt(viewer, event_id), 200, {"cache-control": "private, no-cache"}, JSON)
