"""The flow of a batch and its trace: where every kilogram is, and where what was made of it went."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import csvfile
from api.auth import GuardedRoute, acts
from api.cursors import read_cursor, write_cursor
from api.i18n import N_
from api.v1.common import LIMIT, Cursor, Limit, Ports, Viewer, instant, reference
from api.views import FlowView, TraceNode, TraceView
from api.views.flow import Sense
from api.views.tracing import Direction
from ledger.core.quantity import kg

router = APIRouter(prefix="/api/v1/batches", tags=["batches"], route_class=GuardedRoute)

MOST_LINES: Final = 200_000
HEADINGS: Final = [
    "批次 / Batch",
    "批号 / Lot",
    "产品 / Product (zh)",
    "产品 / Product (en)",
    "UN 编号 / UN number",
    "生产单位 / Producer",
    "所追踪批次占比上限（十亿分之） / Share at most (ppb)",
    "反应投料上限（千克） / Charged to a reaction at most (kg)",
    "所有人 / Owner",
    "保管人或承运人 / Held by or carrier",
    "地点或车辆 / Place or vehicle",
    "储位 / Location",
    "容器 / Container",
    "状态 / Status",
    "数量（千克） / Amount (kg)",
    "所追踪批次上限（千克） / Of the traced lot at most (kg)",
    "运次 / Shipment",
    "已召回 / Recalled",
]
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/csv": {}}, "description": "UTF-8 with its mark; no cell runs as a formula."}
}

At = Annotated[
    str | None,
    Query(
        description="An instant: the flow until then. In an address, + is written %2B.",
        max_length=40,
        examples=["2026-11-22T00:00:00+00:00"],
    ),
]
InSense = Annotated[
    Sense,
    Query(description="`was`: as it was then by what is known now; `known`: as it was known then."),
]
Toward = Annotated[Direction, Query(description="`forward`: what was made of it; `backward`: what it was made of.")]

WAS: InSense = "was"
FORWARD: Toward = "forward"


@router.get("/{uuid}/flow", summary=N_("Where every kilogram of a batch came from and is"))
@acts("batch.read")
def flow(ports: Ports, viewer: Viewer, uuid: str, at: At = None, sense: InSense = WAS) -> FlowView:
    """Return both sides of a batch, which add up to the same; for who sees a part of it, the sides of that part."""
    return ports.tracing.flow(viewer, reference("batch", uuid), instant(at, "/at"), sense)


@router.get("/{uuid}/trace", summary=N_("Where a batch came from or went"))
@acts("batch.read")
def trace(
    ports: Ports,
    viewer: Viewer,
    uuid: str,
    direction: Toward = FORWARD,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> TraceView:
    """Return ancestors or descendants with stock now, the most that is in it of the lot, and what went into what."""
    name = f"trace-{direction}"
    ref = reference("batch", uuid)
    view, more = ports.tracing.trace(viewer, ref, direction, read_cursor(name, cursor), limit)
    return replace(view, next=None if more is None else write_cursor(name, more))


@router.get(
    "/{uuid}/trace.csv",
    summary=N_("Where a batch came from or went, as CSV"),
    response_class=Response,
    responses=FILE,
)
@acts("batch.read")
def trace_file(ports: Ports, viewer: Viewer, uuid: str, direction: Toward = FORWARD) -> Response:
    """Return a row for each holding of each batch; a batch without stock has one. A cut file says so at its end."""
    rows: list[list[str]] = [HEADINGS]
    for node in ports.tracing.every(viewer, reference("batch", uuid), direction):
        rows += _rows(node)
        if len(rows) > MOST_LINES:
            rows.append([f"# 未完 / more at /api/v1/batches/{uuid}/trace"])
            break
    return csvfile.answer(f"trace-{direction}-{uuid}.csv", rows)


def _rows(node: TraceNode) -> list[list[str]]:
    producer = "" if node.producer is None else node.producer.name.zh
    charged = "" if node.charged is None else kg(node.charged)
    share = "" if node.ppb is None else str(node.ppb)
    head = [node.ref, node.number, node.product.zh, node.product.en, node.un or "", producer, share, charged]
    tail = "是 / yes" if node.recalled else ""
    if not node.holdings:
        most = "" if node.most is None else kg(node.most)
        return [[*head, *[""] * 6, kg(node.present), most, "", tail]]
    found = []
    for one in node.holdings:
        held = one.holding
        holder = held.custodian or one.carrier
        found.append(
            [
                *head,
                held.owner.name.zh,
                "" if holder is None else holder.name.zh,
                held.place.name.zh,
                held.place.location or "",
                held.container_label or "",
                held.status,
                kg(held.mass),
                "" if one.most is None else kg(one.most),
                held.shipment or "",
                tail,
            ]
        )
    return found
