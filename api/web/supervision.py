"""Pages of who supervises: organisations and their licences, holds, sight for a time, the matrix of authorities."""

import asyncio
from typing import Final, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import authority_words, compliance_words
from api.auth import admit, enter, services_of, viewer
from api.cursors import read_cursor, write_cursor
from api.v1 import steps
from api.v1.common import reference
from api.web import forms
from api.web.forms import Form
from api.web.records import region_words
from api.web.render import told_page
from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.errors import HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

LINES: Final = 50
MOST_TEXT: Final = 80
PREFIX: Final = "governance."
LICENCE: Final = {"suspend": "licence_suspended", "reinstate": "licence_reinstated"}
HOLD: Final = {"place": "hold_placed", "release": "hold_released"}


# --- organisations ----------------------------------------------------------------------------------------------------


@router.get("/firms")
def firms(request: Request, q: str = "", cursor: str | None = None) -> Response:
    """Show the organisations in the jurisdiction, by name."""
    reader, wanted = enter(request, "desk.read"), q.strip()[:MOST_TEXT]
    found = services_of(request).authorities.firms(reader, wanted or None, read_cursor("firms", cursor), LINES)
    more = None if found.next_key is None else write_cursor("firms", found.next_key)
    services = services_of(request)
    named = {line.region: region_words(services, line.region) for line in found.items}
    return told_page(request, "firms.html", lines=found.items, more=more, q=wanted, regions=named)


@router.get("/firms/{uuid}")
def firm(request: Request, uuid: str) -> Response:
    """Show an organisation in the jurisdiction with its licences."""
    request.state.principal = enter(request, "desk.read")
    return _firm(request, reference("org", uuid), Form())


def _firm(request: Request, ref: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    port, reader = services_of(request).authorities, viewer(request)
    line, licences = port.firm(reader, ref)
    may = [name for name, verb in LICENCE.items() if port.may_state(reader, PREFIX + verb)]
    more = {"line": line, "licences": licences, "may": may, "compliance": compliance_words, "form": form}
    return told_page(request, "firm.html", wrong, new_id=lambda: forms.new_id(request), **more)


@router.post("/firms/{uuid}/licences/{licence}/{act}")
async def change(request: Request, uuid: str, licence: str, act: Literal["suspend", "reinstate"]) -> Response:
    """Suspend or reinstate a licence, with the reason."""
    request.state.principal = admit(request, "event.append")
    ref, form = reference("org", uuid), await forms.read(request)
    named = reference("licence", licence)
    await asyncio.to_thread(services_of(request).authorities.firm, viewer(request), ref)

    async def press(body: dict[str, Json]) -> None:
        about: dict[str, Json] = {"licence": named, "organisation": ref}
        sections: dict[str, dict[str, Json]] = {"licence": about, "reason": {"text": form.wanted("text")}}
        await steps.state(request, PREFIX + LICENCE[act], body, sections)

    wrong = await forms.press(request, form, press)
    if wrong is not None:
        return await asyncio.to_thread(_firm, request, ref, form, wrong)
    return RedirectResponse(f"/firms/{uuid}?done={act}", 303)


# --- holds ------------------------------------------------------------------------------------------------------------


@router.get("/holds/{uuid}")
def hold(request: Request, uuid: str) -> Response:
    """Show the form that places a hold on a batch or releases it."""
    request.state.principal = enter(request, "batch.read")
    return _hold(request, reference("batch", uuid), Form())


@router.get("/holds/sites/{uuid}")
def hold_site(request: Request, uuid: str) -> Response:
    """Show the form that places a hold on a whole site or releases it."""
    request.state.principal = enter(request, "master.read")
    return _hold(request, reference("site", uuid), Form())


@router.get("/holds/containers/{uuid}")
def hold_container(request: Request, uuid: str) -> Response:
    """Show the form that places a hold on a container or releases it."""
    request.state.principal = enter(request, "master.read")
    return _hold(request, reference("container", uuid), Form())


def _hold(request: Request, ref: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    services = services_of(request)
    more = {"view": services.authorities.hold(viewer(request), ref), "event": forms.new_id(request), "form": form}
    return told_page(request, "hold.html", wrong, uuid=ref.partition(":")[2], **more)


@router.post("/holds/{uuid}/{act}")
async def held(request: Request, uuid: str, act: Literal["place", "release"]) -> Response:
    """Place or release a hold on a batch, with the reason."""
    request.state.principal = admit(request, "event.append")
    admit(request, "batch.read")
    ref = reference("batch", uuid)
    return await _state_hold(request, ref, act, {"product": {"batches": [ref]}}, f"/holds/{uuid}")


@router.post("/holds/sites/{uuid}/{act}")
async def held_site(request: Request, uuid: str, act: Literal["place", "release"]) -> Response:
    """Place or release a hold on a whole site, with the reason."""
    request.state.principal = admit(request, "event.append")
    admit(request, "master.read")
    ref = reference("site", uuid)
    return await _state_hold(request, ref, act, {"place": {"site": ref}}, f"/holds/sites/{uuid}")


@router.post("/holds/containers/{uuid}/{act}")
async def held_container(request: Request, uuid: str, act: Literal["place", "release"]) -> Response:
    """Place or release a hold on a container, with the reason."""
    request.state.principal = admit(request, "event.append")
    admit(request, "master.read")
    ref = reference("container", uuid)
    items: list[Json] = [{"container": ref}]
    return await _state_hold(request, ref, act, {"containers": {"items": items}}, f"/holds/containers/{uuid}")


async def _state_hold(
    request: Request, ref: str, act: Literal["place", "release"], about: dict[str, dict[str, Json]], back: str
) -> Response:
    form = await forms.read(request)
    await asyncio.to_thread(services_of(request).authorities.hold, viewer(request), ref)

    async def press(body: dict[str, Json]) -> None:
        await steps.state(request, PREFIX + HOLD[act], body, {**about, "reason": {"text": form.wanted("text")}})

    wrong = await forms.press(request, form, press)
    if wrong is not None:
        return await asyncio.to_thread(_hold, request, ref, form, wrong)
    return RedirectResponse(f"{back}?done={act}", 303)


# --- sight for a time -------------------------------------------------------------------------------------------------


@router.get("/grants")
def grants(request: Request, thing: str = "") -> Response:
    """Show what the organisation shows to others and is shown, with a form that grants sight."""
    request.state.principal = enter(request, "desk.read")
    return _grants(request, Form({"thing": thing[:60]}))


def _grants(request: Request, form: Form, wrong: HazledgerError | None = None) -> Response:
    port, reader = services_of(request).authorities, viewer(request)
    lines, may = port.grants(reader), port.may_state(reader, PREFIX + "sight_granted")
    more = {"lines": lines, "may": may, "said": authority_words, "form": form, "event": forms.new_id(request)}
    return told_page(request, "grants.html", wrong, new_id=lambda: forms.new_id(request), **more)


@router.post("/grants")
async def grant(request: Request) -> Response:
    """Grant sight of a batch, a site or an organisation until a time."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)

    async def press(body: dict[str, Json]) -> None:
        sections = await asyncio.to_thread(_granting, request, form)
        await steps.state(request, PREFIX + "sight_granted", body, sections)

    wrong = await forms.press(request, form, press)
    if wrong is not None:
        return await asyncio.to_thread(_grants, request, form, wrong)
    return RedirectResponse("/grants?done=granted", 303)


def _granting(request: Request, form: Form) -> dict[str, dict[str, Json]]:
    services, reader = services_of(request), viewer(request)
    thing, until = form.wanted("thing"), form.moment("until") or form.wanted("until")
    parties: dict[str, Json] = {"to": services.deals.firm(reader, form.wanted("to")).ref}
    made: dict[str, dict[str, Json]] = {"time": {"planned_to": until}, "reason": {"text": form.wanted("text")}}
    if thing.startswith("batch:"):
        made["product"] = {"batches": [thing]}
    elif thing.startswith("site:"):
        made["place"] = {"site": thing.partition("/")[0]}
    else:
        parties["from"] = services.deals.firm(reader, thing).ref
    return {"parties": parties, **made}


@router.post("/grants/{ref}/withdraw")
async def withdraw(request: Request, ref: str) -> Response:
    """Take sight back before its time."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)
    given = await asyncio.to_thread(services_of(request).authorities.grants, viewer(request))
    if ref not in {line.ref for line in given if line.giver == viewer(request).org}:
        raise NotFoundError("page_not_found", None, {"path": f"/grants/{ref[:64]}"})

    async def press(body: dict[str, Json]) -> None:
        refs: list[dict[str, Json]] = [{"rel": "counterpart", "hash": ref}]
        await steps.state(request, PREFIX + "sight_withdrawn", body, {"reason": {"text": form.wanted("text")}}, refs)

    wrong = await forms.press(request, form, press)
    if wrong is not None:
        return await asyncio.to_thread(_grants, request, form, wrong)
    return RedirectResponse("/grants?done=withdrawn", 303)


# --- the matrix -------------------------------------------------------------------------------------------------------


@router.get("/matrix")
def matrix(request: Request, day: str = "") -> Response:
    """Show what each authority sees and does on a day, today by default."""
    request.state.principal = admit(request, "master.read")
    services = services_of(request)
    today = format_utc(services.clock.now_ms())[:10]
    return told_page(request, "matrix.html", view=services.authorities.matrix(day or today), said=authority_words)
