"""One-time links for who has no account: issued to a side of a shipment, listed, revoked. Their secrets show once."""

import asyncio
from typing import Any, Final, Literal

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts, services_of, settings_of, viewer
from api.i18n import N_
from api.openapi import JSON_RESPONSES
from api.v1.common import JSON, Ports, Viewer, one_of_ours, reference
from api.v1.webhooks import body_of, read
from api.views import StepLinkLine
from ledger.core.times import format_recorded
from ledger.errors import FormatError

router = APIRouter(prefix="/api/v1", tags=["transfers"], route_class=GuardedRoute)

SIDES: Final[tuple[Literal["carrier", "consignee"], ...]] = ("carrier", "consignee")
_SIDE: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["side"],
    "properties": {"side": {"enum": list(SIDES), "description": "The carrier's steps, or the consignee's receipt."}},
}
ISSUED: Final[dict[int | str, dict[str, Any]]] = {
    **JSON_RESPONSES,
    201: {
        "description": "The link and its PIN, shown this once: send one, tell the other by another way.",
        "content": {JSON: {"example": examples.STEP_LINK}},
    },
}


@router.post(
    "/shipments/{uuid}/links",
    summary=N_("Issue a one-time link for a side of a shipment"),
    status_code=201,
    response_class=Response,
    responses=ISSUED,
    openapi_extra=body_of(_SIDE, {"side": "carrier"}),
)
@acts("event.append")
async def issue(request: Request, uuid: str) -> Response:
    """Make a link for a driver or consignee without an account; arranger and consignor may. Five wrong PINs lock it."""
    given = (await read(request, {"side": True}))["side"]
    side = next((side for side in SIDES if side == given), None)
    if side is None:
        raise FormatError("not_a_choice", "/side", {"choices": ", ".join(SIDES)})
    ref, port = reference("shipment", uuid), services_of(request).links
    made = await asyncio.to_thread(port.issue, viewer(request), ref, side)
    shown = {
        "id": made.id,
        "url": f"{settings_of(request).base_url}/d/{made.token}",
        "pin": made.pin,
        "party": made.party.ref,
        "expires": format_recorded(made.expires),
    }
    return Response(orjson.dumps(shown), 201, {"cache-control": "no-store"}, JSON)


@router.get("/shipments/{uuid}/links", summary=N_("One-time links of a shipment, newest first, without their secrets"))
@acts("event.append")
def links(ports: Ports, viewer: Viewer, uuid: str) -> tuple[StepLinkLine, ...]:
    """Return the newest 50 links that the caller's organisation issued, with what was done by each."""
    return ports.links.listing(viewer, reference("shipment", uuid))


@router.post("/links/{uuid}/revoke", summary=N_("Revoke a one-time link"))
@acts("event.append")
def revoke(ports: Ports, viewer: Viewer, uuid: str) -> StepLinkLine:
    """End a link that the caller's organisation issued; a second time changes nothing."""
    return ports.links.revoke(viewer, one_of_ours(uuid))
