"""What a scan comes to, from what lies where; and what a device's counters tell."""

import pytest

from ledger.errors import Problem
from ledger.reference import load
from ledger.rules.aggregates import ProductState, SiteState
from ledger.rules.costorage import apart, by_grid, has_table, pairs
from ledger.rules.scanning import Action, Custody, Facts, Gaps, Piece, Verdict, gaps, judge

HERE, THERE, AWAY, TRIP = "site:a/A-01", "site:a/A-02", "site:b/A-01", "shipment:t"
RECALLED = Problem("batch_recalled", "/item")


def judged(action: Action, custody: Custody, place: str, *, here: str = HERE, **more: object) -> Verdict:
    return judge(Facts(action, here, (Piece(custody, place, 5),), **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "custody", "place", "outcome", "code"),
    [
        ("receive", "coming", "vehicle:A1", "ok", None),
        ("receive", "own", HERE, "already_done", "scan_already_here"),
        ("receive", "own", THERE, "wrong_place", "scan_is_elsewhere"),
        ("receive", "other", AWAY, "wrong_place", "scan_not_expected"),
        ("move", "own", THERE, "ok", None),
        ("move", "own", HERE, "already_done", "scan_already_here"),
        ("move", "own", AWAY, "wrong_place", "scan_other_site"),
        ("move", "coming", "vehicle:A1", "wrong_place", "scan_not_in_custody"),
        ("issue", "own", THERE, "ok", None),
        ("count", "own", HERE, "ok", None),
        ("count", "own", THERE, "wrong_place", "scan_is_elsewhere"),
        ("count", "other", HERE, "wrong_place", "scan_not_in_custody"),
    ],
)
def test_where_it_lies_decides_first(
    action: Action, custody: Custody, place: str, outcome: str, code: str | None
) -> None:
    verdict = judged(action, custody, place)
    assert (verdict.outcome, [problem.code for problem in verdict.problems]) == (outcome, [code] if code else [])


def test_loading_takes_what_the_consignments_cover() -> None:
    assert judged("dispatch", "own", HERE, here=TRIP).outcome == "ok"
    assert judged("dispatch", "aboard", "vehicle:A1", here=TRIP).outcome == "already_done"
    assert judged("dispatch", "other", AWAY, here=TRIP).outcome == "wrong_place"
    uncovered = judge(Facts("dispatch", TRIP, (Piece("own", HERE, 5, covered=False),)))
    assert uncovered.problems[0].code == "scan_not_of_shipment"


def test_an_empty_drum_is_said_to_be_empty() -> None:
    assert judge(Facts("move", HERE, ())).problems[0].code == "scan_nothing_inside"


def test_a_second_count_in_a_row_is_already_done() -> None:
    assert judged("count", "own", HERE, counted=True).problems[0].code == "scan_already_counted"


def test_recalled_goods_are_taken_in_by_quarantine_or_override_and_never_used() -> None:
    refused = judged("receive", "coming", "vehicle:A1", alerts=(RECALLED,))
    assert (refused.outcome, refused.overridable) == ("blocked", True)
    assert judged("receive", "coming", "vehicle:A1", alerts=(RECALLED,), quarantine=True).outcome == "ok"
    assert judged("receive", "coming", "vehicle:A1", alerts=(RECALLED,), override=True).outcome == "ok"
    assert judged("issue", "own", THERE, alerts=(RECALLED,)).overridable is False
    assert judged("move", "own", THERE, alerts=(RECALLED,)).outcome == "ok"
    assert judged("count", "own", HERE, alerts=(RECALLED,)).outcome == "ok"


def test_what_happened_all_the_same_is_a_report_of_own_goods_alone() -> None:
    blocked = judged("issue", "own", THERE, alerts=(RECALLED,))
    assert blocked.reportable
    assert judged("issue", "own", THERE, alerts=(RECALLED,), report=True).outcome == "ok"
    found: tuple[Action, ...] = ("receive", "count")
    for action in found:
        assert judged(action, "own", THERE).reportable
        assert judged(action, "own", THERE, report=True).outcome == "ok"
    assert judged("move", "own", AWAY, report=True).outcome == "ok"
    others: tuple[Action, ...] = ("receive", "move", "count", "issue")
    for action in others:
        foreign = judged(action, "other", AWAY, report=True)
        assert (foreign.outcome, foreign.reportable) == ("wrong_place", False)
    used = judged("issue", "own", AWAY, report=True)
    assert (used.outcome, used.reportable) == ("wrong_place", False)
    assert judged("receive", "own", HERE, report=True).outcome == "already_done"
    assert judge(Facts("move", HERE, (), report=True)).reportable is False


def test_what_the_table_keeps_apart_is_said_before_anything_else() -> None:
    verdict = judged("receive", "coming", "vehicle:A1", alerts=(RECALLED,), apart=("5.1", "3"))
    assert [problem.code for problem in verdict.problems] == ["scan_apart", "batch_recalled"]
    assert verdict.problems[0].params == {"coming": "5.1", "there": "3", "location": "A-01"}
    assert judged("issue", "own", THERE, apart=("5.1", "3")).outcome == "ok"


def test_counters_tell_what_never_came_and_what_came_twice() -> None:
    assert gaps([]) == Gaps()
    assert gaps([(1, 1), (2, 1)]) == Gaps()
    assert gaps([(9, 1), (4, 2), (1, 1)]) == Gaps(((2, 3), (5, 8)), (4,))
    assert gaps([(1, 1), (3, 1), (5, 1)], most=1).missing == ((2, 2),)


def site(*stated: dict[str, str], since: int | None = 0) -> SiteState:
    return SiteState("site:a", "org:a", "厂", "", "310116", "", "", {}, pairs(stated), since)


def test_a_table_speaks_of_classes_and_their_divisions_in_either_order() -> None:
    table = site({"one": "5.1", "other": "3"}, {"one": "3", "other": "5.1"}, {"one": "2", "other": "4.3"})
    assert table.apart == (("2", "4.3"), ("3", "5.1"))
    assert apart(table, ["3", "6.1"], ["5.1"]) == ("3", "5.1")
    assert apart(table, ["5.1"], ["8", "3"]) == ("5.1", "3")
    assert apart(table, ["2.3"], ["4.3"]) == ("2.3", "4.3")
    assert apart(table, ["8"], ["3"]) is None
    assert apart(table, ["3"], []) is None


def test_a_table_counts_from_its_day() -> None:
    assert has_table(site(since=5), 5)
    assert not has_table(site(since=5), 4)
    assert not has_table(site(since=None), 5)


def product(un: str, hazard_class: str, group: str = "", since: str = "2020-01-01") -> ProductState:
    row = {"un": un, "class": hazard_class, "from": since} | ({"packing_group": group} if group else {})
    return ProductState("product:a", "org:a", "甲", "A", "liquid", (), (), (un,), None, {"un": [row]})


def test_the_grid_for_vehicles_warns_where_classes_are_kept_apart() -> None:
    reference = load()
    acetone, peroxide = product("1090", "3", "II"), product("2014", "5.1", "II")
    assert by_grid(reference, acetone, [peroxide], "2026-01-01") == ("3", "5.1")
    assert by_grid(reference, acetone, [acetone], "2026-01-01") is None
    assert by_grid(reference, acetone, [product("2014", "5.1", "II", "2030-01-01")], "2026-01-01") is None
    assert by_grid(reference, acetone, [], "2026-01-01") is None
