"""The log, exported and served, passes the public Tessera fsck, and fails it after one flipped byte."""

import os
import subprocess
from pathlib import Path

import pytest

from ledger.bootstrap import build_demo, reader
from ledger.config import load
from ledger.core.tiles import TILE_WIDTH
from ledger.demo.build import Plan
from ledger.reference import load as load_reference
from ledger.services.log_export import export
from tests.services.world import AUTH, World
from tests.support import tampering
from tests.support.server import furnished, serving
from tests.support.tampering import flip

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


def accepts(fsck: Path, log: Path | str, key: Path) -> bool:
    """``log``: a folder, or the address of a served one."""
    place = f"file://{log}/" if isinstance(log, Path) else f"{log}/"
    # With one worker the tool waits for ever after an error, and it exits with 0 either way: its words tell.
    words = [str(fsck), f"--storage_url={place}", f"--public_key={key}", "--ui=false", "-N", "4"]
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


SIZE = 2 * TILE_WIDTH + 40


@pytest.fixture
def served(url: str, tmp_path: Path) -> tuple[World, Path]:
    """A closed ledger of two complete tiles and a partial one, and the log's key."""
    world, _ = furnished(tmp_path, load_reference(), url)
    with world.open() as ledger:
        here = ledger.log.state().size
        ledger.append_many([ledger.state(world.produce_body(n), AUTH) for n in range(1, SIZE - here + 1)])
        (tmp_path / "vkey").write_text(ledger.verifier.vkey() + "\n")
    return world, tmp_path / "vkey"


def test_the_public_tool_accepts_the_served_log_until_a_byte_is_flipped_in_the_database(
    fsck: Path, served: tuple[World, Path]
) -> None:
    world, key = served
    with serving(world) as server:
        server.wait()
        log = f"{server.url}/log"
        assert accepts(fsck, log, key)
        for table, column, where in (
            ("tiles", "data", "level = 0 AND n = 1"),
            ("records", "hash", "idx = 100"),
            ("records", "hash", f"idx = {SIZE - 1}"),
        ):
            tampering.change(world.url, table, column, where, lambda data: flip(data, 17))
            assert not accepts(fsck, log, key), (table, where)
            tampering.change(world.url, table, column, where, lambda data: flip(data, 17))
        assert accepts(fsck, log, key)
