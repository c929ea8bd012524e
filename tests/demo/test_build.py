"""Building the demo: the same seed makes the same log, and the ledger's kilograms add up to zero."""

from functools import partial
from pathlib import Path

from ledger.bootstrap import build_demo, reader, totals
from ledger.config import load
from ledger.demo.build import Plan
from ledger.rules import codec
from ledger.rules.aggregates import BatchState
from ledger.services.audit import audit
from ledger.services.ledger import Ledger
from ledger.store.unit_of_work import Unit

PLAN = Plan(1000, 3, 1_793_491_200_000)


def note(seen: list[tuple[int, int]], done: int, total: int) -> None:
    seen.append((done, total))


def check_consequences(ledger: Ledger) -> None:
    """What the story states has the effects that it is told for: variance, difference, loss, shares of a heel."""
    with ledger.store.read() as unit:
        for rule in ("tolerance@1", "difference@1", "shortage@1", "loss@1", "release@1", "corrected@1"):
            assert unit.queries.findings(rule=rule), rule
        tank = one_batch(unit, "T01-00002-H")
        lots = {one_batch(unit, f"IMP-00002-{letter}").id for letter in "ACEG"}
    assert lots <= tank.shares.keys()
    masses = totals(ledger.store)
    assert masses["variance"] > 0
    assert masses["difference"] > 0
    assert masses["imported"] < 0


def one_batch(unit: Unit, lot: str) -> BatchState:
    found = unit.queries.things("batch", text=lot)
    assert len(found) == 1
    state = codec.load(found[0].id, unit.projections.load_states([found[0].id])[found[0].id] or b"")
    assert isinstance(state, BatchState)
    return state


def test_the_same_seed_makes_the_same_log_and_it_audits_clean(tmp_path: Path) -> None:
    notes = []
    for name in ("first", "second"):
        settings = load({}, {"data": tmp_path / name, "environment": "demo"})
        seen: list[tuple[int, int]] = []
        built = build_demo(settings, PLAN, partial(note, seen))
        assert built.events >= PLAN.events
        assert seen[-1] == (built.events, PLAN.events)
        assert {"batch", "container"} <= built.codes.keys()
        with reader(settings) as ledger:
            notes.append(ledger.log.checkpoint())
            assert sum(totals(ledger.store).values()) == 0
            if name == "first":
                result = audit(ledger.store)
                assert (result["ok"], result["findings"]) == (True, [])
                assert result["demo"] is True
                check_consequences(ledger)
    assert notes[0] == notes[1]
