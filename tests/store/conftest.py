"""Both databases, empty and migrated."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from ledger.store.engines import Backend, sqlite_url
from ledger.store.migrate import migrate
from ledger.store.unit_of_work import Store
from tests.support.postgres import Postgres, find_programs, running


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


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a database at the newest schema, to make others like it."""
    url = postgres.database()
    migrate(url)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file at the newest schema, to make others like it."""
    path = tmp_path_factory.mktemp("schema") / "migrated.sqlite3"
    migrate(sqlite_url(path))
    return path


@pytest.fixture
def url(backend: Backend, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database at the newest schema."""
    if backend == "sqlite":
        path = shutil.copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "ledger.sqlite3")
        return sqlite_url(path)
    server: Postgres = request.getfixturevalue("postgres")
    return server.database(like=request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()
