"""Random bytes for salts and ids, as a port."""

import hashlib
import os
import threading
from typing import Final, Protocol

PAGE: Final = 4_096


class Entropy(Protocol):
    """Gives bytes that nobody can guess."""

    def bytes(self, n: int) -> bytes:
        """Return ``n`` bytes."""


def draw(entropy: Entropy, count: int, size: int) -> list[bytes]:
    """Return ``count`` values of ``size`` bytes, drawn at once: asking the system costs more than what it gives."""
    drawn = entropy.bytes(count * size)
    return [drawn[at : at + size] for at in range(0, count * size, size)]


class SystemEntropy:
    """The random numbers of the operating system, asked for a page at a time: each question gives up the interpreter.

    Safe for several threads. No byte is given twice, in a forked process neither.
    """

    def __init__(self) -> None:
        """Ask for nothing yet."""
        self._lock = threading.Lock()
        self._page = b""
        self._at = 0
        self._process = 0

    def bytes(self, n: int) -> bytes:
        """Return ``n`` bytes."""
        if n > PAGE:
            return os.urandom(n)
        with self._lock:
            end = self._at + n
            if end > len(self._page) or self._process != os.getpid():
                self._page, self._process, end = os.urandom(PAGE), os.getpid(), n
            self._at = end
            return self._page[end - n : end]


class SeededEntropy:
    """The same bytes for the same seed (SHA-256 of seed and counter): for demonstrations, as anyone can guess them."""

    def __init__(self, seed: bytes) -> None:
        """Start the stream of a seed."""
        self._seed = seed
        self._count = 0
        self._left = b""

    def bytes(self, n: int) -> bytes:
        """Return the next ``n`` bytes of the stream."""
        while len(self._left) < n:
            self._left += hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()
            self._count += 1
        out, self._left = self._left[:n], self._left[n:]
        return out
