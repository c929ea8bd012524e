"""What every measure is given: how many rounds, how large, and ledgers to measure on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ledger.bench import scratch
from ledger.bench.scratch import Scratch

Tell = Callable[[str, int, int], None]
"""Told what is being done, and how much of how much."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """``connections``, ``requests`` of a load; lines of a ``bulk``, rows ``imported``; ``labels``; other events.

    ``traced``: descendants of the batch that is traced, and ten times as many.
    """

    connections: int
    requests: int
    bulk: int
    imported: int
    story: int
    audited: int
    proofs: int
    labels: int
    frames: int
    scans: int
    traced: int
    lives: int


FULL: Final = Sizes(
    64,
    4_000,
    bulk=1_000,
    imported=5_000,
    story=2_000,
    audited=20_000,
    proofs=4_000,
    labels=100,
    frames=400,
    scans=60,
    traced=10_000,
    lives=20_000,
)
QUICK: Final = Sizes(
    8,
    64,
    bulk=40,
    imported=40,
    story=300,
    audited=600,
    proofs=50,
    labels=10,
    frames=20,
    scans=4,
    traced=200,
    lives=100,
)


@dataclass(slots=True)
class Context:
    """``url``: a large ledger to read instead of a scratch one, for what only reads."""

    folder: Path
    rounds: int
    sizes: Sizes
    url: str | None = None
    tell: Tell = lambda _what, _done, _total: None
    _made: dict[int, Scratch] = field(default_factory=dict)
    _copies: int = 0
    _stated: int = 0

    def scratch(self, events: int | None = None) -> Scratch:
        """A new copy of a ledger of the demo's story with at least so many events (default: ``sizes.story``)."""
        wanted = events or self.sizes.story
        if wanted not in self._made:
            self._made[wanted] = scratch.make(
                self.folder / f"story-{wanted}", wanted, lambda done, total: self.tell("building", done, total)
            )
        self._copies += 1
        return self._made[wanted].copy(self.folder / f"copy-{self._copies}")

    def audited(self) -> str:
        """The URL of the ledger that audits and proofs read: the given one, or one of ``sizes.audited`` events."""
        if self.url is None:
            self.url = self.scratch(self.sizes.audited).url
        return self.url

    def bodies(self, ledger: Scratch, count: int) -> list[bytes]:
        """New statements for a ledger, in the simple form."""
        return [*scratch.bodies(ledger.world, self.numbers(count), count)]

    def signed_bodies(self, ledger: Scratch, count: int) -> list[bytes]:
        """New statements for a ledger, salted and signed by their maker."""
        return [*scratch.signed_bodies(ledger.world, self.numbers(count), count)]

    def numbers(self, count: int) -> int:
        """Return the first of so many numbers that no statement has had."""
        first = self._stated + 1
        self._stated += count
        return first
