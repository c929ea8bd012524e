"""Pages of an organisation's keys: made in a browser, endorsed by somebody else, rotated, revoked.

A private key is made in the browser and never leaves it (`static/keys.js`); what comes here is what it signed.
"""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import record_words
from api.auth import admit, services_of, viewer
from api.v1.common import one_of_ours
from api.views import Principal
from api.web import forms
from api.web.forms import Form
from api.web.pressing import form_page
from api.web.records import open_lists
from ledger.core.b64 import unb64u
from ledger.core.canonical import Json
from ledger.core.keys import KEY_SIZE
from ledger.errors import ForbiddenError, FormatError, HazledgerError, NotFoundError

router = APIRouter(include_in_schema=False)

TYPES: Final = {"endorse": "governance.key_registered", "rotate": "governance.key_rotated"}
MAX_SIGNED: Final = 64 * 1024


@router.get("/keys")
def keys(request: Request) -> Response:
    """Show the public keys of the organisation, which of them count, and what waits to be endorsed."""
    request.state.principal = admit(request, "master.read")
    return _page(request, "keys.html", Form())


def _page(
    request: Request,
    template: str,
    form: Form,
    wrong: HazledgerError | None = None,
    **context: Any,  # noqa: ANN401
) -> Response:
    reader = viewer(request)
    found = services_of(request).keys.listing(reader)
    mine = [key.id for key in found.keys if key.mine and key.revoked is None]
    more = {"record": record_words, "lists": open_lists(request, reader), "view": found, "mine": mine, **context}
    return form_page(request, template, form, wrong, **more)


def _person(request: Request) -> Principal:
    """Admit a person: a program signs with a key of its own. ForbiddenError."""
    reader = admit(request, "event.append")
    if reader.user is None:
        raise ForbiddenError("people_only")
    request.state.principal = reader
    return reader


# --- a new one --------------------------------------------------------------------------------------------------------


@router.get("/keys/new")
def making(request: Request) -> Response:
    """Show what a key is, and the button with which this browser makes one."""
    _person(request)
    return _page(request, "key_new.html", Form())


@router.post("/keys/new")
async def make(request: Request) -> Response:
    """Keep the public key that the browser made, with its proof, until somebody endorses it."""
    reader = await asyncio.to_thread(_person, request)
    form = await forms.read(request)
    try:
        port = services_of(request).keys
        await asyncio.to_thread(port.ask, reader, form.wanted("key"), form.wanted("proof"))
    except HazledgerError as error:
        return await asyncio.to_thread(_page, request, "key_new.html", form, error)
    return RedirectResponse("/keys?done=asked", 303)


@router.get("/keys/waiting/{request_id}")
def requested(request: Request, request_id: str) -> Response:
    """Show whose key waits, to be compared with the person's screen, and the button that endorses it."""
    reader = admit(request, "master.read")
    request.state.principal = reader
    return _request_page(request, one_of_ours(request_id), Form())


def _request_page(request: Request, name: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    asked = services_of(request).keys.request(viewer(request), name)
    return _page(request, "key_request.html", form, wrong, asked=asked, type=TYPES["endorse"])


@router.post("/keys/waiting/{request_id}/endorse")
async def endorse(request: Request, request_id: str) -> Response:
    """Register the key by the event that the administrator's browser signed."""
    reader = await asyncio.to_thread(_person, request)
    form, name = await forms.read(request), one_of_ours(request_id)
    try:
        await services_of(request).keys.endorse(reader, name, _signed(form))
    except NotFoundError:
        raise
    except HazledgerError as error:
        return await asyncio.to_thread(_request_page, request, name, form, error)
    return RedirectResponse("/keys?done=registered", 303)


@router.post("/keys/waiting/{request_id}/withdraw")
async def withdraw(request: Request, request_id: str) -> Response:
    """Take one's own request back, or turn another's down."""
    reader = await asyncio.to_thread(_person, request)
    await forms.read(request)
    await asyncio.to_thread(services_of(request).keys.withdraw, reader, one_of_ours(request_id))
    return RedirectResponse("/keys?done=withdrawn", 303)


# --- another in its place, and the end --------------------------------------------------------------------------------


@router.get("/keys/rotate")
def rotating(request: Request) -> Response:
    """Show the button with which this browser puts a new key in the place of its old one."""
    _person(request)
    return _page(request, "key_rotate.html", Form(), type=TYPES["rotate"])


@router.post("/keys/rotate")
async def rotate(request: Request) -> Response:
    """Rotate a key by the event that old and new signed."""
    reader = await asyncio.to_thread(_person, request)
    form = await forms.read(request)
    try:
        await services_of(request).keys.rotate(reader, _signed(form))
    except HazledgerError as error:
        return await asyncio.to_thread(_page, request, "key_rotate.html", form, error, type=TYPES["rotate"])
    return RedirectResponse("/keys?done=rotated", 303)


@router.get("/keys/{key}/revoke")
def revoking(request: Request, key: str) -> Response:
    """Show the form that ends a key."""
    request.state.principal = admit(request, "event.append")
    return _revoke_page(request, _key_id(key), Form())


def _revoke_page(request: Request, key: str, form: Form, wrong: HazledgerError | None = None) -> Response:
    return _page(request, "key_revoke.html", form, wrong, key=services_of(request).keys.key(viewer(request), key))


@router.post("/keys/{key}/revoke")
async def revoke(request: Request, key: str) -> Response:
    """Revoke a key, and say since when it may have been in other hands."""
    request.state.principal = await asyncio.to_thread(admit, request, "event.append")
    form, name, reader = await forms.read(request), _key_id(key), viewer(request)
    await asyncio.to_thread(services_of(request).keys.key, reader, name)

    async def act(body: dict[str, Json]) -> None:
        await services_of(request).keys.revoke(reader, name, str(body["id"]), form.moment("since"))

    wrong = await forms.press(request, form, act)
    if wrong is not None:
        return await asyncio.to_thread(_revoke_page, request, name, form, wrong)
    return RedirectResponse("/keys?done=revoked", 303)


def _signed(form: Form) -> bytes:
    """Return the statement that the browser signed. FormatError: none, which means it runs no scripts."""
    given = form.wanted("statement").encode()
    if len(given) > MAX_SIGNED:
        raise FormatError("json_too_large", "/statement", {"most": MAX_SIGNED})
    return given


def _key_id(text: str) -> str:
    """Return a key id of an address. NotFoundError: it is of no such form."""
    try:
        unb64u(text, KEY_SIZE)
    except FormatError:
        raise NotFoundError("page_not_found", None, {"path": f"/keys/{text[:60]}"}) from None
    return text
