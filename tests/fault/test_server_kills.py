"""The server killed while clients write over HTTP: what it acknowledged is there, whole and in order.

6 kills of 6 processes on each database, or as many as HAZLEDGER_TEST_KILLS says. Every second one is killed once it
has given a chosen number of answers, the others once a chosen number of statements has been sent, while the others
wait for theirs: so the kills fall before, in and after transactions.
"""

import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from ledger.reference import Reference
from ledger.services.audit import audit
from ledger.services.clock import SystemClock
from ledger.services.ledger import Ledger
from ledger.store.engines import Backend
from ledger.verify import verify
from tests.fault.kept import assert_chained, assert_kept, assert_stated_once
from tests.support.server import Client, Gone, Server, furnished, serving
from tests.support.writer_process import body

KILLS: Final = int(os.environ.get("HAZLEDGER_TEST_KILLS", "6"))
CLIENTS: Final = 8


@dataclass
class Told:
    """What the clients of all servers stated, and what they were answered: index and record hash."""

    stated: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)

    def new(self) -> dict[str, Any]:
        """One more statement."""
        made = body(1_000 + len(self.stated), SystemClock().now_ms())
        self.stated[made["id"]] = made
        return made

    @property
    def unanswered(self) -> list[str]:
        return [name for name in self.stated if name not in self.answers]


@dataclass
class Assault:
    """Clients that write until the moment to kill has come, and a little longer."""

    server: Server
    key: str
    told: Told
    after: str
    turn: int
    _gate: threading.Lock = field(default_factory=threading.Lock)
    _counts: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        with ThreadPoolExecutor(CLIENTS) as threads:
            for done in [threads.submit(self._write) for _ in range(CLIENTS)]:
                done.result()
        assert self.server.process.wait() < 0

    def _write(self) -> None:
        with self.server.client(self.key) as client:
            while True:
                with self._gate:
                    made = self.told.new()
                try:
                    client.send(made)
                    self._count("sent")
                    recorded = client.receive().recorded
                except Gone:
                    return
                with self._gate:
                    self.told.answers[made["id"]] = recorded
                self._count("answered")

    def _count(self, what: str) -> None:
        with self._gate:
            self._counts[what] += 1
            if what == self.after and self._counts[what] == self.turn:
                self.server.process.kill()


def moments(count: int) -> Iterator[tuple[str, int]]:
    chosen = random.Random(20_261_124)
    for n in range(count):
        yield ("answered", "sent")[n % 2], chosen.randint(1, 100)


def ask_again(client: Client, told: Told, before: set[str]) -> tuple[int, int]:
    """Ask for the first and last answer of the last round; send what was not answered, recorded before or not."""
    new = [name for name in told.answers if name not in before]
    for name in {*new[:1], *new[-1:]}:
        again = client.state(told.stated[name])
        assert (again.status, again.recorded) == (200, told.answers[name])
        assert client.get(f"/api/v1/receipts/{name}").recorded == told.answers[name]
    statuses: Counter[int] = Counter()
    for name in told.unanswered:
        late = client.state(told.stated[name])
        told.answers[name] = late.recorded
        statuses[late.status] += 1
    return statuses[200], statuses[201]


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_a_killed_server_loses_nothing_that_it_acknowledged(
    backend: Backend, url: str, tmp_path: Path, reference: Reference, capsys: pytest.CaptureFixture[str]
) -> None:
    world, keys = furnished(tmp_path, reference, url)
    told = Told()
    kept = lost = acknowledged = 0
    before: set[str] = set()
    for after, turn in moments(KILLS):
        with serving(world) as server:
            server.wait()
            with server.client(keys.producer) as client:
                committed, gone = ask_again(client, told, before)
            kept, lost, before = kept + committed, lost + gone, {*told.answers}
            Assault(server, keys.producer, told, after, turn).run()
            acknowledged += len(told.answers) - len(before)
    with serving(world) as server:
        server.wait()
        with server.client(keys.producer) as client:
            committed, gone = ask_again(client, told, before)
            last = max(told.answers, key=lambda name: told.answers[name])
            receipt = client.get(f"/api/v1/receipts/{last}").body
        assert server.stop() == 0
    kept, lost = kept + committed, lost + gone
    with Ledger.open(world.url, reference=reference) as ledger:
        assert verify(receipt, ledger.policy()).genuine
        with ledger.store.read() as unit:
            assert_kept(unit, told.answers, told.answers)
            assert_stated_once(unit, told.stated)
            links = assert_chained(unit)
        report = audit(ledger.store, reference=reference, signer_state=world.state_path)
    assert report["ok"], report["findings"]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{KILLS} kills of the server on {backend}: {acknowledged} acknowledged, 0 lost; unanswered: {kept} were"
            f" recorded, {lost} not; {links} links without a break\n"
        )
