"""The few files a page loads, read once and named by their content, so that a browser may keep them for ever."""

import functools
import gzip
import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from ledger.errors import NotFoundError

TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}

_NAME: Final = re.compile(r"(?:pictograms/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,60}(\.css|\.svg|\.js)\Z")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of this server: bytes, media type, the first 16 hexadecimal digits of its SHA-256, the bytes in gzip."""

    body: bytes
    media_type: str
    version: str
    packed: bytes


def _source(name: str) -> Traversable:
    if name.startswith("pictograms/"):
        return resources.files("labels").joinpath("pictograms", name.removeprefix("pictograms/"))
    return resources.files("api.web").joinpath("static", name)


@functools.cache
def _load(name: str) -> Asset | None:
    match = _NAME.match(name)
    source = _source(name) if match else None
    if match is None or source is None or not source.is_file():
        return None
    body = source.read_bytes()
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(body, TYPES[match[1]], hashlib.sha256(body).hexdigest()[:16], packed)


def asset(name: str) -> Asset:
    """Return a file by its name under /static. NotFoundError: there is none."""
    found = _load(name) if _NAME.match(name) else None
    if found is None:
        raise NotFoundError("page_not_found", None, {"path": f"/static/{name[:80]}"})
    return found


def asset_url(name: str) -> str | None:
    """Return the address of a file with its version, None if there is no such file."""
    found = _load(name) if _NAME.match(name) else None
    return f"/static/{name}?v={found.version}" if found else None


def pictogram_url(name: str) -> str | None:
    """Return the address of a pictogram: a GHS id ("GHS06") or a transport class ("2.3")."""
    return asset_url(f"pictograms/{name}.svg")
