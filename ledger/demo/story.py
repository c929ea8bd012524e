"""The demo's story: the cast, then lives that overlap and the newest deals, as the ledger takes them one by one."""

import heapq
from collections.abc import Iterator

from ledger.demo.counting import counted
from ledger.demo.dealings import dealings
from ledger.demo.life import DAY, HOUR, Life
from ledger.demo.lives import PLOTS
from ledger.demo.statement import Statement
from ledger.demo.world import World

EVENTS = 6_000
"""How large the sample world is unless somebody asks for more."""
CAST_STATEMENTS = 150
PER_LIFE = 40
LONGEST = 28 * DAY
"""No life takes longer: the story ends some days before its end, and not after it."""
LEAST_A_DAY = 2
LAST = 10**9
"""Of statements of one moment those of the newest deals come last."""
MOST_DAYS = 1_200
"""A larger story has more lives a day rather than more years: the sample firms are not older than their licences."""


def life(world: World, number: int, start_ms: int) -> list[Statement]:
    """The statements of one life."""
    pen = Life(world, number, start_ms)
    PLOTS[number % len(PLOTS)](pen)
    return pen.said


def lives_a_day(events: int) -> int:
    """How many lives begin on each day of a story of so many events."""
    return max(LEAST_A_DAY, events // PER_LIFE // MOST_DAYS + 1)


def start_of(until_ms: int, events: int) -> int:
    """When the story begins, so that a story of so many events ends before ``until_ms``."""
    lives = max(0, events - CAST_STATEMENTS) // PER_LIFE
    return until_ms - LONGEST - (lives // lives_a_day(events) + 2) * DAY


def story(world: World, until_ms: int, events: int) -> Iterator[Statement]:
    """Statements in order, as ``told`` tells them, numbered by their devices."""
    return counted(told(world, until_ms, events))


def told(world: World, until_ms: int, events: int) -> Iterator[Statement]:
    """At least ``events`` statements in order of ``recorded_ms``, all before ``until_ms``, and no life cut short."""
    count = 0
    for statement in world.statements():
        count += 1
        yield statement
    waiting: list[tuple[int, int, int, Statement]] = []
    for number, said in enumerate(dealings(world, until_ms)):
        for place, statement in enumerate(said):
            heapq.heappush(waiting, (statement.recorded_ms, LAST + number, place, statement))
    opened = 0
    first = world.start_ms + DAY
    step = DAY // lives_a_day(events)
    while count + len(waiting) < events or waiting:
        while count + len(waiting) < events and (not waiting or first + opened * step <= waiting[0][0]):
            for place, statement in enumerate(life(world, opened, first + opened * step)):
                heapq.heappush(waiting, (statement.recorded_ms, opened, place, statement))
            opened += 1
        moment, _, _, statement = heapq.heappop(waiting)
        assert moment < until_ms + HOUR
        count += 1
        yield statement
