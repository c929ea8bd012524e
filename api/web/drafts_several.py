"""One press that signs several drafts: a signature, and an event, of each; what is refused stops no other."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import compliance_words, draft_words
from api.auth import admit, services_of, viewer
from api.v1.common import one_of_ours
from api.views import DraftView
from api.web import forms
from api.web.drafts import to_sign
from api.web.forms import Form
from api.web.render import page, told_of
from ledger.errors import FormatError, HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

PATH: Final = "/drafts/several"
MOST: Final = 50
MOST_SIGNATURES: Final = 800
"""What one form carries: the first of two people signs once for each key that may join."""


@dataclass(frozen=True, slots=True)
class Line:
    """A draft that can be ticked, and what the browser needs to sign it."""

    view: DraftView
    signs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a draft; ``problem``: why it was refused, in words."""

    view: DraftView
    became: Literal["recorded", "waits", "refused"]
    problem: Mapping[str, Any] | None = None


@router.get(PATH)
def several(request: Request) -> Response:
    """Show what waits to be signed by the reader: the drafts that the address names, or all of them."""
    reader = admit(request, "event.append")
    request.state.principal = reader
    named = request.query_params.getlist("draft")[:MOST]
    chosen = [one_of_ours(name) for name in named] or [line.id for line in services_of(request).drafts.listing(reader)]
    return _page(request, chosen, (), ticked=bool(named))


@router.post(PATH)
async def sign(request: Request) -> Response:
    """Take the signatures of each draft that is ticked."""
    request.state.principal = await asyncio.to_thread(admit, request, "event.append")
    form = await forms.read(request)
    given = [name for n in range(MOST) if (name := form.text(f"id{n}"))]
    ticked = [(one_of_ours(name), n) for n, name in enumerate(given) if form.text(f"on{n}") == "1"]
    if not ticked:
        raise FormatError("form_not_of_form", "/on0", {"name": "on0"})
    results = [await _sign(request, form, name, n) for name, n in ticked]
    signed = {result.view.id for result in results}
    left = [one_of_ours(name) for name in given if name not in signed]
    return await asyncio.to_thread(_page, request, left, results, ticked=False)


async def _sign(request: Request, form: Form, name: str, n: int) -> Result:
    port, reader = services_of(request).drafts, viewer(request)
    view = await asyncio.to_thread(port.one, reader, name)
    if view.done:
        return Result(view, "recorded")
    try:
        outcome = await port.sign(reader, name, form.wanted(f"signing{n}").encode())
    except HazledgerError as error:
        told = told_of(request, error)
        return Result(view, "refused", told.body)
    return Result(view, "waits" if outcome is None else "recorded")


def _page(request: Request, names: Iterable[str], results: Sequence[Result], *, ticked: bool) -> Response:
    lines = _lines(request, names)
    refused = sum(result.problem is not None for result in results)
    context: dict[str, Any] = {
        "lines": lines,
        "results": results,
        "refused": refused,
        "waits": sum(result.became == "waits" for result in results),
        "ticked": ticked,
        "drafts": draft_words,
        "compliance": compliance_words,
    }
    return page(request, "drafts_several.html", 422 if results and refused == len(results) else 200, **context)


def _lines(request: Request, names: Iterable[str]) -> list[Line]:
    """The drafts that wait still and that the reader could sign now, as many as one form carries."""
    port, reader, now_ms = services_of(request).drafts, viewer(request), services_of(request).clock.now_ms()
    found: list[Line] = []
    signatures = 0
    for name in names:
        try:
            view = port.one(reader, name)
        except NotFoundError:
            continue
        n = len(found)
        signs = to_sign(view, now_ms, f"signing{n}", f"on{n}")
        if signs["way"] == "alone":
            # Whom the rules ask for a second person after all, opens it by itself.
            signs = {**signs, "others": []}
        waits_for_others = view.signed is not None and view.signed.by.mine and signs["way"] == "first"
        if view.done or waits_for_others or not (view.signers == 1 or view.others):
            continue
        signatures += max(len(signs["others"]), 1) if signs["way"] != "second" else 1
        if n == MOST or signatures > MOST_SIGNATURES:
            break
        found.append(Line(view, signs))
    return found
