"""One press for several transfers or trips: the same step a press takes on each of them, each with its own answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import deal_words
from api.auth import admit, services_of, viewer
from api.cursors import read_cursor, write_cursor
from api.deal_ports import DealSearch
from api.v1 import steps
from api.v1.common import reference
from api.views import Key, Party, Words
from api.web import forms
from api.web.deals import FIRST, FIRST_OF_TRIP, main
from api.web.drafts_several import PATH as SEVERAL
from api.web.forms import Form
from api.web.pressing import press_or_keep, signs
from api.web.render import page, told_of
from ledger.core.canonical import Json
from ledger.errors import FormatError, HazledgerError

router = APIRouter(include_in_schema=False)

MOST: Final = 50
MOST_PAGES: Final = 10
"""Pages of a list that one page looks through for what takes one press; then it leads on."""
Kind = Literal["transfers", "shipments"]


@dataclass(frozen=True, slots=True)
class Line:
    """What can be ticked. ``id`` names the event to be, so that a second press states nothing twice."""

    ref: str
    step: str
    title: Words
    mass: int
    party: Party | None
    id: str
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a line; ``problem``: why it was refused, in words; ``draft``: it waits for a signature."""

    ref: str
    step: str
    title: Words
    mass: int
    problem: Mapping[str, Any] | None
    draft: str = ""


@router.get("/transfers/several")
def transfers(request: Request, cursor: str | None = None) -> Response:
    """Show the offers that one press answers, further ones from a cursor on."""
    request.state.principal = admit(request, "event.append")
    return _page(request, "transfers", (), cursor)


@router.get("/shipments/several")
def shipments(request: Request, cursor: str | None = None) -> Response:
    """Show the trips on which one press takes the next step, further ones from a cursor on."""
    request.state.principal = admit(request, "event.append")
    return _page(request, "shipments", (), cursor)


@router.post("/transfers/several")
async def agree(request: Request) -> Response:
    """Take the step of every transfer that is ticked."""

    async def take(form: Form, ref: str, step: str, body: dict[str, Json]) -> None:
        await steps.take_of_transfer(request, ref, step, body, form.text("etag") or None)

    return await _take(request, "transfers", take)


@router.post("/shipments/several")
async def go_on(request: Request) -> Response:
    """Take the step of every trip that is ticked."""

    async def take(_form: Form, ref: str, step: str, body: dict[str, Json]) -> None:
        await steps.take_of_shipment(request, ref, step, body)

    return await _take(request, "shipments", take)


async def _take(
    request: Request, kind: Kind, take: Callable[[Form, str, str, dict[str, Json]], Awaitable[None]]
) -> Response:
    request.state.principal = admit(request, "event.append")
    form = await forms.read(request)
    chosen = _ticked(form, kind)
    if not chosen:
        raise FormatError("form_not_of_form", "/on0", {"name": "on0"})
    results: list[Result] = []
    for one in chosen:
        ref, step = one.text("ref"), one.text("step")

        async def act(body: dict[str, Json], one: Form = one, ref: str = ref, step: str = step) -> None:
            await take(one, ref, step, body)

        error, draft = await press_or_keep(request, one, act, f"/{kind}/{ref.partition(':')[2]}", sign=signs(form))
        result = await asyncio.to_thread(_result, request, kind, ref, step, error)
        results.append(replace(result, draft=draft))
    kept = [result.draft for result in results if result.draft]
    if len(kept) == len(results):
        return RedirectResponse(_signing(kept), 303)
    return await asyncio.to_thread(_page, request, kind, results)


def _signing(drafts: Iterable[str]) -> str:
    """Return the address of the page on which one press signs these drafts."""
    return f"{SEVERAL}?{urlencode([('draft', draft) for draft in drafts])}"


def _ticked(form: Form, kind: Kind) -> list[Form]:
    """Return the fields of each line that is ticked. FormatError, NotFoundError: no such step or thing."""
    found: list[Form] = []
    for n in range(MOST):
        if form.text(f"on{n}") != "1":
            continue
        step = form.wanted(f"step{n}")
        if step not in deal_words.PRESSED:
            raise FormatError("form_not_of_form", f"/step{n}", {"name": f"step{n}"})
        ref = reference(kind.removesuffix("s"), form.wanted(f"ref{n}"))
        found.append(Form({"ref": ref, "step": step, "id": form.wanted(f"id{n}"), "etag": form.text(f"etag{n}")}))
    return found


def _result(request: Request, kind: Kind, ref: str, step: str, error: HazledgerError | None) -> Result:
    deals, reader = services_of(request).deals, viewer(request)
    problem = None
    if error is not None:
        problem = told_of(request, error).body
    try:
        if kind == "transfers":
            view = deals.transfer(reader, ref)
            return Result(ref, step, _names(item.product for item in view.goods), view.mass, problem)
        trip = deals.shipment(reader, ref)
        return Result(ref, step, _plate(trip.vehicle, trip.waybill), sum(item.mass for item in trip.cargo), problem)
    except HazledgerError:
        return Result(ref, step, Words("–", "–"), 0, problem)


def _names(products: Iterable[Words | None]) -> Words:
    named = [product for product in products if product is not None]
    if not named:
        return Words("–", "–")
    return Words("、".join(name.zh for name in named), ", ".join(name.en for name in named))


def _plate(vehicle: str, waybill: str | None) -> Words:
    text = f"{vehicle} · {waybill}" if waybill else vehicle
    return Words(text, text)


def _page(request: Request, kind: Kind, results: Iterable[Result], cursor: str | None = None) -> Response:
    make = _transfers if kind == "transfers" else _shipments
    lines: list[Line] = []
    after = read_cursor(kind, cursor)
    for _ in range(MOST_PAGES):
        found, after = make(request, after, MOST - len(lines))
        lines += found
        if after is None or len(lines) >= MOST:
            break
    more = None if after is None else write_cursor(kind, after)
    done = tuple(results)
    refused = sum(result.problem is not None for result in done)
    kept = [result.draft for result in done if result.draft]
    context: dict[str, Any] = {
        "kind": kind,
        "lines": lines,
        "results": done,
        "refused": refused,
        "kept": len(kept),
        "to_sign": _signing(kept) if kept else "",
        "deal": deal_words,
        "more": more,
    }
    return page(request, "several.html", 422 if done and refused == len(done) else 200, **context)


def _transfers(request: Request, after: Key | None, limit: int) -> tuple[list[Line], Key | None]:
    found = services_of(request).deals.transfers(viewer(request), "in", DealSearch(("offered",)), after, limit)
    several = Words("多种产品", "Several products")
    lines = [
        Line(line.ref, step, line.product or several, line.mass, line.other, forms.new_id(request), line.etag)
        for line in found.items
        if (step := _step(line.next, FIRST)) is not None and not line.permits
    ]
    return lines, found.next_key


def _shipments(request: Request, after: Key | None, limit: int) -> tuple[list[Line], Key | None]:
    found = services_of(request).deals.shipments(viewer(request), DealSearch(), after, limit)
    lines = [
        Line(line.ref, step, _plate(line.vehicle, line.waybill), line.mass, line.consignee, forms.new_id(request))
        for line in found.items
        if (step := _step(line.next, FIRST_OF_TRIP)) is not None
    ]
    return lines, found.next_key


def _step(following: tuple[str, ...], order: tuple[str, ...]) -> str | None:
    """Return the main one of the next steps if nothing has to be filled in for it."""
    step = (main(following, order) or "").replace("_", "-")
    return step if step in deal_words.PRESSED else None
