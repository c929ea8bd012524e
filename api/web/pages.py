"""The pages: first page, printed codes, batches, desk, interfaces, problems."""

from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import openapi, overview_words, record_words
from api.auth import (
    enter,
    identify,
    may,
    note,
    services_of,
)
from api.caching import VARY, keep
from api.codes import normal_code
from api.deal_ports import DealSearch
from api.i18n import N_, translator
from api.negotiate import takes_gzip, wants_json
from api.ports import Action
from api.v1.common import reference
from api.views import Principal, QrView
from api.web.assets import asset
from api.web.deal_lists import drafts_waiting
from api.web.docs import groups
from api.web.records import open_lists
from api.web.render import language_of, page
from ledger.errors import HazledgerError, NotFoundError, catalogue

router = APIRouter(include_in_schema=False)
codes = APIRouter(tags=["codes"])

MAX_SHOWN: Final = 60
MAX_TEXT: Final = 80
MOST_WAITING: Final = 50
SUPERVISION: Final = ("/firms", "/grants", "/matrix")
WATCHERS: Final = frozenset({"regulator", "park"})
DOORS: Final[tuple[tuple[str, Action], ...]] = (
    ("/overview", "stock.read"),
    ("/proofs", "evidence.read"),
    ("/filings", "transfer.read"),
    ("/licences", "master.read"),
    ("/recalls", "batch.read"),
    ("/audit", "audit.read"),
)
"""What the desk leads to beside transfers, and what its reader must be allowed for that."""
KEEPER: Final = "keep-worker.js"
STATIC_CACHE: Final = "public, max-age=31536000, immutable"

_QR_VIEW: Final = TypeAdapter(QrView)


@router.get("/")
def first(request: Request) -> Response:
    """Look up a code; say what this is."""
    return page(request, "index.html")


@router.get("/find")
def find(request: Request, code: str = "", q: str | None = None) -> Response:
    """Lead from what was scanned or typed to the code's own address; addresses of others are never followed.

    `q`: anything that who has signed in may look for; a whole code leads to its address there, too.
    """
    codes = services_of(request).codes
    if q is None or not identify(request).known:
        return RedirectResponse(f"/Q/{codes.find(code or q or '')}", 303)
    reader = enter(request, "desk.read")
    with suppress(HazledgerError):
        return RedirectResponse(f"/Q/{codes.find(q)}", 303)
    view = services_of(request).overviews.find(reader, q[:MAX_TEXT])
    return page(request, "find.html", view=view, told_words=overview_words)


@codes.get(
    "/01/{identity:path}",
    summary=N_("A GS1 Digital Link, /01/GTIN/10/LOT or with /21/SERIAL: leads to what it is bound to"),
    status_code=303,
    response_class=RedirectResponse,
    responses={
        303: {"description": "The address of the code here, for a page or JSON."},
        404: openapi.problem("Unbound."),
    },
)
def linked(request: Request, identity: str) -> Response:
    """Lead from GTIN, lot and serial number to the code's own address. The path is read escaped: a lot may hold "/"."""
    raw = request.scope.get("raw_path", b"").partition(b"?")[0].decode("ascii", "replace") or f"/01/{quote(identity)}"
    return RedirectResponse(f"/Q/{services_of(request).codes.find(f'https://gs1.invalid{raw}')}", 303)


@codes.get(
    "/Q/{code}",
    summary=N_("What a printed code leads to: a page, or JSON"),
    response_model=QrView,
    responses=openapi.code_responses("No such code."),
)
@router.get("/q/{code}")
def scanned(request: Request, code: str) -> Response:
    """Show hazards, emergency phone and verdict to anybody, and the rest to who has a relation."""
    found = normal_code(code)
    if found is None:
        raise NotFoundError("code_unknown", None, {"code": code[:MAX_SHOWN]})
    reader = identify(request)
    view = services_of(request).codes.resolve(reader, found).for_public()
    if view.matter is not None:
        note(request, reader, "batch.read")
    return _shown(request, reader, view)


def _shown(request: Request, reader: Principal, view: QrView) -> Response:
    """Return a view as a page or JSON; what anybody may see may be kept, all else is never stored."""
    if wants_json(request.headers.get("accept")):
        headers = {"vary": VARY, "cache-control": "no-store"}
        answer = Response(_QR_VIEW.dump_json(view), 200, headers, "application/json")
    else:
        answer = page(request, "qr.html", view=view, problem=None, sent="")
    return answer if reader.known else keep(request, answer)


@router.get("/batches/{uuid}")
def batch(request: Request, uuid: str) -> Response:
    """Show a batch to who has a relation to it."""
    reader = enter(request, "batch.read")
    services, ref = services_of(request), reference("batch", uuid)
    view = services.batches.one(reader, ref)
    return page(request, "batch.html", view=view, may_recall=services.recalls.may_order(reader, ref))


@router.get("/desk")
def desk(request: Request) -> Response:
    """Show an organisation its stock, findings and recent events."""
    reader = enter(request, "desk.read")
    services = services_of(request)
    doors = [at for at, action in DOORS if may(request, reader, action)]
    doors += ["/import"] if services.imports.kinds(reader) else []
    doors += ["/requests", *(SUPERVISION if WATCHERS & set(reader.roles) else ())]
    lists = open_lists(request, reader)
    view = services.registry.desk(reader)
    context: dict[str, Any] = {
        "doors": doors,
        "lists": lists,
        "record": record_words,
        "waiting": _waiting(request, reader),
        "signing": drafts_waiting(request, reader),
        "recalls": services.recalls.waiting(reader) if may(request, reader, "batch.read") else 0,
    }
    return page(request, "desk.html", view=view, **context)


def _waiting(request: Request, reader: Principal) -> int:
    """Return how many offers wait for an answer of the reader's organisation, as many as one list shows."""
    services = services_of(request)
    if not may(request, reader, "event.append") or services.access.watched(reader, "transfer.read"):
        return 0
    found = services.deals.transfers(reader, "in", DealSearch(("offered",)), None, MOST_WAITING)
    return sum("agree" in line.next for line in found.items)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Describe the interfaces to people."""
    t = translator(language_of(request))
    return page(request, "docs.html", groups=groups(request.app.state.described(), t), common=openapi.COMMON)


@router.get("/problems")
def problems(request: Request) -> Response:
    """Explain every problem code."""
    return page(request, "problems.html", entries=sorted(catalogue.load().values(), key=lambda entry: entry.code))


@router.get("/problems/{code}")
def problem(request: Request, code: str) -> Response:
    """Explain one problem code: the address in `type`."""
    entry = catalogue.load().get(code)
    if entry is None:
        raise NotFoundError("page_not_found", None, {"path": f"/problems/{quote(code[:MAX_SHOWN])}"})
    return page(request, "problems.html", entries=[entry])


@router.get("/static/{name:path}")
async def static(request: Request, name: str) -> Response:
    """Serve a file of the pages; its address carries its version."""
    found = asset(name)
    headers = {"cache-control": STATIC_CACHE, "vary": "Accept-Encoding"}
    if name == KEEPER:
        headers["service-worker-allowed"] = "/Q/"
    if takes_gzip(request.headers.get("accept-encoding")):
        return Response(found.packed, 200, {**headers, "content-encoding": "gzip"}, found.media_type)
    return Response(found.body, 200, headers, found.media_type)


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Send browsers that ask of themselves to the icon."""
    return RedirectResponse("/static/icon.svg", 301)
