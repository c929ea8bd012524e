"""A served ledger and a served witness, as an operator runs them; commands reach the ledger through its socket."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.core.bundle import Policy
from ledger.core.note import COSIGNATURE, open_note
from ledger.errors import VerificationError
from ledger.reference import load
from ledger.services.entropy import SystemEntropy
from ledger.verify import verify
from ledger.witness import keys
from tests.services.world import ORIGIN, World, ref
from tests.support.server import Client, environment, furnished
from tests.support.server import serving as ledger_serving
from tests.witness import tsa
from tests.witness.served import serving as witness_serving

BATCH = ref("batch", 1)


def command(world: World, settings: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from ledger.cli import main; main()", *words],
        env={**environment(world), **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.usefixtures("openssl")
def published(client: Client, size: int) -> None:
    """Wait until the checkpoint that is shown covers so many records."""
    for _ in range(1_200):
        if int(client.get("/log/checkpoint").body.split(b"\n")[1]) >= size:
            return
        time.sleep(0.05)
    pytest.fail(f"no checkpoint of size {size} within a minute")


def test_a_served_ledger_is_cosigned_by_a_served_witness_and_stamped(url: str, tmp_path: Path) -> None:
    world, api = furnished(tmp_path, load(), url)
    with world.open() as ledger:
        policy, vkey = ledger.policy(), ledger.verifier.vkey()
    (tmp_path / "logs").write_text(f"log {vkey}\n", encoding="utf-8")
    authority = tsa.make(tmp_path / "tsa")
    witness = keys.make(tmp_path / "w", "w1.example", SystemEntropy())
    with witness_serving(tmp_path / "w", tmp_path / "logs") as served, tsa.serving(authority) as stamping:
        text = f"witness w1 {witness.vkey()} {served.url}\nquorum w1\n"
        (tmp_path / "witnesses").write_text(text, encoding="utf-8")
        settings = {"HAZLEDGER_WITNESSES": str(tmp_path / "witnesses"), "HAZLEDGER_WITNESSES_PRIVATE": "true"}
        settings |= {"HAZLEDGER_TSA_URL": stamping, "HAZLEDGER_TSA_CERTIFICATES": str(authority.ca)}
        settings |= {"HAZLEDGER_TSA_PRIVATE": "true"}
        with ledger_serving(world, settings=settings) as server:
            server.wait()
            with server.client(api.producer) as client:
                index, _ = client.state(world.produce_body(1)).recorded
                published(client, index + 1)
            asked = command(world, settings, "log", "witness")
            assert (asked.returncode, "w1: cosigned" in asked.stdout) == (0, True), asked.stderr + asked.stdout
            stamped = command(world, settings, "log", "timestamp")
            assert (stamped.returncode, stamped.stdout.split()[0]) == (0, "stamped"), stamped.stderr + stamped.stdout
            with server.client() as client:
                told = client.get("/log/witnesses").json
                assert told["timestamp"]["size"] <= told["size"]
                _, found = open_note(client.get("/log/checkpoint").body, [witness])
                assert found[0].verifier.kind == COSIGNATURE
            refused = command(world, {**settings, "HAZLEDGER_WITNESSES_PRIVATE": "false"}, "log", "witness")
            assert refused.returncode == 2
        wanted = Policy(ORIGIN, policy.log_keys, policy.genesis, policy.registrars, text.encode())
        exported = command(world, settings, "log", "export", str(tmp_path / "log"))
        assert exported.returncode == 0, exported.stderr
        assert {file.suffix for file in (tmp_path / "log" / "timestamps").iterdir()} == {".checkpoint", ".tsr"}
        made_by = command(world, settings, "evidence", BATCH, "-o", str(tmp_path / "e"))
        assert made_by.returncode == 0, made_by.stderr
        (tmp_path / "policy.json").write_bytes(wanted.encode())
        checked = command(world, {}, "verify", str(tmp_path / "e"), "--policy", str(tmp_path / "policy.json"))
        assert checked.returncode == 0, checked.stdout
        assert verify((tmp_path / "e").read_bytes(), wanted).genuine
    # The control: without the setting the same evidence is log-signed.
    bare = command(world, {}, "evidence", BATCH, "-o", str(tmp_path / "b"))
    assert bare.returncode == 0
    with pytest.raises(VerificationError):
        verify((tmp_path / "b").read_bytes(), wanted)
    assert json.loads((tmp_path / "e").read_bytes())["vkeys"] != json.loads((tmp_path / "b").read_bytes())["vkeys"]
