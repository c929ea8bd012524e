"""Pages of what waits for signatures: what is signed, who signs it with the key in their browser, and taking it back.

A private key never leaves its browser (`static/draft.js`); what comes here is what it signed.
"""

import asyncio
from typing import Any, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import compliance_words, draft_words
from api.auth import admit, services_of, viewer
from api.v1.common import one_of_ours
from api.views import DraftView
from api.web import forms
from api.web.forms import Form
from api.web.pressing import form_page
from api.web.render import page
from ledger.errors import HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

Way = Literal["alone", "first", "second"]


@router.get("/drafts")
def drafts(request: Request) -> Response:
    """Show what waits for signatures in the organisation, what waits for the reader first."""
    reader = admit(request, "event.append")
    request.state.principal = reader
    return page(request, "drafts.html", lines=services_of(request).drafts.listing(reader), drafts=draft_words)


@router.get("/drafts/{uuid}")
def draft(request: Request, uuid: str) -> Response:
    """Show what is to be signed, and who signed it already."""
    request.state.principal = admit(request, "event.append")
    return _page(request, one_of_ours(uuid), Form())


def way(view: DraftView, now_ms: int) -> Way:
    """How the reader would sign: alone, as the first of two, or as the second, which makes it whole."""
    signed = view.signed
    if view.signers == 1:
        return "alone"
    if signed is None or signed.by.mine or (signed.until is not None and signed.until <= now_ms):
        return "first"
    return "second" if any(one.key in signed.with_keys for one in view.mine) else "first"


def to_sign(view: DraftView, now_ms: int, field: str, tick: str = "") -> dict[str, Any]:
    """Return what the browser needs to sign a draft; ``field`` takes what it signed, where ``tick`` is ticked."""
    signed, how = view.signed, way(view, now_ms)
    mine = [one.key for one in view.mine]
    if how == "second" and signed is not None:
        mine = [key for key in mine if key in signed.with_keys]
    return {
        "field": field,
        "tick": tick,
        "way": how,
        "draft": view.draft,
        "mine": mine,
        "others": [one.key for one in view.others],
        "first": None if signed is None else {"key": signed.by.key, "occurred_at": signed.occurred_at},
    }


def _page(request: Request, name: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    services, reader = services_of(request), viewer(request)
    view, now_ms = services.drafts.one(reader, name), services.clock.now_ms()
    more: dict[str, Any] = {
        "view": view,
        "way": way(view, now_ms),
        "signs": to_sign(view, now_ms, "signing"),
        "drafts": draft_words,
        "compliance": compliance_words,
    }
    return form_page(request, "draft.html", form, wrong, **more)


@router.post("/drafts/{uuid}/sign")
async def sign(request: Request, uuid: str) -> Response:
    """Take what the browser signed: state it if that makes it whole, else let it wait for the other person."""
    request.state.principal = await asyncio.to_thread(admit, request, "event.append")
    form, name, port = await forms.read(request), one_of_ours(uuid), services_of(request).drafts
    view = await asyncio.to_thread(port.one, viewer(request), name)
    if view.done:
        return _onward(view)
    try:
        outcome = await port.sign(viewer(request), name, form.wanted("signing").encode())
    except NotFoundError:
        raise
    except HazledgerError as error:
        return await asyncio.to_thread(_page, request, name, form, error)
    return RedirectResponse(f"/drafts/{name}?done=signed", 303) if outcome is None else _onward(view)


@router.post("/drafts/{uuid}/state")
async def state(request: Request, uuid: str) -> Response:
    """State it without signatures, by the ledger's word."""
    request.state.principal = await asyncio.to_thread(admit, request, "event.append")
    form, name, port = await forms.read(request), one_of_ours(uuid), services_of(request).drafts
    view = await asyncio.to_thread(port.one, viewer(request), name)
    try:
        if not view.done:
            await port.state(viewer(request), name)
    except NotFoundError:
        raise
    except HazledgerError as error:
        return await asyncio.to_thread(_page, request, name, form, error)
    return _onward(view)


@router.post("/drafts/{uuid}/withdraw")
async def withdraw(request: Request, uuid: str) -> Response:
    """Take it back: nothing of it was recorded."""
    request.state.principal = await asyncio.to_thread(admit, request, "event.append")
    await forms.read(request)
    await asyncio.to_thread(services_of(request).drafts.withdraw, viewer(request), one_of_ours(uuid))
    return RedirectResponse("/drafts?done=withdrawn", 303)


def _onward(view: DraftView) -> Response:
    """Lead to the page that the form belonged to; what a program drafted has none."""
    return RedirectResponse(f"{view.onward or f'/drafts/{view.id}'}?done=1&event={view.id}", 303)
