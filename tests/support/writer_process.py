"""A writer in a process of its own, to be killed: it says what it does, one flushed line each.

    python -m tests.support.writer_process

reads commands from its input, one JSON list each: [PIPE, URL, SIGNER_STATE, FIRST, STAGE, TURN]. It forks a writer for
each (what takes time was imported before), whose lines go to the named pipe, and prints ``ended CODE`` afterwards.
Lines of a writer: ``said ID`` before a statement is submitted, ``done ID INDEX RECORD`` once it is acknowledged,
``at STAGE`` where the process stops for good, to be killed exactly there: in the TURN-th transaction, before the
``commit``, before the ``signer`` state is written, before the log is ``released``, or before the answer is given
(``answer``). With STAGE ``none`` it goes on until it is killed.
"""

import json
import os
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from ledger.core.ids import uuid7
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.core.times import format_utc
from ledger.reference import Reference, load
from ledger.services import append as sequencing
from ledger.services.answers import Appended
from ledger.services.clock import SetClock
from ledger.services.entropy import SystemEntropy
from ledger.services.ledger import Ledger
from ledger.services.log import LogService
from ledger.services.signer_state import SignerState
from ledger.store.unit_of_work import WriteUnit
from tests.services.world import AUTH, LOG_SEED, ORIGIN, PRODUCER, PRODUCT, SITE, START_MS, ref

STAGES: Final = ("commit", "signer", "released", "answer")
IN_FLIGHT: Final = 24
MOMENT_MS: Final = START_MS + 3_600_000


def body(n: int, at_ms: int = MOMENT_MS) -> dict[str, Any]:
    """The ``n``-th statement, the same whoever makes it: a batch of its own is produced."""
    return {
        "id": uuid7(at_ms, n.to_bytes(10, "big")),
        "type": "production.batch_produced",
        "mode": "act",
        "actor": PRODUCER,
        "occurred_at": format_utc(at_ms),
        "refs": [],
        "sections": {
            "product": {"product": PRODUCT, "lot": f"K-{n}"},
            "outputs": {"lines": [{"batch": ref("batch", n), "amount": str(1 + n % 7), "unit": "kg"}]},
            "place": {"site": SITE, "location": "tank-1"},
        },
    }


def open_writer(url: str, state: Path, **more: Any) -> Ledger:  # noqa: ANN401 - keywords of Ledger.open
    """Become the writer."""
    signer = Signer(ORIGIN, private_key(LOG_SEED))
    clock = SetClock(MOMENT_MS)
    return Ledger.open(url, signer=signer, signer_state=state, clock=clock, entropy=SystemEntropy(), **more)


def say(*words: object) -> None:
    """Write a line to the pipe in one go."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def stop_at(stage: str, turn: int) -> None:
    """Let the process stop where ``stage`` begins for the ``turn``-th time."""
    left = turn

    def stopping(inner: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:  # noqa: ANN401 - stands for any of four methods
            nonlocal left
            left -= 1
            if left == 0:
                say("at", stage)
                threading.Event().wait()
            return inner(*arguments)

        return wrapped

    owner: Any
    owner, name = {
        "commit": (WriteUnit, "_commit"),
        "signer": (SignerState, "write"),
        "released": (LogService, "release"),
        "answer": (sequencing, "_answer"),
    }[stage]
    setattr(owner, name, stopping(getattr(owner, name)))


def write_on(ledger: Ledger, first: int) -> None:
    """State without end, several statements in flight; say each answer in order."""
    waiting: deque[tuple[str, Future[Appended]]] = deque()
    n = first
    while True:
        while len(waiting) < IN_FLIGHT:
            submission = ledger.state(body(n), AUTH)
            say("said", submission.header.id)
            waiting.append((submission.header.id, ledger.submit(submission)))
            n += 1
        name, answer = waiting.popleft()
        done = answer.result()
        say("done", name, done.index, done.record)


def write(reference: Reference, pipe: str, url: str, state: str, first: int, stage: str, turn: int) -> None:
    """Open the ledger and write until killed."""
    os.dup2(os.open(pipe, os.O_WRONLY), 1)
    ledger = open_writer(url, Path(state), reference=reference)
    say("open", os.getpid())
    if stage in STAGES:
        stop_at(stage, turn)
    write_on(ledger, first)


def main() -> None:
    """Fork a writer for each command and say how it ended."""
    reference = load()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                write(reference, *json.loads(line))
            finally:
                traceback.print_exc()
                os._exit(1)
        say("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
