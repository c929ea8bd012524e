"""One's own account: password, passkeys, sessions, the second factor, and what a regulator reads for."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import admit, check_same_site, services_of, session_secret
from api.forms import Form, next_of, open_form
from api.views import Principal
from api.web.entry import DESK, json_options, signed_in
from api.web.render import page
from ledger.errors import ForbiddenError, FormatError, HazledgerError

router = APIRouter(include_in_schema=False)

ACCOUNT: Final = "/account"

Sent = Annotated[Form, Depends(open_form)]


def _own(request: Request) -> tuple[Principal, str]:
    """Return who asks, in a session, with its secret. ForbiddenError."""
    reader, secret = admit(request, "account.manage"), session_secret(request)
    if reader.method != "session" or secret is None:
        raise ForbiddenError("login_required")
    return reader, secret


def _account(request: Request, error: HazledgerError | None = None, status: int = 200) -> Response:
    _, secret = _own(request)
    view = services_of(request).account.account(secret)
    return page(request, "account.html", status, view=view, problem=error)


@router.get("/account")
def account(request: Request) -> Response:
    """Show ways to sign in, and where one is signed in."""
    return _account(request)


@router.post("/account/password")
def set_password(request: Request, form: Sent) -> Response:
    """Change the password; every other browser is signed out."""
    _, secret = _own(request)
    try:
        session = services_of(request).account.set_password(secret, form.get("former"), form.get("new"))
    except (ForbiddenError, FormatError) as error:
        return _account(request, error, 422)
    return signed_in(request, session, f"{ACCOUNT}?done=password")


@router.post("/account/passkeys/options")
def enrol_options(request: Request) -> Response:
    """Give the browser what it needs to make a passkey."""
    check_same_site(request)
    _, secret = _own(request)
    return json_options(services_of(request).account.enrol_options(secret))


@router.post("/account/passkeys")
def enrol(request: Request, form: Sent) -> Response:
    """Store a passkey; this session has shown it."""
    _, secret = _own(request)
    try:
        session = services_of(request).account.enrol(secret, form.need("response"), form.get("name"))
    except HazledgerError as error:
        return _account(request, error, 422)
    return signed_in(request, session, f"{ACCOUNT}?done=passkey")


@router.post("/account/passkeys/{passkey}/remove")
def drop_passkey(request: Request, passkey: str, form: Sent) -> Response:
    """Forget a passkey."""
    del form
    _, secret = _own(request)
    try:
        services_of(request).account.drop_passkey(secret, passkey)
    except ForbiddenError as error:
        return _account(request, error, 403)
    return RedirectResponse(f"{ACCOUNT}?done=removed", 303)


@router.post("/account/sessions/{session}/end")
def end_session(request: Request, session: str, form: Sent) -> Response:
    """Sign one browser out."""
    del form
    _, secret = _own(request)
    services_of(request).account.end_session(secret, session)
    return RedirectResponse(f"{ACCOUNT}?done=ended", 303)


@router.post("/account/sessions/end")
def end_others(request: Request, form: Sent) -> Response:
    """Sign every other browser out."""
    del form
    _, secret = _own(request)
    services_of(request).account.end_others(secret)
    return RedirectResponse(f"{ACCOUNT}?done=ended", 303)


# --- second factor ----------------------------------------------------------------------------------------------------


@router.get("/account/confirm")
def confirm_page(request: Request) -> Response:
    """Ask for the passkey; where none was enrolled yet, lead to where that is done."""
    reader, _ = _own(request)
    onward = next_of(request.query_params.get("next"), DESK)
    if reader.needs != "passkey":
        return RedirectResponse(ACCOUNT if reader.needs else onward, 303)
    return page(request, "confirm.html", onward=onward, problem=None)


@router.post("/account/confirm/options")
def confirm_options(request: Request) -> Response:
    """Give the browser what it needs to ask for one of the user's passkeys."""
    check_same_site(request)
    _, secret = _own(request)
    return json_options(services_of(request).entry.confirm_options(secret))


@router.post("/account/confirm")
def confirm(request: Request, form: Sent) -> Response:
    """Show the passkey; the session is replaced by one with a second factor."""
    _, secret = _own(request)
    onward = next_of(form.get("next"), DESK)
    try:
        session = services_of(request).entry.confirm(secret, form.need("response"))
    except (ForbiddenError, FormatError) as error:
        return page(request, "confirm.html", 403, onward=onward, problem=error)
    return signed_in(request, session, onward)


# --- purpose ----------------------------------------------------------------------------------------------------------


@router.get("/purpose")
def purpose_page(request: Request) -> Response:
    """Ask a regulator or park what it reads for."""
    admit(request, "self.read")
    return page(request, "purpose.html", onward=next_of(request.query_params.get("next"), DESK), problem=None, said="")


@router.post("/purpose")
def set_purpose(request: Request, form: Sent) -> Response:
    """Keep the purpose with the session; what is read from now on is recorded with it."""
    admit(request, "self.read")
    onward, secret = next_of(form.get("next"), DESK), session_secret(request)
    if secret is None:
        raise ForbiddenError("login_required")
    said = " ".join(part for part in (form.get("kind"), form.get("purpose")) if part)
    try:
        services_of(request).account.set_purpose(secret, said)
    except FormatError as error:
        return page(request, "purpose.html", 422, onward=onward, problem=error, said=form.get("purpose")[:200])
    return RedirectResponse(onward, 303)
