"""Photographs of papers that were signed by hand: uploaded before the event that states their hash, and shown."""

import asyncio
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import GuardedRoute, acts, services_of, viewer
from api.i18n import N_
from api.openapi import PAPER_EXTRA, PAPER_RESPONSES
from api.v1.common import JSON, Ports, Viewer
from ledger.services.photograph import EXTENSIONS, MEDIA_TYPES, PDF

router = APIRouter(prefix="/api/v1/papers", tags=["transfers"], route_class=GuardedRoute)

SANDBOX: Final = "default-src 'none'; sandbox"
"""Whatever a paper holds runs nothing, loads nothing and has no origin."""
FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media_type: {} for media_type in MEDIA_TYPES}, "description": "The bytes as they were uploaded."}
}


@router.post(
    "",
    summary=N_("Upload the photograph of a paper signed by hand"),
    status_code=201,
    response_class=Response,
    responses=PAPER_RESPONSES,
    openapi_extra=PAPER_EXTRA,
)
@acts("event.append")
async def upload(request: Request) -> Response:
    """Keep it for a day, for an event whose section `documents` states its `hash`; then as long as the event."""
    content = await request.body()
    made = await asyncio.to_thread(services_of(request).papers.add, viewer(request), content)
    body = {"hash": made.hash, "media_type": made.media_type, "size": made.size}
    return Response(orjson.dumps(body), 201, {"cache-control": "no-store"}, JSON)


@router.get(
    "/{paper}",
    summary=N_("The photograph of a paper that an event states"),
    response_class=Response,
    responses=FILES,
)
@acts("shipment.read")
def show(ports: Ports, viewer: Viewer, paper: str) -> Response:
    """Return the file `<index of the record>.<hash>` to who sees what the event says."""
    found, content = ports.papers.one(viewer, paper)
    place = "attachment" if found.media_type == PDF else "inline"
    name = f"paper-{found.hash[:12]}.{EXTENSIONS[found.media_type]}"
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'{place}; filename="{name}"',
        "content-security-policy": SANDBOX,
    }
    return Response(content, 200, headers, found.media_type)
