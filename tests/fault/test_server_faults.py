"""What clients are told when writing fails behind the server, and that the same id makes it good afterwards."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ledger.reference import Reference
from ledger.services.access import issue_key
from ledger.services.answers import Result
from ledger.services.appender import Appender
from ledger.services.audit import audit
from ledger.services.intake import Submission
from ledger.services.ledger import Ledger
from ledger.store.faults import CommitUnknownError
from ledger.store.unit_of_work import WriteUnit
from tests.services.world import PRODUCER, World, ref
from tests.support.live import live
from tests.support.server import FURNISHED, Answer, Client, furnished, serving

CLIENTS = 16


@pytest.fixture
def address(plant: World) -> Iterator[str]:
    with live(plant.ledger) as url:
        yield url


def assert_told_to_retry(answer: Answer, reason: str) -> None:
    assert (answer.status, answer.code) == (503, "writing_stopped")
    assert int(answer.headers["retry-after"]) > 0
    assert reason in answer.json["detail"]
    assert "trying again with the same id is safe" in answer.json["remedy"]


def assert_reads_go_on(client: Client, reason: str) -> None:
    assert client.get("/healthz").status == 200
    ready = client.get("/readyz")
    assert (ready.status, ready.json["reads"], ready.json["writes"]) == (503, True, False)
    details = {check["name"]: check["detail"] for check in ready.json["checks"]}
    assert reason in details["writer"]["en"]
    assert client.get("/log/checkpoint").status == 200


def assert_sound(world: World) -> None:
    report = audit(world.ledger.store, reference=world.reference, signer_state=world.state_path)
    assert report["ok"], report["findings"]


def test_the_writers_death_is_told_to_every_client_that_waits(
    plant: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = issue_key(plant.ledger, PRODUCER)
    bodies = [plant.produce_body(n) for n in range(1, CLIENTS + 1)]
    entered, die = threading.Event(), threading.Event()

    def dies(_appender: Appender, _submissions: Sequence[Submission]) -> list[Result]:
        entered.set()
        die.wait()
        raise MemoryError("as if there were none left")

    def state(body: dict[str, Any]) -> Answer:
        with Client(address, key) as client:
            return client.state(body)

    sequencer = plant.ledger.sequencer
    assert sequencer is not None
    with monkeypatch.context() as patch, ThreadPoolExecutor(CLIENTS) as threads:
        patch.setattr(Appender, "append", dies)
        waiting = [threads.submit(state, bodies[0])]
        assert entered.wait(30)
        waiting += [threads.submit(state, body) for body in bodies[1:]]
        while sequencer.waiting < CLIENTS - 1:
            assert not any(answer.done() for answer in waiting)
        die.set()
        for told in waiting:
            assert_told_to_retry(told.result(), "MemoryError")
    with Client(address, key) as client:
        assert_told_to_retry(client.state(bodies[0]), "MemoryError")
        assert_reads_go_on(client, "MemoryError")
        plant.ledger.recover()
        assert client.get("/readyz").status == 200
        answers = [client.state(body) for body in bodies]
    assert [answer.status for answer in answers] == [201] * CLIENTS
    assert [answer.recorded[0] for answer in answers] == [*range(5, 5 + CLIENTS)]
    assert_sound(plant)


@pytest.mark.parametrize("committed", [True, False])
def test_after_a_commit_of_unknown_outcome_the_same_id_tells(
    plant: World, address: str, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    key = issue_key(plant.ledger, PRODUCER)
    body = plant.produce_body(1)
    commit = WriteUnit._commit

    def lost(unit: WriteUnit) -> None:
        if committed:
            commit(unit)
        else:
            unit.connection.rollback()
        unit._store.stop("the answer to the commit was lost")
        raise CommitUnknownError("commit_unknown", retry_after_s=30)

    with Client(address, key) as client:
        with monkeypatch.context() as patch:
            patch.setattr(WriteUnit, "_commit", lost)
            assert_told_to_retry(client.state(body), "commit_unknown")
        assert_told_to_retry(client.state(body), "commit_unknown")
        assert_reads_go_on(client, "commit_unknown")
        assert client.get(f"/api/v1/receipts/{body['id']}").status == 404  # nothing leaves before the commit is known
        plant.ledger.recover()
        first, second = client.state(body), client.state(body)
        assert (first.status, second.status) == (200 if committed else 201, 200)
        assert first.recorded == second.recorded == client.get(f"/api/v1/receipts/{body['id']}").recorded
    with plant.ledger.store.read() as unit:
        assert unit.log.size() == 6
        assert unit.queries.batch_mass(ref("batch", 1))["holding"] == 100_000_000
    assert_sound(plant)


def test_a_server_that_follows_a_killed_one_at_once_writes(url: str, tmp_path: Path, reference: Reference) -> None:
    world, _ = furnished(tmp_path, reference, url)
    for _ in range(3):
        with serving(world) as server:
            assert server.readiness().json["writes"] is True
            server.kill()


def test_a_second_server_reads_and_names_the_one_that_writes(url: str, tmp_path: Path, reference: Reference) -> None:
    world, keys = furnished(tmp_path, reference, url)
    with serving(world) as first:
        first.wait()
        with serving(world, waits=False) as second:
            refused = second.wait(status=503).json
            writer = f"{first.process.pid}@"
            assert (refused["reads"], refused["writes"]) == (True, False)
            assert writer in next(check["detail"]["en"] for check in refused["checks"] if check["name"] == "writer")
            with first.client(keys.producer) as writing, second.client(keys.producer) as reading:
                made = world.produce_body(1)
                told = reading.state(made)
                assert (told.status, told.code) == (503, "writer_elsewhere")
                assert writer in told.json["detail"]
                assert int(told.headers["retry-after"]) > 0
                recorded = writing.state(made).recorded
                assert writing.state(world.produce_body(2)).status == 201
                assert reading.get(f"/api/v1/batches/{ref('batch', 1).partition(':')[2]}").status == 200
                assert reading.get("/log/checkpoint").status == 200
            assert first.stop() == 0
            assert second.readiness().json["reads"] is True
            assert second.stop() == 0
    with serving(world) as third:
        third.wait()
        with third.client(keys.producer) as client:
            assert client.state(made).recorded == recorded
        assert third.stop() == 0


def test_a_server_that_is_asked_to_stop_closes_the_ledger(url: str, tmp_path: Path, reference: Reference) -> None:
    """The last checkpoint is published, and the file is whole without its write-ahead log."""
    world, keys = furnished(tmp_path, reference, url)
    with serving(world) as server:
        server.wait()
        with server.client(keys.producer) as client:
            for n in range(1, 4):
                assert client.state(world.produce_body(n)).status == 201
        assert server.stop() == 0
    assert not [*tmp_path.glob("*-wal")]
    with Ledger.open(world.url, reference=reference) as ledger:
        assert ledger.log.state().size == FURNISHED + 3
