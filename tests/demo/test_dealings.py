"""The newest deals of the demo: the warehouse and the trader that a visitor is shown meet every state of a transfer."""

from pathlib import Path

import pytest

from ledger.bootstrap import build_demo, reader
from ledger.config import load
from ledger.demo import showcase
from ledger.demo.build import Plan
from ledger.demo.dealings import dealings
from ledger.demo.world import World
from ledger.reference import load as reference
from ledger.rules import codec, next_steps
from ledger.rules.transfer_state import TransferState
from ledger.services.audit import audit
from ledger.services.ledger import Ledger

UNTIL_MS = 1_793_491_200_000


def met(ledger: Ledger, org: str) -> list[tuple[str, tuple[str, ...]]]:
    """Status and next steps of an organisation's transfers."""
    with ledger.store.read() as unit:
        rows = unit.queries.deals(org, "transfer")
        found = unit.projections.load_states([row.ref for row in rows])
    states = [codec.load(ref, body) for ref, body in found.items() if body is not None]
    return [
        (state.status, next_steps.of_transfer(state, org, UNTIL_MS))
        for state in states
        if isinstance(state, TransferState)
    ]


@pytest.mark.parametrize("seed", [3, 8])
def test_who_logs_in_meets_every_state_and_has_something_to_do(tmp_path: Path, seed: int) -> None:
    settings = load({}, {"data": tmp_path, "environment": "demo"})
    build_demo(settings, Plan(1000, seed, UNTIL_MS), lambda _done, _total: None)
    with reader(settings) as ledger:
        logins = showcase.find(ledger).logins
        store = met(ledger, logins[showcase.LOGINS["warehouse"]])
        trader = met(ledger, logins[showcase.LOGINS["trader"]])
        assert audit(ledger.store)["findings"] == []
    assert {status for status, _ in store} == {"offered", "agreed", "declined", "closed"}
    steps = {step for _, own in store for step in own}
    assert {"agree", "decline", "receive", "refuse", "settle", "plan"} <= steps
    assert {status for status, _ in trader} == {"offered", "agreed", "closed"}
    assert {"agree", "sell", "file"} <= {step for _, own in trader for step in own}


def test_no_deal_ends_after_the_story() -> None:
    for seed in range(20):
        plan = Plan(1000, seed, UNTIL_MS)
        world = World(seed, plan.start_ms, reference(), plan.operator())
        last = max(statement.recorded_ms for said in dealings(world, UNTIL_MS) for statement in said)
        assert last < UNTIL_MS
