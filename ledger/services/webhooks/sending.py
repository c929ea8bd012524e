"""One request of a webhook: to a checked address, without redirects, bounded in time and size."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.errors import FormatError
from ledger.services.webhooks.addresses import Resolve, Target, checked, parse_url, resolve

TIMEOUT_S: Final = 10.0
MOST_READ: Final = 64 * 1024
GONE: Final = 410
AGENT: Final = "hazledger-webhook/1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try came to: the status, or a word for why there is none. ``gone``: the receiver wants no more."""

    ok: bool
    word: str
    gone: bool = False


class Send(Protocol):
    """Sends one message."""

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Send and tell what came of it; never raises."""


class Sender:
    """Sends over HTTP(S) with the standard library."""

    def __init__(self, *, private: bool = False, resolver: Resolve = resolve, timeout_s: float = TIMEOUT_S) -> None:
        """``private``: whether addresses inside and plain http are allowed."""
        self._private = private
        self._resolve = resolver
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Send and tell what came of it."""
        try:
            target = parse_url(url, private=self._private)
            address = checked(target, private=self._private, resolver=self._resolve)
            return self._post(target, address, headers, body)
        except FormatError as error:
            return Outcome(ok=False, word=error.code)
        except ssl.SSLError as error:
            return Outcome(ok=False, word=f"tls: {error.reason or 'failed'}"[:120])
        except (OSError, http.client.HTTPException) as error:
            return Outcome(ok=False, word=f"{type(error).__name__}: {error}"[:120])

    def _post(self, target: Target, address: str, headers: dict[str, str], body: bytes) -> Outcome:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=self._timeout_s)
        connection.sock = self._connect(target, address)
        try:
            connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"host": target.authority, "user-agent": AGENT, **headers}.items():
                connection.putheader(name, value)
            connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            answer.read(MOST_READ)
            status = answer.status
        finally:
            connection.close()
        # A redirect is no delivery: following one would lead past the check of the address.
        return Outcome(ok=200 <= status < 300, word=f"HTTP {status}", gone=status == GONE)

    def _connect(self, target: Target, address: str) -> socket.socket:
        plain = socket.create_connection((address, target.port), timeout=self._timeout_s)
        if target.scheme == "http":
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise
