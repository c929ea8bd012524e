"""How often one client may ask: a token bucket for each credential and each address, in memory of fixed size.

A credential has a bucket of its own once it was found good; until then its requests count for the address they come
from, and so do failures to sign in, which have a smaller bucket: whoever guesses keys, or makes up a new one for each
request, is held to the limits of the address. Codes and log have a bucket apart, for they are read by scanners and
mirrors. Answers carry ``RateLimit`` and ``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers).
"""

import hashlib
import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.ports import Clock
from api.settings import ApiSettings
from ledger.errors import HazledgerError, UnavailableError

Answer = Callable[[Scope, HazledgerError], Response]

WINDOW_S: Final = 60
MOST_CLIENTS: Final = 16_384
"""Buckets, and good credentials, that are remembered; the one unused for longest is forgotten first."""
IPV6_PREFIX: Final = 64
"""One subscriber has at least so much."""
UNLIMITED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
PUBLIC: Final = ("/log/", "/Q/", "/q/", "/static/", "/01/")
LOGIN: Final = ("/login", "/invite/", "/api/v1/token", "/d/", "/open/", "/api/v1/codes/")
"""Where secrets are tried: links, passwords, clients' secrets, PINs, incident codes."""
PINS: Final = "/d/"
"""Where 403 says that a PIN was wrong."""
_OUTCOME: Final = "hazledger.credential_good"
_US: Final = 1_000
"""Microseconds of a millisecond: buckets count in them, so that no rate is lost to rounding."""


def credential_was(scope: Scope, *, good: bool) -> None:
    """Say whether the credential of a request was found good; ``identify`` does."""
    outcome = scope.get(_OUTCOME)
    if isinstance(outcome, dict):
        outcome["good"] = good


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bucket says: whether the request may pass, how many more may follow now, and when one may again."""

    ok: bool
    left: int
    full_in_s: int
    wait_s: int


class Buckets:
    """A token bucket for each key: ``quota`` at once, refilled evenly over ``WINDOW_S`` seconds."""

    def __init__(self, name: str, quota: int) -> None:
        """Begin with full buckets. ``quota`` 0: no limit."""
        self.name = name
        self.quota = quota
        self._gap_us = WINDOW_S * 1_000 * _US // quota if quota else 0
        self._empty_until_us: OrderedDict[bytes, int] = OrderedDict()  # generic cell rate algorithm: one number a key

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._empty_until_us)

    def take(self, key: bytes, now_ms: int, *, only_look: bool = False) -> Taken:
        """Take one token, or say how long to wait for it."""
        now = now_ms * _US
        debt = max(self._empty_until_us.get(key, now) - now, 0)
        room = self._gap_us * self.quota - debt
        ok = room >= self._gap_us
        if ok and not only_look:
            debt += self._gap_us
            self._empty_until_us[key] = now + debt
            self._empty_until_us.move_to_end(key)
            if len(self._empty_until_us) > MOST_CLIENTS:
                self._empty_until_us.popitem(last=False)
        left = (self._gap_us * self.quota - debt) // self._gap_us
        return Taken(ok, left, _seconds(debt), 0 if ok else _seconds(self._gap_us - room))


def _seconds(microseconds: int) -> int:
    return -(-microseconds // (1_000 * _US))


class Rates:
    """ASGI middleware; ``answer`` turns an error into a response."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings, clock: Clock, answer: Answer) -> None:
        """Take the limits from the settings."""
        self._app = app
        self._clock = clock
        self._answer = answer
        self._cookie = settings.session_cookie
        self._by_credential = Buckets("credential", settings.rate_credential)
        self._by_address = Buckets("address", settings.rate_address)
        self._public = Buckets("public", settings.rate_public)
        self._failures = Buckets("failures", settings.rate_failures)
        self._good: OrderedDict[bytes, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        now_ms = self._clock.now_ms()
        address, credential = address_of(scope), self._credential(scope)
        buckets, key = self._bucket(scope["path"], address, credential)
        unproven = scope["path"].startswith(LOGIN) or (credential is not None and credential not in self._good)
        if unproven and self._failures.quota:
            tries = self._failures.take(address, now_ms, only_look=True)
            if not tries.ok:
                await self._refuse(scope, receive, send, self._failures, tries)
                return
        taken = buckets.take(key, now_ms) if buckets.quota else None
        if taken is not None and not taken.ok:
            await self._refuse(scope, receive, send, buckets, taken)
            return
        outcome: dict[str, bool] = {}
        scope[_OUTCOME] = outcome
        headers = [] if taken is None else _headers(buckets, taken)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._learn(scope["path"], message["status"], outcome, address, credential)
                message = {**message, "headers": [*message.get("headers", ()), *headers]}
            await send(message)

        await self._app(scope, receive, watched)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, buckets: Buckets, taken: Taken) -> None:
        params: dict[str, str | int] = {"limit": buckets.quota, "window": WINDOW_S, "seconds": taken.wait_s}
        code = "too_many_failures" if buckets is self._failures else "too_many_requests"
        response = self._answer(scope, _too_many(code, params, taken.wait_s))
        for name, value in _headers(buckets, taken):
            response.headers[name.decode()] = value.decode()
        response.headers["connection"] = "close"
        await response(scope, receive, send)

    def _bucket(self, path: str, address: bytes, credential: bytes | None) -> tuple[Buckets, bytes]:
        if path.startswith(PUBLIC):
            return self._public, address
        if credential is not None and credential in self._good:
            return self._by_credential, credential
        return self._by_address, address

    def _learn(
        self, path: str, status: int, outcome: dict[str, bool], address: bytes, credential: bytes | None
    ) -> None:
        good = outcome.get("good")
        if good and credential is not None:
            self._good[credential] = None
            self._good.move_to_end(credential)
            if len(self._good) > MOST_CLIENTS:
                self._good.popitem(last=False)
        elif good is False or _tried_in_vain(path, status):
            if credential is not None:
                self._good.pop(credential, None)
            if self._failures.quota:
                self._failures.take(address, self._clock.now_ms())

    def _credential(self, scope: Scope) -> bytes | None:
        """Return a digest of what a request proves itself with; secrets are not kept."""
        cookie = None
        for name, value in scope["headers"]:
            if name in {b"authorization", b"x-api-key"}:
                return hashlib.blake2b(value, digest_size=16, person=b"key").digest()
            if name == b"cookie":
                cookie = value
        if cookie is None:
            return None
        try:
            session = SimpleCookie(cookie.decode("latin-1")).get(self._cookie)
        except CookieError:
            return None
        if session is None:
            return None
        return hashlib.blake2b(session.value.encode(), digest_size=16, person=b"session").digest()


def _tried_in_vain(path: str, status: int) -> bool:
    """Whether an answer says that a secret in an address, or a PIN, was none."""
    return (path.startswith(LOGIN) and status == 404) or (path.startswith(PINS) and status == 403)


def address_of(scope: Scope) -> bytes:
    """Return the address that counts: of IPv4 the whole, of IPv6 the network of one subscriber."""
    client = scope.get("client")
    return _packed(str(client[0]) if client else "")


@lru_cache(maxsize=1_024)
def _packed(host: str) -> bytes:
    try:
        parsed = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.encode()[:64]
    if parsed.version == 6 and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.packed if parsed.version == 4 else parsed.packed[: IPV6_PREFIX // 8]


def _too_many(code: str, params: dict[str, str | int], wait_s: int) -> UnavailableError:
    return UnavailableError(code, None, params, retry_after_s=max(wait_s, 1))


def _headers(buckets: Buckets, taken: Taken) -> list[tuple[bytes, bytes]]:
    return [
        (b"ratelimit-policy", b'"%s";q=%d;w=%d' % (buckets.name.encode(), buckets.quota, WINDOW_S)),
        (b"ratelimit", b'"%s";r=%d;t=%d' % (buckets.name.encode(), taken.left, taken.full_in_s)),
    ]
