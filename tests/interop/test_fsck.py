"""The exported log passes the public Tessera fsck, and fails it after one flipped byte."""

import os
import subprocess
from pathlib import Path

import pytest

from ledger.bootstrap import build_demo, reader
from ledger.config import load
from ledger.demo.build import Plan
from ledger.services.log_export import export

TOOL = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4"


@pytest.fixture(scope="module")
def fsck(go: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    env = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-mod=mod"}
    subprocess.run([go, "install", TOOL], env=env, check=True, capture_output=True, timeout=280)
    return folder / "fsck"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("log")
    settings = load({}, {"data": folder / "data", "environment": "demo"})
    build_demo(settings, Plan(1000, 5, 1_793_491_200_000), lambda _done, _total: None)
    with reader(settings) as ledger:
        export(ledger.log, folder / "log")
        (folder / "key").write_text(ledger.verifier.vkey() + "\n")
    return folder / "log", folder / "key"


def accepts(fsck: Path, log: Path, key: Path) -> bool:
    # With one worker the tool waits for ever after an error, and it exits with 0 either way: its words tell.
    words = [str(fsck), f"--storage_url=file://{log}/", f"--public_key={key}", "--ui=false", "-N", "4"]
    said = subprocess.run(words, capture_output=True, timeout=120, check=False)
    return b"Successfully fsck" in said.stderr + said.stdout


def test_the_public_tool_accepts_the_exported_log(fsck: Path, exported: tuple[Path, Path]) -> None:
    assert accepts(fsck, *exported)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "tile/entries/001"])
def test_the_public_tool_finds_one_flipped_byte(fsck: Path, exported: tuple[Path, Path], name: str) -> None:
    log, key = exported
    file = log / name
    before = file.read_bytes()
    changed = bytearray(before)
    changed[100] ^= 1
    file.write_bytes(changed)
    try:
        assert not accepts(fsck, log, key)
    finally:
        file.write_bytes(before)
