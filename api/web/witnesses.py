"""The page of witnesses: who cosigned the log, how far behind they are, and the reader's own pinned checkpoints."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import openapi
from api.auth import admit, identify, may, services_of
from api.caching import VARY
from api.forms import Form, open_form
from api.i18n import N_
from api.negotiate import wants_json
from api.views import WitnessesView
from api.web.render import page
from ledger.errors import HazledgerError

router = APIRouter(tags=["log"])
forms = APIRouter(include_in_schema=False)

Sent = Annotated[Form, Depends(open_form)]

_VIEW: Final = TypeAdapter(WitnessesView)


@router.get(
    "/log/witnesses",
    summary=N_("Who cosigned the log: a page, or JSON"),
    response_model=WitnessesView,
    responses=openapi.code_responses(),
)
def witnesses(request: Request) -> Response:
    """Show anybody which witnesses signed which size, when, and how far behind they are."""
    if wants_json(request.headers.get("accept")):
        view = services_of(request).witnesses.view()
        return Response(_VIEW.dump_json(view), 200, {"vary": VARY, "cache-control": "no-store"}, "application/json")
    return _page(request)


@forms.post("/log/witnesses/pins")
def pin(request: Request, form: Sent) -> Response:
    """Pin a checkpoint: the one in the form, or the one that is shown."""
    reader = admit(request, "pin.manage")
    given = form.get("checkpoint").replace("\r\n", "\n").strip("\n")
    try:
        services_of(request).witnesses.pin(reader, f"{given}\n" if given else None)
    except HazledgerError as error:
        return _page(request, error, 422, given)
    return RedirectResponse("/log/witnesses?done=pinned", 303)


def _page(request: Request, error: HazledgerError | None = None, status: int = 200, sent: str = "") -> Response:
    services, reader = services_of(request), identify(request)
    allowed = reader.known and may(request, reader, "pin.manage")
    pins = services.witnesses.pins(reader) if allowed else ()
    view = services.witnesses.view()
    context = {"view": view, "pins": pins, "may": allowed, "problem": error, "sent": sent}
    return page(request, "witnesses.html", status, **context)
