"""The page of what scans show: labels that may be copied, numbers of a device that never arrived, and what it was."""

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import scan_words
from api.auth import admit, enter, services_of
from api.forms import open_form
from api.views import Principal
from api.web.render import page
from ledger.core.text import check_text
from ledger.errors import FormatError, HazledgerError

router = APIRouter(include_in_schema=False)

MOST_TEXT: Final = 500


@router.get("/scan/findings")
def findings(request: Request) -> Response:
    """List what is found; a safety officer says what it was."""
    return _page(request, enter(request, "finding.read"))


@router.post("/scan/findings")
async def resolve(request: Request) -> Response:
    """Record what a finding was."""
    reader = await asyncio.to_thread(admit, request, "event.append")
    form = await open_form(request)
    named, text = form.get("id"), form.get("text").strip()
    try:
        if not text:
            raise FormatError("text_empty", "/text")
        check_text(text, field="/text", max_len=MOST_TEXT)
        await asyncio.to_thread(services_of(request).scans.resolve, reader, named, text)
    except HazledgerError as error:
        return await asyncio.to_thread(_page, request, reader, error, named, text)
    return RedirectResponse("/scan/findings?done=resolved", 303)


def _page(
    request: Request, reader: Principal, error: HazledgerError | None = None, named: str = "", text: str = ""
) -> Response:
    found = services_of(request).scans.findings(reader)
    return page(
        request,
        "scan_findings.html",
        200 if error is None else 422,
        copies=sorted(found.copies, key=lambda one: (one.resolved is not None, -one.found)),
        gaps=found.gaps,
        problem=error,
        sent=(named, text),
        may="safety_officer" in reader.user_roles,
        scan=scan_words,
    )
