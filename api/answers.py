"""One way out for every error: JSON for programs, a page for people, the same words in both."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from api.auth import SAFE_METHODS, settings_of
from api.negotiate import LANGUAGES, wants_json
from api.problems import MEDIA_TYPE, encode, tell
from api.request_id import request_id
from api.web.render import language_of, page
from ledger.errors import FormatError, HazledgerError, NotFoundError, Problem, RefusedError

log = logging.getLogger("hazledger.api")

PROGRAM_PATHS: Final = ("/api/", "/log/", "/static/", "/healthz", "/readyz", "/metrics", "/openapi.json")
MAX_PATH_SHOWN: Final = 120
MAX_BACK: Final = 400
WAYS_ON: Final = {
    "login_required": "/login",
    "second_factor_missing": "/account/confirm",
    "purpose_missing": "/purpose",
}

_PARAMETER_CODES: Final = {
    "missing": "parameter_missing",
    "int_parsing": "parameter_not_integer",
    "int_parsing_size": "parameter_not_integer",
    "int_from_float": "parameter_not_integer",
    "less_than_equal": "parameter_too_big",
    "greater_than_equal": "parameter_too_small",
    "literal_error": "parameter_not_offered",
    "string_too_long": "parameter_too_long",
}
_BOUNDS: Final = {
    "less_than_equal": "le",
    "greater_than_equal": "ge",
    "literal_error": "expected",
    "string_too_long": "max_length",
}


def answer(scope: Scope, error: HazledgerError) -> Response:
    """Return the answer to an error, whatever part of the application it came from."""
    request = Request(scope)
    lang = language_of(request)
    told = tell(error, lang, settings_of(request).base_url, request_id(scope))
    program = scope["path"].startswith(PROGRAM_PATHS) or wants_json(request.headers.get("accept"))
    if not program:
        onward = _onward(request, error)
        if onward is not None:
            return onward
        try:
            response: Response = page(request, "problem.html", told.status, problem=told.body)
        except Exception:
            log.exception("request %s: its problem could not be shown as a page", request_id(scope))
        else:
            response.headers.update(told.headers)
            return response
    return Response(encode(told), told.status, dict(told.headers), MEDIA_TYPE)


def _onward(request: Request, error: HazledgerError) -> Response | None:
    """Lead who looks at a page to what is missing: signing in, a second factor, a purpose; then back."""
    path = WAYS_ON.get(error.code)
    if path is None or request.method not in SAFE_METHODS:
        return None
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    asked = {"next": back[:MAX_BACK]}
    if (lang := request.query_params.get("lang")) in LANGUAGES:
        asked["lang"] = lang
    response = RedirectResponse(f"{path}?{urlencode(asked)}", 303)
    response.headers["cache-control"] = "no-store"
    return response


def _from_framework(request: Request, error: HTTPException) -> HazledgerError:
    path = request.url.path[:MAX_PATH_SHOWN]
    if error.status_code == 405:
        return FormatError("method_not_allowed", None, {"method": request.method, "path": path})
    if error.status_code == 404:
        return NotFoundError("page_not_found", None, {"path": path})
    log.warning("request %s: the framework answered %s: %s", request_id(request.scope), error.status_code, error.detail)
    return FormatError("parameter_invalid", None, {"place": "request", "name": str(error.detail)[:MAX_PATH_SHOWN]})


def _problem(fault: Mapping[str, Any]) -> Problem:
    place, *inner = (str(part) for part in fault["loc"])
    kind = fault["type"]
    context = fault.get("ctx") or {}
    params: dict[str, str | int] = {"place": place, "name": inner[0] if inner else place}
    if kind in _BOUNDS:
        params["bound"] = str(context.get(_BOUNDS[kind], ""))
    return Problem(_PARAMETER_CODES.get(kind, "parameter_invalid"), "/" + "/".join(inner or [place]), params)


def _from_validation(faults: Sequence[Mapping[str, Any]]) -> RefusedError:
    return RefusedError([_problem(fault) for fault in faults])


def install(app: FastAPI) -> None:
    """Let every kind of error leave the application by `answer`."""

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, HazledgerError)
        return answer(request.scope, error)

    def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = answer(request.scope, _from_framework(request, error))
        if error.status_code == 405 and error.headers:
            response.headers.update(error.headers)
        return response

    def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request.scope, _from_validation(error.errors()))

    app.add_exception_handler(HazledgerError, known)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, validation)
