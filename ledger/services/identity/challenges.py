"""Challenges that authenticators sign: made without storing anything, good once, for one purpose, for minutes.

A challenge is 16 random bytes, when it ends, and an HMAC over both and what it is bound to, with a key of this process.
Asking for many of them costs nothing that an honest asker needs; what was used is remembered until it would end.
"""

import hashlib
import hmac
import os
import threading
from collections import OrderedDict
from typing import Final

VALID_MS: Final = 5 * 60_000
MOST_USED: Final = 100_000
_NONCE: Final = 16
_TIME: Final = 8


class Challenges:
    """Makes challenges and takes them back. Safe from several threads."""

    def __init__(self, key: bytes | None = None) -> None:
        """Take the key; None: a random one of this process, so that a restart forgets every challenge."""
        self._key = key or os.urandom(32)
        self._used: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, bound: str, now_ms: int) -> bytes:
        """Return a new challenge, bound to a purpose and, where there is one, to a session."""
        head = os.urandom(_NONCE) + (now_ms + VALID_MS).to_bytes(_TIME, "big")
        return head + self._seal(head, bound)

    def good(self, challenge: bytes, bound: str, now_ms: int) -> bool:
        """Whether a challenge was made here for this, has not ended and was not used."""
        head, seal = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
        if len(head) != _NONCE + _TIME or not hmac.compare_digest(seal, self._seal(head, bound)):
            return False
        with self._lock:
            return now_ms < int.from_bytes(head[_NONCE:], "big") and challenge not in self._used

    def use(self, challenge: bytes, now_ms: int) -> bool:
        """Use a good challenge up; False if another was quicker."""
        with self._lock:
            if challenge in self._used:
                return False
            while self._used and (len(self._used) >= MOST_USED or next(iter(self._used.values())) <= now_ms):
                self._used.popitem(last=False)
            self._used[challenge] = now_ms + VALID_MS
            return True

    def _seal(self, head: bytes, bound: str) -> bytes:
        return hmac.digest(self._key, head + bound.encode(), hashlib.sha256)
