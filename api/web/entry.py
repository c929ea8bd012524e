"""Signing in and out: with a password, with a passkey, by an invitation, or by a demo's link."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import check_same_site, clear_session, services_of, session_secret, set_session, settings_of
from api.forms import Form, next_of, open_form
from api.rates import credential_was
from api.views import Session
from api.web.render import page
from ledger.errors import ForbiddenError, FormatError, HazledgerError, UnavailableError

router = APIRouter(include_in_schema=False)

DESK: Final = "/desk"
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("MicroMessenger/", "WeChat"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_PLAIN: Final = re.compile(r"[^\x20-\x7e]")

Sent = Annotated[Form, Depends(open_form)]


def label_of(request: Request) -> str:
    """Return browser and system as the list of sessions names them: two words, no version and no address."""
    agent = _PLAIN.sub("", request.headers.get("user-agent", ""))[:400]
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(word for word in (browser, system) if word)


def signed_in(request: Request, session: Session, onward: str) -> Response:
    """Hand a session to the browser and lead it on."""
    response = RedirectResponse(onward, 303)
    set_session(response, settings_of(request), session, services_of(request).clock.now_ms())
    response.headers["cache-control"] = "no-store"
    return response


def _form_page(request: Request, template: str, error: HazledgerError | None, **context: object) -> Response:
    """Show a form, again with what was wrong."""
    entry = services_of(request).entry
    status = 200 if error is None else 422 if isinstance(error, FormatError) else 403
    response = page(request, template, status, problem=error, takes_passkeys=entry.takes_passkeys(), **context)
    response.headers["cache-control"] = "no-store"
    return response


@router.get("/login")
def login(request: Request) -> Response:
    """Ask for login name and password, or a passkey."""
    onward = next_of(request.query_params.get("next"), "")
    return _form_page(request, "login.html", None, login="", onward=onward)


@router.post("/login")
def sign_in(request: Request, form: Sent) -> Response:
    """Sign this browser in by a password; the session that it had ends."""
    onward = next_of(form.get("next"), "")
    try:
        session = services_of(request).entry.sign_in(
            form.get("login"), form.get("password"), label_of(request), session_secret(request)
        )
    except (ForbiddenError, UnavailableError) as error:
        credential_was(request.scope, good=False)
        if isinstance(error, UnavailableError):
            raise
        return _form_page(request, "login.html", error, login=form.get("login")[:64], onward=onward)
    return signed_in(request, session, onward or DESK)


@router.post("/login/passkey/options")
def passkey_options(request: Request) -> Response:
    """Give the browser what it needs to ask for a passkey of this site."""
    check_same_site(request)
    return json_options(services_of(request).entry.passkey_options())


def json_options(body: str) -> Response:
    """Answer a script of the page."""
    return Response(body, 200, {"cache-control": "no-store"}, "application/json")


@router.post("/login/passkey")
def sign_in_with_passkey(request: Request, form: Sent) -> Response:
    """Sign this browser in by a passkey; the session that it had ends."""
    onward = next_of(form.get("next"), "")
    try:
        session = services_of(request).entry.sign_in_with_passkey(
            form.need("response"), label_of(request), session_secret(request)
        )
    except ForbiddenError as error:
        credential_was(request.scope, good=False)
        return _form_page(request, "login.html", error, login="", onward=onward)
    return signed_in(request, session, onward or DESK)


@router.get("/invite/{token}")
def invitation(request: Request, token: str) -> Response:
    """Show what an invitation offers. Looking uses nothing up: mail scanners look at links, too."""
    offer = services_of(request).entry.invitation(token)
    return _form_page(request, "invite.html", None, offer=offer)


@router.post("/invite/{token}")
async def accept(request: Request, token: str) -> Response:
    """Set a password, use the invitation up and sign this browser in."""
    check_same_site(request)
    form = await open_form(request)
    return await run_in_threadpool(_accept, request, token, form)


def _accept(request: Request, token: str, form: Form) -> Response:
    entry = services_of(request).entry
    offer = entry.invitation(token)
    try:
        session = entry.accept(token, form.get("password"), label_of(request))
    except FormatError as error:
        return _form_page(request, "invite.html", error, offer=offer)
    former = session_secret(request)
    if former is not None:
        services_of(request).access.end_session(former)
    return signed_in(request, session, "/account")


@router.get("/login/{token}")
def login_link(request: Request, token: str) -> Response:
    """Show whom a demo's link signs in, and a button."""
    response = page(request, "login_link.html", offer=services_of(request).access.offer(token))
    response.headers["cache-control"] = "no-store"
    return response


@router.post("/login/{token}")
def open_session(request: Request, token: str, form: Sent) -> Response:
    """Use the link up and sign this browser in."""
    del form
    session = services_of(request).access.open_session(token, session_secret(request))
    return signed_in(request, session, DESK)


@router.post("/logout")
def logout(request: Request, form: Sent) -> Response:
    """End the session."""
    del form
    secret = session_secret(request)
    if secret is not None:
        services_of(request).access.end_session(secret)
    response = RedirectResponse("/", 303)
    clear_session(response, settings_of(request))
    return response
