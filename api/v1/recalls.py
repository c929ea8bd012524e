"""Recalls: whom one reaches and who acknowledged; what one would reach; ordering and acknowledging it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.auth import GuardedRoute, acts, admit, services_of, viewer
from api.cursors import read_cursor
from api.i18n import N_
from api.openapi import JSON_RESPONSES, problem
from api.v1 import steps
from api.v1.common import JSON, LIMIT, Cursor, Limit, Ports, Viewer, listing, reference
from api.views import Listing
from api.views.recalls import RecallLine, RecallPreview, RecallView
from ledger.core.canonical import Json
from ledger.core.shape import text_at
from ledger.errors import ConflictError, NotFoundError
from ledger.services.recalling import ACKNOWLEDGED, ORDERED

router = APIRouter(prefix="/api/v1", tags=["batches"], route_class=GuardedRoute)

MOST_DIGITS: Final = 15
RECEIPT: Final[dict[int | str, dict[str, Any]]] = {
    **JSON_RESPONSES,
    201: {"content": {JSON: {}}, "description": "The receipt of the event."},
    409: problem("Nothing is left to acknowledge, or the id names another event."),
}
_ID: Final = {"type": "string", "format": "uuid", "description": "UUIDv7: send it again with the same id safely."}
_ORDER: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reason"],
    "properties": {"id": _ID, "reason": {"type": "string", "minLength": 1, "maxLength": 1000}},
}
_ANSWER: Final[dict[str, Any]] = {"type": "object", "additionalProperties": False, "properties": {"id": _ID}}

Open = Annotated[bool, Query(description="Only those that wait for the caller's own acknowledgement.")]

ALL: Open = False


def _body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema, "example": example}}}}


def index_of(text: str) -> int:
    """Return the index of an order in an address. NotFoundError: no number, hence no such recall."""
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise NotFoundError("page_not_found", None, {"path": text[:80]})
    return int(text)


@router.get("/recalls", summary=N_("Recalls that reach the organisation or are of lots it knows"))
@acts("batch.read")
def recalls(
    ports: Ports,
    viewer: Viewer,
    open: Open = ALL,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> Listing[RecallLine]:
    """Return recalls, newest first, with how many organisations each reaches and how many have yet to acknowledge."""
    page = ports.recalls.listing(viewer, read_cursor("recalls", cursor), limit, open_only=open)
    return listing("recalls", page)


@router.get("/recalls/{index}", summary=N_("One recall: whom it reaches, how much, who acknowledged"))
@acts("batch.read")
def recall(ports: Ports, viewer: Viewer, index: str) -> RecallView:
    """Return a recall by the index of its order's record; who is not the caller's to know of is counted."""
    return ports.recalls.one(viewer, index_of(index))


@router.post(
    "/recalls/{index}/acknowledge",
    summary=N_("Acknowledge a recall"),
    status_code=201,
    response_class=Response,
    responses=RECEIPT,
    openapi_extra=_body(_ANSWER, {}),
)
@acts("event.append")
async def acknowledge(request: Request, index: str) -> Response:
    """State that the caller's organisation knows of the recall, for every lot of it that it has not acknowledged."""
    answer, _ = await answered(request, index_of(index), await steps.stated(request))
    return answer


@router.get("/batches/{uuid}/recall", summary=N_("What a recall of a batch would reach"))
@acts("batch.read")
def preview(ports: Ports, viewer: Viewer, uuid: str) -> RecallPreview:
    """Return how many organisations, kilograms and shipments a recall would reach now; nothing is ordered."""
    return ports.recalls.preview(viewer, [reference("batch", uuid)])


@router.post(
    "/batches/{uuid}/recall",
    summary=N_("Order the recall of a batch"),
    status_code=201,
    response_class=Response,
    responses=RECEIPT,
    openapi_extra=_body(_ORDER, {"reason": "impurity above 0.5 %"}),
)
@acts("event.append")
async def order(request: Request, uuid: str) -> Response:
    """State the recall; everybody who has some of the batch, or of what was made of it, is told."""
    body = await steps.stated_of(request, {"id", "reason"})
    reason = text_at(body.get("reason", ""), "/reason")
    answer, _ = await ordered(request, reference("batch", uuid), reason, body)
    return answer


async def ordered(request: Request, ref: str, reason: str, body: dict[str, Json]) -> tuple[Response, str]:
    """State the recall of a batch that the caller may recall; return the answer and the event's id."""
    admit(request, "batch.read")
    await run_in_threadpool(services_of(request).recalls.preview, viewer(request), [ref])
    sections: dict[str, dict[str, Json]] = {"product": {"batches": [ref]}, "reason": {"text": reason}}
    return await steps.state(request, ORDERED, body, sections)


async def answered(request: Request, index: int, body: dict[str, Json]) -> tuple[Response, str]:
    """State the acknowledgement of every lot that waits for it. ConflictError `recall_not_open`: none does."""
    view = await run_in_threadpool(services_of(request).recalls.one, viewer(request), index)
    if not view.acknowledge:
        raise ConflictError("recall_not_open", None, {"recall": index})
    sections: dict[str, dict[str, Json]] = {"product": {"batches": list(view.acknowledge)}}
    return await steps.state(request, ACKNOWLEDGED, body, sections, [{"rel": "order", "hash": view.event}])
