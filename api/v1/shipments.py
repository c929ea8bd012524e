"""Shipments: one vehicle, one trip, one waybill; planned, loaded, on the way, delivered, received."""

from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts, settings_of
from api.cursors import read_cursor
from api.i18n import N_
from api.openapi import STEP_RESPONSES
from api.v1 import steps
from api.v1.common import (
    EVIDENCE_RESPONSES,
    LIMIT,
    Cursor,
    Found,
    Limit,
    Ports,
    Viewer,
    evidence_file,
    listing,
    reference,
)
from api.views import Listing, ShipmentLine, ShipmentView
from api.views.deals import ShipmentStep

router = APIRouter(prefix="/api/v1/shipments", tags=["transfers"], route_class=GuardedRoute)

Steps = Annotated[list[ShipmentStep] | None, Query(description="Only these.", max_length=6)]
PDF: Final = "application/pdf"
Name = Literal[
    "load", "dispatch", "accept", "depart", "arrive", "divert", "hand-over", "unload", "deliver", "receive", "refuse"
]


@router.get("", summary=N_("Shipments of the organisation, or that it supervises, newest change first"))
@acts("shipment.read")
def shipments(
    ports: Ports, viewer: Viewer, found: Found, step: Steps = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[ShipmentLine]:
    """Return shipments the organisation arranges, carries, sends or receives, or those that it supervises."""
    search = replace(found, statuses=tuple(step or ()))
    page = ports.deals.shipments(viewer, search, read_cursor("shipments", cursor), limit)
    return listing("shipments", page)


@router.post(
    "",
    summary=N_("Plan a shipment"),
    status_code=201,
    response_class=Response,
    responses=STEP_RESPONSES,
    openapi_extra=steps.described(examples.PLAN),
)
@acts("event.append")
async def plan(request: Request) -> Response:
    """Plan a trip of one vehicle: who sends, who carries, who receives. `Location` leads to the shipment."""
    answer, ref = await steps.plan(request, await steps.stated(request))
    if answer.status_code != steps.KEPT:
        answer.headers["location"] = f"/api/v1/shipments/{ref.partition(':')[2]}"
    return answer


@router.get("/{uuid}", summary=N_("One shipment: cargo, steps, who signed, what is next"))
@acts("shipment.read")
def shipment(ports: Ports, viewer: Viewer, uuid: str) -> ShipmentView:
    """Return a shipment with what it has in custody."""
    return ports.deals.shipment(viewer, reference("shipment", uuid))


@router.get(
    "/{uuid}/evidence",
    summary=N_("The evidence of a shipment"),
    response_class=Response,
    responses=EVIDENCE_RESPONSES,
)
@acts("evidence.read")
def evidence(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return what verifies offline: every step of the trip and who signed it."""
    ref = reference("shipment", uuid)
    return evidence_file("shipment", ref, ports.deals.evidence(viewer, ref))


@router.get(
    "/{uuid}/waybill",
    summary=N_("The transport document of a shipment"),
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "Two languages, A4, with a code that the log's key signed."}},
)
@acts("shipment.read")
def waybill(request: Request, ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return the document as it stands now. 503: this server has no writer, whose key signs it."""
    ref, settings = reference("shipment", uuid), settings_of(request)
    name = f'inline; filename="waybill-{ref.partition(":")[2]}.pdf"'
    headers = {"cache-control": "private, no-store", "content-disposition": name}
    return Response(ports.waybills.paper(viewer, ref, settings.base_url, settings.zone), 200, headers, PDF)


@router.post(
    "/{uuid}/{step}",
    summary=N_("Take a step of a shipment"),
    status_code=201,
    response_class=Response,
    responses=STEP_RESPONSES,
    openapi_extra=steps.described(examples.LOAD),
)
@acts("event.append")
async def take(request: Request, uuid: str, step: Name) -> Response:
    """Load, dispatch, accept, depart, arrive, divert, hand over, unload, deliver, receive or refuse.

    Goods are named by code, container or batch; without goods a step is about all that is aboard.
    """
    return await steps.take_of_shipment(request, reference("shipment", uuid), step, await steps.stated(request))
