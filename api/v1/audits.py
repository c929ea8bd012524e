"""Audits of the whole ledger: ask for one, follow it, read what it found, take its signed report."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts, settings_of
from api.cursors import read_cursor
from api.i18n import N_
from api.openapi import JSON_RESPONSES, problem
from api.v1.common import LIMIT, Cursor, Limit, Ports, Viewer, listing, one_of_ours
from api.v1.webhooks import body_of, read
from api.views import Listing
from api.views.audits import AuditLine, AuditView
from api.web.audits import pdf
from ledger.core.shape import text_at

router = APIRouter(prefix="/api/v1/audits", tags=["audits"], route_class=GuardedRoute)

UNDER_WAY: Final = problem("An audit is under way; one runs at a time.")
UNKNOWN: Final = problem("No such audit.")
NOT_DONE: Final = problem("It has not ended with a result.")
_NEW: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": ["full", "evidence", "since", "sample"]},
        "sample": {"type": "string", "maxLength": 12, "description": "Of the kind `sample`: `400` or `2.5%`."},
    },
}
_PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "description": "Bilingual; hazledger/audit-report@1 is attached, signed by the log's key.",
    },
    404: UNKNOWN,
    409: NOT_DONE,
}


@router.get("", summary=N_("Audits of the ledger"))
@acts("audit.read")
def audits(ports: Ports, viewer: Viewer, cursor: Cursor = None, limit: Limit = LIMIT) -> Listing[AuditLine]:
    """Return audits and rounds of the background scrub, newest first."""
    after = read_cursor("audits", cursor)
    return listing("audits", ports.audits.listing(viewer, str(after[0]) if after else None, limit))


@router.post(
    "",
    summary=N_("Begin an audit"),
    status_code=201,
    responses={**JSON_RESPONSES, 404: problem("No such kind."), 409: UNDER_WAY},
    openapi_extra=body_of(_NEW, examples.AUDIT),
)
@acts("audit.run")
async def begin(request: Request, ports: Ports, viewer: Viewer) -> AuditView:
    """Begin an audit; the answer says under which id it is followed. Appends go on meanwhile."""
    stated = await read(request, {"kind": True, "sample": False})
    kind, sample = text_at(stated["kind"], "/kind"), text_at(stated.get("sample", ""), "/sample")
    made = await run_in_threadpool(ports.audits.start, viewer, kind, sample)
    return await run_in_threadpool(ports.audits.one, viewer, made)


@router.get("/{uuid}", summary=N_("An audit, and what it found"), responses={404: UNKNOWN})
@acts("audit.read")
def one(ports: Ports, viewer: Viewer, uuid: str) -> AuditView:
    """Return how far it is, or what it found."""
    return ports.audits.one(viewer, one_of_ours(uuid))


@router.get("/{uuid}/report", summary=N_("The signed report of an audit"), response_class=Response, responses=_PDF)
@acts("audit.read")
def report(request: Request, ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return the report as PDF."""
    return pdf(uuid, ports.audits.report(viewer, one_of_ours(uuid), settings_of(request).utc_offset))
