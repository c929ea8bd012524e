"""The commands as a person runs them: what they print, and how they exit."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from ledger.bootstrap import build_demo, reader
from ledger.cli import COMMANDS, hazledger
from ledger.config import load
from ledger.demo.build import Plan
from ledger.demo.showcase import find
from ledger.errors import ConfigurationError, ConflictError, FormatError, NotFoundError
from tests.labels.raster import read

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


def test_evidence_of_a_transfer_a_site_and_a_region_verifies(data: Path, tmp_path: Path) -> None:
    file, page = tmp_path / "file", tmp_path / "page.html"
    with reader(load({}, {"data": data})) as ledger, ledger.store.read() as unit:
        transfer, site = (unit.projections.states_of(f"{kind}:", limit=1)[0][0] for kind in ("transfer", "site"))
    for words in (
        ("--transfer", transfer.partition(":")[2]),
        ("--site", site, "--day", "2026-10-28"),
        ("--region", "33", "--from", "2026-10-20", "--to", "2026-10-25"),
    ):
        made = run("evidence", *words, "--data", data, "-o", file)
        assert made.exit_code == 0, made.output
        assert not file.with_name("file.part").exists()
        held = run("verify", file, "--html", page)
        assert held.exit_code == 0, held.output
        assert "signature of the index: holds" in held.output
        assert base64.b64encode(file.read_bytes()) in page.read_bytes()


def test_evidence_is_of_one_thing(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    for words in (
        (),
        ("batch", "--transfer", "x"),
        ("--site", "x"),
        ("--region", "33"),
        ("--site", "x", "--region", "1"),
    ):
        assert run("evidence", *words, "--data", data, "-o", file).exit_code == 2
    assert not file.exists()


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


def test_labels_of_codes_and_of_batches(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAZLEDGER_ENVIRONMENT", "demo")
    monkeypatch.setenv("HAZLEDGER_BASE_URL", "https://trace.example.cn")
    with reader(load({}, {"data": data, "environment": "demo"})) as ledger:
        shown = find(ledger)
        with ledger.store.read() as unit:
            void = next(
                code.code
                for row in unit.queries.things("container", limit=500)
                for code in unit.queries.codes_of(row.id)
                if code.voided_idx is not None
            )
    assert shown.code is not None
    assert shown.batch is not None
    assert run("label", "--data", data, shown.code, "-o", tmp_path / "one.pdf").exit_code == 0
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF-")
    told = run("label", "--data", data, "--batch", shown.batch, "--format", "png", "-o", tmp_path / "many")
    assert told.exit_code == 0, told.output
    images = list((tmp_path / "many").iterdir()) if (tmp_path / "many").is_dir() else [tmp_path / "many"]
    found = {read(np.asarray(Image.open(image).convert("L")))[0] for image in images}
    assert all(text.startswith("HTTPS://TRACE.EXAMPLE.CN/Q/") for text in found)
    bare = shown.batch.partition(":")[2]
    assert run("label", "--data", data, "--batch", bare, "--format", "zpl", "-o", tmp_path / "z").exit_code == 0
    assert (tmp_path / "z").read_text("ascii").count("^XA") == len(images)
    assert isinstance(run("label", "--data", data, void, "-o", tmp_path / "v").exception, ConflictError)
    assert isinstance(run("label", "--data", data, "AAAA", "-o", tmp_path / "v").exception, NotFoundError)
    assert isinstance(run("label", "--data", data, void, "--lang", "fr", "-o", tmp_path / "v").exception, FormatError)
    assert run("label", "--data", data, "-o", tmp_path / "v").exit_code == 2
    assert not (tmp_path / "v").exists()


def test_labels_say_where_their_codes_lead_when_nobody_set_it(data: Path, tmp_path: Path) -> None:
    with reader(load({}, {"data": data, "environment": "demo"})) as ledger:
        code = find(ledger).code
    told = run("label", "--data", data, code or "", "--format", "svg", "-o", tmp_path / "s.svg")
    assert "http://127.0.0.1:8000" in told.stderr
    assert (tmp_path / "s.svg").read_text("utf-8").startswith("<svg")
