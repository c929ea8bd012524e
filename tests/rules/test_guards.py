"""Licences, recalls, holds, expiry; act and report; levels by organisation and date. And what is never refused."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules import rule_set
from tests.support.rulebook import (
    DAY,
    KG,
    MINUTE,
    START_MS,
    World,
    findings,
    licence,
    line,
    lines,
    manifest,
    organisation,
    postings,
    shares,
    world,
)

WOULD = "would_have_been_refused@1"


def reasons(entry: Any) -> list[str]:  # noqa: ANN401 - an entry
    """The problems for which an act would have been refused."""
    stated = findings(entry)[WOULD]["reasons"]
    assert isinstance(stated, list)
    return [str(item["problem"]) for item in stated if isinstance(item, dict)]


def recall(w: World, *batches: str) -> None:
    w.book.do("governance.recall_ordered", w.maker, {"product": {"batches": list(batches)}})


def use_codes(w: World, batch: str, **more: Any) -> list[str]:  # noqa: ANN401 - options of `refuse`
    return [problem.code for problem in w.book.refuse("use.consumed", w.maker, w.use(batch, 1), **more)]


def test_a_report_draws_the_shortfall_from_unexplained(w: World) -> None:
    batch = w.produce(5)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 8), "report")
    assert postings(entry, batch) == {w.cell(batch, w.maker): -5, "unexplained": -3, "used": 8}
    assert reasons(entry) == ["holding_overdrawn"]
    again = w.book.do("use.consumed", w.maker, w.use(batch, 1), "report")
    assert reasons(again) == ["batch_consumed"]


def test_two_lines_draw_on_what_is_left_by_the_first(w: World) -> None:
    batch = w.produce(5)
    stated = {"inputs": lines(line(batch, 3), line(batch, 3)), "place": w.place(w.maker)}
    problems = w.book.refuse("use.consumed", w.maker, stated)
    assert [(p.code, p.field) for p in problems] == [("holding_overdrawn", "/sections/inputs/lines/1/amount")]
    entry = w.book.do("use.consumed", w.maker, stated, "report")
    assert postings(entry, batch) == {w.cell(batch, w.maker): -5, "unexplained": -1, "used": 6}


def test_every_reason_is_named(w: World) -> None:
    batch = w.produce(5, time={"expires_on": "2026-11-22"})
    recall(w, batch)
    w.book.do("governance.hold_placed", w.authority, {"product": {"batches": [batch]}})
    w.book.now += DAY
    stated = {"inputs": lines(line(batch, 9, owner=w.maker, custodian=w.maker)), "place": w.place(w.maker)}
    problems = w.book.refuse("use.consumed", w.carrier, stated)
    wanted = {"not_custodian", "no_licence", "batch_recalled", "batch_on_hold", "batch_expired", "holding_overdrawn"}
    assert {problem.code for problem in problems} == wanted
    assert set(reasons(w.book.do("use.consumed", w.carrier, stated, "report"))) == wanted


@pytest.mark.parametrize(
    ("days", "rule"), [(0, None), (1, None), (2, "late_report@1"), (30, "late_report@1"), (31, "backdated@1")]
)
def test_a_late_report_is_not_refused(w: World, days: int, rule: str | None) -> None:
    batch = w.produce()
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 1), "report", at=w.book.now - days * DAY)
    lateness = findings(entry).keys() & {"late_report@1", "backdated@1"}
    assert lateness == ({rule} if rule else set())


def test_skew_is_allowed_both_ways(w: World) -> None:
    batch = w.produce()
    for shift in (-15, 15):
        w.book.do("use.consumed", w.maker, w.use(batch, 1), at=w.book.now + shift * MINUTE, not_after=w.book.now)
    assert w.book.batch(batch).totals["used"] == 2 * KG


@pytest.mark.parametrize(
    ("type", "more"),
    [
        ("storage.counted", {}),
        ("storage.quarantined", {}),
        ("storage.sampled", {}),
        ("storage.moved", {"to_location": "B"}),
        ("operation.returned", {}),
        ("disposal.declared_waste", {}),
    ],
)
def test_recall_hold_and_expiry_never_block(w: World, type: str, more: dict[str, Any]) -> None:
    batch = w.produce(100, time={"expires_on": "2026-11-22"})
    recall(w, batch)
    w.book.do("governance.hold_placed", w.authority, {"product": {"batches": [batch]}})
    w.book.now += DAY
    sections = {**w.use(batch, 100), "place": w.place(w.maker, **more)}
    if type == "operation.returned":
        sections["parties"] = {"to": w.user}
    assert WOULD not in findings(w.book.do(type, w.maker, sections))


def test_disposal_of_a_recalled_batch_is_not_refused(w: World) -> None:
    batch = w.produce()
    recall(w, batch)
    w.book.do("governance.licence_registered", w.maker, licence(w.book, w.maker, "disposal"))
    w.book.do("disposal.disposed", w.maker, w.use(batch, 100))


def test_expiry_is_at_the_end_of_the_day_stated(w: World) -> None:
    batch = w.produce(time={"expires_on": "2026-11-22"})
    w.book.now = START_MS + DAY - MINUTE
    w.book.do("use.consumed", w.maker, w.use(batch, 1))
    assert use_codes(w, batch) == ["batch_expired"]


def test_a_recall_reaches_through_blends(w: World) -> None:
    first, second = w.produce(10), w.produce(10)
    made = [first]
    for _ in range(2):
        blend = w.book.ref("batch")
        sections = {
            "product": {"product": w.products["liquid"]},
            "inputs": lines(line(made[-1], 5), line(second, 5)),
            "outputs": lines(line(blend, 10)),
            "place": w.place(w.maker),
        }
        w.book.do("production.batch_blended", w.maker, sections)
        made.append(blend)
    recall(w, first)
    recall(w, first)
    problems = w.book.refuse("use.consumed", w.maker, w.use(made[-1], 1))
    assert [(p.code, p.params["lot"]) for p in problems] == [("batch_recalled", first)]
    acknowledged = {"product": {"batches": [first]}}
    assert set(w.book.do("governance.recall_acknowledged", w.user, acknowledged).effects) == {first}


def test_a_reaction_stops_attribution(w: World) -> None:
    first, made = w.produce(10), w.book.ref("batch")
    sections = {
        "product": {"product": w.products["liquid"]},
        "inputs": lines(line(first, 10)),
        "outputs": lines(line(made, 10)),
        "place": w.place(w.maker),
    }
    w.book.do("production.batch_transformed", w.maker, sections)
    recall(w, first)
    w.book.do("use.consumed", w.maker, w.use(made, 1))


def test_a_hold_is_lifted_by_who_placed_it(w: World) -> None:
    batch = w.produce()
    named = {"product": {"batches": [batch]}}
    for who in (w.authority, w.maker):
        w.book.do("governance.hold_placed", who, named)
    assert w.book.batch(batch).holds == (w.authority, w.maker)
    w.book.do("governance.hold_released", w.authority, named)
    assert use_codes(w, batch) == ["batch_on_hold"]
    w.book.do("governance.hold_released", w.maker, named)
    w.book.do("use.consumed", w.maker, w.use(batch, 1))


@pytest.mark.parametrize(
    ("more", "covered"),
    [
        ({}, True),
        ({"kind": "storage"}, False),
        ({"valid_from": "2026-11-23"}, False),
        ({"valid_to": "2026-11-21"}, False),
        ({"valid_from": "2026-11-22", "valid_to": "2026-11-22"}, True),
        ({"most_kg": "10"}, True),
        ({"most_kg": "9.999999"}, False),
        ({"classes": ["3"]}, True),
        ({"classes": ["8"]}, False),
        ({"products": ["liquid"]}, True),
        ({"products": ["solid"]}, False),
        ({"products": ["solid"], "classes": ["3"]}, True),
    ],
)
def test_a_licence_covers_kind_time_mass_and_scope(w: World, more: dict[str, Json], *, covered: bool) -> None:
    firm = w.book.ref("org")
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": organisation(firm)})
    w.sites[firm] = w.sites[w.maker]
    stated = licence(w.book, firm, "production")
    stated["licence"].update(more)
    products = more.get("products")
    if isinstance(products, list):
        stated["licence"]["products"] = [w.products[str(name)] for name in products]
    w.book.do("governance.licence_registered", firm, stated)
    if covered:
        w.produce(10, org=firm)
        return
    sections = {
        "product": {"product": w.products["liquid"]},
        "outputs": lines(line(w.book.ref("batch"), 10)),
        "place": w.place(firm),
    }
    assert [p.code for p in w.book.refuse("production.batch_produced", firm, sections)] == ["no_licence"]
    reported = w.book.do("production.batch_produced", firm, sections, "report")
    assert reasons(reported) == ["no_licence"]
    ended = findings(reported).get("licence_expired@1")
    assert (ended is not None) == ("valid_to" in more), "only a paper that had ended expired"
    assert ended is None or (ended["organisation"], ended["valid_to"]) == (firm, "2026-11-21")


def test_a_suspended_licence_is_judged_at_the_time_stated(w: World) -> None:
    batch = w.produce(org=w.maker)
    change = {"licence": {"licence": "", "organisation": w.maker}}
    org = w.book.values[w.maker]
    for item in org.licences:  # type: ignore[union-attr]
        change["licence"]["licence"] = item.id
        w.book.do("governance.licence_suspended", w.authority, change)
    suspended = w.book.now
    assert use_codes(w, batch) == ["no_licence"]
    for item in org.licences:  # type: ignore[union-attr]
        change["licence"]["licence"] = item.id
        w.book.do("governance.licence_reinstated", w.authority, change)
    w.book.do("use.consumed", w.maker, w.use(batch, 1))
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 1), "report", at=suspended - MINUTE)
    assert reasons(entry) == ["no_licence"]
    w.book.do("use.consumed", w.maker, w.use(batch, 1), "report", at=suspended - 30 * MINUTE)


@pytest.mark.parametrize("level", ["observe", "warn"])
def test_a_lower_level_notes_instead_of_refusing(level: str) -> None:
    w = world(manifest(levels={"recall@1": level}))
    batch = w.produce()
    recall(w, batch)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 1))
    assert findings(entry) == {"recall@1": {"problem": "batch_recalled", "level": level}}


def test_a_level_has_dated_exceptions_for_each_organisation(w: World) -> None:
    dated: list[Json] = [
        {"org": w.maker, "level": "observe", "from": "2026-11-01"},
        {"org": w.maker, "level": "refuse", "from": "2026-11-23"},
        {"org": w.user, "level": "warn", "from": "2026-11-01"},
    ]
    w.book.rules = rule_set(manifest(exceptions={"recall@1": dated}))
    batch = w.produce()
    recall(w, batch)
    entry = w.book.do("use.consumed", w.maker, w.use(batch, 1))
    assert findings(entry)["recall@1"]["level"] == "observe"
    w.book.now += DAY
    assert use_codes(w, batch) == ["batch_recalled"]


def test_a_rule_that_is_not_in_force_says_nothing(w: World) -> None:
    w.book.rules = rule_set(manifest(without=["recall@1", "tolerance@1", "attribution@1"]))
    batch = w.produce()
    recall(w, batch)
    w.book.do("use.consumed", w.maker, w.use(batch, 1))
    entry = w.book.do("storage.counted", w.maker, w.use(batch, "98.999999"))
    assert set(findings(entry)) == {"shortage@1"}


def test_overdraw_is_refused_at_every_level() -> None:
    w = world(manifest(levels={"overdraw@1": "observe"}))
    assert use_codes(w, w.produce("0.5")) == ["holding_overdrawn"]


def test_small_shares_fold_into_a_bound(w: World) -> None:
    w.book.rules = rule_set(manifest(parameters={"attribution@1": {"least_ppb": 10_000_000}}))
    small, large, made = w.produce(1), w.produce(199), w.book.ref("batch")
    sections = {
        "product": {"product": w.products["liquid"]},
        "inputs": lines(line(small, 1), line(large, 199)),
        "outputs": lines(line(made, 200)),
        "place": w.place(w.maker),
    }
    entry = w.book.do("production.batch_blended", w.maker, sections)
    assert shares(entry, made) == {made: 10**9, large: 995_000_000, "-": 5_000_000}
