"""A world, empty or furnished."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reference import Reference, load
from tests.services.world import World, ref


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load()


@pytest.fixture
def world(tmp_path: Path, reference: Reference) -> Iterator[World]:
    made = World(tmp_path, reference)
    made.create()
    yield made
    made.ledger.close()


@pytest.fixture
def plant(world: World) -> World:
    world.furnish()
    return world


@pytest.fixture
def lived(plant: World) -> World:
    """A ledger in which something happened: two batches, a blend, a loss, published heads."""
    plant.produce(1)
    plant.produce(2)
    plant.blend(3, 1, 2)
    plant.lose(1, "5")
    plant.lose(2, "500", mode="report")
    plant.ledger.publish_heads()
    plant.append("production.quality_tested", product={"batches": [ref("batch", 3)]}, condition={"result": "fail"})
    return plant
