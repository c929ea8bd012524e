"""The one list of findings: stored and computed ones in one order, page by page, for whom they are, at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger.reference import Reference
from ledger.rules import codec
from ledger.rules.aggregates import BatchState, OrgState, RequestState, ShipmentState
from ledger.rules.deadlines import due
from ledger.rules.jurisdiction import Jurisdiction
from ledger.rules.licences import DAY
from ledger.rules.manifest import RuleSet
from ledger.rules.transfer_state import TransferState
from ledger.rules.watching import GAP, STATIC, WATCHED, part_of
from ledger.services.audit import audit
from ledger.services.finding_counts import FindingCounts
from ledger.services.findings import Finding, Findings, Wanted, counts, every
from ledger.services.ledger import Ledger
from ledger.services.past import past
from ledger.services.rule_books import RuleBooks
from ledger.store.scopes import EVERYTHING, Own, Scope, Ward
from ledger.store.unit_of_work import Unit
from tests.services.world import OPERATOR, PRODUCER, REGULATOR, SITE, USCC, World, organisation, ref
from tests.support.small_world import UNTIL_MS, SmallWorld, make


@contextmanager
def reading(world: World | SmallWorld, later_ms: int = 0) -> Iterator[tuple[Unit, Findings, RuleSet]]:
    ledger = world.ledger if isinstance(world, World) else Ledger.open(world.url)
    with ledger.store.read() as unit:
        rules = RuleBooks(ledger.reference).rules(ledger.recorded().rules, unit)
        now = world.clock.now_ms() if isinstance(world, World) else UNTIL_MS
        yield unit, Findings(unit, rules, ledger.reference, now + later_ms), rules
    if isinstance(world, SmallWorld):
        ledger.close()


def listed(world: World, later_ms: int = 0, scope: Scope = EVERYTHING, /, **wanted: str) -> list[Finding]:
    with reading(world, later_ms) as (_, found, _):
        return list(every(found, scope, Wanted(**wanted)))  # type: ignore[arg-type]


def rules_of(world: World, later_ms: int = 0, **wanted: str) -> list[str]:
    return sorted(one.rule for one in listed(world, later_ms, EVERYTHING, **wanted))


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> SmallWorld:
    return make(tmp_path_factory.mktemp("small"), reference)


# --- the index and the rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 4, 40, 400, 5_000])
def test_what_the_index_finds_is_what_the_pure_rules_find(small_world: SmallWorld, days: int) -> None:
    with reading(small_world, days * DAY) as (unit, found, rules):
        as_of = UNTIL_MS + days * DAY
        told = {
            (key, item.rule, part_of(item))
            for kind in ("transfer:", "shipment:", "org:", "batch:", "request:")
            for key, body in unit.projections.states_of(kind, limit=100_000)
            if isinstance(
                state := codec.load(key, body), TransferState | ShipmentState | OrgState | BatchState | RequestState
            )
            for item in due(state, as_of, rules)
        }
        listed = [one for one in every(found, EVERYTHING, Wanted()) if one.rule in WATCHED and one.rule != STATIC]
    assert {(one.chain, one.rule, one.part) for one in listed} == told
    assert all(one.since_ms < as_of for one in listed)
    assert days < 5_000 or {"licence_ended@1", "expired_stock@1", "filing@1"} <= {one.rule for one in listed}


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("oldest", [False, True])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_of_any_size_make_one_list(small_world: SmallWorld, limit: int, *, oldest: bool) -> None:
    with reading(small_world, 500 * DAY) as (_, found, _):
        whole = [one.id for one in every(found, EVERYTHING, Wanted())]
        if limit == 1:
            whole = whole[:40] if not oldest else whole[-40:]
        pages: list[Finding] = []
        after = None
        while len(pages) < len(whole):
            page = found.page(EVERYTHING, Wanted(), after=after, oldest=oldest, limit=limit)
            pages += page.findings
            after = page.more
            if after is None:
                break
    assert [one.id for one in pages] == (list(reversed(whole)) if oldest else whole)
    assert len({one.id for one in pages}) == len(pages)
    assert [one.since_ms for one in pages] == sorted((one.since_ms for one in pages), reverse=not oldest)


def test_each_finding_is_found_by_its_id(small_world: SmallWorld) -> None:
    with reading(small_world, 500 * DAY) as (_, found, _):
        by_rule = {one.rule: one for one in every(found, EVERYTHING, Wanted())}
        assert len(by_rule) > 8
        assert [found.one(EVERYTHING, one.id) for one in by_rule.values()] == list(by_rule.values())
        for wrong in ("", "9999999-0", "1-2-3", "x" * 500, "batch.nothing.static.1.0000000000000000", "é-1"):
            assert found.one(EVERYTHING, wrong) is None


def test_findings_are_searched_by_rule_severity_age_org_product_batch_and_site(small_world: SmallWorld) -> None:
    with reading(small_world, 500 * DAY) as (unit, found, _):
        whole = list(every(found, EVERYTHING, Wanted()))
        one = next(item for item in whole if item.rule == "shortage@1")
        static = next(item for item in whole if item.rule == STATIC)
        assert one.batch is not None
        batch = codec.load(one.batch, unit.projections.load_states([one.batch])[one.batch] or b"")
        assert isinstance(batch, BatchState)

        def ids(**wanted: object) -> set[str]:
            return {item.id for item in every(found, EVERYTHING, Wanted(**wanted))}  # type: ignore[arg-type]

        assert ids(rule="shortage@1") == {item.id for item in whole if item.rule == "shortage@1"}
        assert ids(severity="critical") == {item.id for item in whole if item.severity == "critical"}
        assert ids(org=one.org) == {item.id for item in whole if item.org == one.org}
        assert ids(before_ms=one.since_ms) == {item.id for item in whole if item.since_ms <= one.since_ms}
        assert one.id in ids(batch=one.batch)
        assert one.id in ids(product=batch.product)
        assert static.id in ids(site=static.site)
        assert static.id not in ids(batch=one.batch) or static.batch == one.batch
        assert ids(rule=STATIC, status="resolved") == set()


# --- for whom ---------------------------------------------------------------------------------------------------------


def test_an_organisation_sees_its_own_and_a_regulator_its_region(small_world: SmallWorld) -> None:
    with reading(small_world, 500 * DAY) as (unit, found, _):
        whole = {one.id: one for one in every(found, EVERYTHING, Wanted())}
        everywhere = Ward("org:x", Jurisdiction())
        assert {one.id for one in every(found, everywhere, Wanted())} == set(whole)
        china = Ward("org:x", Jurisdiction(regions=("31", "32", "33", "37")))
        assert {one.id for one in every(found, china, Wanted())} == set(whole)
        nowhere = Ward("org:x", Jurisdiction(regions=("650000",)))
        assert [one.id for one in every(found, nowhere, Wanted())] == []
        orgs = [key for key, _ in unit.projections.states_of("org:", limit=100)]
        seen: set[str] = set()
        for org in orgs:
            own = list(every(found, Own(org), Wanted()))
            seen |= {one.id for one in own}
            filings = [one for one in own if one.rule in {"filing@1", "licence_ended@1", GAP}]
            assert {one.org for one in filings} <= {org}
            assert all(found.one(Own(org), one.id) == one for one in own[:5])
        others = set(whole) - {one.id for one in every(found, Own(orgs[0]), Wanted())}
        assert all(found.one(Own(orgs[0]), name) is None for name in sorted(others)[:20])
        assert {whole[name].rule for name in set(whole) - seen} <= {"grid_conflict@1"}


@pytest.mark.parametrize("days", [0, 40, 500])
def test_what_is_counted_is_what_is_listed_by_severity_and_age(
    small_world: SmallWorld, reference: Reference, days: int
) -> None:
    now = UNTIL_MS + days * DAY
    with reading(small_world, days * DAY) as (unit, found, rules):
        counting = FindingCounts(unit, rules, reference, now)
        orgs = [key for key, _ in unit.projections.states_of("org:", limit=100)]
        scopes: list[Scope] = [EVERYTHING, Ward("org:x", Jurisdiction(regions=("31",))), *map(Own, orgs[:4])]
        products = [key for key, _ in unit.projections.states_of("product:", limit=3)]
        for scope in scopes:
            for wanted in (Wanted(), Wanted(region="3702"), Wanted(product=products[0], namesakes=tuple(products))):
                listed: dict[str, list[int]] = {"critical": [0] * 4, "warning": [0] * 4, "info": [0] * 4}
                for one in every(found, scope, wanted):
                    age = (now - one.since_ms) / DAY
                    listed[one.severity][0 if age < 1 else 1 if age < 7 else 2 if age < 30 else 3] += 1
                assert {name: list(ages) for name, ages in counting.by_severity(scope, wanted).items()} == listed


# --- time -------------------------------------------------------------------------------------------------------------


def test_a_finding_of_time_is_there_before_and_gone_after_the_act(plant: World) -> None:
    plant.produce(1)
    assert STATIC not in rules_of(plant, 365 * DAY)
    assert rules_of(plant, 366 * DAY) == [STATIC]
    (found,) = listed(plant, 366 * DAY)
    assert (found.data["kg"], found.data["days"], found.site, found.org) == ("100", 365, SITE, PRODUCER)
    plant.clock.set(plant.clock.now_ms() + 200 * DAY)
    plant.lose(1, "1")
    assert STATIC not in rules_of(plant, 200 * DAY)
    plant.lose(1, "99")
    assert rules_of(plant, 4_000 * DAY) == ["licence_ended@1"]
    assert audit(plant.ledger.store, reference=plant.reference)["findings"] == []


def test_the_past_is_what_was_known_then(plant: World) -> None:
    plant.produce(1)
    plant.clock.set(plant.clock.now_ms() + 400 * DAY)
    then = plant.clock.now_ms()
    plant.clock.set(then + DAY)
    plant.lose(1, "100")
    assert rules_of(plant) == []
    with plant.ledger.store.read() as unit:
        rules = RuleBooks(plant.reference).rules(plant.ledger.recorded().rules, unit)
    with past(plant.ledger.store, then) as earlier:
        found = Findings(earlier, rules, plant.reference, then)
        assert counts(found) == {STATIC: 1}
        assert counts(found, wanted=Wanted(site=SITE)) == {STATIC: 1}


# --- counters ---------------------------------------------------------------------------------------------------------


def agent(counter: int, device: str = "pda-1") -> dict[str, object]:
    return {"user": ref("user", 1), "device": device, "counter": counter}


def state(world: World, counter: int, device: str = "pda-1") -> int:
    return world.append(
        "production.quality_tested",
        product={"batches": [ref("batch", 1)]},
        condition={"result": "pass"},
        agent=agent(counter, device),
    ).index


def test_a_gap_in_a_counter_is_found_after_its_term_and_closed_by_what_comes_late(plant: World) -> None:
    plant.produce(1)
    first, second = state(plant, 4), state(plant, 8)
    state(plant, 1, "pda-2")
    assert rules_of(plant, 2 * DAY) == []
    (gap,) = listed(plant, 4 * DAY)
    assert (gap.rule, gap.org, gap.evidence) == (GAP, PRODUCER, (first, second))
    assert dict(gap.data) == {"device": "pda-1", "first": 5, "last": 7, "missing": 3}
    state(plant, 6)
    assert sorted((one.data["first"], one.data["last"]) for one in listed(plant, 4 * DAY)) == [(5, 5), (7, 7)]
    for counter in (7, 5, 5):
        state(plant, counter)
    assert rules_of(plant, 4 * DAY) == []
    assert audit(plant.ledger.store, reference=plant.reference)["findings"] == []


# --- settling ---------------------------------------------------------------------------------------------------------


def test_a_stranger_settles_nobody_s_finding(plant: World) -> None:
    plant.produce(1)
    bad = plant.append(
        "production.quality_tested", product={"batches": [ref("batch", 1)]}, condition={"result": "fail"}
    )
    stranger, authority = ref("org", 9), REGULATOR
    for org, role in ((stranger, "trader"), (authority, "authority")):
        plant.append(
            "governance.organisation_admitted", OPERATOR, organisation=organisation(org, "某单位", USCC[0], role)
        )
    settle = {"event": bad.event, "rule": "quality@1", "resolution": "done"}
    with pytest.raises(Exception, match="not_for_this_actor"):
        plant.append("governance.finding_resolved", stranger, finding=settle)
    assert rules_of(plant) == ["quality@1"]
    settled = plant.append("governance.finding_resolved", authority, finding=settle)
    assert rules_of(plant) == []
    (found,) = listed(plant, status="resolved")
    assert found.resolved == settled.index
