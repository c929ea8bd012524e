"""The verifier as a page to keep: one file, for anybody, that needs this server no more."""

import functools
import gzip
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.negotiate import takes_gzip
from ledger.verify import browser

router = APIRouter(include_in_schema=False)

VERIFIER: Final = "/verifier.html"
HTML: Final = "text/html; charset=utf-8"
DAY_S: Final = 86_400


@functools.cache
def _verifier() -> tuple[bytes, bytes]:
    """The page, and the same in gzip."""
    body = browser.page()
    return body, gzip.compress(body, 9, mtime=0)


@router.get(VERIFIER)
async def verifier(request: Request) -> Response:
    """Hand out the verifier: it works from here as well as from a folder, without a network."""
    body, packed = _verifier()
    headers = {
        "cache-control": f"public, max-age={DAY_S}",
        "content-security-policy": f"{browser.content_policy()}; frame-ancestors 'none'",
        "vary": "Accept-Encoding",
    }
    if takes_gzip(request.headers.get("accept-encoding")):
        return Response(packed, 200, {**headers, "content-encoding": "gzip"}, HTML)
    return Response(body, 200, headers, HTML)
