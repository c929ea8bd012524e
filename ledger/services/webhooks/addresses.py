"""Which address a webhook may be sent to, so that nobody makes this server knock on doors inside.

A name is resolved once; every address it has must be public, and the connection goes to the address that was checked
(not to the name, which may by then resolve to another). ``private`` lifts that for a ledger inside a plant's network.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ledger.errors import FormatError

MAX_URL: Final = 500
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)

Resolve = Callable[[str, int], Sequence[str]]
"""(host, port) -> the addresses it has, as texts. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place to send to. ``path``: path and query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host header."""
        usual = {"https": 443, "http": 80}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def parse_url(url: str, *, private: bool = False) -> Target:
    """Read the address of a webhook. FormatError `webhook_url_invalid`: not https (http where private), or odd."""
    parts = urlsplit(url) if len(url) <= MAX_URL and url.isascii() and url.isprintable() else None
    schemes = {"https", "http"} if private else {"https"}
    if parts is None or parts.scheme not in schemes or parts.username is not None or parts.fragment:
        raise FormatError("webhook_url_invalid", "/url")
    try:
        port = parts.port
    except ValueError:
        raise FormatError("webhook_url_invalid", "/url") from None
    shown = parts.netloc.rpartition("@")[2].removesuffix(f":{port}")
    if not _HOST.fullmatch(shown) or port == 0:
        raise FormatError("webhook_url_invalid", "/url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, shown.strip("[]").lower(), port or (443 if parts.scheme == "https" else 80), path)


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(item[4][0]) for item in found]


def checked(target: Target, *, private: bool, resolver: Resolve = resolve) -> str:
    """Return the address to connect to. FormatError `webhook_address_forbidden`; OSError: it has none."""
    addresses = resolver(target.host, target.port)
    if not addresses:
        message = f"{target.host} has no address"
        raise OSError(message)
    for text in addresses:
        if not private and not _is_public(text):
            raise FormatError("webhook_address_forbidden", "/url", {"host": target.host[:120]})
    return addresses[0]


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return address.is_global and not address.is_multicast
