"""An administrator's pages: people, programs, devices; and what the organisation read of others."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import admit, services_of, settings_of
from api.cursors import MAX_LENGTH, read_cursor, write_cursor
from api.forms import Form, open_form
from api.read_words import read_word
from api.v1.common import one_of_ours, reference
from api.views.people import NewBadge
from api.web.render import page
from labels import symbol
from ledger.errors import ConflictError, FormatError, HazledgerError

router = APIRouter(include_in_schema=False)

READS_SHOWN: Final = 50

Sent = Annotated[Form, Depends(open_form)]


def _people(request: Request, error: HazledgerError | None = None, status: int = 200, **more: object) -> Response:
    reader = admit(request, "users.read")
    view = services_of(request).people.users(reader, request.query_params.get("after", "")[:64])
    return page(request, "users.html", status, view=view, problem=error, **{"link": None, "sent": None, **more})


@router.get("/users")
def users(request: Request) -> Response:
    """List people and open invitations, with a form to invite."""
    return _people(request)


@router.post("/users")
def invite(request: Request, form: Sent) -> Response:
    """Invite somebody and show the link, once."""
    reader = admit(request, "users.manage")
    asked = (form.get("login"), form.get("name"), form.all("role"))
    try:
        token = services_of(request).people.invite(reader, *asked)
    except HazledgerError as error:
        return _people(request, error, 422, sent=asked)
    return _people(request, link=_link(request, token))


def _link(request: Request, token: str) -> str:
    return f"{settings_of(request).base_url}/invite/{token}"


@router.get("/users/{uuid}")
def user(request: Request, uuid: str) -> Response:
    """Show one person, with what an administrator may change."""
    return _user(request, uuid)


def _user(
    request: Request,
    uuid: str,
    error: HazledgerError | None = None,
    status: int = 200,
    link: str | None = None,
    made: NewBadge | None = None,
) -> Response:
    reader, ref = admit(request, "users.read"), reference("user", uuid)
    view = services_of(request).people.user(reader, ref)
    badge = services_of(request).badges.of(reader, ref)
    drawn = None if made is None else symbol.svg(made.text)
    return page(request, "user.html", status, view=view, problem=error, link=link, badge=badge, made=made, drawn=drawn)


@router.post("/users/{uuid}")
def change(request: Request, uuid: str, form: Sent) -> Response:
    """Change name and roles."""
    reader = admit(request, "users.manage")
    try:
        services_of(request).people.change(reader, reference("user", uuid), form.get("name"), form.all("role"))
    except FormatError as error:
        return _user(request, uuid, error, 422)
    return RedirectResponse(f"/users/{uuid}?done=changed", 303)


@router.post("/users/{uuid}/reset")
def reset(request: Request, uuid: str, form: Sent) -> Response:
    """Make a link that sets a new password and show it, once."""
    del form
    reader = admit(request, "users.manage")
    token = services_of(request).people.reset(reader, reference("user", uuid))
    return _user(request, uuid, link=_link(request, token))


@router.post("/users/{uuid}/badge")
def issue_badge(request: Request, uuid: str, form: Sent) -> Response:
    """Issue a badge and show it, once; the former one is revoked."""
    del form
    reader = admit(request, "badge.manage")
    try:
        made = services_of(request).badges.issue(reader, reference("user", uuid))
    except ConflictError as error:
        return _user(request, uuid, error, 409)
    return _user(request, uuid, made=made)


@router.post("/users/{uuid}/revoke-badge")
def revoke_badge(request: Request, uuid: str, form: Sent) -> Response:
    """Revoke the badge of a person."""
    del form
    reader = admit(request, "badge.manage")
    services_of(request).badges.revoke(reader, reference("user", uuid))
    return RedirectResponse(f"/users/{uuid}?done=badge_revoked", 303)


@router.post("/users/{uuid}/{change}")
def switch(request: Request, uuid: str, change: str, form: Sent) -> Response:
    """Disable a person, let it in again, or drop the passkeys it lost."""
    del form
    reader, people, ref = admit(request, "users.manage"), services_of(request).people, reference("user", uuid)
    if change == "forget-passkeys":
        people.forget_passkeys(reader, ref)
    elif change in {"disable", "enable"}:
        people.disable(reader, ref, disabled=change == "disable")
    else:
        raise FormatError("form_not_of_form", None, {"name": change[:40]})
    return RedirectResponse(f"/users/{uuid}?done=changed", 303)


@router.post("/invitations/{invitation}/withdraw")
def withdraw(request: Request, invitation: str, form: Sent) -> Response:
    """Take an invitation back."""
    del form
    reader = admit(request, "users.manage")
    services_of(request).people.withdraw(reader, invitation)
    return RedirectResponse("/users?done=withdrawn", 303)


# --- programs and devices ---------------------------------------------------------------------------------------------


def _programs(request: Request, error: HazledgerError | None = None, status: int = 200, **more: object) -> Response:
    reader = admit(request, "clients.manage")
    view = services_of(request).people.programs(reader)
    return page(request, "programs.html", status, view=view, problem=error, **{"made": None, "sent": None, **more})


@router.get("/programs")
def programs(request: Request) -> Response:
    """List API clients, with a form to make one."""
    return _programs(request)


@router.post("/programs")
def create_program(request: Request, form: Sent) -> Response:
    """Make an API client and show its secret, once."""
    reader = admit(request, "clients.manage")
    asked = (form.get("label"), form.all("role"), form.get("purpose"))
    try:
        made = services_of(request).people.create_program(reader, *asked)
    except HazledgerError as error:
        return _programs(request, error, 422, sent=asked)
    return _programs(request, made=made)


@router.post("/programs/{uuid}/revoke")
def revoke_program(request: Request, uuid: str, form: Sent) -> Response:
    """Revoke an API client and its tokens."""
    del form
    reader = admit(request, "clients.manage")
    services_of(request).people.revoke_program(reader, reference("client", uuid))
    return RedirectResponse("/programs?done=revoked", 303)


def _devices(request: Request, error: HazledgerError | None = None, status: int = 200) -> Response:
    reader = admit(request, "devices.manage")
    return page(request, "devices.html", status, devices=services_of(request).people.devices(reader), problem=error)


@router.get("/devices")
def devices(request: Request) -> Response:
    """List devices, with a form to register one."""
    return _devices(request)


@router.post("/devices")
def register_device(request: Request, form: Sent) -> Response:
    """Register a device."""
    reader = admit(request, "devices.manage")
    try:
        services_of(request).people.register_device(reader, form.get("name"))
    except FormatError as error:
        return _devices(request, error, 422)
    return RedirectResponse("/devices?done=registered", 303)


@router.post("/devices/{uuid}/revoke")
def revoke_device(request: Request, uuid: str, form: Sent) -> Response:
    """Revoke a device: it states nothing more."""
    del form
    reader = admit(request, "devices.manage")
    services_of(request).people.revoke_device(reader, reference("device", uuid))
    return RedirectResponse("/devices?done=revoked", 303)


@router.get("/reads")
def reads(request: Request, cursor: Annotated[str | None, Query(max_length=MAX_LENGTH)] = None) -> Response:
    """Show what the organisation read of others, by whom and for what purpose."""
    reader = admit(request, "reads.read")
    after = read_cursor("reads", cursor)
    found = services_of(request).people.reads(reader, str(after[0]) if after else None, READS_SHOWN)
    more = None if found.next_key is None else write_cursor("reads", found.next_key)
    head = services_of(request).people.reads_head(reader)
    return page(request, "reads.html", items=found.items, more=more, head=head, read_word=read_word)


@router.get("/reads/{read}/proof")
def proof(request: Request, read: str) -> Response:
    """Return the proof that a read is in the log of reads, with what it says, as a file to keep."""
    reader = admit(request, "reads.read")
    one = one_of_ours(read)
    made = services_of(request).people.read_proof(reader, one)
    disposition = f'attachment; filename="read-{one}.tlog-proof"'
    return Response(made, 200, {"content-disposition": disposition, "cache-control": "private, no-store"}, "text/plain")
