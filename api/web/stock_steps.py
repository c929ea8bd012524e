"""Forms of what an organisation does with its own stock: issued for use, used up, returned to the store, moved."""

import asyncio
from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import stock_words
from api.auth import admit, services_of, viewer
from api.v1 import steps
from api.views import Principal, StockLine
from api.web import forms
from api.web.bodies import place_of_form
from api.web.choosing import MOST_TEXT, choose, looks
from api.web.forms import LOOSE, Form, goods
from api.web.pressing import form_page, pressed
from ledger.core.canonical import Json
from ledger.core.shape import object_at
from ledger.errors import ForbiddenError, FormatError, HazledgerError
from ledger.store.stock_search import StockWanted

router = APIRouter(include_in_schema=False)

STOCK: Final = "/stock"
TYPES: Final = {
    "issue": "use.issued_for_use",
    "consume": "use.consumed",
    "put-back": "use.returned_to_stock",
    "move": "storage.moved",
}
"""The steps, by their name in an address, and the event that each states."""
MOST_SITES: Final = 50


@router.get("/stock/issue")
@router.get("/stock/consume")
@router.get("/stock/put-back")
@router.get("/stock/move")
def step(request: Request, find: str = "") -> Response:
    """Show the form of a step; ``find``: the goods to begin with."""
    request.state.principal = _admitted(request)
    return _page(request, Form({"find": find[:MOST_TEXT]}))


@router.post("/stock/issue")
@router.post("/stock/consume")
@router.post("/stock/put-back")
@router.post("/stock/move")
async def take(request: Request) -> Response:
    """State what the form says of the goods that it ticks."""
    request.state.principal = await asyncio.to_thread(_admitted, request)
    form, name = await forms.read(request), _step(request)
    if looks(form):
        return await asyncio.to_thread(_page, request, form)

    async def act(body: dict[str, Json]) -> None:
        await steps.state(request, TYPES[name], body, sections_of(name, form))

    return await pressed(request, form, act, partial(_page, request, form), STOCK)


def open_steps(request: Request, reader: Principal) -> tuple[str, ...]:
    """Return the steps that the reader may state."""
    port = services_of(request).compliance
    return tuple(name for name, kind in TYPES.items() if port.may_state(reader, kind))


def _step(request: Request) -> str:
    return request.url.path.rpartition("/")[2]


def _admitted(request: Request) -> Principal:
    reader, kind = admit(request, "event.append"), TYPES[_step(request)]
    if not services_of(request).compliance.may_state(reader, kind):
        raise ForbiddenError("type_not_for_role", None, {"type": kind, "action": "event.append"})
    return reader


def sections_of(step: str, form: Form) -> dict[str, dict[str, Any]]:
    """Return the sections of a form: each line from where it lies, to the place that is chosen. FormatError."""
    lines = [_line(object_at(item)) for item in goods(form)]
    if not lines:
        raise FormatError("form_not_of_form", "/goods", {"name": "goods"})
    place = place_of_form(form) if step in stock_words.TARGETS else {}
    if step in stock_words.TARGETS and not place:
        raise FormatError("form_not_of_form", "/place", {"name": "place"})
    reason = {"reason": {"text": text}} if (text := form.text("reason")) else {}
    return {"inputs": {"lines": lines}, **place, **reason}


def _line(item: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in item.items() if name != "container" or value != LOOSE}


def _page(request: Request, form: Form, wrong: HazledgerError | None = None) -> Response:
    reader, name = viewer(request), _step(request)
    assert reader.org is not None
    org = reader.org.ref

    def fits(line: StockLine) -> bool:
        keeper = line.holding.custodian
        return line.holding.shipment is None and keeper is not None and keeper.ref == org

    targets = name in stock_words.TARGETS
    sites = services_of(request).registry.sites(reader, None, MOST_SITES).items if targets else ()
    chosen = choose(request, form, StockWanted(status="free"), fits)
    return form_page(request, "stock_step.html", form, wrong, step=name, choice=chosen, sites=sites, stock=stock_words)
