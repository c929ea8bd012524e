"""Products, containers and opening stock from CSV or XLSX: a preview, a result a row, all or nothing by choice."""

import asyncio
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import csvfile, xlsxfile
from api.auth import GuardedRoute, acts, services_of, settings_of, viewer
from api.i18n import N_
from api.imports import cell_problem
from api.openapi import IMPORT_EXTRA, IMPORT_RESPONSES
from api.v1.common import JSON
from api.v1.events import NDJSON
from api.web.render import language_of
from api.xlsxfile import Sheet
from ledger.errors import FormatError
from ledger.services.imports.cells import choices
from ledger.services.imports.columns import KINDS, Kind
from ledger.services.imports.run import Report, RowResult
from ledger.services.imports.tables import CSV, XLSX

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], route_class=GuardedRoute)

COMMENT: Final = "#"
MEDIA_TYPES: Final = (CSV, XLSX)
AllOrNothing = Annotated[bool, Query(description="Append nothing while any row fails the preview.")]
ALL_OR_NOTHING: AllOrNothing = True
TEMPLATE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CSV: {}}, "description": "UTF-8 with its mark; rows that begin with # are not read."}
}
WORKBOOK: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {XLSX: {}}, "description": "Drop-downs where words are to choose from; a second sheet explains."}
}
KEPT: Final = "private, max-age=3600"


@router.get(
    "/templates/{kind}.csv",
    summary=N_("A template for an import"),
    response_class=Response,
    responses=TEMPLATE,
)
@acts("self.read")
def template(kind: Kind) -> Response:
    """Return the headings in both languages and an example, which begins with # and is not read."""
    return csvfile.answer(f"hazledger-{kind}.csv", _template(kind), cache=KEPT)


@router.get(
    "/templates/{kind}.xlsx",
    summary=N_("A template for an import, as a workbook"),
    response_class=Response,
    responses=WORKBOOK,
)
@acts("self.read")
def workbook(kind: Kind) -> Response:
    """Return the same as a workbook, with drop-downs, and what may stand in each column on a second sheet."""
    columns = KINDS[kind]
    drop_downs = {
        at: [written[0] for written in item.words.values()]
        for at, item in enumerate(columns)
        if item.words and not item.many
    }
    sheets = [Sheet("导入 Import", _template(kind), drop_downs), Sheet("说明 Notes", _notes(kind))]
    return xlsxfile.answer(f"hazledger-{kind}.xlsx", sheets, cache=KEPT)


def _template(kind: Kind) -> list[list[str]]:
    columns = KINDS[kind]
    example = [item.example for item in columns]
    example[0] = f"{COMMENT} {example[0]}"
    return [[item.heading for item in columns], example]


def _notes(kind: Kind) -> list[list[str]]:
    """What may stand in each column, in both languages."""
    rows = [["列", "Column", "必填 / Required", "可填内容 / What may stand there", "示例 / Example"]]
    for item in KINDS[kind]:
        form = choices(item.words) if item.words else {"day": "2026-12-31"}.get(item.form, "")
        several = "多项用分号分隔 / several, separated by semicolons" if item.many else ""
        told = "；".join(part for part in (form, several) if part)
        rows.append([item.zh, item.en, "是 / yes" if item.required else "", told, item.example])
    return rows


@router.post(
    "/{kind}:preview",
    summary=N_("Preview an import"),
    response_class=Response,
    responses=IMPORT_RESPONSES,
    openapi_extra=IMPORT_EXTRA,
)
@acts("event.append")
async def preview(request: Request, kind: Kind) -> Response:
    """Say of every row what would become of it now. Nothing is written."""
    port = services_of(request).imports
    report = await asyncio.to_thread(port.preview, viewer(request), kind, await request.body(), _media_type(request))
    return _answer(request, report)


@router.post(
    "/{kind}",
    summary=N_("Import products, containers or opening stock"),
    response_class=Response,
    responses=IMPORT_RESPONSES,
    openapi_extra=IMPORT_EXTRA,
)
@acts("event.append")
async def run(request: Request, kind: Kind, all_or_nothing: AllOrNothing = ALL_OR_NOTHING) -> Response:
    """Append what passes the preview. The same file sent again goes on where it ended and records nothing twice."""
    port, body, media_type = services_of(request).imports, await request.body(), _media_type(request)
    report = await asyncio.to_thread(port.run, viewer(request), kind, body, media_type, all_or_nothing=all_or_nothing)
    return _answer(request, report)


def _media_type(request: Request) -> str:
    """Refuse a body of another type, or a compressed one. FormatError `media_type_unsupported`."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if given not in MEDIA_TYPES or encoding != "identity":
        shown = given if encoding == "identity" else f"{given} ({encoding})"
        raise FormatError(
            "media_type_unsupported", None, {"expected": ", ".join(MEDIA_TYPES), "given": shown[:80] or "-"}
        )
    return given


def _answer(request: Request, report: Report) -> Response:
    """A summary with the rows in it; with `Accept: application/x-ndjson` the summary first, then a row a line."""
    rows = [_row(request, report, row) for row in report.rows]
    headers = {"cache-control": "no-store"}
    if NDJSON in request.headers.get("accept", ""):
        lines = [_summary(report), *rows]
        return Response(b"".join(orjson.dumps(line) + b"\n" for line in lines), 200, headers, NDJSON)
    return Response(orjson.dumps(_summary(report) | {"rows": rows}), 200, headers, JSON)


def _summary(report: Report) -> dict[str, Any]:
    table = report.table
    return {
        "kind": table.kind,
        "digest": table.digest.hex(),
        "applied": report.applied,
        "counts": dict(report.counts),
        "columns": list(table.columns),
        "ignored_columns": list(table.ignored),
        "comments": table.comments,
    }


def _row(request: Request, report: Report, row: RowResult) -> dict[str, Any]:
    lang, base_url = language_of(request), settings_of(request).base_url
    found: dict[str, Any] = {"row": row.row, "label": row.label, "status": row.status}
    if row.event is not None:
        found |= {"event": row.event, "receipt": f"/api/v1/receipts/{row.event}"}
    if row.thing is not None and row.status in {"recorded", "on_record"}:
        found["thing"] = row.thing
    if row.faults:
        found["problems"] = [cell_problem(fault, report.table.kind, lang, base_url) for fault in row.faults]
    return found
