"""The page of GS1: company prefixes of an organisation, and GTINs, lots and serial numbers bound to printed codes."""

import asyncio
from typing import Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import admit, enter, services_of
from api.views import Principal
from api.web import forms
from api.web.render import page
from ledger.core.canonical import Json
from ledger.core.identifiers import check_gtin
from ledger.core.scanned import read as read_code
from ledger.core.times import format_utc
from ledger.errors import ConflictError, ForbiddenError, FormatError, HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

PAGE: Final = "/labels/gs1"
RENAMED, ISSUED = "governance.organisation_renamed", "production.label_issued"
MOST_PREFIXES: Final = 20
FIELDS: Final = ("code", "gtin", "lot", "serial")


@router.get(PAGE)
def gs1(request: Request) -> Response:
    """Show prefixes and codes, with what may be changed."""
    return _page(request, enter(request, "master.read"))


@router.post(PAGE + "/prefixes")
async def prefixes(request: Request) -> Response:
    """Register the company prefixes that the form lists: all of them, for what is left out ends."""
    reader, given = await _given(request, RENAMED)

    async def act(named: dict[str, Json]) -> None:
        known = await asyncio.to_thread(services_of(request).gs1.view, reader)
        listed: list[Json] = [*dict.fromkeys(given.text("prefixes").split())]
        if len(listed) > MOST_PREFIXES:
            raise FormatError("list_length", "/prefixes", {"least": 0, "most": MOST_PREFIXES})
        assert reader.org is not None
        organisation: dict[str, Json] = {
            "organisation": reader.org.ref,
            "names": {**known.names},
            "uscc": known.uscc,
            "region": known.region,
            "gs1_prefixes": listed,
        }
        await _state(request, reader, named, RENAMED, {"organisation": organisation})

    return await _done(request, reader, given, act, "prefixes")


@router.post(PAGE + "/codes")
async def bind(request: Request) -> Response:
    """Bind a GTIN, with lot and serial number, to what a printed code stands for."""
    reader, given = await _given(request, ISSUED)

    async def act(named: dict[str, Json]) -> None:
        code = given.wanted("code")
        target = await asyncio.to_thread(services_of(request).gs1.target, reader, code)
        item: dict[str, Json] = {"code": _plain(code), "target": target, "aliases": [_link(given)]}
        await _state(request, reader, named, ISSUED, {"containers": {"items": [item]}})

    return await _done(request, reader, given, act, "bound")


def _plain(code: str) -> str:
    return getattr(read_code(code), "code", code)


def _link(given: forms.Form) -> str:
    """Return a GS1 Digital Link of the fields; what a lot may hold is checked. FormatError."""
    gtin = check_gtin(given.wanted("gtin").zfill(14), "/gtin")
    link = f"https://id.gs1.org/01/{gtin}"
    for name, key in (("10", "lot"), ("21", "serial")):
        if value := given.text(key):
            link += f"/{name}/{quote(value, safe='')}"
    read_code(link)
    return link


async def _given(request: Request, kind: str) -> tuple[Principal, forms.Form]:
    reader = await asyncio.to_thread(admit, request, "event.append")
    if not await asyncio.to_thread(services_of(request).compliance.may_state, reader, kind):
        raise ForbiddenError("type_not_for_role", None, {"type": kind, "action": "event.append"})
    request.state.principal = reader
    return reader, await forms.read(request)


async def _state(
    request: Request, reader: Principal, named: dict[str, Json], kind: str, sections: dict[str, Json]
) -> None:
    assert reader.org is not None
    if reader.user:
        sections = {**sections, "agent": {"user": reader.user}}
    now = format_utc(services_of(request).clock.now_ms())
    body = {"type": kind, "mode": "act", "actor": reader.org.ref, "occurred_at": now, "refs": [], "sections": sections}
    await services_of(request).intake.submit(reader, orjson.dumps({**named, **body}))


async def _done(request: Request, reader: Principal, given: forms.Form, act: forms.Act, told: str) -> Response:
    error = await forms.press(request, given, act)
    if error is not None:
        return await asyncio.to_thread(_page, request, reader, error, dict(given.given))
    return RedirectResponse(f"{PAGE}?done={told}", 303)


def _page(
    request: Request, reader: Principal, error: HazledgerError | None = None, given: dict[str, str] | None = None
) -> Response:
    services = services_of(request)
    status = 200
    if error is not None:
        status = 404 if isinstance(error, NotFoundError) else 409 if isinstance(error, ConflictError) else 422
    return page(
        request,
        "gs1.html",
        status,
        view=services.gs1.view(reader),
        problem=error,
        given={**dict.fromkeys(FIELDS, ""), **(given or {})},
        ids=(forms.new_id(request), forms.new_id(request)),
        may={kind: services.compliance.may_state(reader, kind) for kind in (RENAMED, ISSUED)},
        renamed=RENAMED,
        issued=ISSUED,
    )
