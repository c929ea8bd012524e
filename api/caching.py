"""Answers that a browser may keep: how long, under which tag; pages compressed, for bad networks.

Only what anybody may see is compressed: beside a secret, the length of a compressed answer tells about it (BREACH).
"""

import gzip
import hashlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.negotiate import takes_gzip

KEPT_S: Final = 120
"""A page of a code that is opened again within so many seconds asks nobody; a recall shows after that at the latest."""
VARY: Final = "Accept, Accept-Encoding, Accept-Language, Cookie, Authorization, X-API-Key"
HTML: Final = "text/html"
LEAST: Final = 512
"""Bytes below which compressing gains nothing."""


def keep(request: Request, response: Response) -> Response:
    """Return the answer, public in content, as its reader may keep it; 304 without a body if it has it already."""
    body = bytes(response.body)
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    response.headers["cache-control"] = f"private, max-age={KEPT_S}"
    response.headers["vary"] = VARY
    response.headers["etag"] = tag
    if matches(request.headers.get("if-none-match"), tag):
        kept = {name: text for name, text in response.headers.items() if not name.startswith("content-")}
        return Response(None, 304, kept)
    if response.media_type == HTML and len(body) >= LEAST and takes_gzip(request.headers.get("accept-encoding")):
        response.body = gzip.compress(body, 6, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response


def matches(asked: str | None, tag: str) -> bool:
    """Whether one of the tags of If-None-Match is this one; weak comparison (RFC 9110, 13.1.2)."""
    if not asked:
        return False
    plain = tag.removeprefix("W/")
    return any(item.strip() == "*" or item.strip().removeprefix("W/") == plain for item in asked.split(",")[:16])
