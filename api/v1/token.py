"""Tokens for programs: OAuth 2.0, client credentials (RFC 6749, sections 4.4 and 5)."""

import base64
import binascii
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.auth import services_of
from api.forms import URLENCODED, Form, read_form
from api.i18n import N_
from api.rates import credential_was
from api.web.render import told_of
from ledger.errors import ForbiddenError, FormatError, HazledgerError

router = APIRouter(prefix="/api/v1", tags=["access"])

GRANT: Final = "client_credentials"
MAX_BASIC: Final = 1_024
_NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_ERRORS: Final = {"client_wrong": "invalid_client", "grant_unsupported": "unsupported_grant_type"}

_OK: Final[dict[str, Any]] = {
    "description": "A token for `Authorization: Bearer`, good for `expires_in` seconds.",
    "content": {
        "application/json": {
            "example": {"access_token": "hzt_9mAx...", "token_type": "Bearer", "expires_in": 900},
            "schema": {
                "type": "object",
                "required": ["access_token", "token_type", "expires_in"],
                "properties": {
                    "access_token": {"type": "string"},
                    "token_type": {"const": "Bearer"},
                    "expires_in": {"type": "integer"},
                },
            },
        }
    },
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            URLENCODED: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"const": GRANT},
                        "client_id": {"type": "string", "description": "Unless in `Authorization: Basic`."},
                        "client_secret": {"type": "string"},
                    },
                }
            }
        },
    },
    "security": [{"client": []}],
}
_PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem, with `error` as RFC 6749, section 5.2 has it.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@router.post(
    "/token",
    summary=N_("Exchange a client's secret for a token"),
    response_class=Response,
    responses={200: _OK, 400: _PROBLEM, 401: _PROBLEM},
    openapi_extra=_BODY,
)
async def token(request: Request) -> Response:
    """Answer with an access token. Client and secret come in `Authorization: Basic` or in the form, not in both."""
    try:
        form = await read_form(request)
        client, secret = _credentials(request.headers.get("authorization"), form)
        made = await run_in_threadpool(services_of(request).entry.token, client, secret)
    except (ForbiddenError, FormatError) as error:
        credential_was(request.scope, good=False)
        return _refusal(request, error)
    body = {"access_token": made.secret, "token_type": "Bearer", "expires_in": made.expires_in_s}
    return Response(orjson.dumps(body), 200, _NO_STORE, "application/json")


def _credentials(authorization: str | None, form: Form) -> tuple[str, str]:
    """Return client and secret (RFC 6749, section 2.3.1). FormatError, ForbiddenError."""
    if form.get("grant_type") != GRANT:
        raise FormatError("grant_unsupported", "/grant_type", {"grant": GRANT})
    stated = form.get("client_id"), form.get("client_secret")
    if authorization is None:
        return stated
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or any(stated) or len(encoded) > MAX_BASIC:
        raise ForbiddenError("client_wrong")
    try:
        client, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ForbiddenError("client_wrong") from None
    if not colon:
        raise ForbiddenError("client_wrong")
    return unquote_plus(client), unquote_plus(secret)


def _refusal(request: Request, error: HazledgerError) -> Response:
    """Answer as RFC 6749 demands, with what the problem says beside it."""
    told = told_of(request, error)
    word = _ERRORS.get(error.code, "invalid_request")
    status = 401 if word == "invalid_client" else 400
    body = {**told.body, "status": status, "error": word, "error_description": told.body["detail"]}
    headers = {**told.headers, **_NO_STORE}
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="hazledger"'
    return Response(orjson.dumps(body), status, headers, "application/json")
