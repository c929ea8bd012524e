"""The commands as a person runs them: what they print, and how they exit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.bootstrap import build_demo, reader
from ledger.cli import COMMANDS, hazledger
from ledger.config import load
from ledger.demo.build import Plan
from ledger.errors import ConfigurationError

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    settings = load({}, {"data": folder, "environment": "demo"})
    build_demo(settings, Plan(1000, 1, 1_793_491_200_000), lambda _done, _total: None)
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(hazledger, [str(word) for word in words])


def test_help_lists_every_command_and_the_readme_names_it() -> None:
    said = run("--help").output
    page = README.read_text(encoding="utf-8")
    for name in COMMANDS:
        assert name in said
        assert f"`hazledger {name}" in page or f"`{name} " in page, name
        assert run(name, "--help").exit_code == 0


def test_audit_says_clean_and_counts(data: Path) -> None:
    found = run("audit", "--data", data, "--json")
    said = json.loads(found.stdout)
    assert (found.exit_code, said["ok"], said["findings"]) == (0, True, [])
    assert said["events"] == said["records"] == said["log_size"] > 1000
    assert "clean" in run("audit", "--data", data).output


def test_no_ledger_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CliRunner().invoke(hazledger, ["log", "key", "--data", str(tmp_path)], catch_exceptions=False)
    assert caught.value.code == "no_ledger_here"


def batch_of(data: Path) -> str:
    with reader(load({}, {"data": data})) as ledger, ledger.store.read() as unit:
        return unit.projections.states_of("batch:", limit=1)[0][0]


def test_evidence_of_a_batch_verifies_and_a_changed_byte_does_not(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "batch.json"
    assert run("evidence", batch_of(data), "--data", data, "-o", file).exit_code == 0
    held = run("verify", file)
    assert held.exit_code == 0, held.output
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    assert run("verify", file).exit_code == 1


def test_the_log_is_exported_with_its_key(data: Path, tmp_path: Path) -> None:
    assert run("log", "export", tmp_path / "log", "--data", data).exit_code == 0
    assert (tmp_path / "log" / "checkpoint").read_bytes().startswith(b"demo.hazledger.example/log\n")
    assert run("log", "key", "--data", data).output.startswith("demo.hazledger.example/log+")


def test_a_backup_restores_into_an_empty_folder(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert run("backup", file, "--data", data).exit_code == 0
    restored = run("restore", file, "--data", tmp_path / "again")
    assert restored.exit_code == 0, restored.output
    assert run("audit", "--data", tmp_path / "again").exit_code == 0
