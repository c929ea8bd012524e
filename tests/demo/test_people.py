"""The demo's people: two sign what two have to sign, firms of the trade sign the rest, and a seed fixes every key."""

from collections import Counter

from ledger.demo.build import Plan
from ledger.demo.people import UNSIGNED, hire
from ledger.demo.story import story
from ledger.demo.world import World
from ledger.reference import load
from ledger.rules.signing import BY_TWO

PLAN = Plan(2000, 5, 1_793_491_200_000)


def test_receipts_issues_and_dispatches_are_signed_by_two_people() -> None:
    world = World(PLAN.seed, PLAN.start_ms, load(), PLAN.operator())
    statements = list(story(world, PLAN.until_ms, PLAN.events))
    by_two = [statement for statement in statements if statement.type in BY_TWO]
    assert {statement.type for statement in by_two} == BY_TWO
    assert all(len({person.user for person in statement.signers}) == 2 for statement in by_two)
    signed = Counter(len(statement.signers) for statement in statements)
    assert signed[1] > len(statements) / 3
    assert signed[0] > 0
    silent = {world.orgs[name] for name in UNSIGNED}
    lives = [statement for statement in statements if not statement.type.startswith("governance.")]
    assert {statement.actor for statement in lives if not statement.signers} <= silent


def test_a_seed_fixes_every_key() -> None:
    keys = [person.key for person in hire(1, "sea", PLAN.start_ms)]
    assert keys == [person.key for person in hire(1, "sea", PLAN.start_ms)]
    assert len({*keys, *(person.key for person in hire(1, "river", PLAN.start_ms))}) == 4
    assert not set(keys) & {person.key for person in hire(2, "sea", PLAN.start_ms)}
