"""The public log as C2SP tlog-tiles has it: a checkpoint that changes, tiles that never do."""

import re
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api import openapi
from api.auth import services_of
from api.i18n import N_
from ledger.errors import NotFoundError

router = APIRouter(prefix="/log", tags=["log"])

FOREVER: Final = {"cache-control": "public, max-age=31536000, immutable"}
BRIEFLY: Final = {"cache-control": "public, max-age=1"}

_TILE: Final = re.compile(
    r"(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,6}[0-9]{3}"
    r"(?:\.p/(?:[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?\Z"
)


@router.get("/checkpoint", summary=N_("Newest signed checkpoint"), response_class=PlainTextResponse)
async def checkpoint(request: Request) -> Response:
    """Return the newest published checkpoint, a C2SP signed note. It advances at most once a second."""
    return Response(services_of(request).log.checkpoint(), headers=BRIEFLY, media_type="text/plain")


@router.get("/key", summary=N_("Verifier key of the log"), response_class=PlainTextResponse)
async def key(request: Request) -> Response:
    """Return the verifier key of the signed notes. Pin it from another source than this server."""
    return PlainTextResponse(services_of(request).log.state().vkey + "\n", headers=BRIEFLY)


@router.get(
    "/tile/{path:path}",
    summary=N_("A tile of hashes or a bundle of entries"),
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "Raw hashes, or entries with their lengths."},
        404: openapi.problem("No such tile in any published tree."),
    },
)
def tile(request: Request, path: str) -> Response:
    """Return `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`. What was served once never changes."""
    if _TILE.match(path) is None:
        raise NotFoundError("page_not_found", None, {"path": "/log/tile/…"})
    return Response(services_of(request).log.tile(path), headers=FOREVER, media_type="application/octet-stream")
