"""A witness that others run, the program `litewitness`, cosigns our log by our own command, and refuses its fork."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.keys import KEY_SIZE
from ledger.core.lines import b64std
from ledger.core.note import COSIGNATURE, Signer, open_note
from ledger.core.tlogpolicy import TlogPolicy
from ledger.errors import VerificationError
from ledger.reference import load
from ledger.services.calls import Caller
from ledger.services.clock import SetClock
from ledger.services.witnessing.roster import Roster
from ledger.services.witnessing.rounds import Witnessing
from tests.interop import litewitness
from tests.services.world import ORIGIN, World
from tests.witness.test_end_to_end import command

SEED = bytes(range(1, KEY_SIZE + 1))
WITNESS = Signer("w1.example/lite", SEED)
KEY = WITNESS.verifier(COSIGNATURE)


@pytest.fixture(scope="module")
def program(go: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    env = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-mod=mod"}
    subprocess.run([go, "install", litewitness.TOOL], env=env, check=True, capture_output=True, timeout=280)
    return folder / "litewitness"


@pytest.fixture
def plant(tmp_path: Path) -> World:
    """A closed ledger of a few records."""
    (tmp_path / "plant").mkdir()
    world = World(tmp_path / "plant", load())
    with world.create():
        world.furnish()
        world.produce(1)
    return world


def turn(world: World, url: str) -> list[tuple[str, str]]:
    """Ask the witness; returns outcome and word. The world is opened, and closed again."""
    chosen = roster(url)
    with world.open() as ledger:
        ledger.log.watch(chosen)
        ask = Caller(private=True, agent="hazledger-tests/1")
        return [(one.outcome, one.word) for one in Witnessing(ledger, chosen, ask=ask).turn(now=True)]


def roster(url: str) -> Roster:
    return Roster(TlogPolicy.parse(f"witness w1 {KEY.vkey()} {url}\nquorum w1\n".encode()), private=True)


def cosigned(world: World, url: str) -> Checkpoint:
    """The checkpoint that the ledger shows, over which the witness's own line must verify."""
    with world.open() as ledger:
        ledger.log.watch(roster(url))
        ledger.log.refresh()
        note = ledger.log.checkpoint()
        checkpoint, _ = open_checkpoint(note, ORIGIN, ledger.verifiers)
        assert checkpoint.size == ledger.log.state().size
    _, found = open_note(note, [KEY])
    assert [(one.verifier, one.time_s is not None) for one in found] == [(KEY, True)]
    return checkpoint


def copied(world: World, folder: Path) -> World:
    """A copy of a closed ledger with its key and signer state, which will tell another history."""
    folder.mkdir()
    shutil.copyfile(world.folder / "ledger.sqlite3", folder / "ledger.sqlite3")
    made = World(folder, world.reference, SetClock(world.clock.now_ms()), world.count)
    shutil.copyfile(world.state_path, made.state_path)
    return made


def test_a_public_witness_cosigns_our_log_as_it_grows_and_refuses_its_fork(
    program: Path, plant: World, tmp_path: Path
) -> None:
    database = tmp_path / "lite.sqlite3"
    with plant.open() as ledger:
        litewitness.knows(database, ledger.verifier)
    forked = copied(plant, tmp_path / "forked")
    with litewitness.serving(program, database, WITNESS, SEED) as url:
        (tmp_path / "witnesses").write_text(f"witness w1 {KEY.vkey()} {url}\nquorum w1\n", encoding="utf-8")
        settings = {"HAZLEDGER_WITNESSES": str(tmp_path / "witnesses"), "HAZLEDGER_WITNESSES_PRIVATE": "true"}
        asked = command(plant, settings, "log", "witness")
        assert (asked.returncode, asked.stdout.split(",")[0]) == (0, "w1: cosigned"), asked.stdout + asked.stderr
        first = cosigned(plant, url)
        assert litewitness.seen(database, ORIGIN) == (first.size, b64std(first.root))

        with plant.open():
            plant.lose(1, "1")
        assert turn(plant, url) == [("cosigned", "cosigned")]
        second = cosigned(plant, url)
        assert second.size > first.size

        # The same key signs another history, which is longer: no proof from what the witness saw leads there.
        with forked.open():
            for _ in range(3):
                forked.lose(1, "2")
        assert turn(forked, url) == [("inconsistent", "HTTP 422")]
        assert litewitness.seen(database, ORIGIN) == (second.size, b64std(second.root))
        with forked.open() as ledger:
            ledger.log.watch(roster(url))
            ledger.log.refresh()
            with pytest.raises(VerificationError):
                open_note(ledger.log.checkpoint(), [KEY])

        # The honest log goes on.
        with plant.open():
            plant.lose(1, "1")
        assert turn(plant, url) == [("cosigned", "cosigned")]
        assert cosigned(plant, url).size > second.size


def test_a_public_witness_refuses_a_log_of_another_key(program: Path, plant: World, tmp_path: Path) -> None:
    database = tmp_path / "lite.sqlite3"
    litewitness.knows(database, Signer(ORIGIN, bytes(range(7, 7 + KEY_SIZE))).verifier())
    with litewitness.serving(program, database, WITNESS, SEED) as url:
        assert turn(plant, url) == [("failed", "HTTP 403")]
    assert litewitness.seen(database, ORIGIN)[0] == 0
