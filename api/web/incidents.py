"""Pages of incident codes: issue one, see what was opened with it, end it; and the form that opens a place."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import admit, services_of
from api.codes import normal_code
from api.forms import Form, open_form
from api.v1.common import one_of_ours
from api.views import ANONYMOUS
from api.web.render import page
from ledger.errors import FormatError, HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

Sent = Annotated[Form, Depends(open_form)]


def _incidents(request: Request, error: HazledgerError | None = None, status: int = 200, **more: object) -> Response:
    reader = admit(request, "incident.manage")
    codes = services_of(request).incidents.listing(reader)
    return page(request, "incidents.html", status, codes=codes, problem=error, **{"made": None, "sent": None, **more})


@router.get("/incidents")
def incidents(request: Request) -> Response:
    """List codes with their uses, with a form to issue one."""
    return _incidents(request)


@router.post("/incidents")
def issue(request: Request, form: Sent) -> Response:
    """Issue a code and show it, once."""
    reader = admit(request, "incident.manage")
    reason, hours = form.get("reason"), form.get("hours")
    try:
        made = services_of(request).incidents.issue(reader, reason, _hours(hours))
    except HazledgerError as error:
        return _incidents(request, error, 422, sent=(reason, hours))
    return _incidents(request, made=made)


def _hours(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise FormatError("form_not_of_form", "/hours", {"name": "hours"})
    return int(text)


@router.post("/incidents/{incident}/end")
def end(request: Request, incident: str, form: Sent) -> Response:
    """End a code before its time."""
    del form
    reader = admit(request, "incident.manage")
    services_of(request).incidents.end(reader, one_of_ours(incident))
    return RedirectResponse("/incidents?done=ended", 303)


@router.get("/open/{code}")
def again(code: str) -> Response:
    """Lead back to the code: what was opened is shown once, and asked for again by the form."""
    found = normal_code(code)
    if found is None:
        raise NotFoundError("code_unknown", None, {"code": code[:60]})
    return RedirectResponse(f"/Q/{found}", 303)


@router.post("/open/{code}")
def opened(request: Request, code: str, form: Sent) -> Response:
    """Show a place or vehicle with its quantities to who was told an incident code."""
    services = services_of(request)
    try:
        view = services.incidents.open(code, form.get("incident_code"), form.get("purpose"))
    except (FormatError, NotFoundError) as error:
        if error.code == "code_unknown":
            raise
        public = services.codes.resolve(ANONYMOUS, normal_code(code) or "").for_public()
        status = 404 if isinstance(error, NotFoundError) else 422
        return page(request, "qr.html", status, view=public, problem=error, sent=form.get("purpose")[:200])
    response = page(request, "qr.html", view=view, problem=None, sent="")
    response.headers["cache-control"] = "no-store"
    return response
