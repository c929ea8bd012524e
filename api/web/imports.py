"""Pages of imports: a file is sent, checked row by row, and recorded when its sender says so. Needs no script."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import import_words
from api.auth import admit, services_of, settings_of
from api.forms import open_form
from api.negotiate import Language
from api.problems import describe
from api.uploads import Upload, open_upload
from api.v1.common import one_of_ours
from api.views import Principal
from api.web.render import language_of, page
from ledger.errors import ForbiddenError, FormatError, HazledgerError, UnavailableError
from ledger.services.imports.cells import Fault
from ledger.services.imports.columns import KINDS, Kind, column
from ledger.services.imports.jobs import Job
from ledger.services.imports.run import RowResult
from ledger.services.imports.statements import TYPES
from ledger.services.imports.tables import MAX_ROWS

router = APIRouter(include_in_schema=False)

IMPORT: Final = "/import"
PATIENCE_S: Final = 1.0
"""How long an answer waits for a check or a run to end, before it says how far it is."""
AGAIN_S: Final = 1
ROWS: Final = 100
MOST_PAGES: Final = MAX_ROWS // ROWS
BAD: Final = frozenset({"faulty", "refused", "waiting"})


@dataclass(frozen=True, slots=True)
class Said:
    """What is wrong with a row: the column as it is headed, what is the matter, what to do."""

    column: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file, for people."""

    result: RowResult
    said: tuple[Said, ...]


def _admitted(request: Request) -> tuple[Principal, tuple[Kind, ...]]:
    """Return who asks and what they may import. ForbiddenError: nothing."""
    reader = admit(request, "event.append")
    kinds = services_of(request).imports.kinds(reader)
    if not kinds:
        raise ForbiddenError("type_not_for_role", None, {"type": TYPES["products"], "action": "event.append"})
    return reader, kinds


@router.get(IMPORT)
def importing(request: Request) -> Response:
    """Show the form, templates, and what was imported lately."""
    return _form(request)


def _form(request: Request, error: HazledgerError | None = None, kind: str = "") -> Response:
    reader, kinds = _admitted(request)
    status = 200
    if error is not None:
        status = 503 if isinstance(error, UnavailableError) else 422
    chosen = kind if kind in kinds else (request.query_params.get("kind", "") or kinds[0])
    jobs = services_of(request).imports.jobs(reader)
    limit = settings_of(request).max_import_body // 2**20
    context: dict[str, Any] = {"kinds": kinds, "chosen": chosen, "jobs": jobs, "most_rows": MAX_ROWS, "most_mb": limit}
    return page(request, "import.html", status, problem=error, imports=import_words, **context)


@router.post(IMPORT)
async def check(request: Request) -> Response:
    """Take a file and begin to check it. Nothing is recorded."""
    await asyncio.to_thread(_admitted, request)
    upload = await open_upload(request, "file")
    return await asyncio.to_thread(_check, request, upload)


def _check(request: Request, upload: Upload) -> Response:
    reader, _ = _admitted(request)
    given = upload.form.get("kind")
    port = services_of(request).imports
    try:
        job = port.open(reader, _kind(given), upload.name, _filled(upload.body))
    except (FormatError, UnavailableError) as error:
        return _form(request, error, given)
    port.job(reader, job, PATIENCE_S)
    return RedirectResponse(f"{IMPORT}/{job}", 303)


def _kind(given: str) -> Kind:
    kind: Kind | None = next((kind for kind in KINDS if kind == given), None)
    if kind is None:
        raise FormatError("form_not_of_form", "/kind", {"name": "kind"})
    return kind


def _filled(body: bytes) -> bytes:
    if not body:
        raise FormatError("import_file_missing")
    return body


@router.get("/import/{job}")
def imported(request: Request, job: str, show: str = "", part: int = 1) -> Response:
    """Show what a file comes to, row by row; while something is being done, how far it is, and again in a moment."""
    reader, _ = _admitted(request)
    found = services_of(request).imports.job(reader, one_of_ours(job), PATIENCE_S)
    lang = language_of(request)
    rows = () if found.report is None else found.report.rows
    bad = [row for row in rows if row.status in BAD]
    shown = show if show in {"all", "wrong"} else "wrong" if bad else "all"
    wanted = bad if shown == "wrong" else rows
    pages = max(1, -(-len(wanted) // ROWS))
    at = min(max(part, 1), pages)
    lines = [
        Line(row, _said(found, row, lang, settings_of(request).base_url)) for row in wanted[(at - 1) * ROWS : at * ROWS]
    ]
    context: dict[str, Any] = {"lines": lines, "bad": len(bad), "shown": shown, "part": at, "pages": pages}
    answer = page(request, "import_job.html", job=found, imports=import_words, problem=found.error, **context)
    if found.under_way:
        answer.headers["refresh"] = str(AGAIN_S)
    return answer


@router.post("/import/{job}/record")
async def record(request: Request, job: str) -> Response:
    """Record what a checked file says: every row or none, or the good ones. Pressed twice, it is done once."""
    form = await open_form(request)
    return await asyncio.to_thread(_record, request, one_of_ours(job), form.get("rows", "all"))


def _record(request: Request, job: str, rows: str) -> Response:
    reader, _ = _admitted(request)
    if rows not in {"all", "good"}:
        raise FormatError("form_not_of_form", "/rows", {"name": "rows"})
    port = services_of(request).imports
    port.start(reader, job, all_or_nothing=rows == "all")
    port.job(reader, job, PATIENCE_S)
    return RedirectResponse(f"{IMPORT}/{job}", 303)


def _said(job: Job, row: RowResult, lang: Language, base_url: str) -> tuple[Said, ...]:
    return tuple(_told(fault, job.table.kind, lang, base_url) for fault in row.faults)


def _told(fault: Fault, kind: Kind, lang: Language, base_url: str) -> Said:
    known = None if fault.column is None else column(kind, fault.column)
    told = describe(fault.problem, lang, base_url)
    heading = "" if known is None else known.zh if lang == "zh" else known.en
    return Said(heading, str(told["detail"]), str(told["remedy"]))
