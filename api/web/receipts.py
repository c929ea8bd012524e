"""The form of a receipt that nobody announced: goods are here, and no transfer or shipment says so. It is a report."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import admit, services_of, viewer
from api.v1 import steps
from api.web import forms
from api.web.bodies import place_of_form
from api.web.choosing import MOST_TEXT, looks
from api.web.deals import LINES
from api.web.forms import Form, documents
from api.web.pressing import form_page, pressed
from api.web.render import language_of
from ledger.core.canonical import Json
from ledger.core.scanned import own_code
from ledger.core.times import format_utc
from ledger.errors import FormatError, HazledgerError
from ledger.rules.statements.shapes import Amount
from ledger.services.imports.columns import column
from ledger.services.imports.containers import container_ref
from ledger.services.imports.statements import derived

router = APIRouter(include_in_schema=False)

RECEIVED: Final = "storage.received_without_order"
SOURCES: Final = ("external", "found")
MOST_PRODUCTS: Final = 100
MOST_PACKAGES: Final = 100_000
MOST_NUMBERS: Final = 100
MOST_ALIKE: Final = 50
LONGEST_NUMBER: Final = 40
REGISTERED: Final = "governance.container_registered"


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
        refs = await asyncio.to_thread(_containers, request, form)
        sections = received(form, refs)
        await _register(request, form, refs)
        await steps.state(request, RECEIVED, {**body, "mode": "report", "occurred_at": form.moment("at")}, sections)

    return await pressed(request, form, act, partial(_page, request, form), f"/batches/{form.text('id')}")


@dataclass(frozen=True, slots=True)
class Vessel:
    """A container that the form names by the number painted on it; ``new``: it is to be registered."""

    number: str
    ref: str
    new: bool


def numbers_of(form: Form) -> list[str]:
    """Return the numbers of the containers, one a line. FormatError: too many, one twice, or not as many as counted."""
    numbers = [line.strip() for line in form.text("numbers").splitlines() if line.strip()]
    counted = form.text("packages")
    if len(numbers) > MOST_NUMBERS:
        raise FormatError("list_length", "/numbers", {"least": 0, "most": MOST_NUMBERS})
    if len(set(numbers)) != len(numbers) or any(len(number) > LONGEST_NUMBER for number in numbers):
        raise FormatError("form_not_of_form", "/numbers", {"name": "numbers"})
    if numbers and counted and counted != str(len(numbers)):
        raise FormatError("form_not_of_form", "/packages", {"name": "packages"})
    return numbers


def _containers(request: Request, form: Form) -> list[Vessel]:
    """Look up which of the containers are on record under their number, or the code that was scanned. FormatError."""
    registry, reader = services_of(request).registry, viewer(request)
    assert reader.org is not None
    found: list[Vessel] = []
    for number in numbers_of(form):
        known = registry.containers(reader, None, MOST_ALIKE, number).items
        scanned = len(known) == 1 and own_code(number) is not None
        ref = next((one.ref for one in known if scanned or one.label == number), None)
        found.append(Vessel(number, ref or container_ref(reader.org.ref, number), ref is None))
    return found


async def _register(request: Request, form: Form, vessels: Sequence[Vessel]) -> None:
    """Register the containers that are new, once: their references and the event's id follow from what they are."""
    reader = viewer(request)
    assert reader.org is not None
    kind = form.wanted("vessel") if vessels else ""
    items: list[Json] = [{"container": one.ref, "kind": kind, "serial": one.number} for one in vessels if one.new]
    if not items:
        return
    body: dict[str, Json] = {
        "id": derived("event", reader.org.ref, "receipt", form.text("id"), *(one.ref for one in vessels if one.new)),
        "type": REGISTERED,
        "mode": "act",
        "actor": reader.org.ref,
        "occurred_at": format_utc(services_of(request).clock.now_ms()),
        "sections": {"containers": {"items": items}},
    }
    await services_of(request).intake.submit(reader, orjson.dumps(body))


def received(form: Form, vessels: Sequence[Vessel] = ()) -> dict[str, dict[str, Any]]:
    """Return the sections of the report that a form makes; a line for each container that it names. FormatError."""
    product: dict[str, Json] = {"product": form.wanted("product"), **form.some("lot", "producer_name")}
    place = place_of_form(form)
    if not place:
        raise FormatError("form_not_of_form", "/place", {"name": "place"})
    source = form.wanted("source")
    if source not in SOURCES:
        raise FormatError("form_not_of_form", "/source", {"name": "source"})
    batch: dict[str, Json] = {"batch": f"batch:{form.text('id')}"}
    lines: list[dict[str, Json]] = [{**batch, **amount_of(form), "unit": "kg"}]
    if vessels:
        each = form.wanted("each")
        Amount().check(each, "/each")
        lines = [{**batch, "container": one.ref, "amount": each, "unit": "kg"} for one in vessels]
    return {
        "product": product,
        "outputs": {"lines": lines},
        **place,
        "reason": {"text": form.wanted("reason"), "kind": source},
        **documents(form),
    }


def amount_of(form: Form) -> dict[str, Json]:
    """Return the amount of a form: weighed as a whole, or so many packages of one net mass each. FormatError."""
    numbers = numbers_of(form)
    count = form.text("packages") or str(len(numbers) or "")
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
    find, zh = form.text("find")[:MOST_TEXT], language_of(request) == "zh"
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
        vessels=[(word, written[0] if zh and written else word) for word, written in _kinds().items()],
    )


def _kinds() -> Mapping[str, tuple[str, ...]]:
    """The kinds of containers, with what people call them."""
    kind = column("containers", "kind")
    assert kind is not None
    return kind.words
