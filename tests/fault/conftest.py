"""A furnished plant on each database, and the demo's small world, built once."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import make_url

from ledger.reference import Reference, load
from ledger.store.engines import Backend, sqlite_url
from tests.services.world import AUTH, World
from tests.support import small_world
from tests.support.postgres import Postgres
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


Copy = Callable[[str], str]


@pytest.fixture
def copy(backend: Backend, request: pytest.FixtureRequest, tmp_path: Path) -> Copy:
    """Copies a closed database whole and returns the URL of the copy."""

    def sqlite(url: str) -> str:
        database = Path(str(make_url(url).database))
        assert not database.with_name(f"{database.name}-wal").exists(), "a closed ledger is one file"
        return sqlite_url(shutil.copyfile(database, tmp_path / f"copy-of-{database.name}"))

    def postgresql(url: str) -> str:
        server: Postgres = request.getfixturevalue("postgres")
        return server.database(like=str(make_url(url).database))

    return sqlite if backend == "sqlite" else postgresql


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, reference: Reference, request: pytest.FixtureRequest
) -> Callable[[Backend, int], World]:
    """Builds a closed plant of so many batches on a database, once. Shared: only to copy from."""

    @cache
    def build(backend: Backend, batches: int) -> World:
        made = World(tmp_path_factory.mktemp("plant"), reference)
        if backend == "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            made.url = server.database(like=request.getfixturevalue("migrated_postgres"))
        with made.create() as ledger:
            made.furnish()
            ledger.append_many([ledger.state(made.produce_body(n), AUTH) for n in range(1, batches + 1)])
        return made

    return build


@pytest.fixture
def plant(built: Callable[[Backend, int], World], backend: Backend, copy: Copy, tmp_path: Path) -> Iterator[World]:
    """A producer with a site, a product and a licence, open for writing."""
    shared = built(backend, 0)
    made = shared.copy(tmp_path, copy(shared.url))
    yield made
    made.ledger.close()
