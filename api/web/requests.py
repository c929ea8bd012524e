"""Pages of what authorities ask and organisations answer: an inbox, one request, and a form for each kind."""

import asyncio
from typing import Any, Final, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import authority_words, deal_words
from api.auth import admit, enter, services_of, viewer
from api.cursors import read_cursor, write_cursor
from api.v1 import steps
from api.web import forms
from api.web.forms import Form
from api.web.render import told_page
from ledger.core.canonical import Json
from ledger.errors import ForbiddenError, FormatError, HazledgerError, NotFoundError
from ledger.store.authorities import Side

router = APIRouter(include_in_schema=False)

LINES: Final = 50
PREFIX: Final = "governance."
SIDES: Final[dict[str, Side]] = {"asked": "asked", "asking": "asker"}
KINDS: Final = ("finding_assigned", "correction_requested", "inspection_recorded")


@router.get("/requests")
def requests(request: Request, box: str = "asked", cursor: str | None = None) -> Response:
    """Show what was asked of the organisation, or by it, newest first."""
    reader = enter(request, "desk.read")
    if box not in SIDES:
        raise NotFoundError("page_not_found", None, {"path": f"/requests?box={box[:20]}"})
    port = services_of(request).authorities
    found = port.requests(reader, SIDES[box], read_cursor("requests", cursor), LINES)
    more = None if found.next_key is None else write_cursor("requests", found.next_key)
    may = [kind for kind in KINDS if port.may_state(reader, PREFIX + kind)]
    return told_page(request, "requests.html", lines=found.items, more=more, box=box, may=may, said=authority_words)


@router.get("/requests/new")
def new(
    request: Request, kind: str = "", event: str = "", rule: str = "", section: str = "", site: str = ""
) -> Response:
    """Show the form of a request, filled in with what it is about."""
    request.state.principal = admit(request, "event.append")
    given = {"event": event, "rule": rule, "section": section, "site": site}
    return _form(request, _asked(request, kind), Form({name: text[:120] for name, text in given.items()}))


@router.post("/requests/new")
async def ask(request: Request, kind: str = "") -> Response:
    """State a request."""
    request.state.principal = admit(request, "event.append")
    verb = await asyncio.to_thread(_asked, request, kind)
    form = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        sections = await asyncio.to_thread(_sections, request, verb, form)
        await steps.state(request, PREFIX + verb, body, sections)

    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_form, request, verb, form, wrong)
    return RedirectResponse("/requests?box=asking&done=asked", 303)


def _asked(request: Request, kind: str) -> str:
    """Return the verb of a request that the reader may state. NotFoundError: there is none; ForbiddenError."""
    if kind not in KINDS:
        raise NotFoundError("page_not_found", None, {"path": f"/requests/new?kind={kind[:40]}"})
    if not services_of(request).authorities.may_state(viewer(request), PREFIX + kind):
        raise ForbiddenError("type_not_for_role", None, {"type": PREFIX + kind, "action": "event.append"})
    return kind


def _form(request: Request, kind: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    services, reader = services_of(request), viewer(request)
    sites = services.registry.sites(reader, None, 200).items if kind == "inspection_recorded" else ()
    more = {"kind": kind, "sites": sites, "event": forms.new_id(request), "said": authority_words, "deal": deal_words}
    return told_page(request, "request_new.html", wrong, form=form, **more)


def _sections(request: Request, kind: str, form: Form) -> dict[str, dict[str, Json]]:
    until = form.moment("answer_by")
    made: dict[str, dict[str, Json]] = {"reason": {"text": form.wanted("text")}}
    if until:
        made["time"] = {"answer_by": until}
    if kind == "inspection_recorded":
        site, _, _ = form.wanted("site").partition("/")
        made |= {"place": {"site": site}, "condition": {"result": form.wanted("result")}}
        return made | forms.documents(form)
    about: dict[str, Json] = {"event": form.wanted("event")}
    if kind == "correction_requested":
        return made | {"finding": {**about, "section": form.wanted("section")}}
    firm = services_of(request).deals.firm(viewer(request), form.wanted("to"))
    return made | {"finding": {**about, "rule": form.wanted("rule")}, "parties": {"to": firm.ref}}


# --- one request ------------------------------------------------------------------------------------------------------


@router.get("/requests/{ref}")
def one(request: Request, ref: str) -> Response:
    """Show a request with its answer, and what the reader may do about it."""
    request.state.principal = enter(request, "desk.read")
    return _one(request, ref, Form())


def _one(request: Request, ref: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    view = services_of(request).authorities.request(viewer(request), ref[:64])
    more = {"view": view, "event": forms.new_id(request), "said": authority_words, "deal": deal_words}
    return told_page(request, "request.html", wrong, form=form, **more)


@router.post("/requests/{ref}/{turn}")
async def move(request: Request, ref: str, turn: Literal["answer", "close"]) -> Response:
    """Answer a request, accept its answer, or open it anew."""
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        reason: dict[str, Json] = {"text": form.wanted("text")}
        if turn == "close":
            reason["kind"] = _closing(form)
        refs: list[dict[str, Json]] = [{"rel": "counterpart", "hash": ref}]
        kind = "request_answered" if turn == "answer" else "request_closed"
        papers: dict[str, Any] = forms.documents(form)
        await steps.state(request, PREFIX + kind, body, {"reason": reason, **papers}, refs)

    await asyncio.to_thread(services_of(request).authorities.request, viewer(request), ref[:64])
    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_one, request, ref, form, wrong)
    return RedirectResponse(f"/requests/{ref}?done={turn}", 303)


def _closing(form: Form) -> str:
    found = form.wanted("kind")
    if found not in ("accepted", "reopened"):
        raise FormatError("form_not_of_form", "/kind", {"name": "kind"})
    return found
