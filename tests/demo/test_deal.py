"""The story of one deal: every kilogram at each step, what is stopped, who signed, and that it verifies offline."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.cli import hazledger
from ledger.core.quantity import parse_kg
from ledger.demo.deal.story import refused
from ledger.services.audit import audit
from ledger.store.engines import sqlite_url
from ledger.store.unit_of_work import Store


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("deal")
    arguments = ["demo", "--data", str(folder), "--until", "2026-11-24", "--story", "transfer", "--no-serve", "--json"]
    result = CliRunner().invoke(hazledger, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return folder, found


def steps(told: tuple[Path, dict[str, object]]) -> list[dict[str, object]]:
    found = told[1]["steps"]
    assert isinstance(found, list)
    return found


def test_every_kilogram_is_accounted_for_at_each_step(told: tuple[Path, dict[str, object]]) -> None:
    for step in steps(told):
        accounts = step["accounts"]
        assert isinstance(accounts, dict)
        assert len(accounts) == 2, step["step"]
        for batch, sums in accounts.items():
            assert sum(map(parse_kg, sums.values())) == 0, (step["step"], batch)


def test_what_should_be_stopped_is_and_nothing_else(told: tuple[Path, dict[str, object]]) -> None:
    assert {step["step"]: step["refused"] for step in steps(told) if not step["taken"]} == {
        "the sale is stopped": ["buyer_unlicensed"],
        "the lost key signs nothing more": ["key_revoked"],
    }
    assert refused([]) == {}


def test_the_shortage_is_open_until_both_have_settled_it(told: tuple[Path, dict[str, object]]) -> None:
    kilograms = [step["accounts"]["M-1 (bulk)"] for step in steps(told)]  # type: ignore[index]
    open_at = [place for place, sums in enumerate(kilograms) if "difference" in sums]
    assert len(open_at) == 2
    assert kilograms[-1] == {"Caihong Coatings / Caihong Coatings": "988", "lost": "12", "produced": "-1000"}


def test_the_refused_drum_is_back_where_it_came_from(told: tuple[Path, dict[str, object]]) -> None:
    last = steps(told)[-1]["accounts"]
    assert isinstance(last, dict)
    assert last["M-2 (drum)"] == {"Hailan Chemicals / Hailan Chemicals": "200", "produced": "-200"}
    assert told[1]["status"] == "closed"


def test_consignor_carrier_and_consignee_signed_and_it_verifies_offline(told: tuple[Path, dict[str, object]]) -> None:
    folder, found = told
    assert found["signed"] == {
        "consignor": "Hailan Chemicals",
        "carrier": "Suan Haulage",
        "consignee": "Caihong Coatings",
    }
    assert found["genuine"] is True
    result = CliRunner().invoke(hazledger, ["verify", str(folder / "transfer-evidence.json")])
    assert result.exit_code == 0, result.output
    altered = (folder / "transfer-evidence.json").read_bytes().replace(b"damaged", b"dammged", 1)
    (folder / "altered.json").write_bytes(altered)
    assert CliRunner().invoke(hazledger, ["verify", str(folder / "altered.json")]).exit_code == 1


def test_the_ledger_of_the_story_audits_clean(told: tuple[Path, dict[str, object]]) -> None:
    store = Store.open(sqlite_url(told[0] / "ledger.sqlite3"))
    try:
        assert audit(store)["findings"] == []
    finally:
        store.close()


def test_people_read_it_as_a_table(tmp_path: Path) -> None:
    arguments = ["demo", "--data", str(tmp_path), "--until", "2026-11-24", "--story", "transfer", "--no-serve"]
    result = CliRunner().invoke(hazledger, arguments)
    assert result.exit_code == 0, result.output
    assert "received: 12 kg are missing" in result.output
    assert "consignee: signed by Caihong Coatings" in result.output
