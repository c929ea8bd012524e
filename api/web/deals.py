"""Pages of single transfers and shipments, and a form for each of their steps."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import deal_words, openapi
from api.auth import admit, enter, identify, services_of, viewer
from api.deal_ports import DealSearch
from api.i18n import N_
from api.negotiate import wants_json
from api.v1 import steps
from api.v1.common import reference
from api.views import ShipmentView, StockLine, TransferView, WaybillView
from api.web import forms
from api.web.bodies import TRANSFER_BODIES, TRIP_BODIES, BodyMaker, dispatch_body, offer_body, plan_body
from api.web.choosing import Choice, choose, looks
from api.web.forms import Form
from api.web.pressing import form_page, pressed
from api.web.render import page
from ledger.core.canonical import Json
from ledger.errors import FormatError, HazledgerError, NotFoundError
from ledger.store.stock_search import StockWanted

router = APIRouter(include_in_schema=False)
codes = APIRouter(tags=["codes"])

_WAYBILL: Final = TypeAdapter(WaybillView)
MOST_CODE: Final = 400

LINES: Final = 50
MOST_TRIPS: Final = 20
FIRST: Final = ("agree", "receive", "settle", "take_back", "give_back", "load", "plan", "sell", "file")
"""What is the main action of a transfer, where several are open."""
FIRST_OF_TRIP: Final = ("receive", "accept", "depart", "arrive", "deliver", "dispatch", "load")
OF_SHIPMENT: Final = frozenset({"load", "receive", "refuse", "take_back"})


def main(open_steps: tuple[str, ...], order: tuple[str, ...]) -> str | None:
    """Return the main one of the open steps."""
    return next((step for step in order if step in open_steps), None)


def step_words(request: Request, order: tuple[str, ...]) -> dict[str, Any]:
    """Return what templates need to offer the next steps of things."""
    return {
        "deal": deal_words,
        "main": lambda open_steps: main(open_steps, order),
        "fresh_id": partial(forms.new_id, request),
    }


# --- single ones ------------------------------------------------------------------------------------------------------


@router.get("/transfers/new")
def offering(request: Request) -> Response:
    """Show the form of an offer."""
    request.state.principal = admit(request, "event.append")
    return _offer_page(request, Form())


@router.post("/transfers/new")
async def offer(request: Request) -> Response:
    """Offer what the form says."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)
    if looks(form):
        return await asyncio.to_thread(_offer_page, request, form)

    async def act(body: dict[str, Json]) -> None:
        await steps.offer(request, body | await asyncio.to_thread(offer_body, request, form))

    return await pressed(request, form, act, partial(_offer_page, request, form), f"/transfers/{form.text('id')}")


def _offer_page(request: Request, form: Form, wrong: HazledgerError | None = None) -> Response:
    reader = viewer(request)
    assert reader.org is not None
    org = reader.org.ref
    chosen = choose(
        request, form, StockWanted(), lambda line: line.holding.shipment is None and line.holding.owner.ref == org
    )
    return form_page(request, "offer.html", form, wrong, choice=chosen, firms=services_of(request).deals.firms(reader))


@router.get("/transfers/{uuid}")
def transfer(request: Request, uuid: str) -> Response:
    """Show a transfer to its parties."""
    reader = enter(request, "transfer.read")
    deals = services_of(request).deals
    view = deals.transfer(reader, reference("transfer", uuid))
    trips = [deals.shipment(reader, ref) for ref in view.shipments[-MOST_TRIPS:]]
    verdict = deals.verdict(reader, view.ref)
    context = step_words(request, FIRST) | {"trips": trips, "verdict": verdict}
    return page(request, "transfer.html", view=view, **context)


@router.get("/shipments/new")
def planning(request: Request, transfer: str = "") -> Response:
    """Show the form of a trip for a transfer."""
    request.state.principal = admit(request, "event.append")
    return _plan_page(request, transfer, Form())


@router.post("/shipments/new")
async def plan(request: Request, transfer: str = "") -> Response:
    """Plan the trip that the form says."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)
    if looks(form):
        return await asyncio.to_thread(_plan_page, request, transfer, form)

    async def act(body: dict[str, Json]) -> None:
        named: dict[str, Json] = {"transfer": reference("transfer", transfer)}
        await steps.plan(request, body | named | await asyncio.to_thread(plan_body, request, form))

    again = partial(_plan_page, request, transfer, form)
    return await pressed(request, form, act, again, f"/shipments/{form.text('id')}")


def _plan_page(request: Request, transfer: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    services, reader = services_of(request), viewer(request)
    view = services.deals.transfer(reader, reference("transfer", transfer))
    assert reader.org is not None
    firms = services.deals.firms(reader)
    carrier = _carrier_of(request, form)
    crews = services.deals.crews(reader, [carrier] if carrier else [reader.org.ref, *(firm.ref for firm in firms)])
    return form_page(request, "plan.html", form, wrong, view=view, firms=firms, own=reader.org, crews=crews)


def _carrier_of(request: Request, form: Form) -> str:
    """Return the carrier that a form chooses or names so far, "" if it is none yet."""
    given = form.text("carrier_other") or form.text("carrier")
    try:
        return services_of(request).deals.firm(viewer(request), given).ref if given else ""
    except FormatError:
        return ""


@router.get("/shipments/{uuid}")
def shipment(request: Request, uuid: str) -> Response:
    """Show a shipment to its parties."""
    reader = enter(request, "shipment.read")
    deals = services_of(request).deals
    view = deals.shipment(reader, reference("shipment", uuid))
    verdict = deals.verdict(reader, view.ref)
    context = step_words(request, FIRST_OF_TRIP) | {"verdict": verdict}
    return page(request, "shipment.html", view=view, **context)


@codes.get(
    "/W/{code}",
    summary=N_("What the code of a transport document says, and the ledger now: a page, or JSON"),
    response_model=WaybillView,
    responses=openapi.code_responses(),
)
@router.get("/w/{code}")
def waybill(request: Request, code: str) -> Response:
    """Check a code for anybody; a forged or altered one is said to be so."""
    reader = identify(request)
    view = services_of(request).waybills.check(reader, code[:MOST_CODE])
    if not wants_json(request.headers.get("accept")):
        return page(request, "waybill.html", view=view, deal=deal_words)
    headers = {"vary": "Accept, Accept-Language, Cookie, Authorization, X-API-Key", "cache-control": "no-store"}
    return Response(_WAYBILL.dump_json(view), 200, headers, "application/json")


# --- steps of a transfer ----------------------------------------------------------------------------------------------


@router.get("/transfers/{uuid}/{step}")
def step_of_transfer(request: Request, uuid: str, step: str) -> Response:
    """Show the form of a step, or lead to the shipment whose step it is."""
    request.state.principal = admit(request, "event.append")
    view = services_of(request).deals.transfer(viewer(request), reference("transfer", uuid))
    if step == "plan":
        return RedirectResponse(f"/shipments/new?transfer={uuid}", 303)
    if step.replace("-", "_") in OF_SHIPMENT:
        return _to_shipment(request, view, step)
    return _transfer_page(request, view, step, Form())


def _to_shipment(request: Request, view: TransferView, step: str) -> Response:
    wanted = "receive" if step == "take-back" else step
    deals, uuid = services_of(request).deals, view.ref.partition(":")[2]
    for ref in reversed(view.shipments[-MOST_TRIPS:]):
        trip = deals.shipment(viewer(request), ref)
        if wanted in trip.next or (step == "take-back" and trip.cargo):
            return RedirectResponse(f"/shipments/{ref.partition(':')[2]}/{wanted}?transfer={uuid}", 303)
    return RedirectResponse(f"/transfers/{uuid}", 303)


@router.post("/transfers/{uuid}/{step}")
async def take_of_transfer(request: Request, uuid: str, step: str) -> Response:
    """Take a step of a transfer as the form says."""
    request.state.principal = admit(request, "event.append")
    ref = reference("transfer", uuid)
    make = _of_step(TRANSFER_BODIES, request, step)
    form = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        await steps.take_of_transfer(request, ref, step, body | make(form), form.text("etag") or None)

    def again(wrong: HazledgerError | None) -> Response:
        view = services_of(request).deals.transfer(viewer(request), ref)
        return _transfer_page(request, view, step, form, wrong)

    if looks(form):
        return await asyncio.to_thread(again, None)
    return await pressed(request, form, act, again, f"/transfers/{uuid}")


def _transfer_page(
    request: Request, view: TransferView, step: str, form: Form, wrong: HazledgerError | None = None
) -> Response:
    _of_step(TRANSFER_BODIES, request, step)
    chosen = _own_goods(request, form, view, step) if step in ("sell", "give-back") else Choice([])
    more = {"view": view, "step": step, "choice": chosen, "kind": "transfers", "about": view}
    return form_page(request, "step.html", form, wrong, **more)


def _own_goods(request: Request, form: Form, view: TransferView, step: str) -> Choice:
    """Lines of the own stock that a step of a transfer may take, as much as is left of what was agreed."""
    reader = viewer(request)
    assert reader.org is not None
    org = reader.org.ref
    done = {"sell": "sold", "load": "loaded"}.get(step)
    left: dict[str, int] = {}
    for item in view.goods:
        agreed, taken = (item.agreed, getattr(item, done)) if done else (item.returned, 0)
        left[item.batch or ""] = left.get(item.batch or "", 0) + agreed - taken
    wanted = StockWanted(
        batches=[batch for batch in left if batch],
        products=[item.product_ref for item in view.goods if item.batch is None],
    )

    def fits(line: StockLine) -> bool:
        if step != "load":
            return line.holding.owner.ref == org
        return line.holding.custodian is not None and line.holding.custodian.ref == org

    return choose(request, form, wanted, fits, left)


# --- steps of a shipment ----------------------------------------------------------------------------------------------


@router.get("/shipments/{uuid}/{step}")
def step_of_shipment(request: Request, uuid: str, step: str, transfer: str = "") -> Response:
    """Show the form of a step of a shipment."""
    request.state.principal = admit(request, "event.append")
    view = services_of(request).deals.shipment(viewer(request), reference("shipment", uuid))
    return _shipment_page(request, view, step, Form({"transfer": transfer}))


@router.post("/shipments/{uuid}/{step}")
async def take_of_shipment(request: Request, uuid: str, step: str) -> Response:
    """Take a step of a shipment as the form says."""
    request.state.principal = admit(request, "event.append")
    ref = reference("shipment", uuid)
    make = _of_step(TRIP_BODIES, request, step)
    form = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        named: dict[str, Json] = {}
        if form.text("transfer"):
            named = {"transfer": reference("transfer", form.text("transfer"))}
        made = make(form) if step != "dispatch" else await asyncio.to_thread(_departing, request, ref, form)
        await steps.take_of_shipment(request, ref, step, body | named | made)

    def again(wrong: HazledgerError | None) -> Response:
        view = services_of(request).deals.shipment(viewer(request), ref)
        return _shipment_page(request, view, step, form, wrong)

    if looks(form):
        return await asyncio.to_thread(again, None)
    return await pressed(request, form, act, again, f"/shipments/{uuid}")


def _departing(request: Request, ref: str, form: Form) -> dict[str, Json]:
    """Return the body of a dispatch, with what the waybill lacked until now. FormatError."""
    view = services_of(request).deals.shipment(viewer(request), ref)
    return dispatch_body(request, form, view.carrier.ref)


def _shipment_page(
    request: Request, view: ShipmentView, step: str, form: Form, wrong: HazledgerError | None = None
) -> Response:
    _of_step(TRIP_BODIES, request, step)
    services, reader = services_of(request), viewer(request)
    given = form.text("transfer") or (view.transfers[-1].partition(":")[2] if view.transfers else "")
    about = services.deals.transfer(reader, reference("transfer", given)) if given else None
    chosen = Choice([])
    if step == "load" and about is not None:
        chosen = _own_goods(request, form, about, "load")
    elif step in ("receive", "refuse", "unload", "hand-over"):
        chosen = Choice(forms.as_filled(forms.of_cargo(view.cargo, ticked=step != "refuse"), form))
    more: dict[str, Any] = {"sites": (), "trips": ()}
    if step in ("receive", "unload"):
        more["sites"] = services.registry.sites(reader, None, LINES).items
    if step == "dispatch":
        more["crews"] = services.deals.crews(reader, [view.carrier.ref])
    if step == "hand-over":
        found = services.deals.shipments(reader, DealSearch(("planned", "loaded")), None, LINES)
        more["trips"] = [line for line in found.items if line.ref != view.ref]
    more |= {"view": view, "step": step, "choice": chosen, "kind": "shipments", "about": about, "transfer": given}
    return form_page(request, "step.html", form, wrong, **more)


# --- shared -----------------------------------------------------------------------------------------------------------


def _of_step(bodies: Mapping[str, BodyMaker], request: Request, step: str) -> BodyMaker:
    """Return what makes the body of a step. NotFoundError: there is no form for it."""
    if step not in bodies:
        raise NotFoundError("page_not_found", None, {"path": request.url.path[:80]})
    return bodies[step]
