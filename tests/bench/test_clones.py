"""What the rule book claims of copied labels is what generated lives show."""

from ledger import reference
from ledger.bench.clones import at_most, measure, rules_that_found, working_point
from ledger.demo.clones import KINDS, Habits, Lives
from ledger.rules.standard import PARAMETERS
from ledger.rules.travel import TRAVEL_RULES

LIVES = 6_000
MILLION = 1_000_000


def test_copies_used_elsewhere_are_found_and_false_alarms_are_no_more_than_stated() -> None:
    (at,) = measure(LIVES, [working_point()])
    elsewhere = [kind for kind in KINDS if kind != "same_site"]
    assert at.overall(elsewhere) >= 0.94
    assert all(at.found[kind] >= 0.9 for kind in elsewhere)
    assert at.found["same_site"] < 0.5, "a copy beside its original is not found, and nobody claims it"
    stated = sum(int(str(PARAMETERS[rule]["false_alarms_ppm"])) for rule in TRAVEL_RULES)
    assert MILLION * at.false <= 2 * stated, "the upper bound of so few lives is wide"


def test_the_same_seed_makes_the_same_lives() -> None:
    one, other = ([*Lives(7).copied(3, "near")] for _ in range(2))
    assert one == other
    assert [*Lives(8).copied(3, "near")] != one


def test_a_ledger_without_mishaps_has_no_false_alarm() -> None:
    calm = Habits(
        drifting=0,
        unset=0,
        offline=0,
        typed=0,
        wrong_day=0,
        sent_back=0,
        former_place=0,
        empty_taken_in=0,
        paper_late=0,
    )
    distances = reference.load().distances
    assert not any(rules_that_found(life, working_point(), distances) for life in Lives(3, calm).clean(500))


def test_nought_of_many_is_at_most_a_little() -> None:
    assert 0 < at_most(0, 1_000) < 0.003
    assert 0.05 < at_most(50, 1_000) < 0.065
