"""Incident codes: for hours, whoever was told one sees how much lies at a place or rides in a vehicle."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts, services_of
from api.i18n import N_
from api.openapi import JSON_RESPONSES, problem
from api.v1.common import JSON, Ports, Viewer, one_of_ours
from api.v1.webhooks import body_of, read
from api.views import IncidentCode, IncidentView, QrView
from ledger.core.shape import int_at, text_at

router = APIRouter(prefix="/api/v1/incidents", tags=["codes"], route_class=GuardedRoute)
opening = APIRouter(prefix="/api/v1/codes", tags=["codes"])

MOST_STATED: Final = 1_000
MOST: Final = problem("The organisation has as many incident codes as it may have at a time.")
UNUSABLE: Final = problem("No such printed code, or the incident code opens nothing here.")
_QR_VIEW: Final = TypeAdapter(QrView)
_NEW: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reason", "hours"],
    "properties": {
        "reason": {"type": "string", "minLength": 3, "maxLength": 200, "description": "What happened, and where."},
        "hours": {"type": "integer", "minimum": 1, "maximum": 72},
    },
}
_OPEN: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["incident_code", "purpose"],
    "properties": {
        "incident_code": {
            "type": "string",
            "maxLength": 40,
            "description": "As it was told, hyphens or not.",
        },
        "purpose": {"type": "string", "minLength": 3, "maxLength": 200, "description": "Recorded with the use."},
    },
}


@router.get("", summary=N_("Incident codes of the organisation, and their uses"))
@acts("incident.manage")
def incidents(ports: Ports, viewer: Viewer) -> tuple[IncidentView, ...]:
    """Return the newest 50 codes, each with its newest uses; what is told is never shown again."""
    return ports.incidents.listing(viewer)


@router.post(
    "",
    summary=N_("Issue an incident code"),
    status_code=201,
    responses={**JSON_RESPONSES, 409: MOST},
    openapi_extra=body_of(_NEW, examples.INCIDENT),
)
@acts("incident.manage")
async def issue(request: Request, ports: Ports, viewer: Viewer) -> IncidentCode:
    """Make a code that opens, for so many hours, what its issuer may see; the answer shows it, once."""
    stated = await read(request, {"reason": True, "hours": True})
    reason, hours = text_at(stated["reason"], "/reason"), int_at(stated["hours"], 0, MOST_STATED, "/hours")
    return await run_in_threadpool(ports.incidents.issue, viewer, reason, hours)


@router.post("/{uuid}/end", summary=N_("End an incident code"), status_code=204)
@acts("incident.manage")
def end(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """End a code before its time."""
    ports.incidents.end(viewer, one_of_ours(uuid))
    return Response(status_code=204)


@opening.post(
    "/{code}/open",
    summary=N_("What is at a place or in a vehicle, by an incident code"),
    response_model=QrView,
    responses={**JSON_RESPONSES, 404: UNUSABLE},
    openapi_extra=body_of(_OPEN, examples.INCIDENT_OPEN),
)
async def opened(request: Request, code: str) -> Response:
    """Return the quantities that an incident code opens; the use is recorded with its purpose before."""
    stated = await read(request, {"incident_code": True, "purpose": True})
    told, purpose = text_at(stated["incident_code"], "/incident_code"), text_at(stated["purpose"], "/purpose")
    view = await run_in_threadpool(services_of(request).incidents.open, code, told, purpose)
    return Response(_QR_VIEW.dump_json(view), 200, {"cache-control": "no-store"}, JSON)
