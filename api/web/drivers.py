"""The page behind a one-time link: one big button for who has no account, on a phone with a bad network."""

import asyncio
from typing import Any, Final, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import deal_words
from api.auth import admit, services_of, settings_of
from api.v1 import steps
from api.v1.common import JSON, reference
from api.web import forms
from api.web.bodies import TRIP_BODIES
from api.web.choosing import Choice
from api.web.forms import Form
from api.web.render import page, told_of
from ledger.core.canonical import Json
from ledger.errors import FormatError, HazledgerError

router = APIRouter(include_in_schema=False)

PDF: Final = "application/pdf"
PRIVATE: Final = {"cache-control": "private, no-store"}
Side = Literal["carrier", "consignee"]


@router.post("/shipments/{uuid}/link")
async def issue(request: Request, uuid: str) -> Response:
    """Make a link for a side of a shipment and show it once, with its PIN."""
    reader = admit(request, "event.append")
    side: Side = "consignee" if (await forms.read(request)).text("side") == "consignee" else "carrier"
    ref = reference("shipment", uuid)
    links = services_of(request).links

    def made() -> Response:
        link = links.issue(reader, ref, side)
        return page(
            request, "link.html", link=link, uuid=uuid, address=f"{settings_of(request).base_url}/d/{link.token}"
        )

    answer = await asyncio.to_thread(made)
    answer.headers["cache-control"] = "no-store"
    return answer


@router.get("/d/{token}")
def show(request: Request, token: str) -> Response:
    """Show what is aboard and the next step."""
    return _page(request, token, Form())


@router.post("/d/{token}/{step}")
async def take(request: Request, token: str, step: str) -> Response:
    """Take a step for the party of the link, once the PIN is right."""
    links = services_of(request).links
    form = await forms.read(request)

    def enter() -> tuple[Any, Any]:
        view = links.open(token)
        party = links.enter(token, form.text("pin"), step)
        if view.done.get(step, form.text("id")) != form.text("id"):
            raise FormatError("link_step_not_allowed", None, {"step": step[:20]})
        return party, view

    try:
        request.state.principal, view = await asyncio.to_thread(enter)
    except HazledgerError as error:
        return await asyncio.to_thread(_page, request, token, form, error)

    async def act(body: dict[str, Json]) -> None:
        named: dict[str, Json] = {"transfer": view.transfer} if view.transfer else {}
        await steps.take_of_shipment(request, view.shipment.ref, step, body | named | TRIP_BODIES[step](form))

    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_page, request, token, form, wrong)
    await asyncio.to_thread(links.finish, token, step, form.text("id"))
    return RedirectResponse(f"/d/{token}", 303)


@router.get("/d/{token}/waybill")
def paper(request: Request, token: str) -> Response:
    """Show the transport document."""
    settings = settings_of(request)
    return Response(services_of(request).links.paper(token, settings.base_url, settings.zone), 200, PRIVATE, PDF)


@router.get("/d/{token}/receipts/{step}")
def receipt(request: Request, token: str, step: str) -> Response:
    """Hand out the receipt of a step that was taken with the link."""
    return Response(services_of(request).links.receipt(token, step), 200, PRIVATE, JSON)


def _page(request: Request, token: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    view = services_of(request).links.open(token)
    problem, status = None, 200
    if wrong is not None:
        told = told_of(request, wrong)
        problem, status = told.body, told.status
    rows = forms.of_cargo(view.shipment.cargo, ticked=True) if view.next == "receive" else []
    goods = Choice(forms.as_filled(rows, form))
    event = form.text("id") if wrong is not None and form.text("id") else forms.new_id(request)
    more = {"deal": deal_words, "problem": problem, "form": form, "filled": wrong is not None, "event": event}
    answer = page(request, "driver.html", status, view=view, token=token, goods=goods, no_form=(), **more)
    answer.headers["cache-control"] = "no-store"
    return answer
