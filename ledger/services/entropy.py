"""Random bytes for salts and ids, as a port."""

import hashlib
import os
from typing import Protocol


class Entropy(Protocol):
    """Gives bytes that nobody can guess."""

    def bytes(self, n: int) -> bytes:
        """Return ``n`` bytes."""


class SystemEntropy:
    """The random numbers of the operating system."""

    def bytes(self, n: int) -> bytes:
        """Return ``n`` bytes."""
        return os.urandom(n)


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
