"""PostgreSQL killed under a serving ledger: it says so, signs nothing more, and starts again with all it promised."""

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ledger.reference import Reference
from ledger.services.audit import audit
from ledger.services.clock import SystemClock
from ledger.services.ledger import Ledger
from tests.fault.kept import assert_chained, assert_kept, assert_stated_once
from tests.support import require
from tests.support.postgres import Postgres, running
from tests.support.server import Answer, Client, Server, furnished, serving
from tests.support.writer_process import body

CLIENTS = 6
BEFORE = 60
"""Answers before the kill."""

pytestmark = pytest.mark.postgres


@pytest.fixture
def own() -> Iterator[Postgres]:
    """A server for this test alone: it will be killed."""
    with running(require.require("postgres")) as server:
        yield server


class Writers:
    """Clients that write until they are told that it cannot be; they kill the database on the way."""

    def __init__(self, server: Server, key: str, database: Postgres, number: signal.Signals) -> None:
        self.stated: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[int, str]] = {}
        self.told: list[Answer] = []
        self._server, self._key, self._database, self._number = server, key, database, number
        self._gate = threading.Lock()

    def run(self) -> None:
        with ThreadPoolExecutor(CLIENTS) as threads:
            for done in [threads.submit(self._write) for _ in range(CLIENTS)]:
                done.result()

    def _write(self) -> None:
        with self._server.client(self._key) as client:
            while True:
                with self._gate:
                    made = body(1_000 + len(self.stated), SystemClock().now_ms())
                    self.stated[made["id"]] = made
                answer = client.state(made)
                with self._gate:
                    if answer.status != 201:
                        self.told.append(answer)
                        return
                    self.answers[made["id"]] = answer.recorded
                    if len(self.answers) == BEFORE:
                        self._database.end(self._number)


def assert_unready(client: Client, *, reads: bool) -> None:
    answer = client.get("/readyz")
    assert (answer.status, answer.json["reads"], answer.json["writes"]) == (503, reads, False), answer.body
    why = {check["name"]: check["detail"] for check in answer.json["checks"] if not check["ok"]}
    assert "writer" in why
    assert why["writer"]["en"].startswith(("store_fault, ", "store_unreachable, ", "commit_unknown")), why
    assert client.get("/healthz").status == 200


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGKILL])
def test_a_killed_database_stops_writing_and_loses_nothing(
    own: Postgres, number: signal.Signals, tmp_path: Path, reference: Reference
) -> None:
    url = own.database()
    world, keys = furnished(tmp_path, reference, url)
    with serving(world) as server:
        server.wait()
        writers = Writers(server, keys.producer, own, number)
        writers.run()
        assert {answer.status for answer in writers.told} == {503}
        with server.client(keys.producer) as client:
            assert_unready(client, reads=False)
            own.start()
            assert_unready(client, reads=True)
            name = next(iter(writers.answers))
            assert client.get(f"/api/v1/receipts/{name}").recorded == writers.answers[name]
            refused = client.state(body(999, SystemClock().now_ms()))
            assert (refused.status, refused.code) == (503, "writing_stopped")
        server.stop()
    with serving(world) as server:
        server.wait()
        with server.client(keys.producer) as client:
            for name, made in writers.stated.items():
                again = client.state(made)
                assert again.status == 200 or name not in writers.answers
                assert writers.answers.setdefault(name, again.recorded) == again.recorded
        assert server.stop() == 0
    with Ledger.open(world.url, reference=reference) as ledger:
        with ledger.store.read() as unit:
            assert_kept(unit, writers.answers, writers.stated)
            assert_stated_once(unit, writers.stated)
            assert_chained(unit)
        report = audit(ledger.store, reference=reference, signer_state=world.state_path)
    assert report["ok"], report["findings"]
