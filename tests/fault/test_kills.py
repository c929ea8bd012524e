"""The writer killed while it writes: what it acknowledged is there, whole and in order, and the next one goes on.

20 kills of 20 processes, or as many as HAZLEDGER_TEST_KILLS says. Every second one is killed where it runs, as soon as
a chosen number of answers was read; the others stand still at a chosen stage of a transaction and are killed there.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from ledger.reference import Reference
from ledger.services.answers import Appended
from ledger.services.audit import audit
from ledger.services.ledger import Ledger
from ledger.store.lock import WriterHeldError
from tests.fault.kept import assert_chained, assert_kept
from tests.services.world import AUTH, World
from tests.support.writer_process import STAGES, body, open_writer

KILLS = int(os.environ.get("HAZLEDGER_TEST_KILLS", "20"))
ROOT = Path(__file__).parents[2]


@dataclass
class Told:
    """What all killed writers said: statements by id, answers by id, and where they were killed."""

    numbers: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    places: Counter[str] = field(default_factory=Counter)
    first: int = 1_000

    def listen(self, line: bytes) -> str:
        kind, *words = line.decode().split()
        if kind == "said":
            self.numbers[words[0]] = self.first
            self.first += 1
        elif kind == "done":
            self.answers[words[0]] = (int(words[1]), words[2])
        return kind


class Nest:
    """The process that forks writers; one at a time."""

    def __init__(self, pipe: Path, process: "subprocess.Popen[bytes]") -> None:
        self._pipe = pipe
        self._process = process

    def writer(self, *words: str | int) -> IO[bytes]:
        """Start a writer; the end of its lines is its own end."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(self._pipe), *words]).encode() + b"\n")
        self._process.stdin.flush()
        return self._pipe.open("rb")

    def ended(self) -> int:
        """The exit code of the last writer; negative: the signal that ended it."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline().split()[1])


@pytest.fixture
def nest(tmp_path: Path) -> Iterator[Nest]:
    pipe = tmp_path / "lines"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "tests.support.writer_process"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Nest(pipe, process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0


@dataclass
class Kill:
    """Where to kill: after so many answers, or at a stage of the so-manieth transaction."""

    stage: str
    turn: int

    def run(self, nest: Nest, world: World, told: Told) -> None:
        """Read the writer's lines until the moment has come, kill it, and read what it had said besides."""
        pid = answers = 0
        with nest.writer(world.url, str(world.state_path), told.first, self.stage, self.turn) as lines:
            for line in lines:
                kind = told.listen(line)
                answers += kind == "done"
                if kind == "open":
                    pid = int(line.split()[1])
                    assert_held_by(world, pid)
                if kind == "at" or (self.stage == "none" and answers == self.turn):
                    break
            os.kill(pid, signal.SIGKILL)
            listen_to_the_end(lines, told)
        assert nest.ended() == -signal.SIGKILL
        told.places[self.stage] += 1


def listen_to_the_end(lines: IO[bytes], told: Told) -> None:
    for line in lines:
        assert line.endswith(b"\n")
        told.listen(line)


def assert_held_by(world: World, pid: int) -> None:
    with pytest.raises(WriterHeldError) as refused:
        open_writer(world.url, world.state_path, reference=world.reference)
    assert refused.value.holder is not None
    assert refused.value.holder.pid == pid


def moments(count: int) -> list[Kill]:
    chosen = random.Random(20_261_123)
    kills = []
    for n in range(count):
        stage = "none" if n % 2 else STAGES[n // 2 % len(STAGES)]
        kills.append(Kill(stage, chosen.randint(1, 200 if stage in {"none", "answer"} else 12)))
    return kills


def assert_same_answers(ledger: Ledger, told: Told, names: list[str]) -> None:
    again = ledger.append_many([ledger.state(body(told.numbers[name]), AUTH) for name in names])
    for name, answer in zip(names, again, strict=True):
        assert isinstance(answer, Appended)
        assert answer.repeated
        assert (answer.index, answer.record) == told.answers[name]


def resend_the_unanswered(ledger: Ledger, told: Told, names: list[str]) -> tuple[int, int]:
    """Send again what was never answered: recorded before or now, and then answered alike. Counts both."""
    submissions = [ledger.state(body(told.numbers[name]), AUTH) for name in names]
    kept = 0
    for name, answer in zip(names, ledger.append_many(submissions), strict=True):
        assert isinstance(answer, Appended), answer
        told.answers[name] = (answer.index, answer.record)
        kept += answer.repeated
    return kept, len(names) - kept


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_killed_writers_lose_nothing_that_they_acknowledged(
    tmp_path: Path, reference: Reference, nest: Nest, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(tmp_path, reference)
    with world.create():
        world.furnish()
    told = Told()
    kept = lost = 0
    for kill in moments(KILLS):
        before = set(told.numbers)
        kill.run(nest, world, told)
        new = [name for name in told.numbers if name not in before]
        with open_writer(world.url, world.state_path, reference=reference) as ledger:
            answered = [name for name in new if name in told.answers]
            assert_same_answers(ledger, told, [*answered[:1], *answered[-1:]])
            with ledger.store.read() as unit:
                assert_kept(unit, told.answers, answered)
            committed, gone = resend_the_unanswered(ledger, told, [name for name in new if name not in told.answers])
            kept, lost = kept + committed, lost + gone
    with open_writer(world.url, world.state_path, reference=reference) as ledger:
        with ledger.store.read() as unit:
            assert_kept(unit, told.answers, told.answers)
            links = assert_chained(unit)
        assert_same_answers(ledger, told, [*told.answers])
        report = audit(ledger.store, reference=reference, signer_state=world.state_path)
    assert report["ok"], report["findings"]
    assert sum(told.places.values()) == KILLS
    assert kept > 0, "no kill fell between a commit and its answer"
    assert lost > 0, "no kill fell before a commit"
    places = ", ".join(f"{n} {place}" for place, n in sorted(told.places.items()))
    acknowledged = len(told.answers) - kept - lost
    with capsys.disabled():
        sys.stdout.write(
            f"\n{KILLS} kills ({places}): {acknowledged} acknowledged, 0 lost; unanswered: {kept} were recorded,"
            f" {lost} not; {links} links without a break\n"
        )
