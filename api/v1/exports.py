"""Lists as files: CSV, XLSX and Parquet, one address for each list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import csvfile, exports, parquetfile, xlsxfile
from api.auth import GuardedRoute, acts
from api.exports import Format
from api.i18n import N_
from api.ports import Action
from api.v1.common import Found, Ports, Viewer

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute)

FORMATS: Final[tuple[Format, ...]] = ("csv", "xlsx", "parquet")
Wanted = Annotated[Format, Query(alias="format", description="CSV with its mark, a workbook, or Apache Parquet.")]
Status = Annotated[str, Query(description="Lines, transfers or trips in this state alone.", max_length=20)]

LISTS: Final[dict[str, tuple[Action, str, str]]] = {
    "stock": ("stock.read", "stock", N_("Stock as a file")),
    "batches": ("batch.read", "batches", N_("Batches as a file")),
    "containers": ("master.read", "master data", N_("Containers as a file")),
    "transfers": ("transfer.read", "transfers", N_("Transfers as a file")),
    "shipments": ("shipment.read", "transfers", N_("Shipments as a file")),
    "licences": ("master.read", "master data", N_("Licences as a file")),
    "findings": ("finding.read", "findings", N_("Open findings as a file")),
}
"""The lists: what their reader must be allowed, their tag, and what they are called."""
_TEXT: Final = f"Up to {exports.MOST_ROWS:,} rows; a file that was cut has the header `hazledger-cut`."
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": _TEXT,
        "content": {
            csvfile.MEDIA_TYPE.partition(";")[0]: {},
            xlsxfile.MEDIA_TYPE: {},
            parquetfile.MEDIA_TYPE: {},
        },
    }
}


def _endpoint(name: str) -> Callable[..., Response]:
    def export(ports: Ports, viewer: Viewer, search: Found, wanted: Wanted = "csv", status: Status = "") -> Response:
        """Return the list as the reader sees it, in one state of the ledger."""
        asked = replace(search, statuses=(status,) if status else ())
        with ports.exports.table(viewer, name, asked) as table:
            return exports.answer(table, wanted)

    export.__name__ = f"export_{name}"
    return export


for _name, (_action, _tag, _summary) in LISTS.items():
    router.add_api_route(
        f"/export/{_name}",
        acts(_action)(_endpoint(_name)),
        tags=[_tag],
        summary=_summary,
        response_class=Response,
        responses=_RESPONSES,
    )
