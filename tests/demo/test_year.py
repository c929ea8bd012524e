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
from ledger.services.audit import audit
from ledger.services.ledger import Ledger

UNTIL_MS = 1_795_910_400_000
KINDS = {
    "shortage@1",
    "overdue@1",
    "filing@1",
    "would_have_been_refused@1",
    "licence_ended@1",
    "over_threshold@1",
    "over_maximum@1",
    "over_capacity@1",
    "stored_together@1",
    "grid_conflict@1",
    "counter_gap@1",
    "static@1",
    "loss@1",
    "tolerance@1",
    "variance_in_sum@1",
    "backdated@1",
}


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
    assert {fault["rule"] for fault in truth["faults"]} >= KINDS
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
