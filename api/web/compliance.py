"""Pages of filings and licences: what is owed to the authority, what is held from it, and a form for each."""

import asyncio
from functools import partial
from typing import Any, Final, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import compliance_words, deal_words
from api.auth import admit, enter, services_of, viewer
from api.cursors import read_cursor, write_cursor
from api.v1 import steps
from api.v1.common import reference
from api.web import forms
from api.web.forms import Form
from api.web.pressing import pressed
from api.web.render import told_page
from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.errors import HazledgerError

router = APIRouter(include_in_schema=False)

LINES: Final = 20
MOST_PRODUCTS: Final = 200
FILED: Final = "operation.filed_with_authority"
REGISTERED: Final = "governance.licence_registered"
HEX_DIGITS: Final = 64
Status = Literal["", "due", "overdue", "filed"]


# --- filings ----------------------------------------------------------------------------------------------------------


@router.get("/filings")
def filings(request: Request, status: Status = "", cursor: str | None = None) -> Response:
    """Show what is to be filed and what was, overdue ones first; with a form for each of the own that is open."""
    request.state.principal = enter(request, "transfer.read")
    return _filings(request, cursor, Form(), status=status)


@router.post("/filings/{uuid}")
async def file(request: Request, uuid: str) -> Response:
    """Mark the open sales or purchases of a transfer as filed: with whom, and under which number."""
    request.state.principal = admit(request, "event.append")
    ref = reference("transfer", uuid)
    form = await forms.read(request)
    await asyncio.to_thread(services_of(request).deals.transfer, viewer(request), ref)

    async def act(body: dict[str, Json]) -> None:
        sections: dict[str, dict[str, Json]] = {
            "parties": {"transfer": ref},
            "documents": {"items": [{"kind": "filing", "number": form.wanted("number")}]},
            "reason": {"kind": "authority", "text": form.wanted("authority")},
        }
        await steps.state(request, FILED, body, sections)

    return await pressed(request, form, act, lambda wrong: _filings(request, None, form, wrong, ref), "/filings")


def _filings(
    request: Request,
    cursor: str | None,
    form: Form,
    wrong: HazledgerError | None = None,
    ref: str = "",
    status: Status = "",
) -> Response:
    port, reader = services_of(request).compliance, viewer(request)
    found = port.filings(reader, read_cursor("filings", cursor), LINES, status or None)
    lines = sorted(found.items, key=lambda line: (line.filed is not None, not line.overdue, line.due))
    more = None if found.next_key is None else write_cursor("filings", found.next_key)
    opened = [(line, forms.new_id(request)) for line in lines]
    context: dict[str, Any] = {
        "lines": opened,
        "more": more,
        "may": port.may_state(reader, FILED),
        "wrong_ref": ref,
        "wanted": status,
        "watches": bool({"regulator", "park"} & set(reader.roles)),
    }
    return _page(request, "filings.html", form, wrong, **context)


# --- licences ---------------------------------------------------------------------------------------------------------


@router.get("/licences")
def licences(request: Request) -> Response:
    """Show licences and permits, what ends first before what ends later, with a form to register one."""
    request.state.principal = admit(request, "master.read")
    return _licences(request, Form())


@router.post("/licences")
async def register(request: Request) -> Response:
    """Register a licence or permit of the own organisation."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        await steps.state(request, REGISTERED, body, {"licence": await asyncio.to_thread(_stated, request, form)})

    return await pressed(request, form, act, partial(_licences, request, form), "/licences")


def _stated(request: Request, form: Form) -> dict[str, Json]:
    """Return the section that a form says. FormatError."""
    reader = viewer(request)
    assert reader.org is not None
    holder = reader.org.ref
    if "regulator" in reader.roles:
        holder = services_of(request).deals.firm(reader, form.wanted("holder")).ref
    stated: dict[str, Json] = {
        "licence": f"licence:{form.wanted('id')}",
        "organisation": holder,
        **{name: form.wanted(name) for name in ("kind", "number", "valid_from", "valid_to")},
        **form.some("subject", "authority", "most_kg"),
    }
    if person := form.text("person"):
        stated["subject"] = person
    if classes := _listed(form.text("classes")):
        stated["classes"] = list(classes)
    if products := [ref for n in range(MOST_PRODUCTS) if (ref := form.text(f"product{n}"))]:
        stated["products"] = list(products)
    if digest := form.text("document"):
        stated["document"] = plain_digest(digest)
    return stated


def _listed(text: str) -> list[str]:
    for mark in "；，,、":
        text = text.replace(mark, ";")
    return [part for one in text.split(";") if (part := one.strip())]


def plain_digest(text: str) -> str:
    """Return a SHA-256 as the formats write it; 64 hexadecimal digits, as programs print it, are turned into that."""
    digits = text.lower()
    if len(digits) == HEX_DIGITS and set(digits) <= set("0123456789abcdef"):
        return b64u(bytes.fromhex(digits))
    return text


def _licences(request: Request, form: Form, wrong: HazledgerError | None = None) -> Response:
    services, reader = services_of(request), viewer(request)
    may = services.compliance.may_state(reader, REGISTERED)
    products = services.registry.products(reader, None, None, MOST_PRODUCTS).items if may else ()
    assert reader.org is not None
    attests = "regulator" in reader.roles
    people = services.deals.crews(reader, [reader.org.ref]).dispatchers if may and not attests else ()
    lines = services.compliance.licences(reader)
    ending = [line for line in lines if line.standing == "expiring"]
    context: dict[str, Any] = {
        "lines": lines,
        "ending": ending,
        "products": products,
        "may": may,
        "people": people,
        "attests": attests,
        "event": forms.new_id(request),
    }
    return _page(request, "licences.html", form, wrong, **context)


def _page(
    request: Request,
    template: str,
    form: Form,
    wrong: HazledgerError | None,
    **context: Any,  # noqa: ANN401
) -> Response:
    more = {"deal": deal_words, "compliance": compliance_words, "form": form}
    return told_page(request, template, wrong, **more, **context)
