"""The form by which a party reports a step that another one signed by hand, with a photograph of the paper."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import admit, services_of, viewer
from api.v1 import steps
from api.v1.common import reference
from api.views import ShipmentView
from api.web import forms
from api.web.bodies import TRIP_BODIES
from api.web.choosing import Choice
from api.web.forms import Form
from api.web.pressing import form_page, pressed
from ledger.core.canonical import Json
from ledger.errors import FormatError, HazledgerError, NotFoundError
from ledger.rules.papers import CONFIRMED, PAPER

router = APIRouter(include_in_schema=False)

PHOTO: Final = "photo"
WITH_GOODS: Final = frozenset({"receive", "refuse"})


@router.get("/shipments/{uuid}/paper")
def reporting(request: Request, uuid: str, step: str = "") -> Response:
    """Show the form of a step that another party signed on paper."""
    request.state.principal = admit(request, "event.append")
    return _paper_page(request, reference("shipment", uuid), step, Form())


@router.post("/shipments/{uuid}/paper")
async def report(request: Request, uuid: str, step: str = "") -> Response:
    """Keep the photograph, and report the step that the form says."""
    request.state.principal = admit(request, "event.append")
    ref = reference("shipment", uuid)
    port, reader = services_of(request).papers, viewer(request)
    await asyncio.to_thread(services_of(request).deals.shipment, reader, ref)
    form, photo = await forms.read_with_file(request, PHOTO)

    def again(wrong: HazledgerError) -> Response:
        return _paper_page(request, ref, step, form, wrong)

    try:
        if photo:
            # Kept before the step is tried: who is refused need not send the photograph again.
            kept = await asyncio.to_thread(port.add, reader, photo)
            form = Form({**form.given, "hash": kept.hash}, form.offset)
    except HazledgerError as wrong:
        return await asyncio.to_thread(again, wrong)

    async def act(body: dict[str, Json]) -> None:
        view = await asyncio.to_thread(services_of(request).deals.shipment, reader, ref)
        await steps.take_of_shipment(request, ref, step, body | _body(form, view, step))

    return await pressed(request, form, act, again, f"/shipments/{uuid}")


@router.post("/shipments/{uuid}/confirm-paper")
async def confirm_of_shipment(request: Request, uuid: str) -> Response:
    """Confirm a step of one's own that another party reported from paper, on the page of its trip."""
    return await _confirm(request, "shipment", uuid)


@router.post("/transfers/{uuid}/confirm-paper")
async def confirm_of_transfer(request: Request, uuid: str) -> Response:
    """Confirm the same on the page of its transfer."""
    return await _confirm(request, "transfer", uuid)


async def _confirm(request: Request, kind: str, uuid: str) -> Response:
    request.state.principal = admit(request, "event.append")
    deals, ref = services_of(request).deals, reference(kind, uuid)
    look = deals.shipment if kind == "shipment" else deals.transfer
    await asyncio.to_thread(look, viewer(request), ref)
    form = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        agent = viewer(request).user
        sections: dict[str, dict[str, Json]] = {"agent": {"user": agent}} if agent else {}
        refs = [{"rel": "counterpart", "hash": form.wanted("event")}]
        await steps.state(request, CONFIRMED, body, sections, refs)

    def again(wrong: HazledgerError) -> Response:
        raise wrong

    return await pressed(request, form, act, again, f"/{kind}s/{uuid}")


def _body(form: Form, view: ShipmentView, step: str) -> dict[str, Any]:
    """The body of the step, as a program would post it: a report, with the paper among its documents."""
    if step not in view.on_paper:
        raise NotFoundError("page_not_found", None, {"path": step[:20]})
    if not form.text("hash"):
        raise FormatError("form_not_of_form", f"/{PHOTO}", {"name": PHOTO})
    if (at := form.moment("at")) is None:
        raise FormatError("form_not_of_form", "/at", {"name": "at"})
    made = TRIP_BODIES[step](form)
    paper = {"kind": PAPER, "number": form.wanted("number"), "hash": form.text("hash")}
    sections: dict[str, Any] = {**made.get("sections", {}), "documents": {"items": [paper]}}
    if step == "receive" and view.consignee is not None:
        sections["parties"] = {"to": view.consignee.ref}
    named = {"transfer": reference("transfer", form.text("transfer"))} if form.text("transfer") else {}
    return {**made, **named, "mode": "report", "occurred_at": at, "sections": sections}


def _paper_page(request: Request, ref: str, step: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    view = services_of(request).deals.shipment(viewer(request), ref)
    if step not in view.on_paper and wrong is None:
        raise NotFoundError("page_not_found", None, {"path": request.url.path[:80]})
    rows = forms.of_cargo(view.cargo, ticked=step == "receive") if step in WITH_GOODS else []
    more: Mapping[str, Any] = {
        "view": view,
        "step": step,
        "signer": view.consignee if step in WITH_GOODS else view.carrier,
        "goods": Choice(forms.as_filled(rows, form)),
        "docks": services_of(request).papers.docks(viewer(request), ref) if step == "receive" else (),
    }
    return form_page(request, "paper.html", form, wrong, **more)
