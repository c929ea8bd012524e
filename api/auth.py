"""Who asks, and whether they may: API keys, the session cookie, and routes that are closed unless opened.

A key comes as `Authorization: Bearer KEY` or `X-API-Key: KEY`; a session as a cookie. With a session, a
write must come from a page of this site. Every route of the API names its action; one that names none
cannot be registered, so nothing is open by omission.
"""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from api.ports import Action, Services
from api.rates import credential_was
from api.settings import ApiSettings
from api.views import ANONYMOUS, Principal, Session
from ledger.errors import ForbiddenError, HazledgerError

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
MAX_SECRET: Final = 256
PURPOSE: Final = "hazledger-purpose"
"""Header in which a regulator's program says what it reads for."""

_NOT_READ: Final = frozenset({"cursor", "lang", "limit", "done", "box"})
"""Parameters that choose no matter: which page of a list, in which language."""

_MARK: Final = "__hazledger_action__"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def services_of(connection: HTTPConnection) -> Services:
    """Return the ports of the running application."""
    return cast("Services", connection.app.state.services)


def settings_of(connection: HTTPConnection) -> ApiSettings:
    """Return the settings of the running application."""
    return cast("ApiSettings", connection.app.state.settings)


def set_session(response: Response, settings: ApiSettings, session: Session, now_ms: int) -> None:
    """Hand a session to the browser: not readable by scripts, not sent by other sites' writes."""
    response.set_cookie(
        settings.session_cookie,
        session.secret,
        max_age=max((session.expires - now_ms) // 1000, 0),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, settings: ApiSettings) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(settings.session_cookie, path="/", secure=settings.secure, httponly=True, samesite="lax")


def session_secret(connection: HTTPConnection) -> str | None:
    """Return the secret in the session cookie, None without one."""
    secret = connection.cookies.get(settings_of(connection).session_cookie)
    return secret if secret and len(secret) <= MAX_SECRET else None


def _key(connection: HTTPConnection) -> str | None:
    scheme, _, credential = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credential.strip()
    return "" if scheme else connection.headers.get("x-api-key")


def identify(connection: HTTPConnection) -> Principal:
    """Return who asks; a stale cookie is nobody. ForbiddenError `credential_invalid`: a key that is not good."""
    access = services_of(connection).access
    key = _key(connection)
    if key is not None:
        principal = access.by_key(key) if 0 < len(key) <= MAX_SECRET else None
        credential_was(connection.scope, good=principal is not None)
        if principal is None:
            raise ForbiddenError("credential_invalid")
        purpose = connection.headers.get(PURPOSE)
        return access.with_purpose(principal, purpose) if purpose else principal
    secret = session_secret(connection)
    known = access.by_session(secret) if secret else None
    if known is not None:
        credential_was(connection.scope, good=True)
    return known or ANONYMOUS


def check_same_site(request: Request) -> None:
    """Refuse a write that another site's page sends with the reader's cookie. ForbiddenError `cross_site_request`.

    Browsers say `Sec-Fetch-Site` (Fetch Metadata) and, on every POST, `Origin`; one of them must name this site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise ForbiddenError("cross_site_request")
        return
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc not in {
        request.headers.get("host"),
        urlsplit(settings_of(request).base_url).netloc,
    }:
        raise ForbiddenError("cross_site_request")


def acts(action: Action) -> Callable[[Endpoint], Endpoint]:
    """Name the action of an endpoint; its route asks the policy before it runs."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, action)
        return endpoint

    return mark


def enter(request: Request, action: Action) -> Principal:
    """Admit who asks, and record a watched read. ForbiddenError, UnavailableError. Not for the event loop."""
    principal = admit(request, action)
    note(request, principal, action)
    return principal


def note(request: Request, principal: Principal, action: Action) -> None:
    """Record what a regulator or park is about to be shown, by its address. Not for the event loop."""
    access = services_of(request).access
    if access.watched(principal, action):
        access.note(principal, action, read_of(request))


def read_of(request: Request) -> str:
    """Return what a recorded read names: the address with the words that were searched, as people write them."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in _NOT_READ and value]
    words = "&".join(f"{name}={value}" for name, value in kept)
    plain = "".join(letter if letter.isprintable() else " " for letter in words)
    return f"{request.url.path}?{plain}" if plain else request.url.path


def admit(request: Request, action: Action) -> Principal:
    """Return who asks if they may do this. ForbiddenError: nobody, or somebody who may not."""
    principal = identify(request)
    if not principal.known:
        raise ForbiddenError("login_required")
    if principal.method == "session" and request.method not in SAFE_METHODS:
        check_same_site(request)
    services_of(request).access.allow(principal, action)
    return principal


def may(request: Request, principal: Principal, action: Action) -> bool:
    """Tell whether somebody's role may try this at all: what a page offers."""
    try:
        services_of(request).access.allow(principal, action)
    except HazledgerError:
        return False
    return True


class GuardedRoute(APIRoute):
    """A route that admits nobody before its action was allowed."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        """Refuse an endpoint that names no action: TypeError."""
        action = getattr(endpoint, _MARK, None)
        if action is None:
            message = f"{path}: the endpoint names no action"
            raise TypeError(message)
        self.action = cast("Action", action)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the guard."""
        inner = self.endpoint if self.takes_the_request_alone() else super().get_route_handler()

        async def guarded(request: Request) -> Response:
            principal = admit(request, self.action)
            if services_of(request).access.watched(principal, self.action):
                await run_in_threadpool(note, request, principal, self.action)
            request.state.principal = principal
            return await inner(request)

        return guarded

    def takes_the_request_alone(self) -> bool:
        """Whether the endpoint reads the request and makes the answer itself: then nothing has to be worked out."""
        stated = inspect.signature(self.endpoint)
        kinds = [parameter.annotation for parameter in stated.parameters.values()]
        bare = kinds == [Request] and stated.return_annotation is Response and not self.dependencies
        return bare and inspect.iscoroutinefunction(self.endpoint)


def viewer(request: Request) -> Principal:
    """Return the principal the guard has admitted: a dependency of guarded routes."""
    return cast("Principal", request.state.principal)
