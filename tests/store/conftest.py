"""Both databases, empty and migrated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.engines import Backend, sqlite_url
from ledger.store.migrate import migrate
from ledger.store.unit_of_work import Store
from tests.support.postgres import Postgres, find_programs, running

BACKENDS: tuple[Backend, ...] = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL 15+ server is installed")
    with running(programs) as server:
        yield server


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> Backend:
    chosen: Backend = request.param
    return chosen


@pytest.fixture
def empty_url(backend: Backend, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema."""
    if backend == "sqlite":
        return sqlite_url(tmp_path / "ledger.sqlite3")
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def url(empty_url: str) -> str:
    """A database at the newest schema."""
    migrate(empty_url)
    return empty_url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()
