"""The guide to the first call: its commands, run as they stand against a demo that is served."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.require import require

GUIDE = Path(__file__).parents[2] / "docs" / "api-quickstart.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"^(http://\S+?)/ ", re.MULTILINE)
KEY = re.compile(r"hzk_\S+")
BIN = Path(sys.executable).parent


class Served(NamedTuple):
    url: str
    key: str


@pytest.fixture(scope="module")
def curl() -> Path:
    return require("curl")


@pytest.fixture(scope="module")
def served(curl: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    assert curl.is_file()
    folder = tmp_path_factory.mktemp("served")
    words = [str(BIN / "hazledger"), "demo", "--events", "1000", "--data", str(folder), "--port", "0"]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if KEY.search(line):
                break
        address, key = ADDRESS.search(said), KEY.search(said)
        assert address, said
        assert key, said
        try:
            yield Served(address[1], key[0])
        finally:
            process.terminate()


def test_every_command_of_the_guide_does_what_it_says(served: Served, tmp_path: Path) -> None:
    export, *blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert re.findall(r"export (\w+)=", export) == ["HAZLEDGER_URL", "HAZLEDGER_KEY"]
    env = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "HAZLEDGER_URL": served.url,
        "HAZLEDGER_KEY": served.key,
    }
    said = [
        subprocess.run(
            ["bash", "-eu", "-c", block], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
        ).stdout
        for block in blocks
    ]
    stock, made, posted, verified, again, refused = said
    assert '"items"' in stock
    assert made == ""
    assert posted == "201\n"
    assert "hazledger-demo: true" in (tmp_path / "headers.txt").read_text(encoding="utf-8").lower()
    assert "Consistent, log key not pinned" in verified
    assert "does not show whether the ledger is a demonstration" in verified
    assert again == "200\nTrue\n"
    assert refused.startswith("422\nholding_overdrawn\n/sections/inputs/lines/0/amount\n")
