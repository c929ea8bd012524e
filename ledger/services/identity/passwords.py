"""Passwords: Argon2id (RFC 9106), so many at a time, and what a new one must be.

One hash takes 64 MiB and a fraction of a second: ``Passwords`` lets ``at_once`` of them run and lets others wait for
``wait_s`` at most, so that a flood of logins takes neither the memory nor the workers of the server.
"""

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

from ledger.errors import FormatError, UnavailableError

LEAST: Final = 12
MOST_BYTES: Final = 1_024
LEAST_DIFFERENT: Final = 5
LEAST_WORD: Final = 4

COMMON: Final = frozenset(
    {
        "abcdefghijkl",
        "adminadmin",
        "administrator",
        "changeme",
        "changemeplease",
        "dragon",
        "football",
        "hazledger",
        "iloveyou",
        "letmein",
        "letmeinplease",
        "login",
        "manager",
        "monkey",
        "passw0rd",
        "password",
        "passwordpassword",
        "qazwsxedcrfv",
        "qwerty",
        "qwertyuiop",
        "qwertyuiopasdf",
        "secret",
        "superman",
        "trustno",
        "welcome",
        "woaini",
        "zaq1zaq1zaq1",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "q1w2e3r4t5y6",
        "a1b2c3d4e5f6",
        "mima",
        "anquan",
        "huaxue",
    }
)
"""What lists of leaked passwords begin with, without the digits and signs that people add at the ends."""
_RUNS: Final = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


class Passwords:
    """Hashes and verifies passwords. Safe from several threads."""

    def __init__(
        self, *, at_once: int = 2, wait_s: float = 2.0, memory_kib: int = 65_536, passes: int = 3, lanes: int = 4
    ) -> None:
        """Take the costs; the defaults are the second recommended option of RFC 9106."""
        self._hasher = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._gate = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s
        self._decoy: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash of a password, in Argon2's own notation. Raises UnavailableError when too many wait."""
        with self._turn():
            return self._hasher.hash(normal(password))

    def verify(self, password: str, known: str | None) -> bool:
        """Whether the password is the hashed one; without one (None) the same work is done for nothing.

        Raises UnavailableError when too many wait.
        """
        if len(password.encode("utf-8", "replace")) > MOST_BYTES:
            password, known = "", None
        with self._turn():
            if known is None:
                if self._decoy is None:
                    self._decoy = self._hasher.hash("nobody's password")
                self._hasher.verify(normal(password), self._decoy)
                return False
            return self._hasher.verify(normal(password), known)

    def outdated(self, known: str) -> bool:
        """Whether a hash was made with other costs than those of today."""
        return self._hasher.check_needs_rehash(known)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._gate.acquire(timeout=self._wait_s):
            raise UnavailableError("passwords_busy", retry_after_s=3)
        try:
            yield
        finally:
            self._gate.release()


def normal(password: str) -> str:
    """The form that is hashed: NFKC, so that a password is the same on every keyboard (SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, words: Iterable[str] = (), *, field: str = "/password") -> str:
    """Return a password fit to be set: long enough, and not what everybody tries first.

    ``words``: the login name and the like, of which it must not mainly consist. Raises FormatError.
    """
    if len(password.encode("utf-8", "replace")) > MOST_BYTES:
        raise FormatError("password_too_long", field, {"most": MOST_BYTES})
    plain = normal(password)
    if len(plain) < LEAST:
        raise FormatError("password_too_short", field, {"least": LEAST})
    if _common(plain, words):
        raise FormatError("password_common", field)
    return password


def _common(plain: str, words: Iterable[str]) -> bool:
    lowered = plain.casefold()
    if len(set(lowered)) < LEAST_DIFFERENT or any(lowered in run * 4 for run in _RUNS):
        return True
    core = lowered.strip("0123456789!@#$%^&*()-_=+.,;:?~ ")
    named = {word.casefold() for word in words if len(word) >= LEAST_WORD}
    return lowered in COMMON or core in COMMON | named or any(_repeats(core, word) for word in COMMON | named)


def _repeats(core: str, word: str) -> bool:
    return len(core) > len(word) and core == (word * (len(core) // len(word) + 1))[: len(core)]
