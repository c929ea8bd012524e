"""The demo's story: what it promises to contain, and that a seed fixes every statement."""

import pytest

from ledger.core.identifiers import check_uscc
from ledger.demo.build import Plan
from ledger.demo.dice import Dice
from ledger.demo.statement import Statement
from ledger.demo.story import EVENTS, story
from ledger.demo.world import CAST, MAKERS, OPERATOR, PARKS, World, uscc
from ledger.reference import Reference, load
from ledger.rules.statements import check_statement
from ledger.rules.statements.types import STAGES
from tests.demo.features import FEATURES, born, makes_a_batch

UNTIL_MS = 1_793_491_200_000
PLAN = Plan(EVENTS, 1, UNTIL_MS)
OWNERSHIP = frozenset(
    f"operation.{verb}" for verb in ("sold", "transfer_offered", "transfer_agreed", "filed_with_authority")
)
NAMED = (
    "chlorine",
    "ammonia",
    "methanol",
    "acrylonitrile",
    "sodium-cyanide",
    "nitric-acid-68",
    "calcium-carbide",
    "lpg",
)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load()


def told(reference: Reference, plan: Plan = PLAN) -> list[Statement]:
    world = World(plan.seed, plan.start_ms, reference, plan.operator())
    return list(story(world, plan.until_ms, plan.events))


@pytest.fixture(scope="module")
def statements(reference: Reference) -> list[Statement]:
    return told(reference)


def test_every_statement_is_of_its_shape_and_in_order(statements: list[Statement]) -> None:
    assert len(statements) >= PLAN.events
    before = PLAN.start_ms
    for statement in statements:
        check_statement(statement.type, statement.mode, frozenset(statement.sections), statement.sections)
        assert before <= statement.recorded_ms < UNTIL_MS
        assert statement.occurred_ms <= statement.recorded_ms
        before = statement.recorded_ms


def test_the_cast_is_large_enough_and_its_codes_are_valid(reference: Reference) -> None:
    regions = {role.region[:2] for role in CAST}
    assert len(CAST) >= 12
    assert len(regions) >= 4
    assert {role.park for role in CAST} - {""} == set(PARKS)
    assert {"producer", "warehouse", "trader", "user", "carrier", "disposer"} <= {
        name for r in CAST for name in r.roles
    }
    for role in (*CAST, OPERATOR):
        assert reference.regions.region(role.region).code == role.region
        check_uscc(uscc(role, Dice(1, role.name)))


def test_the_products_are_real_rows_of_the_table(reference: Reference) -> None:
    world = World(1, PLAN.start_ms, reference, PLAN.operator())
    names = {name for _, name in world.products}
    assert len(names) >= 25
    assert set(NAMED) <= names
    assert len(world.products) == len(names) * len(MAKERS)
    for product in world.catalogue:
        assert product.good in reference.dangerous_goods.rows(product.good.un)


def test_the_story_has_all_five_links_and_disposal(statements: list[Statement]) -> None:
    stages = {statement.type.partition(".")[0] for statement in statements}
    assert stages == {*STAGES, "governance"}
    assert len(statements) >= 5_000
    assert len(born(statements)) >= 200


def test_every_named_product_has_batches(statements: list[Statement], reference: Reference) -> None:
    world = World(PLAN.seed, PLAN.start_ms, reference, PLAN.operator())
    names = {ref: name for (_, name), ref in world.products.items()}
    stated = {names[str(item.sections["product"]["product"])] for item in statements if makes_a_batch(item)}
    assert set(NAMED) <= stated
    assert len(stated) >= 25


@pytest.mark.parametrize("feature", FEATURES)
def test_the_story_has(feature: str, statements: list[Statement]) -> None:
    assert FEATURES[feature](statements)


def test_the_trader_has_no_site_and_never_holds_goods(statements: list[Statement], reference: Reference) -> None:
    world = World(PLAN.seed, PLAN.start_ms, reference, PLAN.operator())
    assert "trade" not in world.sites
    own = {item.type for item in statements if item.actor == world.orgs["trade"]}
    assert own <= {"governance.key_registered", *OWNERSHIP}
    assert {"operation.sold", "operation.transfer_offered", "operation.transfer_agreed"} <= own


def test_a_seed_fixes_every_statement_and_another_seed_changes_them(reference: Reference) -> None:
    small = Plan(1000, 7, UNTIL_MS)

    def plain(plan: Plan) -> list[tuple[object, ...]]:
        return [(s.id, s.type, s.actor, s.occurred_ms, s.sections, s.recorded_ms) for s in told(reference, plan)]

    assert plain(small) == plain(Plan(1000, 7, UNTIL_MS))
    assert plain(small) != plain(Plan(1000, 8, UNTIL_MS))
