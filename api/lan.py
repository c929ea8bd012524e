"""The page over plain HTTP that tells phones in a plant how to trust the server's own authority, and nothing else."""

from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from api.settings import ApiSettings
from api.shield import Shield
from api.web.assets import asset
from api.web.render import environment
from labels import symbol
from ledger.errors import HazledgerError

CERTIFICATE: Final = "application/x-x509-ca-cert"
FILE: Final = "hazledger-ca.crt"


def create(settings: ApiSettings, authority: bytes, fingerprint: str, target: str) -> ASGIApp:
    """Return the application. ``authority``: the certificate (DER); ``target``: where the server itself is."""
    drawn = None if "[" in target else symbol.svg(f"{target}/scan".upper())  # the symbol knows no brackets
    template = environment("zh").get_template("lan.html")
    body = template.render(fingerprint=fingerprint, target=target, file=FILE, drawn=drawn)

    async def page(_request: Request) -> Response:
        return HTMLResponse(body, headers={"cache-control": "no-store"})

    async def certificate(_request: Request) -> Response:
        headers = {"content-disposition": f'attachment; filename="{FILE}"', "cache-control": "no-store"}
        return Response(authority, 200, headers, CERTIFICATE)

    async def style(_request: Request) -> Response:
        found = asset("app.css")
        return Response(found.body, 200, {"cache-control": "public, max-age=3600"}, found.media_type)

    async def elsewhere(_request: Request) -> Response:
        return RedirectResponse("/", 302)

    routes = [
        Route("/", page),
        Route(f"/{FILE}", certificate),
        Route("/app.css", style),
        Route("/{path:path}", elsewhere),
    ]
    return Shield(Starlette(routes=routes), settings=settings, answer=_broken)


def _broken(_scope: Scope, error: HazledgerError) -> Response:
    return PlainTextResponse(error.code, 500)
