"""A world, empty or furnished."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reference import Reference, load
from ledger.store.engines import sqlite_url
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


@pytest.fixture(scope="session")
def built_plant(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> World:
    """A closed producer with a site, a product and a licence. Shared: only to copy from."""
    made = World(tmp_path_factory.mktemp("plant"), reference)
    with made.create():
        made.furnish()
    return made


@pytest.fixture
def plant(built_plant: World, tmp_path: Path) -> Iterator[World]:
    """The same, a copy of the test's own, open for writing."""
    file = shutil.copyfile(built_plant.folder / "ledger.sqlite3", tmp_path / "ledger.sqlite3")
    made = built_plant.copy(tmp_path, sqlite_url(file))
    yield made
    made.ledger.close()


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
