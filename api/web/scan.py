"""The scan page: camera, handheld scanner or photograph; with a service worker that opens it without a network.

With scripts the page talks to ``/api/v1/scans``. Without, it is a form: a place, and a code typed or photographed.
"""

import asyncio
import json
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import scan_words, scans
from api.auth import admit, services_of, settings_of
from api.decoding import Decoder
from api.i18n import translator
from api.negotiate import LANGUAGES
from api.request_id import request_id
from api.uploads import Upload, open_upload
from api.views import Principal
from api.web.assets import asset, asset_url
from api.web.render import language_of, page
from labels import cards, symbol
from labels.cards import read_card
from ledger.core.canonical import Json
from ledger.core.ids import uuid7
from ledger.core.times import format_utc
from ledger.errors import FormatError, HazledgerError, RefusedError, UnavailableError
from ledger.services.entropy import SystemEntropy
from ledger.services.scanning import statement

router = APIRouter(include_in_schema=False)

JSON: Final = "application/json"
PICTURES: Final = frozenset({"image/jpeg", "image/png"})
WORKER: Final = "scan-worker.js"
CACHED: Final = (
    "app.css",
    "forms.css",
    "scan.css",
    "wedge.js",
    "scan.js",
    "scan-queue.js",
    "scan-parts.js",
    "scan-conflicts.js",
    "scan-camera.js",
    "sign.js",
)
FIELDS: Final = ("action", "place", "item", "amount", "badge", "override")
_DECODER: Final = Decoder()


@router.get("/scan")
def scanning(request: Request) -> Response:
    """Show the page."""
    return _page(request, admit(request, "event.append"))


def _page(
    request: Request,
    reader: Principal,
    *,
    result: dict[str, Any] | None = None,
    error: HazledgerError | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    status = 200 if error is None else 503 if isinstance(error, UnavailableError) else 422
    may_override = "safety_officer" in reader.user_roles
    failed = None
    if result is not None and "problem" in result:
        failed, result = result["problem"], None
    return page(
        request,
        "scan.html",
        status,
        result=result,
        failed=failed,
        problem=error,
        given={**dict.fromkeys(FIELDS, ""), **(given or {})},
        scan=scan_words,
        named=_named(request),
        may_override=may_override,
        scripts={name: asset_url(name) for name in CACHED if name.endswith(".js")},
    )


def _named(request: Request) -> dict[str, dict[str, str]]:
    """Return the words of actions and outcomes for the scripts."""
    t = translator(language_of(request))
    names = {"actions": scan_words.ACTIONS, "outcomes": {**scan_words.OUTCOMES, "waiting": scan_words.WAITING}}
    return {table: {name: t.gettext(text) for name, text in words.items()} for table, words in names.items()}


@router.get("/scan/place")
def place(request: Request, text: str = "") -> Response:
    """Return what a scanned place is called. RefusedError: it is none where the reader's goods can lie."""
    label = services_of(request).scans.place(admit(request, "event.append"), text[:300], language_of(request))
    return Response(orjson.dumps({"label": label}), 200, {"cache-control": "no-store"}, JSON)


@router.get("/scan/worker.js")
def worker(_request: Request) -> Response:
    """Return the service worker, which may serve /scan itself; it names the files of this version."""
    files = [url for name in CACHED if (url := asset_url(name)) is not None]
    icon = asset_url("icon.svg")
    stated = {"files": files if icon is None else [*files, icon]}
    body = f"const KEPT = {json.dumps(stated)};\n".encode() + asset(WORKER).body
    headers = {"service-worker-allowed": "/scan", "cache-control": "no-cache"}
    return Response(body, 200, headers, "text/javascript; charset=utf-8")


@router.post("/scan/decode")
async def decode(request: Request) -> Response:
    """Return the texts of the codes in a picture, the nearest to the middle first."""
    await asyncio.to_thread(admit, request, "event.append")
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in PICTURES:
        raise FormatError("media_type_unsupported", None, {"expected": "image/jpeg", "given": given[:80] or "-"})
    texts = await _DECODER.codes(await request.body())
    return Response(orjson.dumps({"texts": texts}), 200, {"cache-control": "no-store"}, JSON)


@router.get("/scan/cards")
def command_cards(request: Request) -> Response:
    """Show command cards to print, and where badges come from."""
    reader = admit(request, "event.append")
    zh, en = (translator(lang) for lang in LANGUAGES)
    printed = [
        (zh.gettext(name), en.gettext(name), symbol.svg(cards.action_text(action)))
        for action, name in scan_words.ACTIONS.items()
    ]
    return page(request, "scan_cards.html", printed=printed, issues="admin" in reader.user_roles)


# --- without scripts --------------------------------------------------------------------------------------------------


@router.post("/scan")
async def scanned(request: Request) -> Response:
    """Take one scan by form: what was typed, or the code in a photograph."""
    reader = await asyncio.to_thread(admit, request, "event.append")
    upload = await open_upload(request, "photo")
    form = upload.form
    given = {name: form.get(name).strip() for name in FIELDS}
    given["quarantine"] = form.get("quarantine")
    try:
        stated = await _stated(request, reader, given, upload)
        if stated is None:
            return await asyncio.to_thread(_page, request, reader, given=given)
        scan = statement.parse(stated)
        answer = (await asyncio.to_thread(services_of(request).scans.scan, reader, [scan]))[0]
        result = scans.body_of(
            answer, scan.id, language_of(request), settings_of(request).base_url, request_id(request.scope)
        )
    except (FormatError, RefusedError, UnavailableError) as error:
        return await asyncio.to_thread(_page, request, reader, error=error, given=given)
    shown = {**given, "item": "", "amount": "", "override": "", "quarantine": ""}
    return await asyncio.to_thread(_page, request, reader, result=result, given=shown)


async def _stated(request: Request, reader: Principal, given: dict[str, str], upload: Upload) -> dict[str, Json] | None:
    """Return the scan of a form; None where a card or the place was read, which only changes the form."""
    item = given["item"]
    if upload.body:
        texts = await _DECODER.codes(upload.body)
        if not texts:
            raise FormatError("scan_no_code")
        item = texts[0]
    card = read_card(item)
    if card is not None:
        if card.kind != "action":
            await asyncio.to_thread(services_of(request).scans.badge, reader, item)
        given["action" if card.kind == "action" else "badge"] = card.value if card.kind == "action" else item
        given["item"] = ""
        return None
    if not given["place"] and given["action"] != "undo":
        given["place"], given["item"] = item, ""
        return None
    now_ms = services_of(request).clock.now_ms()
    body: dict[str, Json] = {
        "id": uuid7(now_ms, SystemEntropy().bytes(10)),
        "action": given["action"],
        "at": format_utc(now_ms),
        "item": item,
    }
    names = ("amount", "badge", "override") if given["action"] == "undo" else ("place", "amount", "badge", "override")
    body |= {name: given[name] for name in names if given[name]}
    if given["quarantine"]:
        body["quarantine"] = True
    return body
