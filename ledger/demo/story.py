"""The demo's story: the cast first, then lives that overlap, merged in the order in which the ledger takes them."""

import heapq
from collections.abc import Iterator

from ledger.demo.life import DAY, HOUR, Life
from ledger.demo.lives import PLOTS
from ledger.demo.statement import Statement
from ledger.demo.world import World

LIVES_A_DAY = 2
PER_LIFE = 40
LONGEST = 120 * DAY


def life(world: World, number: int, start_ms: int) -> list[Statement]:
    """The statements of one life."""
    pen = Life(world, number, start_ms)
    PLOTS[number % len(PLOTS)](pen)
    return pen.said


def start_of(until_ms: int, events: int) -> int:
    """When the story begins, so that a story of so many events ends before ``until_ms``."""
    return until_ms - LONGEST - (events // PER_LIFE // LIVES_A_DAY + 2) * DAY


def story(world: World, until_ms: int, events: int) -> Iterator[Statement]:
    """At least ``events`` statements in order of ``recorded_ms``, all before ``until_ms``, and no life cut short."""
    count = 0
    for statement in world.statements():
        count += 1
        yield statement
    waiting: list[tuple[int, int, int, Statement]] = []
    opened = 0
    first = world.start_ms + DAY
    step = DAY // LIVES_A_DAY
    while count + len(waiting) < events or waiting:
        while count + len(waiting) < events and (not waiting or first + opened * step <= waiting[0][0]):
            for place, statement in enumerate(life(world, opened, first + opened * step)):
                heapq.heappush(waiting, (statement.recorded_ms, opened, place, statement))
            opened += 1
        moment, _, _, statement = heapq.heappop(waiting)
        assert moment < until_ms + HOUR
        count += 1
        yield statement
