"""The frame of every measure: two sides in alternating rounds, the median of the per-round ratio, and its spread."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

LEAST_ROUNDS: Final = 3

Side = Callable[[], float]
"""Does its work once and returns a figure: work a second, or seconds."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should reach: ``of`` says whether the ratio or the value is meant."""

    of: Literal["ratio", "value"]
    bound: Literal["at least", "at most"]
    limit: float

    def met(self, measured: "Measured") -> bool:
        """Whether the figure reaches it."""
        figure = measured.ratio if self.of == "ratio" else measured.value
        return figure >= self.limit if self.bound == "at least" else figure <= self.limit


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, what it was measured against in the same run, and how they relate.

    ``ratio`` is the median over the rounds of ``value / reference``; ``spread`` is what lies between the greatest and
    the least of them, as a part of the median.
    """

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    spread: float
    target: Target | None = None


def pair(
    name: str,
    unit: str,
    against: str,
    sides: tuple[Side, Side],
    rounds: int,
    *,
    target: Target | None = None,
) -> Measured:
    """Run both sides in turn, ``rounds`` times, each round in the other order; they return figures of one unit."""
    values: list[float] = []
    ratios: list[float] = []
    for turn in range(rounds):
        order = (0, 1) if turn % 2 == 0 else (1, 0)
        found = [0.0, 0.0]
        for place in order:
            gc.collect()
            found[place] = sides[place]()
        values.append(found[0])
        ratios.append(found[0] / found[1])
    return Measured(name, median(values), unit, against, median(ratios), spread(ratios), target)


def spread(figures: list[float]) -> float:
    """What lies between the greatest and the least figure, as a part of their median."""
    return (max(figures) - min(figures)) / median(figures)


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
