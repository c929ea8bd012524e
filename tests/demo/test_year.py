"""The year of history: every fault that was put in is found, and nothing is found that nobody put in."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger.cli import hazledger
from ledger.demo.year import compare
from ledger.demo.year.build import LEAST, plan_of
from ledger.demo.year.cast import YEAR_CAST, YearWorld
from ledger.demo.year.faults import ONCE, PLOTS
from ledger.demo.year.story import Told, tell
from ledger.demo.year.truth import read
from ledger.errors import FormatError
from ledger.reference import load
from ledger.rules.names import RULES
from ledger.services.audit import audit
from ledger.services.ledger import Ledger

UNTIL_MS = 1_795_910_400_000
NOT_SEEDED = {
    *("impossible_travel@1", "scanned_after_end@1", "two_places@1"),
    *("occurred_skew@1", "resolver@1", "endorsement@1", "sight@1", "label_authority@2", "gtin@1"),
    *("attribution@1", "signature@1", "succeeded@1", "key_compromised@1", "hold@1", "label_authority@1"),
}
"""Rules of which the year has no fault; docs/findings.md says why of each."""
GUIDE = Path(__file__).parents[2] / "docs" / "findings.md"


def ask(*arguments: str, code: int = 0) -> str:
    answer = CliRunner().invoke(hazledger, arguments)
    assert answer.exit_code == code, answer.output
    return answer.output


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("year") / "data"
    ask("demo", "--story", "year", "--no-serve", "--events", str(LEAST), "--until", "2026-11-29", "--data", str(folder))
    return folder


def truth_of(year: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((year / "truth.json").read_text(encoding="utf-8"))
    return found


def test_the_world_is_as_large_as_it_says_and_has_every_kind_of_fault(year: Path) -> None:
    enterprises = [role for role in YEAR_CAST if "authority" not in role.roles]
    assert len(enterprises) >= 30
    truth = truth_of(year)
    assert truth["events"] >= LEAST
    seeded = {name for fault in truth["faults"] for name in (fault["rule"], fault["reason"]) if name}
    assert seeded.isdisjoint(NOT_SEEDED)
    assert seeded | NOT_SEEDED == RULES.keys(), "a new rule is seeded, or the guide says why it is not"
    told = GUIDE.read_text(encoding="utf-8").partition("## A year to try it on")[2]
    assert [rule for rule in RULES if f"`{rule.partition('@')[0]}`" not in told and f"`{rule}`" not in told] == []
    assert len(truth["faults"]) >= 2 * len(PLOTS) + len(ONCE)


def test_every_fault_is_found_and_every_finding_is_explained(year: Path) -> None:
    told = ask("findings", "--data", str(year), "--truth", str(year / "truth.json"))
    count = len(truth_of(year)["faults"])
    assert f"faults: {count} of {count} found" in told
    assert "false findings, unexplained: 0" in told


def test_a_fault_that_is_not_there_is_missed_and_one_that_was_not_named_is_false(year: Path, tmp_path: Path) -> None:
    truth = truth_of(year)
    moved = dict(truth["faults"][-1])
    truth["faults"] = [fault for fault in truth["faults"] if fault["rule"] != "static@1"]
    truth["faults"].append({**moved, "chain": "site:nowhere", "kind": "invented"})
    file = tmp_path / "truth.json"
    file.write_text(json.dumps(truth), encoding="utf-8")
    held = json.loads(ask("findings", "--data", str(year), "--truth", str(file), "--json", code=1))
    assert [one["kind"] for one in held["missed"]] == ["invented"]
    assert {one["rule"] for one in held["unexplained"]} == {"static@1"}


def test_what_is_natural_is_told_apart_with_its_reason(year: Path) -> None:
    truth = truth_of(year)
    truth["faults"], truth["natural"] = [], [{"rule": "static@1", "why": "left over"}]
    listed = json.loads(ask("findings", "--data", str(year), "--json", "--as-of", "2026-11-29"))["findings"]
    held = compare(listed, read(truth)).content()
    assert held["natural"] == [
        {"rule": "static@1", "count": sum(one["rule"] == "static@1" for one in listed), "why": "left over"}
    ]
    with pytest.raises(FormatError, match="truth_not_of_form"):
        read({**truth, "spec": "x"})
    with pytest.raises(FormatError, match="truth_not_of_form"):
        read({"spec": truth["spec"]})


def test_the_same_seed_tells_the_same_year() -> None:
    reference, plan = load(), plan_of(LEAST, 3, UNTIL_MS)

    def told() -> list[tuple[object, ...]]:
        world = YearWorld(3, plan.start_ms, UNTIL_MS, reference, plan.operator())
        return [(one.id, one.type, one.recorded_ms, one.sections) for one in tell(world, LEAST, Told())]

    first = told()
    assert first == told()
    times = [item[2] for item in first]
    assert times == sorted(times)  # type: ignore[type-var]
    assert times[-1] < UNTIL_MS  # type: ignore[operator]


def test_the_year_stands_the_whole_audit(year: Path) -> None:
    with Ledger.open(f"sqlite:///{year / 'ledger.sqlite3'}") as ledger:
        found = audit(ledger.store)
    assert found["findings"] == []
