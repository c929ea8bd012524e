"""Building the demo: the same seed makes the same log, and the ledger's kilograms add up to zero."""

from functools import partial
from pathlib import Path

from ledger.bootstrap import build_demo, reader, totals
from ledger.config import load
from ledger.demo.build import Plan
from ledger.services.audit import audit

PLAN = Plan(1000, 3, 1_793_491_200_000)


def note(seen: list[tuple[int, int]], done: int, total: int) -> None:
    seen.append((done, total))


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
    assert notes[0] == notes[1]
