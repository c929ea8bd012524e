"""What the rules of copied labels find and mistake, on generated lives: a curve over what is put up with.

No pair of times but of shares: copies found, and lives without a copy in which something was found (false alarms).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger import reference
from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target
from ledger.demo.clones import KINDS, MINUTE, Habits, Life, Lives
from ledger.reference.distance import Distances
from ledger.rules.standard import PARAMETERS
from ledger.rules.travel import IMPOSSIBLE_TRAVEL, TRAVEL_RULES, TWO_PLACES, Limits, clashes

NAME: Final = "clones"
CLOCKS_MIN: Final = (0, 5, 15, 60, 240, 1_440)
SPEEDS_KM_H: Final = (60, 80, 100, 150, 300)
CLEAN_SEED, COPIED_SEED = 1, 2
LEAST_COPIES: Final = 20
SURE: Final = 1.645
MILLION: Final = 1_000_000
CLOSER: Final = 10
"""How many times as many lives the chosen working point is measured on: false alarms are few."""
LEAST_FOUND: Final = 95.0
MOST_FALSE: Final = 1_000.0
"""0.1 % of lives."""


@dataclass(frozen=True, slots=True)
class Point:
    """What came of one setting: parts found by kind of copy; lives with a false alarm at most, and those by rule."""

    limits: Limits
    found: dict[str, float]
    false: float
    by_rule: dict[str, float]

    def overall(self, kinds: Sequence[str] = KINDS) -> float:
        """The part of all copies that is found, by the mix of the habits."""
        shares = dict(zip(KINDS, Habits().mix, strict=True))
        return sum(shares[kind] * self.found[kind] for kind in kinds) / sum(shares[kind] for kind in kinds)


def working_point() -> Limits:
    """The limits of the standard rule book."""
    return Limits(
        int(str(PARAMETERS[IMPOSSIBLE_TRAVEL]["km_h"])), int(str(PARAMETERS[TWO_PLACES]["clock_minutes"])) * MINUTE
    )


def rules_that_found(life: Life, limits: Limits, distances: Distances) -> set[str]:
    """Judge each sighting of a life when it comes in, with what had come in before."""
    found: set[str] = set()
    for number, new in enumerate(life.sightings):
        end = life.end if new.received_ms >= life.end_known_ms else None
        found |= {clash.rule for clash in clashes(life.sightings[:number], new, end, limits, distances)}
    return found


def at_most(found: int, of: int) -> float:
    """The part that it is at most, 95 % sure (the upper end of Wilson's interval, one-sided)."""
    middle = found + SURE * SURE / 2
    return (middle + SURE * math.sqrt(found * (1 - found / of) + SURE * SURE / 4)) / (of + SURE * SURE)


def measure(lives: int, settings: Iterable[Limits], tell: Callable[[int], None] = lambda _done: None) -> list[Point]:
    """Make ``lives`` clean lives, and a twentieth of them copied for each kind; judge all by each setting."""
    distances = reference.load().distances
    clean = [*Lives(CLEAN_SEED).clean(lives)]
    source = Lives(COPIED_SEED)
    copied = {kind: [*source.copied(max(LEAST_COPIES, lives // 20), kind)] for kind in KINDS}
    points = []
    for done, limits in enumerate(settings):
        tell(done)
        alarms = [rules_that_found(life, limits, distances) for life in clean]
        by_rule = {rule: at_most(sum(rule in found for found in alarms), lives) for rule in TRAVEL_RULES}
        found = {
            kind: sum(bool(rules_that_found(life, limits, distances)) for life in group) / len(group)
            for kind, group in copied.items()
        }
        points.append(Point(limits, found, at_most(sum(map(bool, alarms)), lives), by_rule))
    return points


def clones(context: Context) -> list[Measured]:
    """The curve over the error of clocks and over speed, and the working point by kind of copy and by rule."""
    chosen = working_point()
    settings = [Limits(chosen.km_h, minutes * MINUTE) for minutes in CLOCKS_MIN]
    settings += [Limits(km_h, chosen.clock_ms) for km_h in SPEEDS_KM_H if km_h != chosen.km_h]
    points = measure(context.sizes.lives, settings, lambda done: context.tell(NAME, done, len(settings)))
    context.tell("the chosen working point", 0, 0)
    (at,) = measure(CLOSER * context.sizes.lives, [chosen])
    elsewhere = [kind for kind in KINDS if kind != "same_site"]
    made = [_curve(point) for point in points]
    made += [_row(f"copies used: {kind}", 100 * at.found[kind], "% found") for kind in KINDS]
    made += [
        _row(f"false alarms: {rule}", MILLION * at.by_rule[rule], "a million lives, at most") for rule in TRAVEL_RULES
    ]
    least, most = Target("value", "at least", LEAST_FOUND), Target("value", "at most", MOST_FALSE)
    return [
        *made,
        _row("copies used at another site", 100 * at.overall(elsewhere), "% found", least),
        _row("all copies of the mix", 100 * at.overall(), "% found", least),
        _row("all false alarms", MILLION * at.false, "a million lives, at most", most),
    ]


def _row(what: str, value: float, unit: str, target: Target | None = None) -> Measured:
    return Measured(f"{NAME}: {what}", value, unit, "the chosen working point", 1.0, 0.0, target)


def _curve(point: Point) -> Measured:
    """A point of the curve: ``value``: % of all copies found; ``ratio``: false alarms a million lives, at most."""
    minutes, chosen = point.limits.clock_ms // MINUTE, point.limits == working_point()
    name = f"{NAME}: clocks {minutes} min, {point.limits.km_h} km/h" + (", chosen" if chosen else "")
    return Measured(
        name, 100 * point.overall(), "% found", "false alarms a million lives, at most", MILLION * point.false, 0.0
    )
