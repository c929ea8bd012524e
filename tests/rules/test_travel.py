"""Copies of labels, by where and when they are seen; and what looks like one and is none."""

from dataclasses import replace

import pytest

from ledger.reference.distance import Distances, Point
from ledger.rules.travel import (
    IMPOSSIBLE_TRAVEL,
    SCANNED_AFTER_END,
    TWO_PLACES,
    Clash,
    End,
    Limits,
    Sighting,
    Spot,
    clashes,
)
from tests.support.rulebook import reference

HOUR = 3_600_000
LIMITS = Limits(km_h=100, clock_ms=HOUR // 4)
NINGBO = Spot("site:n", "330211", Point(29.97, 121.72))
SHANGHAI = Spot("site:s", "310116", Point(30.74, 121.34))
KARAMAY = Spot("site:k", "650203", Point(45.6, 84.9))
NEXT_DOOR = Spot("site:d", "330211", Point(29.98, 121.73))
DISPOSER = Spot("site:x", "330211", disposes=True)


def distances() -> Distances:
    return reference().distances


def seen(name: str, hour: float, spot: Spot = NINGBO, *, late: float = 0, **more: object) -> Sighting:
    at = int(hour * HOUR)
    made = Sighting(name, at, at + int(late * HOUR), spot, device=f"device:{name}", agrees=True)
    return replace(made, **more)  # type: ignore[arg-type]


def found(new: Sighting, *others: Sighting, end: End | None = None, limits: Limits = LIMITS) -> list[str]:
    return [clash.rule for clash in clashes(others, new, end, limits, distances())]


# --- impossible travel ------------------------------------------------------------------------------------------------


def test_faster_than_a_truck_is_a_copy() -> None:
    one, other = seen("a", 0), seen("b", 20, KARAMAY, agrees=False)
    (clash,) = clashes([one], other, None, LIMITS, distances())
    assert clash == Clash(IMPOSSIBLE_TRAVEL, ("a", "b"), clash.km)
    assert 3_300 < clash.km < 3_800
    assert clashes([other], one, None, LIMITS, distances()) == (clash,), "whichever comes in first"
    assert found(seen("b", 48, KARAMAY, agrees=False), one) == []


def test_a_scan_that_comes_late_is_held_against_those_around_it() -> None:
    late = seen("b", 10, KARAMAY, agrees=False)
    assert found(late, seen("a", 9), seen("c", 90, KARAMAY)) == [IMPOSSIBLE_TRAVEL]
    assert found(late, seen("a", -90), seen("c", 11)) == [IMPOSSIBLE_TRAVEL, TWO_PLACES]


def test_clocks_are_allowed_to_be_wrong() -> None:
    """Eighty kilometres in half an hour are too fast; with a quarter of an hour of clock they are not."""
    assert found(seen("b", 0.6, SHANGHAI, agrees=False), seen("a", 0)) == [IMPOSSIBLE_TRAVEL]
    assert found(seen("b", 0.7, SHANGHAI, agrees=False), seen("a", 0)) == []


def test_what_waited_offline_may_have_been_made_until_it_came_in() -> None:
    assert found(seen("b", 1, KARAMAY, late=100), seen("a", 0)) == []
    assert found(seen("b", 1), seen("a", 0, KARAMAY, late=100)) == []


def test_a_clock_that_runs_ahead_does_not_make_a_scan_later_than_it_came_in() -> None:
    ahead = replace(seen("b", 48, KARAMAY, agrees=False), received_ms=HOUR)
    assert found(ahead, seen("a", 0)) == [IMPOSSIBLE_TRAVEL]


def test_one_device_at_two_places_shows_a_wrong_place_and_no_copy() -> None:
    one = seen("a", 0)
    assert found(seen("b", 1, KARAMAY, device=one.device), one) == []
    assert found(seen("b", 1, KARAMAY, device=""), replace(one, device="")) == [IMPOSSIBLE_TRAVEL]


def test_without_coordinates_provinces_are_apart_by_circles_that_hold_them() -> None:
    far = distances().least_km(("330211", None), ("650203", None))
    assert 2_000 < far < distances().least_km(("330211", NINGBO.point), ("650203", KARAMAY.point))
    assert distances().least_km(("330211", None), ("310116", None)) == 0, "neighbours touch"
    assert distances().least_km(("330211", None), ("330782", None)) == 0, "one province"
    assert distances().least_km(("330211", NINGBO.point), ("650203", None)) > far
    assert distances().least_km(("460300", None), ("230000", None)) == 0, "Sansha lies outside the circle of Hainan"
    assert distances().least_km(("990000", None), ("230000", None)) == 0, "no province"


# --- after the end ----------------------------------------------------------------------------------------------------

END = End(0, "site:n")


def test_what_is_empty_is_taken_in_for_goods_nowhere_else() -> None:
    taken = seen("b", 1, SHANGHAI, agrees=False, takes=True)
    assert found(taken, end=END) == [SCANNED_AFTER_END]
    assert found(replace(taken, takes=False), end=END) == []
    assert found(replace(taken, spot=NINGBO), end=END) == []
    assert found(replace(taken, spot=DISPOSER), end=END) == []
    assert found(seen("b", 0.2, SHANGHAI, agrees=False, takes=True), end=END) == []
    assert found(taken) == []


# --- two places -------------------------------------------------------------------------------------------------------

BEFORE, ODD, AFTER = seen("a", 0), seen("b", 5, NEXT_DOOR, agrees=False), seen("c", 10)


@pytest.mark.parametrize("last", [0, 1, 2])
def test_seen_elsewhere_while_it_stayed_where_it_was(last: int) -> None:
    """Whichever of the three comes in last."""
    group = [BEFORE, ODD, AFTER]
    new = group.pop(last)
    (clash,) = clashes(group, new, None, LIMITS, distances())
    assert clash == Clash(TWO_PLACES, ("a", "b", "c"))


def test_one_sighting_is_told_once() -> None:
    again = seen("d", 12)
    assert found(again, BEFORE, ODD, AFTER) == []


@pytest.mark.parametrize(
    ("why", "before", "odd", "after", "more"),
    [
        ("it left in between", BEFORE, ODD, AFTER, [seen("x", 1, leaves=True)]),
        ("it left with the scan before", replace(BEFORE, leaves=True), ODD, AFTER, []),
        ("it came back", BEFORE, ODD, replace(AFTER, arrives=True), []),
        ("the books had it there", BEFORE, ODD, AFTER, [seen("x", 1, NEXT_DOOR)]),
        ("the books have it there now", BEFORE, ODD, AFTER, [seen("x", 6, NEXT_DOOR)]),
        ("the scan before came in after it", replace(BEFORE, received_ms=6 * HOUR), ODD, AFTER, []),
        ("it waited until after the scan after", BEFORE, replace(ODD, received_ms=11 * HOUR), AFTER, []),
        ("it waited, and the drum left by then", BEFORE, replace(ODD, received_ms=11 * HOUR), AFTER,
         [seen("x", 6, leaves=True), seen("y", 20)]),
        ("nobody's books say so before", replace(BEFORE, agrees=False), ODD, AFTER, []),
        ("nobody's books say so after", BEFORE, ODD, replace(AFTER, agrees=False), []),
        ("one device before", BEFORE, replace(ODD, device=BEFORE.device), AFTER, []),
        ("one device after", BEFORE, replace(ODD, device=AFTER.device), AFTER, []),
        ("it is within the error of clocks", BEFORE, replace(ODD, at_ms=HOUR // 5, received_ms=HOUR // 5), AFTER, []),
    ],
)  # fmt: skip
def test_what_looks_like_two_places_and_is_not(
    why: str, before: Sighting, odd: Sighting, after: Sighting, more: list[Sighting]
) -> None:
    assert found(odd, before, after, *more) == [], why


def test_what_left_after_it_was_seen_elsewhere_had_been_there() -> None:
    assert found(replace(AFTER, leaves=True), BEFORE, ODD) == [TWO_PLACES]


def test_a_sighting_is_counted_once_however_often_it_is_named() -> None:
    assert found(AFTER, BEFORE, ODD, AFTER) == [TWO_PLACES]
