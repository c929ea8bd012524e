"""One request of a webhook: to a checked address, without redirects, bounded in time and size."""

from dataclasses import dataclass
from typing import Final, Protocol

from ledger.services.calls import TIMEOUT_S, Caller, CallError
from ledger.services.webhooks.addresses import Resolve, resolve

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
    """Sends over HTTP(S)."""

    def __init__(self, *, private: bool = False, resolver: Resolve = resolve, timeout_s: float = TIMEOUT_S) -> None:
        """``private``: whether addresses inside and plain http are allowed."""
        self._call = Caller(private=private, agent=AGENT, resolver=resolver, timeout_s=timeout_s)

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Send and tell what came of it."""
        try:
            status = self._call("POST", url, body, headers).status
        except CallError as error:
            return Outcome(ok=False, word=error.word)
        # A redirect is no delivery: following one would lead past the check of the address.
        return Outcome(ok=200 <= status < 300, word=f"HTTP {status}", gone=status == GONE)
