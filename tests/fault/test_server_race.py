"""32 clients race over HTTP to over-draw a holding: what is there is given out once, and to the last milligram."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ledger.core.quantity import milligrams
from ledger.reference import Reference
from ledger.services.audit import audit
from ledger.services.clock import SystemClock
from ledger.services.ledger import Ledger
from tests.fault.test_race import ACCEPTED, STOCK_KG, THREADS
from tests.services.world import SITE, World, ref
from tests.support.server import FURNISHED, Answer, Client, Server, furnished, serving


@pytest.fixture
def served(url: str, tmp_path: Path, reference: Reference) -> World:
    """A closed plant with a batch of 100 kg for each way to draw from it."""
    world, keys = furnished(tmp_path, reference, url)
    with world.open():
        for batch in range(1, len(ACCEPTED) + 1):
            world.produce(batch, str(STOCK_KG))
    world.clock.set(SystemClock().now_ms())
    (tmp_path / "key").write_text(keys.producer)
    return world


def draw(world: World, batch: int, kg: str) -> dict[str, Any]:
    line = {"batch": ref("batch", batch), "amount": kg, "unit": "kg"}
    return world.body("storage.sampled", inputs={"lines": [line]}, place={"site": SITE, "location": "tank-1"})


def race(clients: Sequence[Client], statements: Sequence[dict[str, Any]]) -> list[Answer]:
    """Let each client send one statement; all begin together, on connections that are open."""
    start = threading.Barrier(len(clients))

    def run(client: Client, statement: dict[str, Any]) -> Answer:
        assert client.get("/healthz").status == 200
        start.wait()
        return client.state(statement)

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(run, clients, statements))


def sent(server: Server, world: World, statements: Sequence[dict[str, Any]]) -> list[Answer]:
    key = (world.folder / "key").read_text()
    clients = [server.client(key) for _ in statements]
    try:
        return race(clients, statements)
    finally:
        for client in clients:
            client.close()


def mass(world: World, batch: int) -> dict[str, int]:
    with Ledger.open(world.url, reference=world.reference) as ledger, ledger.store.read() as unit:
        found = dict(unit.queries.batch_mass(ref("batch", batch)))
    assert sum(found.values()) == 0
    assert found.get("holding", 0) >= 0
    return found


def assert_clean(world: World, size: int) -> None:
    with Ledger.open(world.url, reference=world.reference) as ledger:
        report = audit(ledger.store, reference=world.reference, signer_state=world.state_path)
    assert report["ok"], report["findings"]
    assert report["log_size"] == size


def test_just_as_many_clients_are_served_as_there_is_matter_for(served: World) -> None:
    size = FURNISHED + len(ACCEPTED)
    with serving(served) as server:
        server.wait()
        for batch, (kg, accepted) in enumerate(ACCEPTED.items(), start=1):
            answers = sent(server, served, [draw(served, batch, kg) for _ in range(THREADS)])

            left = milligrams(str(STOCK_KG), "kg") - accepted * milligrams(kg, "kg")
            refused = [answer for answer in answers if answer.status != 201]
            assert len(refused) == THREADS - accepted
            code = "batch_consumed" if left == 0 else "holding_overdrawn"
            assert {(answer.status, answer.code) for answer in refused} == {(422, code)}
            assert len({answer.recorded for answer in answers if answer.status == 201}) == accepted
            assert mass(served, batch).get("holding", 0) == left
            size += accepted
        assert server.stop() == 0
    assert_clean(served, size)


def test_one_statement_of_all_clients_is_recorded_once(served: World) -> None:
    with serving(served) as server:
        server.wait()
        answers = sent(server, served, [draw(served, 1, "30")] * THREADS)
        assert sorted(answer.status for answer in answers) == [200] * (THREADS - 1) + [201]
        assert len({answer.recorded for answer in answers}) == 1
        assert server.stop() == 0
    assert mass(served, 1)["holding"] == milligrams("70", "kg")
    assert_clean(served, FURNISHED + len(ACCEPTED) + 1)
