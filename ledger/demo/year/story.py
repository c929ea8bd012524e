"""The year as it is told: the cast, clean lives day by day, faults among them, in the order in which they are taken."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ledger.demo.counting import counted
from ledger.demo.life import DAY, Life
from ledger.demo.statement import Statement
from ledger.demo.year.cast import YearWorld
from ledger.demo.year.faults import LAST_START, ONCE, PLOTS, Plot, bad_life, standing
from ledger.demo.year.lives import clean
from ledger.demo.year.truth import Fault, Natural

DAYS: Final = 365
PER_LIFE: Final = 60
LONGEST: Final = 40 * DAY
"""No clean life takes longer: the last one begins so long before the end."""
EACH: Final = 15_000
"""One fault of each kind for so many events, two at least."""
FIRST_BAD: Final = 500_001
NATURAL: Final = (Natural("attribution@1", "bounds of blends are noted with every blend"),)


@dataclass
class Told:
    """What the story has told so far: its faults."""

    faults: list[Fault] = field(default_factory=list)


def tell(world: YearWorld, events: int, told: Told) -> Iterator[Statement]:
    """About ``events`` statements in order of ``recorded_ms``, numbered by their devices; notes the faults."""
    return counted(_ordered(world, events, told))


def _ordered(world: YearWorld, events: int, told: Told) -> Iterator[Statement]:
    count = 0
    for statement in world.statements():
        count += 1
        yield statement
    told.faults += standing(world, world.until_ms)
    first = world.start_ms + DAY
    waiting: list[tuple[int, int, int, Statement]] = []
    starts = sorted(_bad(world, events, first), key=lambda item: item[0])
    lives = max(1, (events - count) // PER_LIFE)
    step = max(1, (world.until_ms - LONGEST - first) // lives)
    opened = 0
    while opened < lives or starts or waiting:
        due = waiting[0][0] if waiting else world.until_ms
        while starts and starts[0][0] <= due:
            at, number, plot = starts.pop(0)
            bad = bad_life(world, number, plot, at, world.until_ms)
            told.faults += bad.faults
            due = _push(waiting, number, bad.life)
        while opened < lives and first + opened * step <= due:
            due = min(due, _push(waiting, opened, clean(world, opened, first + opened * step)))
            opened += 1
        if waiting:
            yield heapq.heappop(waiting)[-1]


def _push(waiting: list[tuple[int, int, int, Statement]], number: int, life: Life) -> int:
    for place, statement in enumerate(life.said):
        heapq.heappush(waiting, (statement.recorded_ms, number, place, statement))
    return waiting[0][0]


def _bad(world: YearWorld, events: int, first: int) -> list[tuple[int, int, Plot]]:
    """When each fault begins: spread over the year, each kind in its turn."""
    many = max(2, events // EACH)
    plots = [plot for _ in range(many) for plot in PLOTS] + list(ONCE)
    room = world.until_ms - LAST_START - first
    return [(first + room * place // len(plots), FIRST_BAD + place, plot) for place, plot in enumerate(plots)]
