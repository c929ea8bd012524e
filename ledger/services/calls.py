"""One outgoing HTTP request: to an address that was checked, without redirects, bounded in time and size."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError
from ledger.services.webhooks.addresses import Resolve, Target, checked, parse_url, resolve

TIMEOUT_S: Final = 10.0
MOST_READ: Final = 64 * 1024


class CallError(Exception):
    """There is no answer; ``word`` says why, for operators."""

    def __init__(self, word: str) -> None:
        """Take the word."""
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; of the body at most what was asked for."""

    status: int
    media_type: str
    body: bytes


class Caller:
    """Calls over HTTP(S) with the standard library. Safe for several threads."""

    def __init__(
        self, *, private: bool = False, agent: str, resolver: Resolve = resolve, timeout_s: float = TIMEOUT_S
    ) -> None:
        """``private``: whether addresses inside and plain http are allowed."""
        self._private = private
        self._agent = agent
        self._resolve = resolver
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()

    def __call__(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most: int = MOST_READ,
    ) -> Reply:
        """Ask and return what came of it. Raises CallError."""
        try:
            target = parse_url(url, private=self._private)
            address = checked(target, private=self._private, resolver=self._resolve)
            return self._ask(method, target, address, body, headers or {}, most)
        except FormatError as error:
            raise CallError(error.code) from error
        except ssl.SSLError as error:
            raise CallError(f"tls: {error.reason or 'failed'}"[:120]) from error
        except (OSError, http.client.HTTPException) as error:
            raise CallError(f"{type(error).__name__}: {error}"[:120]) from error

    def _ask(
        self, method: str, target: Target, address: str, body: bytes | None, headers: Mapping[str, str], most: int
    ) -> Reply:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=self._timeout_s)
        connection.sock = self._connect(target, address)
        try:
            connection.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"host": target.authority, "user-agent": self._agent, **headers}.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers.get("content-type", ""), answer.read(most))
        finally:
            connection.close()

    def _connect(self, target: Target, address: str) -> socket.socket:
        plain = socket.create_connection((address, target.port), timeout=self._timeout_s)
        if target.scheme == "http":
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise
