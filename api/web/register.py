"""Forms that register one product, container, site or lot of opening stock: an import of one row, and a site's own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import record_words, stating
from api.auth import admit, services_of, settings_of
from api.forms import open_form
from api.negotiate import Language
from api.problems import describe
from api.views import Principal
from api.web import forms
from api.web.pressing import SIGN, pressed
from api.web.records import IMPORTED, SITE, kinds_of
from api.web.render import language_of, page, told_of
from api.words import LISTED
from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.errors import ForbiddenError, FormatError, HazledgerError, NotFoundError
from ledger.rules.signing import MISSING
from ledger.rules.statements.sections import POSITION
from ledger.rules.statements.shapes import Amount
from ledger.services.imports.columns import KINDS, Column, Kind
from ledger.services.imports.run import Report
from ledger.services.imports.statements import TYPES

router = APIRouter(include_in_schema=False)

MOST_LOCATIONS: Final = 500


@dataclass(frozen=True, slots=True)
class Field:
    """A column as a field: ``kind`` is "text", "date", "number", "choice" or "boxes"; choices are (word, words)."""

    key: str
    label: str
    kind: str
    required: bool
    many: bool
    example: str
    choices: tuple[tuple[str, str], ...]
    given: str
    wrong: tuple[tuple[str, str], ...]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The words that are ticked."""
        return tuple(self.given.split(";"))


@dataclass(frozen=True, slots=True)
class Part:
    """Fields under a heading; ``heading`` is a msgid."""

    heading: str
    fields: tuple[Field, ...]


@router.get("/products/new")
@router.get("/containers/new")
@router.get("/stock/new")
def form(request: Request) -> Response:
    """Show the empty form of a kind."""
    _, kind = _admitted(request)
    return _page(request, kind, {}, None)


@router.post("/products/new")
@router.post("/containers/new")
@router.post("/stock/new")
async def register(request: Request) -> Response:
    """Record what the form says, once; or show it again with what is wrong beside each field."""
    reader, kind = await asyncio.to_thread(_admitted, request)
    given = await open_form(request)
    cells = {item.key: ";".join(text for text in given.all(item.key) if text.strip()) for item in KINDS[kind]}
    filled = {key: text for key, text in cells.items() if text}
    make = _to_sign if given.get(SIGN) == "1" else _register
    return await asyncio.to_thread(make, request, reader, kind, filled)


def _register(request: Request, reader: Principal, kind: Kind, cells: Mapping[str, str]) -> Response:
    report = services_of(request).imports.one(reader, kind, cells)
    faults = {fault.problem.code for fault in report.rows[0].faults}
    if faults and faults <= MISSING:
        return _to_sign(request, reader, kind, cells)
    return _became(request, kind, cells, report)


def _to_sign(request: Request, reader: Principal, kind: Kind, cells: Mapping[str, str]) -> Response:
    """Keep what the form says until it is signed; what is on record already, or would be refused, is said at once."""
    services = services_of(request)
    report, statement = services.imports.stated(reader, kind, cells)
    if statement is None:
        return _became(request, kind, cells, report)
    kept = services.drafts.keep(reader, statement, 1, _list_of(request))
    return RedirectResponse(f"/drafts/{kept.id}", 303)


def _became(request: Request, kind: Kind, cells: Mapping[str, str], report: Report) -> Response:
    row = report.rows[0]
    if row.status == "recorded":
        return RedirectResponse(f"{_list_of(request)}?done=1&event={row.event}", 303)
    if row.status == "on_record":
        return RedirectResponse(f"{_list_of(request)}?done=on_record", 303)
    return _page(request, kind, cells, report)


def _admitted(request: Request) -> tuple[Principal, Kind]:
    reader = admit(request, "event.append")
    kind = IMPORTED[_list_of(request)[1:]]
    _check(request, reader, kind, TYPES[kind])
    return reader, kind


def _check(request: Request, reader: Principal, kind: str, event_type: str) -> None:
    if kind not in kinds_of(services_of(request), reader):
        raise ForbiddenError("type_not_for_role", None, {"type": event_type, "action": "event.append"})


def _list_of(request: Request) -> str:
    return request.url.path.removesuffix("/new")


def _page(request: Request, kind: Kind, cells: Mapping[str, str], report: Report | None) -> Response:
    lang, base_url = language_of(request), settings_of(request).base_url
    wrong: dict[str | None, list[tuple[str, str]]] = {}
    for fault in report.rows[0].faults if report is not None else ():
        told = describe(fault.problem, lang, base_url)
        wrong.setdefault(fault.column, []).append((str(told["detail"]), str(told["remedy"])))
    columns = {item.key: item for item in KINDS[kind]}
    parts = [
        Part(heading, tuple(_field(columns[key], lang, cells.get(key, ""), wrong.get(key, [])) for key in keys))
        for heading, keys in record_words.PARTS[kind]
    ]
    context: dict[str, Any] = {"kind": kind, "parts": parts, "back": _list_of(request), "record": record_words}
    status = 200 if report is None else 422
    return page(request, "register.html", status, whole=wrong.get(None, []), failed=report is not None, **context)


def _field(column: Column, lang: Language, given: str, wrong: list[tuple[str, str]]) -> Field:
    kind = {"word": "boxes" if column.many else "choice", "day": "date"}.get(column.form, "text")
    if kind == "text" and isinstance(column.shape, Amount) and not column.many:
        kind = "number"
    choices = tuple((word, _told(word, written, lang)) for word, written in column.words.items())
    label = column.zh if lang == "zh" else column.en
    example = "" if kind in {"choice", "boxes", "date"} else column.example
    return Field(column.key, label, kind, column.required, column.many, example, choices, given, tuple(wrong))


def _told(word: str, written: Sequence[str], lang: Language) -> str:
    """Return how people call a word of a column: as lists do, else as it may be written, else the word."""
    if word in LISTED:
        return LISTED[word][0 if lang == "zh" else 1]
    return written[0] if lang == "zh" and written else word


# --- sites ------------------------------------------------------------------------------------------------------------


@router.get("/sites/new")
def site_form(request: Request) -> Response:
    """Show the form of a site."""
    _check(request, admit(request, "event.append"), "sites", SITE)
    return _site_page(request, {}, None)


@router.post("/sites/new")
async def site(request: Request) -> Response:
    """Record a site, once: the form carries the id of its event."""
    reader = await asyncio.to_thread(admit, request, "event.append")
    await asyncio.to_thread(_check, request, reader, "sites", SITE)
    request.state.principal = reader
    given = await forms.read(request)

    async def act(body: dict[str, Json]) -> None:
        await stating.submit(request, reader, _site_body(request, reader, given, body))

    return await pressed(request, given, act, partial(_site_page, request, given.given), "/sites")


def _site_body(request: Request, reader: Principal, given: forms.Form, named: Mapping[str, Json]) -> bytes:
    """Return the statement of a site, whose reference follows from the id of the event. FormatError."""
    assert reader.org is not None
    _check_region(request, given.wanted("region"))
    site: dict[str, Json] = {
        "site": f"site:{named['id']}",
        "names": {"zh": given.wanted("name_zh"), **({"en": en} if (en := given.text("name_en")) else {})},
        "region": given.wanted("region"),
        "locations": _locations(given.text("locations")),
        **given.some("park", "phone"),
        **_position(given.text("latitude"), given.text("longitude")),
    }
    sections: dict[str, Json] = {"site": site, **({"agent": {"user": reader.user}} if reader.user else {})}
    now = format_utc(services_of(request).clock.now_ms())
    body = {"type": SITE, "mode": "act", "actor": reader.org.ref, "occurred_at": now, "refs": [], "sections": sections}
    return orjson.dumps({**named, **body})


def _position(latitude: str, longitude: str) -> dict[str, Json]:
    """Return where a site lies, nothing where neither is given. FormatError: only one, or no degrees."""
    if not latitude and not longitude:
        return {}
    POSITION.check({"latitude": latitude, "longitude": longitude}, "")
    return {"position": {"latitude": latitude, "longitude": longitude}}


def _check_region(request: Request, code: str) -> None:
    """Demand a region that there is: a site of none would be in nobody's jurisdiction. FormatError."""
    try:
        services_of(request).registry.region(code)
    except NotFoundError:
        raise FormatError("unknown_region", "/region", {"region": code[:20]}) from None


def _locations(text: str) -> list[Json]:
    """Return the places of a text, one a line: "A-01 bay a name". FormatError `site_location_line`."""
    lines = [line.split(maxsplit=2) for line in text.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST_LOCATIONS:
        raise FormatError("list_length", "/locations", {"least": 1, "most": MOST_LOCATIONS})
    found: list[Json] = []
    for number, words in enumerate(lines, 1):
        kind = _place_kind(words[1]) if len(words) > 1 else "bay"
        if kind is None:
            raise FormatError("site_location_line", "/locations", {"line": number, "word": words[1][:40]})
        place: dict[str, Json] = {"location": words[0][:40], "kind": kind}
        if len(words) > 2:
            place["name"] = words[2].strip()[:80]
        found.append(place)
    return found


_PLACE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "bay": ("库位", "货位"),
    "tank": ("储罐", "罐"),
    "yard": ("堆场", "场地"),
    "dock": ("月台", "装卸台", "装卸区"),
    "use": ("使用点", "车间"),
    "room": ("库房", "房间"),
}


def _place_kind(word: str) -> str | None:
    plain = word.strip("，,;；").casefold()
    return next((kind for kind, words in _PLACE_WORDS.items() if plain == kind or plain in words), None)


def _site_page(request: Request, texts: Mapping[str, str], error: HazledgerError | None) -> Response:
    lang = language_of(request)
    told = None if error is None else told_of(request, error)
    example = "A-01 库位 甲类库一号\nT-01 储罐" if lang == "zh" else "A-01 bay\nT-01 tank north tank"
    return page(
        request,
        "site_form.html",
        200 if told is None else told.status,
        given={"id": forms.new_id(request), **{name: text for name, text in texts.items() if text}},
        problem=None if told is None else told.body,
        example=example,
        place_kinds=[words[0] if lang == "zh" else kind for kind, words in _PLACE_WORDS.items()],
        record=record_words,
    )
