"""Transfers: offered, agreed, sold, settled; each step answers with its receipt.

An `ETag` names the latest step of the agreement; `If-Match` refuses a step on what has moved on since it was read.
"""

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts, services_of, viewer
from api.cursors import read_cursor
from api.i18n import N_
from api.openapi import APPEND_RESPONSES
from api.ports import Box, Source
from api.v1.common import LIMIT, Cursor, Limit, Ports, Viewer, listing, reference
from api.v1.events import JSON
from api.v1.steps import check_etag, event_id, extra, goods_of, sections_of, state, stated
from api.views import Listing, TransferLine, TransferView
from ledger.core.canonical import Json
from ledger.core.shape import text_at
from ledger.errors import FormatError

router = APIRouter(prefix="/api/v1/transfers", tags=["transfers"], route_class=GuardedRoute)

Status = Literal["offered", "agreed", "declined", "cancelled", "closed"]
Boxes = Annotated[Box, Query(description="What others give (`in`), what the organisation gives (`out`), or all.")]
Statuses = Annotated[list[Status] | None, Query(description="Only these.", max_length=5)]

AGREEMENT: Final = {
    "agree": "operation.transfer_agreed",
    "decline": "operation.transfer_declined",
    "cancel": "operation.transfer_cancelled",
    "settle": "operation.difference_settled",
}
OWNERSHIP: Final = {"sell": "operation.sold", "give-back": "operation.returned"}


@router.get("", summary=N_("Transfers of the organisation, newest change first"))
@acts("transfer.read")
def transfers(
    ports: Ports,
    viewer: Viewer,
    box: Boxes = "all",
    status: Statuses = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> Listing[TransferLine]:
    """Return transfers the organisation is party to, each with what it can do next."""
    page = ports.deals.transfers(viewer, box, status or (), read_cursor("transfers", cursor), limit)
    return listing("transfers", page)


@router.post(
    "",
    summary=N_("Offer a transfer"),
    status_code=201,
    response_class=Response,
    responses=APPEND_RESPONSES,
    openapi_extra=extra(examples.OFFER),
)
@acts("event.append")
async def offer(request: Request) -> Response:
    """Offer goods to another firm: a sale, a handover, or both. `Location` leads to the transfer."""
    body = await stated(request)
    sections = sections_of(body)
    parties = sections.setdefault("parties", {})
    if "transfer" not in parties:
        # Derived from the event's id: the same request sent again offers the same transfer.
        body["id"] = event_id(request, body)
        parties["transfer"] = f"transfer:{body['id']}"
    if "goods" in body:
        lines: list[Json] = list(await asyncio.to_thread(goods_of, request, body, Source()))
        sections["inputs"] = {"lines": lines}
    refs = [{"rel": "order", "hash": body["transfer"]}] if "transfer" in body else []
    answer, _ = await state(request, "operation.transfer_offered", body, sections, refs)
    answer.headers["location"] = f"/api/v1/transfers/{str(parties['transfer']).partition(':')[2]}"
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
    responses={200: {"content": {JSON: {}}, "description": "hazledger/evidence@1; verifies offline."}},
)
@acts("evidence.read")
def evidence(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return what verifies offline: every step, who signed it, and that nothing was left out."""
    ref = reference("transfer", uuid)
    name = f'attachment; filename="transfer-{ref.partition(":")[2]}.json"'
    headers = {"cache-control": "private, no-cache", "content-disposition": name}
    return Response(ports.deals.evidence(viewer, ref), 200, headers, JSON)


@router.post(
    "/{uuid}/{step}",
    summary=N_("Take a step: agree, decline, cancel, sell, give-back, settle"),
    status_code=201,
    response_class=Response,
    responses=APPEND_RESPONSES,
    openapi_extra=extra(examples.AGREE),
)
@acts("event.append")
async def take(
    request: Request, uuid: str, step: Literal["agree", "decline", "cancel", "sell", "give-back", "settle"]
) -> Response:
    """Take the next step of a transfer. A step of the agreement names the one before it: of two that race, one wins."""
    ref = reference("transfer", uuid)
    body = await stated(request)
    known = await asyncio.to_thread(services_of(request).deals.transfer, viewer(request), ref)
    check_etag(request, known.etag)
    sections = sections_of(body)
    sections.setdefault("parties", {})["transfer"] = ref
    if step in OWNERSHIP:
        if "goods" not in body and "inputs" not in sections:
            raise FormatError("name_missing", "/goods")
        if "goods" in body:
            source = Source(transfer=ref)
            sections["inputs"] = {"lines": list(await asyncio.to_thread(goods_of, request, body, source))}
        answer, _ = await state(request, OWNERSHIP[step], body, sections)
        return answer
    previous = _previous(request, known.etag)
    refs: list[dict[str, Json]] = [{"rel": "previous", "hash": previous}]
    if step == "settle" and known.settlement is not None:
        refs.append({"rel": "counterpart", "hash": known.settlement.event})
    answer, _ = await state(request, AGREEMENT[step], body, sections, refs)
    return answer


def _previous(request: Request, etag: str) -> str:
    """The step that this one follows: what the client read, if it says so; a repeated request names the same one."""
    given = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    return text_at(given, "/if-match") if given and given != "*" and "," not in given else etag
