"""A furnished plant on each database, and the demo's small world, built once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reference import Reference, load
from tests.services.world import World
from tests.support import small_world
from tests.support.small_world import SmallWorld


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load()


@pytest.fixture(scope="session")
def built_world(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> SmallWorld:
    """Shared: only to copy from."""
    return small_world.make(tmp_path_factory.mktemp("small"), reference)


@pytest.fixture
def copied_world(built_world: SmallWorld, tmp_path: Path) -> SmallWorld:
    """A copy of the test's own."""
    return built_world.copy(tmp_path / "copy")


@pytest.fixture
def plant(tmp_path: Path, reference: Reference, url: str) -> Iterator[World]:
    """A producer with a site, a product and a licence, open for writing."""
    made = World(tmp_path, reference)
    made.url = url
    made.create()
    made.furnish()
    yield made
    made.ledger.close()
