"""Pages of recalls: the list, one with its progress and the press that acknowledges, and ordering with a preview."""

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import admit, enter, services_of, viewer
from api.cursors import read_cursor, write_cursor
from api.v1 import recalls as api
from api.v1.common import reference
from api.web import forms
from api.web.forms import Form
from api.web.render import page, told_page
from ledger.core.canonical import Json
from ledger.errors import HazledgerError
from ledger.services.recalling import ACKNOWLEDGED

router = APIRouter(include_in_schema=False)

LINES: Final = 30


@router.get("/recalls")
def recalls(request: Request, cursor: str | None = None) -> Response:
    """List recalls, newest first."""
    reader = enter(request, "batch.read")
    found = services_of(request).recalls.listing(reader, read_cursor("recalls", cursor), LINES, open_only=False)
    more = None if found.next_key is None else write_cursor("recalls", found.next_key)
    return page(request, "recalls.html", lines=found.items, more=more)


@router.get("/recalls/{index}")
def recall(request: Request, index: str) -> Response:
    """Show a recall: whom it reaches, how much they have, who acknowledged and who is late."""
    request.state.principal = enter(request, "batch.read")
    return _recall(request, api.index_of(index), Form())


def _recall(request: Request, index: int, form: Form, wrong: HazledgerError | None = None) -> Response:
    services, reader = services_of(request), viewer(request)
    view = services.recalls.one(reader, index)
    may = services.compliance.may_state(reader, ACKNOWLEDGED)
    return told_page(request, "recall.html", wrong, form=form, view=view, may=may, event=forms.new_id(request))


@router.post("/recalls/{index}/acknowledge")
async def acknowledge(request: Request, index: str) -> Response:
    """Acknowledge a recall for the own organisation."""
    request.state.principal = admit(request, "event.append")
    form, called = await forms.read(request), api.index_of(index)

    async def act(body: dict[str, Json]) -> None:
        await api.answered(request, called, body)

    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_recall, request, called, form, wrong)
    return RedirectResponse(f"/recalls/{called}?done=acknowledged", 303)


@router.get("/batches/{uuid}/recall")
def preview(request: Request, uuid: str) -> Response:
    """Show what a recall of a batch would reach, with the form that orders it."""
    request.state.principal = enter(request, "batch.read")
    return _preview(request, reference("batch", uuid), Form())


def _preview(request: Request, ref: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    view = services_of(request).recalls.preview(viewer(request), [ref])
    return told_page(request, "recall_new.html", wrong, form=form, view=view, ref=ref, event=forms.new_id(request))


@router.post("/batches/{uuid}/recall")
async def order(request: Request, uuid: str) -> Response:
    """Order the recall of a batch."""
    request.state.principal = admit(request, "event.append")
    admit(request, "batch.read")
    form, ref = await forms.read(request), reference("batch", uuid)

    async def act(body: dict[str, Json]) -> None:
        await api.ordered(request, ref, form.wanted("reason"), body)

    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_preview, request, ref, form, wrong)
    found = await asyncio.to_thread(_newest, request)
    return RedirectResponse(f"/recalls{'' if found is None else f'/{found}'}?done=ordered", 303)


def _newest(request: Request) -> int | None:
    """Return the newest recall that the reader may open: the one just ordered."""
    found = services_of(request).recalls.listing(viewer(request), None, 1, open_only=False)
    return found.items[0].index if found.items else None
