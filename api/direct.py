"""The busiest endpoints, found by their whole path instead of a search among all routes.

A pure ASGI middleware, the innermost one. What takes the request alone and makes its answer itself needs nothing of
what the framework prepares for other endpoints; who is admitted, what is answered and how errors leave is the same.
"""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import GuardedRoute
from ledger.errors import HazledgerError

Answer = Callable[[Scope, HazledgerError], Response]


class Direct:
    """ASGI middleware; `answer` turns an error into a response."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[BaseRoute], answer: Answer) -> None:
        """Take over those of the routes that take the request alone and whose path has no parts that vary."""
        self._app = app
        self._answer = answer
        self._found = {
            (method, route.path): (route, route.get_route_handler())
            for route in routes
            if isinstance(route, GuardedRoute) and route.takes_the_request_alone() and "{" not in route.path
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        http = scope["type"] == "http" and not scope.get("root_path")
        found = self._found.get((scope["method"], scope["path"])) if http else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["route"], handle = found
        try:
            response = await handle(Request(scope, receive, send))
        except HazledgerError as error:
            response = self._answer(scope, error)
        await response(scope, receive, send)
