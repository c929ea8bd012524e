"""How a program comes in: with a token it was given, or with client credentials for short-lived ones."""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from ledger.client.transport import Transport, send

TOKEN_PATH: Final = "/api/v1/token"  # noqa: S105 - an address
EARLY_MS: Final = 30_000


class Credential(Protocol):
    """Gives the value of the header ``Authorization``."""

    def header(self, transport: Transport, now_ms: int) -> str:
        """Return the value; may ask the server for a token. ApiError, OSError."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token or API key that does not change."""

    token: str

    def header(self, transport: Transport, now_ms: int) -> str:
        """Return the value."""
        del transport, now_ms
        return f"Bearer {self.token}"


class ClientCredentials:
    """Client id and secret (RFC 6749, section 4.4): a token is fetched when there is none that lasts."""

    def __init__(self, client: str, secret: str, *, sleep: Callable[[float], None] | None = None) -> None:
        """Take id and secret; nothing is sent yet."""
        basic = f"{quote(client, safe='')}:{quote(secret, safe='')}".encode()
        self._basic = "Basic " + base64.b64encode(basic).decode()
        self._more: dict[str, Any] = {} if sleep is None else {"sleep": sleep}
        self._lock = threading.Lock()
        self._token = ""
        self._until_ms = 0

    def header(self, transport: Transport, now_ms: int) -> str:
        """Return the value, with a fresh token where the former one is about to end. ApiError, OSError."""
        with self._lock:
            if now_ms >= self._until_ms - EARLY_MS:
                self._fetch(transport, now_ms)
            return f"Bearer {self._token}"

    def _fetch(self, transport: Transport, now_ms: int) -> None:
        headers = {"authorization": self._basic, "content-type": "application/x-www-form-urlencoded"}
        body = urlencode({"grant_type": "client_credentials"}).encode()
        found = send(transport, "POST", TOKEN_PATH, headers, body, **self._more).json()
        self._token = str(found["access_token"])
        self._until_ms = now_ms + 1_000 * int(found["expires_in"])
