"""Pages of proofs, and the verifier as a page to keep: one file, for anybody, that needs this server no more."""

import asyncio
import functools
import gzip
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import enter, services_of, settings_of
from api.days import period
from api.figures import day_local
from api.forms import Form, open_form
from api.negotiate import takes_gzip
from api.v1.common import one_of_ours
from api.v1.proofs import proof_file
from api.web.render import page
from ledger.core.proof import Subject
from ledger.errors import FormatError, HazledgerError, NotFoundError, UnavailableError
from ledger.verify import browser

router = APIRouter(include_in_schema=False)

VERIFIER: Final = "/verifier.html"
PROOFS: Final = "/proofs"
HTML: Final = "text/html; charset=utf-8"
DAY_S: Final = 86_400
PATIENCE_S: Final = 1.0
AGAIN_S: Final = 1


@functools.cache
def _verifier() -> tuple[bytes, bytes]:
    """The page, and the same in gzip."""
    body = browser.page()
    return body, gzip.compress(body, 9, mtime=0)


@router.get(VERIFIER)
async def verifier(request: Request) -> Response:
    """Hand out the verifier: it works from here as well as from a folder, without a network."""
    body, packed = _verifier()
    headers = {
        "cache-control": f"public, max-age={DAY_S}",
        "content-security-policy": f"{browser.content_policy()}; frame-ancestors 'none'",
        "vary": "Accept-Encoding",
    }
    if takes_gzip(request.headers.get("accept-encoding")):
        return Response(packed, 200, {**headers, "content-encoding": "gzip"}, HTML)
    return Response(body, 200, headers, HTML)


@router.get(PROOFS)
def proofs(request: Request) -> Response:
    """Show what may be proven, a form for each, and what was made lately."""
    return _form(request)


def _form(request: Request, error: HazledgerError | None = None, filled: Form | None = None) -> Response:
    reader = enter(request, "evidence.read")
    services = services_of(request)
    status = 200
    if error is not None:
        status = 503 if isinstance(error, UnavailableError) else 404 if isinstance(error, NotFoundError) else 422
    port, zone = services.proofs, settings_of(request).zone
    context: dict[str, Any] = {
        "sites": port.sites(reader),
        "regions": port.regions(reader),
        "jobs": port.jobs(reader),
        "today": day_local(services.clock.now_ms(), zone),
        "given": {
            name: request.query_params.get(name, "") if filled is None else filled.get(name)
            for name in ("site", "day", "region", "from", "to")
        },
    }
    return page(request, "proofs.html", status, problem=error, **context)


@router.post(PROOFS)
async def ask(request: Request) -> Response:
    """Begin to write a proof."""
    form = await open_form(request)
    return await asyncio.to_thread(_ask, request, form)


def _ask(request: Request, form: Form) -> Response:
    reader = enter(request, "evidence.read")
    port = services_of(request).proofs
    try:
        job = port.open(reader, _subject(request, form))
    except (FormatError, NotFoundError, UnavailableError) as error:
        return _form(request, error, form)
    port.job(reader, job, PATIENCE_S)
    return RedirectResponse(f"{PROOFS}/{job}", 303)


def _subject(request: Request, form: Form) -> Subject:
    zone = settings_of(request).zone
    if form.get("kind") == "region":
        bounds = period(form.get("from"), form.get("to"), zone, ("/from", "/to"))
        return Subject("region", form.get("region").strip(), *bounds)
    bounds = period(form.get("day"), form.get("day"), zone, ("/day", "/day"))
    return Subject("site", form.get("site"), *bounds)


@router.get("/proofs/{job}")
def proof(request: Request, job: str) -> Response:
    """Show a proof: how far it is, and again in a moment; then the file, and how to verify it."""
    reader = enter(request, "evidence.read")
    found = services_of(request).proofs.job(reader, one_of_ours(job), PATIENCE_S)
    answer = page(request, "proof.html", job=found, problem=found.error)
    if found.under_way:
        answer.headers["refresh"] = str(AGAIN_S)
    return answer


@router.get("/proofs/{job}/file")
def file(request: Request, job: str) -> Response:
    """Hand out the file of a proof."""
    reader = enter(request, "evidence.read")
    path = services_of(request).proofs.file(reader, one_of_ours(job))
    with path.open("rb") as lines:
        return proof_file(f"proof-{job}", lines)
