"""Pages of audits: ask for one, leave it and come back, see what it found, take its report. Needs no script."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import admit, may, services_of, settings_of
from api.cursors import MAX_LENGTH, read_cursor, write_cursor
from api.forms import Form, open_form
from api.v1.common import one_of_ours
from api.web.render import page
from labels import audit_words
from ledger.errors import HazledgerError

router = APIRouter(include_in_schema=False)

AUDIT: Final = "/audit"
AGAIN_S: Final = 2
SHOWN: Final = 20
OFFERED: Final = ("full", "evidence", "since", "sample")

Sent = Annotated[Form, Depends(open_form)]


def _audits(
    request: Request, cursor: str | None = None, error: HazledgerError | None = None, status: int = 200, **sent: str
) -> Response:
    reader = admit(request, "audit.read")
    after = read_cursor("audits", cursor)
    port = services_of(request).audits
    found = port.listing(reader, str(after[0]) if after else None, SHOWN)
    running = next((line for line in found.items if line.state == "running" and line.kind != "scrub"), None)
    context: dict[str, Any] = {
        "lines": found.items,
        "more": None if found.next_key is None else write_cursor("audits", found.next_key),
        "running": running,
        "scrub": port.scrub(),
        "may_run": may(request, reader, "audit.run"),
        "offered": OFFERED,
        "audits": audit_words,
        "sent": {"kind": "full", "sample": "400", **sent},
    }
    answer = page(request, "audits.html", status, problem=error, **context)
    if running is not None and error is None:
        answer.headers["refresh"] = str(AGAIN_S)
    return answer


@router.get(AUDIT)
def audits(request: Request, cursor: Annotated[str | None, Query(max_length=MAX_LENGTH)] = None) -> Response:
    """List audits, with a form to ask for one."""
    return _audits(request, cursor)


@router.post(AUDIT)
def begin(request: Request, form: Sent) -> Response:
    """Begin an audit and lead to it."""
    reader = admit(request, "audit.run")
    kind, sample = form.get("kind"), form.get("sample").strip()
    try:
        made = services_of(request).audits.start(reader, kind, sample)
    except HazledgerError as error:
        return _audits(request, None, error, 422, kind=kind[:20], sample=sample[:20])
    return RedirectResponse(f"{AUDIT}/{made}", 303)


@router.get("/audit/{uuid}")
def one(request: Request, uuid: str) -> Response:
    """Show an audit: how far it is, and again in a moment; or what it found."""
    reader = admit(request, "audit.read")
    found = services_of(request).audits.one(reader, one_of_ours(uuid))
    problem = None if found.error is None else HazledgerError(found.error, None, dict(found.error_params))
    answer = page(request, "audit.html", view=found, audits=audit_words, problem=problem)
    if found.line.state == "running":
        answer.headers["refresh"] = str(AGAIN_S)
    return answer


@router.get("/audit/{uuid}/report.pdf")
def report(request: Request, uuid: str) -> Response:
    """Return its report, signed."""
    reader = admit(request, "audit.read")
    made = services_of(request).audits.report(reader, one_of_ours(uuid), settings_of(request).utc_offset)
    return pdf(uuid, made)


def pdf(uuid: str, data: bytes) -> Response:
    """Return a report as a file to keep."""
    disposition = f'attachment; filename="hazledger-audit-{uuid}.pdf"'
    headers = {"cache-control": "private, no-store", "content-disposition": disposition}
    return Response(data, 200, headers, "application/pdf")
