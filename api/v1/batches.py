"""Batches: list, one, its life, where it is or was, where it came from and went, its evidence."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.auth import GuardedRoute, acts
from api.cursors import read_cursor
from api.i18n import N_
from api.v1.common import (
    EVIDENCE_RESPONSES,
    LIMIT,
    Cursor,
    Limit,
    Ports,
    Search,
    Viewer,
    evidence_file,
    instant,
    listing,
    reference,
)
from api.views import BatchLine, BatchView, Listing, Moment, StockLine

router = APIRouter(prefix="/api/v1/batches", tags=["batches"], route_class=GuardedRoute)

AsOf = Annotated[
    str | None,
    Query(
        description="An instant: stock as it was then. In an address, + is written %2B.",
        max_length=40,
        examples=["2026-11-22T00:00:00+00:00"],
    ),
]


@router.get("", summary=N_("Batches, newest change first"))
@acts("batch.read")
def batches(
    ports: Ports, viewer: Viewer, q: Search = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[BatchLine]:
    """Return batches the caller's organisation has a relation to."""
    page = ports.batches.listing(viewer, q, read_cursor("batches", cursor), limit)
    return listing("batches", page)


@router.get("/{uuid}", summary=N_("One batch: hazards, verdict, where, how much, life"))
@acts("batch.read")
def batch(ports: Ports, viewer: Viewer, uuid: str) -> BatchView:
    """Return a batch as its page shows it, with the newest 50 moments of its life."""
    return ports.batches.one(viewer, reference("batch", uuid))


@router.get("/{uuid}/history", summary=N_("The life of a batch, newest first"))
@acts("batch.read")
def history(ports: Ports, viewer: Viewer, uuid: str, cursor: Cursor = None, limit: Limit = LIMIT) -> Listing[Moment]:
    """Return every record of the batch's chain; what the caller may not see stands there as its hash."""
    ref = reference("batch", uuid)
    page = ports.batches.history(viewer, ref, read_cursor("history", cursor), limit)
    return listing("history", page)


@router.get("/{uuid}/stock", summary=N_("Where a batch is, or was at an instant"))
@acts("batch.read")
def stock(ports: Ports, viewer: Viewer, uuid: str, as_of: AsOf = None) -> tuple[StockLine, ...]:
    """Return the holdings of a batch now, or at `as_of`."""
    return ports.batches.stock(viewer, reference("batch", uuid), instant(as_of, "/as_of"))


@router.get(
    "/{uuid}/evidence",
    summary=N_("The evidence bundle of a batch"),
    response_class=Response,
    responses=EVIDENCE_RESPONSES,
)
@acts("evidence.read")
def evidence(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return as much evidence as the caller may see; `hazledger verify` checks it without this server."""
    ref = reference("batch", uuid)
    return evidence_file("evidence", ref, ports.batches.evidence(viewer, ref))
