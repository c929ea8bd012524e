from collections.abc import Iterator

import pytest

from ledger.bench.frame import Measured, Target, pair, spread, timed


def test_the_sides_take_turns_and_the_ratio_is_that_of_each_round() -> None:
    called: list[str] = []
    ours, theirs = iter([10.0, 40.0, 30.0]), iter([10.0, 10.0, 10.0])

    def side(name: str, figures: Iterator[float]) -> float:
        called.append(name)
        return next(figures)

    measured = pair("p", "x", "y", (lambda: side("ours", ours), lambda: side("theirs", theirs)), 3)

    assert called == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert measured == Measured("p", 30.0, "x", "y", ratio=3.0, spread=1.0)


def test_the_spread_is_a_part_of_the_median() -> None:
    assert spread([2.0, 1.0, 4.0]) == 1.5
    assert spread([7.0]) == 0.0


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target("ratio", "at least", 2.0), True),
        (Target("ratio", "at least", 2.1), False),
        (Target("value", "at most", 50.0), True),
        (Target("value", "at most", 49.0), False),
    ],
)
def test_a_target_is_about_the_ratio_or_the_value(target: Target, met: bool) -> None:  # noqa: FBT001 - a table
    assert target.met(Measured("p", 50.0, "us", "y", ratio=2.0, spread=0.0)) is met


def test_timed_counts_the_work_alone() -> None:
    done: list[int] = []
    assert timed(lambda: done.append(1)) > 0
    assert done == [1]
