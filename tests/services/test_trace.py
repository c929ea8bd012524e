"""History, stock now, stock at a time, and stock as it was known at a time."""

import pytest

from ledger.errors import NotFoundError
from ledger.rules.accounts import Holding
from ledger.services.trace import history, stock, stock_as_known, stock_at
from tests.services.world import PRODUCER, SITE, World, ref

BATCH = ref("batch", 1)
TANK = Holding(BATCH, PRODUCER, PRODUCER, f"{SITE}/tank-1")


def test_history_is_newest_first_and_pages(plant: World) -> None:
    plant.produce(1)
    for _ in range(3):
        plant.lose(1, "1")
    with plant.ledger.store.read() as unit:
        moments = history(unit, BATCH, limit=3)
        rest = history(unit, BATCH, before=moments[-1].seq, limit=3)
    assert [moment.seq for moment in (*moments, *rest)] == [3, 2, 1, 0]
    assert rest[0].header.type == "production.batch_produced"
    assert rest[0].contents["product"]["lot"] == "LOT-1"
    assert moments[0].recorded_at_ms > rest[0].recorded_at_ms


def test_stock_adds_up_to_zero(plant: World) -> None:
    plant.produce(1)
    plant.lose(1, "30")
    with plant.ledger.store.read() as unit:
        found = stock(unit, BATCH)
    assert found == {"produced": -100_000_000, "sampled": 30_000_000, TANK: 70_000_000}


def test_a_correction_changes_the_past_but_not_what_was_known(plant: World) -> None:
    plant.produce(1)
    lost = plant.lose(1, "30")
    before_ms = plant.clock.now_ms()
    plant.append("storage.event_corrected", refs=[{"rel": "voids", "hash": lost.event}])
    with plant.ledger.store.read() as unit:
        assert stock(unit, BATCH)[TANK] == 100_000_000
        assert stock_at(unit, BATCH, before_ms)[TANK] == 100_000_000
        assert stock_as_known(unit, BATCH, before_ms)[TANK] == 70_000_000
        assert stock_as_known(unit, BATCH, before_ms - 1_000)[TANK] == 100_000_000


def test_a_batch_nobody_stated_is_not_found(plant: World) -> None:
    with plant.ledger.store.read() as unit, pytest.raises(NotFoundError):
        stock(unit, BATCH)
