"""Filings of sales and purchases of controlled goods: the record that the regulation asks for, as JSON and as CSV."""

from datetime import timezone
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import csvfile, figures
from api.auth import GuardedRoute, acts, settings_of
from api.cursors import MAX_LIMIT, read_cursor
from api.i18n import N_
from api.v1.common import LIMIT, Cursor, Limit, Ports, Viewer, listing
from api.views import Key, Listing
from api.views.compliance import FiledGoods, FilingLine, FilingStatus
from api.words import LISTED
from ledger.core.quantity import kg

router = APIRouter(prefix="/api/v1", tags=["filings"], route_class=GuardedRoute)

MOST_LINES: Final = 20_000
Status = Annotated[FilingStatus | None, Query(description="Still to be filed, overdue, or filed alone.")]
HEADINGS: Final = [
    "买入或卖出 / Side",
    "产品 / Product (zh)",
    "产品 / Product (en)",
    "CAS 号 / CAS number",
    "UN 编号 / UN number",
    "管制类别 / Controlled lists",
    "批号 / Batch number",
    "数量（千克） / Amount (kg)",
    "用途 / Purpose",
    "购买单位 / Buyer",
    "购买单位统一社会信用代码 / Buyer's credit code",
    "购买单位地址 / Buyer's address",
    "经办人 / Handler",
    "经办人证件号 / Handler's ID number",
    "销售单位 / Seller",
    "销售单位统一社会信用代码 / Seller's credit code",
    "销售单位地址 / Seller's address",
    "交易日期 / Date of sale",
    "备案期限 / To be filed by",
    "备案日期 / Filed on",
    "备案机关 / Filed with",
    "备案编号 / Filing number",
    "备案单位 / Filed by",
    "状态 / Status",
    "流转 / Transfer",
]
STATUSES: Final[dict[FilingStatus, str]] = {
    "due": "待备案 / due",
    "overdue": "逾期未备案 / overdue",
    "filed": "已备案 / filed",
}
SIDES: Final = {"sale": "卖出 / sale", "purchase": "买入 / purchase"}
FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/csv": {}}, "description": "UTF-8 with its mark; no cell runs as a formula."}
}


@router.get("/filings", summary=N_("Sales and purchases to be filed with the authority"))
@acts("transfer.read")
def filings(
    ports: Ports, viewer: Viewer, status: Status = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[FilingLine]:
    """Return what the organisation has to file or has filed, newest change of the transfer first.

    A regulator or park gets what the organisations in its ward have to file or have filed. A page may hold fewer lines
    than asked for, or none, and yet have a `next`.
    """
    return listing("filings", ports.compliance.filings(viewer, read_cursor("filings", cursor), limit, status))


@router.get(
    "/filings.csv",
    summary=N_("Sales and purchases to be filed, as CSV"),
    response_class=Response,
    responses=FILE,
)
@acts("transfer.read")
def filings_file(request: Request, ports: Ports, viewer: Viewer, status: Status = None) -> Response:
    """Return the record of Art. 41, State Council Order 591: a row for each batch; a cut file says so at its end."""
    zone = settings_of(request).zone
    rows: list[list[str]] = [HEADINGS]
    after: Key | None = None
    while True:
        page = ports.compliance.filings(viewer, after, MAX_LIMIT, status)
        rows.extend(_row(line, goods, zone) for line in page.items for goods in line.goods)
        after = page.next_key
        if after is None or len(rows) > MOST_LINES:
            break
    if after is not None:
        rows.append(["# 未完 / more at /api/v1/filings"])
    return csvfile.answer("hazledger-filings.csv", rows)


def _row(line: FilingLine, goods: FiledGoods, zone: timezone) -> list[str]:
    return [
        SIDES[line.side],
        goods.product.zh,
        goods.product.en,
        " ".join(goods.cas),
        goods.un or "",
        "；".join(LISTED[name][0] for name in goods.lists),
        goods.batch_number,
        kg(goods.mass),
        line.purpose or "",
        line.buyer.party.name.zh,
        line.buyer.uscc,
        line.buyer.address,
        line.handler or "",
        line.handler_id or "",
        line.seller.party.name.zh,
        line.seller.uscc,
        line.seller.address,
        figures.day_local(line.sold_at, zone),
        figures.day_local(line.due, zone),
        "" if line.filed_at is None else figures.day_local(line.filed_at, zone),
        line.authority or "",
        line.number or "",
        line.by.name.zh,
        STATUSES[line.status],
        line.transfer,
    ]
