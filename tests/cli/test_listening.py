"""An address that cannot be had is told before any work is done, with the way out."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.cli import hazledger
from ledger.cli.serve import listen
from ledger.config import load
from ledger.errors import ConfigurationError
from tests.support.operated import SERVE, Operated


@pytest.fixture
def busy() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def demo(data: Path, *words: str) -> Result:
    return CliRunner().invoke(hazledger, ["demo", "--data", str(data), *words])


@pytest.mark.parametrize("story", [(), ("--story", "transfer")])
def test_a_demo_is_not_built_for_a_port_that_is_in_use(busy: int, tmp_path: Path, story: tuple[str, ...]) -> None:
    refused = demo(tmp_path / "data", "--port", str(busy), *story).exception
    assert isinstance(refused, ConfigurationError)
    assert (refused.code, refused.params) == ("port_in_use", {"host": "127.0.0.1", "port": busy})
    assert not (tmp_path / "data").exists()


def test_a_server_says_so_on_the_terminal_with_the_remedy(busy: int, operated: Operated) -> None:
    operated.init()
    command = [sys.executable, "-c", SERVE, "serve", "--data", str(operated.data), "--port", str(busy)]
    ended = subprocess.run(command, env=operated.env, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"port {busy} of 127.0.0.1" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_foreign_address_is_told_with_the_reason(tmp_path: Path) -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    with pytest.raises(ConfigurationError) as caught:
        listen(load({}, {"data": tmp_path, "host": "192.0.2.1", "port": 0}))
    assert caught.value.code == "address_unusable"
    assert caught.value.params["host"] == "192.0.2.1"
    assert caught.value.params["reason"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_who_connects_early_waits_for_the_answer(tmp_path: Path, host: str) -> None:
    with listen(load({}, {"data": tmp_path, "host": host, "port": 0})) as listener:
        address = listener.getsockname()[:2]
        with socket.create_connection(address), listener.accept()[0] as accepted:
            assert accepted.getsockname()[:2] == address
