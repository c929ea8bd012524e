"""Shipments: one vehicle, one trip, one waybill; planned, loaded, on the way, delivered, received."""

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts
from api.cursors import read_cursor
from api.i18n import N_
from api.openapi import APPEND_RESPONSES
from api.ports import Source
from api.v1.common import LIMIT, Cursor, Limit, Ports, Viewer, listing, reference
from api.v1.events import JSON
from api.v1.steps import Step, event_id, extra, goods_of, sections_of, state, stated
from api.views import Listing, ShipmentLine, ShipmentView
from api.views.deals import ShipmentStep
from ledger.core.canonical import Json
from ledger.core.shape import text_at

router = APIRouter(prefix="/api/v1/shipments", tags=["transfers"], route_class=GuardedRoute)

Steps = Annotated[list[ShipmentStep] | None, Query(description="Only these.", max_length=6)]
Name = Literal[
    "load", "dispatch", "accept", "depart", "arrive", "divert", "hand-over", "unload", "deliver", "receive", "refuse"
]

STEPS: Final[dict[str, Step]] = {
    "load": Step("transport.loaded", goods=True),
    "dispatch": Step("transport.dispatched"),
    "accept": Step("transport.carrier_accepted"),
    "depart": Step("transport.departed"),
    "arrive": Step("transport.arrived"),
    "divert": Step("transport.diverted"),
    "hand-over": Step("transport.handed_over", goods=True, aboard=True),
    "unload": Step("transport.unloaded", goods=True, aboard=True),
    "deliver": Step("transport.delivered"),
    "receive": Step("storage.received", goods=True, aboard=True),
    "refuse": Step("transport.refused", goods=True, aboard=True),
}


@router.get("", summary=N_("Shipments of the organisation, newest change first"))
@acts("shipment.read")
def shipments(
    ports: Ports, viewer: Viewer, step: Steps = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[ShipmentLine]:
    """Return shipments the organisation arranges, carries, sends or receives."""
    page = ports.deals.shipments(viewer, step or (), read_cursor("shipments", cursor), limit)
    return listing("shipments", page)


@router.post(
    "",
    summary=N_("Plan a shipment"),
    status_code=201,
    response_class=Response,
    responses=APPEND_RESPONSES,
    openapi_extra=extra(examples.PLAN),
)
@acts("event.append")
async def plan(request: Request) -> Response:
    """Plan a trip of one vehicle: who sends, who carries, who receives. `Location` leads to the shipment."""
    body = await stated(request)
    sections = sections_of(body)
    transport = sections.setdefault("transport", {})
    if "shipment" not in transport:
        body["id"] = event_id(request, body)
        transport["shipment"] = f"shipment:{body['id']}"
    if "transfer" in body:
        sections.setdefault("parties", {})["transfer"] = text_at(body["transfer"], "/transfer")
    answer, _ = await state(request, "transport.shipment_planned", body, sections)
    answer.headers["location"] = f"/api/v1/shipments/{str(transport['shipment']).partition(':')[2]}"
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
    responses={200: {"content": {JSON: {}}, "description": "hazledger/evidence@1; verifies offline."}},
)
@acts("evidence.read")
def evidence(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return what verifies offline: every step of the trip and who signed it."""
    ref = reference("shipment", uuid)
    name = f'attachment; filename="shipment-{ref.partition(":")[2]}.json"'
    headers = {"cache-control": "private, no-cache", "content-disposition": name}
    return Response(ports.deals.evidence(viewer, ref), 200, headers, JSON)


@router.post(
    "/{uuid}/{step}",
    summary=N_("Take a step of a shipment"),
    status_code=201,
    response_class=Response,
    responses=APPEND_RESPONSES,
    openapi_extra=extra(examples.LOAD),
)
@acts("event.append")
async def take(request: Request, uuid: str, step: Name) -> Response:
    """Load, dispatch, accept, depart, arrive, divert, hand over, unload, deliver, receive or refuse.

    Goods are named by code, container or batch; without goods a step is about all that is aboard.
    """
    ref = reference("shipment", uuid)
    body = await stated(request)
    sections = sections_of(body)
    made = STEPS[step]
    if step != "receive" or "transport" in sections:
        sections.setdefault("transport", {})["shipment"] = ref
    transfer = None
    if "transfer" in body:
        transfer = text_at(body["transfer"], "/transfer")
        sections.setdefault("parties", {})["transfer"] = transfer
    if made.goods and "inputs" not in sections:
        source = Source(shipment=ref if made.aboard else None, transfer=transfer)
        lines: list[Json] = list(await asyncio.to_thread(goods_of, request, body, source))
        sections["inputs"] = {"lines": lines}
    answer, _ = await state(request, made.type, body, sections)
    return answer
