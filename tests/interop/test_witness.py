"""Go's own libraries read what we serve, and a witness of another make cosigns for us (tests/interop/go)."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.core.bundle import Receipt
from ledger.core.keys import KEY_SIZE
from ledger.core.lines import b64std
from ledger.core.note import COSIGNATURE, Signer
from ledger.core.tlogpolicy import TlogPolicy
from ledger.reference import Reference, load
from ledger.services.calls import Caller
from ledger.services.log_export import export
from ledger.services.stored import link_of
from ledger.services.witnessing.roster import Roster
from ledger.services.witnessing.rounds import Witnessing
from ledger.verify import verify
from ledger.witness.check import Witness
from tests.services.world import ORIGIN, World, ref
from tests.witness.logs import witness as our_witness
from tests.witness.test_rounds import reaching

MODULE = Path(__file__).parent / "go"
SEED = bytes(range(1, KEY_SIZE + 1))
WITNESS = Signer("w1.example", SEED)
CHAIN = ref("batch", 1)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load()


@pytest.fixture(scope="module")
def tools(go: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of `tests/interop/go`, built."""
    folder = tmp_path_factory.mktemp("go")
    env = {**os.environ, "GOFLAGS": "-mod=readonly -buildvcs=false"}
    words = [str(go), "build", "-o", f"{folder}/", "./..."]
    subprocess.run(words, cwd=MODULE, env=env, check=True, capture_output=True, timeout=280)
    return folder


@pytest.fixture
def plant(tmp_path: Path, reference: Reference) -> Iterator[World]:
    """A plant whose log has grown over several published checkpoints, open for writing."""
    world = World(tmp_path, reference)
    with world.create():
        world.furnish()
        world.produce(1)
        world.ledger.publish_heads()
    world.open()
    yield world
    world.ledger.close()


def check(tools: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([tools / "check", *words], capture_output=True, text=True, timeout=60, check=False)


def skey(signer: Signer) -> str:
    """A private key text of Go's note package."""
    verifier = signer.verifier()
    return f"PRIVATE+KEY+{verifier.name}+{verifier.key_id.hex()}+{b64std(bytes((verifier.kind,)) + SEED)}"


@contextmanager
def guard(tools: Path, vkey: str) -> Iterator[str]:
    """A running witness of transparency-dev; yields its address."""
    words = [str(tools / "guard"), vkey, skey(WITNESS)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def roster(url: str) -> Roster:
    text = f"witness w1 {WITNESS.verifier(COSIGNATURE).vkey()} {url}\nquorum w1\n"
    return Roster(TlogPolicy.parse(text.encode()), private=True)


def test_go_reads_our_checkpoint_and_our_proof(tools: Path, plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    vkey, size = ledger.verifier.vkey(), ledger.log.state().size
    (tmp_path / "checkpoint").write_bytes(ledger.log.state().note)
    said = check(tools, "note", tmp_path / "checkpoint", vkey)
    assert said.stdout == f"{ORIGIN} {size}\nsigned by {ORIGIN}\n", said.stderr
    with ledger.store.read() as unit:
        index = next(link.idx for link in unit.chains.iter_history(CHAIN))
        event, record = unit.events.at(index), unit.log.record(index)
        assert link_of(next(iter(unit.chains.iter_history(CHAIN))))
    assert event is not None
    assert record is not None
    receipt = Receipt.parse(ledger.receipt(event.actor, event.id))
    (tmp_path / "proof").write_bytes(receipt.proof.encode())
    said = check(tools, "proof", tmp_path / "proof", record.hash.hex(), vkey)
    assert said.stdout == f"included {index} {size}\n", said.stderr
    other = bytes(32).hex()
    assert check(tools, "proof", tmp_path / "proof", other, vkey).returncode == 1
    wrong = replace(receipt.proof, index=index + 1 if index + 1 < size else index - 1)
    (tmp_path / "proof").write_bytes(wrong.encode())
    assert check(tools, "proof", tmp_path / "proof", record.hash.hex(), vkey).returncode == 1


def test_a_witness_of_another_make_cosigns_as_our_log_grows(tools: Path, plant: World, tmp_path: Path) -> None:
    vkey = plant.ledger.verifier.vkey()
    with guard(tools, vkey) as url:
        for turn in range(3):
            ledger = plant.ledger
            chosen = roster(url)
            ledger.log.watch(chosen)
            ask = Caller(private=True, agent="hazledger-tests/1")
            told = Witnessing(ledger, chosen, ask=ask).turn(now=True)
            assert [(one.outcome, one.word) for one in told] == [("cosigned", "cosigned")], turn
            (tmp_path / "cosigned").write_bytes(ledger.log.checkpoint())
            said = check(tools, "note", tmp_path / "cosigned", vkey, WITNESS.verifier(COSIGNATURE).vkey())
            assert f"signed by {WITNESS.name}" in said.stdout, said.stderr
            policy = replace(
                ledger.policy(),
                tlog_policy=b"witness w1 " + WITNESS.verifier(COSIGNATURE).vkey().encode() + b"\nquorum w1\n",
            )
            assert verify(ledger.evidence(CHAIN), policy).genuine
            plant.lose(1, "1")
            ledger.close()
            plant.open()
        # It forgot nothing: a client that believes it knows nothing is told the size.
        with plant.ledger.store.write() as unit:
            for row in unit.witnesses.views():
                unit.witnesses.note_view(row._replace(size=0, due_at_ms=0))
        told = Witnessing(plant.ledger, roster(url), ask=Caller(private=True, agent="hazledger-tests/1")).turn()
        assert [one.outcome for one in told] == ["cosigned"]


def test_a_witness_of_another_make_refuses_a_log_of_another_key(tools: Path, plant: World) -> None:
    other = Signer(ORIGIN, bytes(range(7, 7 + KEY_SIZE))).verifier().vkey()
    with guard(tools, other) as url:
        told = Witnessing(plant.ledger, roster(url), ask=Caller(private=True, agent="hazledger-tests/1")).turn()
    assert [one.outcome for one in told] == ["failed"]  # it answers 500 where the specification has 403
    assert told[0].word.startswith("HTTP ")


def test_go_reads_the_cosignature_of_our_witness(tools: Path, plant: World, tmp_path: Path) -> None:
    ledger = plant.ledger
    made: Witness = our_witness(tmp_path / "w", None, ledger.verifier)
    ledger.log.watch(roster("https://w1.example/log"))
    told = Witnessing(ledger, roster("https://w1.example/log"), ask=reaching({"w1.example": made})).turn()
    assert [one.outcome for one in told] == ["cosigned"]
    export(ledger.log, tmp_path / "log")
    vkeys = ledger.verifier.vkey(), WITNESS.verifier(COSIGNATURE).vkey()
    said = check(tools, "note", tmp_path / "log" / "checkpoint", *vkeys)
    assert f"signed by {ORIGIN}\nsigned by {WITNESS.name}\nat 17" in said.stdout, said.stderr
