"""The form of a receipt that nobody announced: goods are here, and no transfer or shipment says so. It is a report."""

import asyncio
from decimal import Decimal
from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import admit, services_of, viewer
from api.v1 import steps
from api.web import forms
from api.web.bodies import place_of_form
from api.web.choosing import MOST_TEXT, looks
from api.web.deals import LINES, form_page, pressed
from api.web.forms import Form, documents
from ledger.core.canonical import Json
from ledger.errors import FormatError, HazledgerError
from ledger.rules.statements.shapes import Amount

router = APIRouter(include_in_schema=False)

RECEIVED: Final = "storage.received_without_order"
SOURCES: Final = ("external", "found")
MOST_PRODUCTS: Final = 100
MOST_PACKAGES: Final = 100_000


@router.get("/receipts/new")
def receiving(request: Request) -> Response:
    """Show the form."""
    request.state.principal = admit(request, "event.append")
    return _page(request, Form())


@router.post("/receipts/new")
async def receive(request: Request) -> Response:
    """Report what the form says; the goods are a batch of their own from then on."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)
    if looks(form):
        return await asyncio.to_thread(_page, request, form)

    async def act(body: dict[str, Json]) -> None:
        sections = received(form)
        await steps.state(request, RECEIVED, {**body, "mode": "report", "occurred_at": form.moment("at")}, sections)

    return await pressed(request, form, act, partial(_page, request, form), f"/batches/{form.text('id')}")


def received(form: Form) -> dict[str, dict[str, Any]]:
    """Return the sections of the report that a form makes. FormatError."""
    product: dict[str, Json] = {"product": form.wanted("product"), **form.some("lot", "producer_name")}
    place = place_of_form(form)
    if not place:
        raise FormatError("form_not_of_form", "/place", {"name": "place"})
    source = form.wanted("source")
    if source not in SOURCES:
        raise FormatError("form_not_of_form", "/source", {"name": "source"})
    line: dict[str, Json] = {"batch": f"batch:{form.text('id')}", **amount_of(form), "unit": "kg"}
    return {
        "product": product,
        "outputs": {"lines": [line]},
        **place,
        "reason": {"text": form.wanted("reason"), "kind": source},
        **documents(form),
    }


def amount_of(form: Form) -> dict[str, Json]:
    """Return the amount of a form: weighed as a whole, or so many packages of one net mass each. FormatError."""
    count = form.text("packages")
    if not count:
        return {"amount": form.wanted("amount")}
    if not count.isascii() or not count.isdigit() or not 0 < int(count[:9]) <= MOST_PACKAGES:
        raise FormatError("form_not_of_form", "/packages", {"name": "packages"})
    each = form.wanted("each")
    Amount().check(each, "/each")
    total = Decimal(each) * int(count)
    return {"amount": f"{total:f}", "measurement": {"kind": "nominal", "pieces": int(count)}}


def _page(request: Request, form: Form, wrong: HazledgerError | None = None) -> Response:
    registry, reader = services_of(request).registry, viewer(request)
    find = form.text("find")[:MOST_TEXT]
    products = registry.products(reader, find or None, None, MOST_PRODUCTS)
    sites = registry.sites(reader, None, LINES).items
    return form_page(
        request,
        "receipt.html",
        form,
        wrong,
        products=products.items,
        more=products.next_key is not None,
        find=find,
        sites=sites,
    )
