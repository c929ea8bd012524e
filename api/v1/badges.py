"""Badges with which people say on a shared device that it is they who scan: issued, listed, revoked."""

import asyncio
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import examples, openapi
from api.auth import GuardedRoute, acts, services_of, viewer
from api.i18n import N_
from api.v1.common import JSON, Ports, Viewer, reference
from ledger.core.times import format_recorded

router = APIRouter(prefix="/api/v1", tags=["scans"], route_class=GuardedRoute)

_ISSUED: Final[dict[int | str, dict[str, Any]]] = {
    **openapi.JSON_RESPONSES,
    201: {"description": "What the symbol says, shown this once.", "content": {JSON: {"example": examples.BADGE}}},
    409: openapi.problem("The person's account is disabled."),
}


@router.get(
    "/badges",
    summary=N_("Badges in force"),
    response_class=Response,
    responses={200: {"content": {JSON: {"example": examples.BADGES}}}},
)
@acts("badge.manage")
def badges(ports: Ports, viewer: Viewer) -> Response:
    """Return whose badges are in force, without their secrets."""
    told = [
        {"id": line.id, "user": line.user, "name": line.name, "issued_at": format_recorded(line.since)}
        for line in ports.badges.listing(viewer)
    ]
    return Response(orjson.dumps({"badges": told}), 200, {"cache-control": "private, no-store"}, JSON)


@router.post(
    "/users/{uuid}/badge",
    summary=N_("Issue a badge"),
    status_code=201,
    response_class=Response,
    responses=_ISSUED,
)
@acts("badge.manage")
async def issue(request: Request, uuid: str) -> Response:
    """Make a badge for a person; the former one is refused from then on. Print `text` as a QR code."""
    made = await asyncio.to_thread(services_of(request).badges.issue, viewer(request), reference("user", uuid))
    told = {"id": made.id, "user": made.user, "name": made.name, "text": made.text}
    return Response(orjson.dumps(told), 201, {"cache-control": "no-store"}, JSON)


@router.post(
    "/users/{uuid}/badge/revoke", summary=N_("Revoke a person's badge"), status_code=204, response_class=Response
)
@acts("badge.manage")
def revoke(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Revoke what badge the person has; scans that bear it are refused from then on."""
    ports.badges.revoke(viewer, reference("user", uuid))
    return Response(status_code=204)
