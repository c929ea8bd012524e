"""Randomness of the demo: a seeded stream of bytes, so that a seed fixes everything on every machine."""

from collections.abc import Sequence
from typing import TypeVar

from ledger.core.base32 import spell
from ledger.core.ids import uuid7
from ledger.services.entropy import SeededEntropy

T = TypeVar("T")


class Dice:
    """Deterministic bytes and choices from a seed and a name; two names give independent streams."""

    def __init__(self, seed: int, name: str) -> None:
        self.bytes = SeededEntropy(f"hazledger demo {seed} {name}".encode()).bytes

    def between(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both included."""
        return least + int.from_bytes(self.bytes(8), "big") % (most - least + 1)

    def one_of(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.between(0, len(items) - 1)]

    def ref(self, kind: str, ms: int) -> str:
        """A new reference ``<kind>:<uuid7>`` of a time."""
        return f"{kind}:{uuid7(ms, self.bytes(10))}"

    def code(self) -> str:
        """A label code: 80 random bits in Crockford's base32."""
        return spell(int.from_bytes(self.bytes(10), "big"), 16)
