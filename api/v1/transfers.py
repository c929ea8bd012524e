"""Transfers: offered, agreed, sold, settled; each step answers with its receipt.

An `ETag` names the latest step of the agreement; `If-Match` refuses a step on what has moved on since it was read.
"""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts
from api.cursors import read_cursor
from api.deal_ports import Box
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
from api.views import Listing, TransferLine, TransferView

router = APIRouter(prefix="/api/v1/transfers", tags=["transfers"], route_class=GuardedRoute)

Status = Literal["offered", "agreed", "declined", "cancelled", "closed"]
Boxes = Annotated[Box, Query(description="What others give (`in`), what the organisation gives (`out`), or all.")]
Statuses = Annotated[list[Status] | None, Query(description="Only these.", max_length=5)]


@router.get("", summary=N_("Transfers of the organisation, or that it supervises, newest change first"))
@acts("transfer.read")
def transfers(
    ports: Ports,
    viewer: Viewer,
    found: Found,
    box: Boxes = "all",
    status: Statuses = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> Listing[TransferLine]:
    """Return transfers the organisation is party to, each with what it can do next, or those that it supervises."""
    search = replace(found, statuses=tuple(status or ()))
    page = ports.deals.transfers(viewer, box, search, read_cursor("transfers", cursor), limit)
    return listing("transfers", page)


@router.post(
    "",
    summary=N_("Offer a transfer"),
    status_code=201,
    response_class=Response,
    responses=STEP_RESPONSES,
    openapi_extra=steps.described(examples.OFFER),
)
@acts("event.append")
async def offer(request: Request) -> Response:
    """Offer goods to another firm: a sale, a handover, or both. `Location` leads to the transfer."""
    answer, ref = await steps.offer(request, await steps.stated(request))
    if answer.status_code != steps.KEPT:
        answer.headers["location"] = f"/api/v1/transfers/{ref.partition(':')[2]}"
    return answer


@router.get("/{uuid}", summary=N_("One transfer: goods, steps, who signed, what is next"))
@acts("transfer.read")
def transfer(response: Response, ports: Ports, viewer: Viewer, uuid: str) -> TransferView:
    """Return a transfer; its `ETag` goes into the `If-Match` of the next step."""
    view = ports.deals.transfer(viewer, reference("transfer", uuid))
    response.headers["etag"] = f'"{view.etag}"'
    return view


@router.get(
    "/{uuid}/evidence",
    summary=N_("The evidence of a transfer"),
    response_class=Response,
    responses=EVIDENCE_RESPONSES,
)
@acts("evidence.read")
def evidence(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return what verifies offline: every step, who signed it, and that nothing was left out."""
    ref = reference("transfer", uuid)
    return evidence_file("transfer", ref, ports.deals.evidence(viewer, ref))


@router.post(
    "/{uuid}/{step}",
    summary=N_("Take a step: agree, decline, cancel, sell, give-back, settle, file"),
    status_code=201,
    response_class=Response,
    responses=STEP_RESPONSES,
    openapi_extra=steps.described(examples.AGREE),
)
@acts("event.append")
async def take(
    request: Request, uuid: str, step: Literal["agree", "decline", "cancel", "sell", "give-back", "settle", "file"]
) -> Response:
    """Take the next step of a transfer. A step of the agreement names the one before it: of two that race, one wins."""
    body = await steps.stated(request)
    return await steps.take_of_transfer(
        request, reference("transfer", uuid), step, body, request.headers.get("if-match")
    )
