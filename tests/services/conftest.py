"""A world, empty or furnished."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reference import Reference, load
from tests.services.world import World


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
