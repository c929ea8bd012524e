"""Hypothesis profiles, the tools that tests need, and both databases, empty and migrated."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import pytest
from sqlalchemy import make_url
from xdist.scheduler import LoadScopeScheduling

from ledger.store.engines import Backend, sqlite_url
from ledger.store.migrate import migrate
from ledger.store.unit_of_work import Store
from tests.support import require
from tests.support.postgres import Postgres, running

# Timing belongs to the machine, not to the code: no deadline, no "too slow".
hypothesis.settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("ci"), max_examples=10)
hypothesis.settings.register_profile(
    "deep", hypothesis.settings.get_profile("ci"), derandomize=False, database=None, max_examples=2_000
)


UNMEASURED = ("authorization", "bench", "fault", "interop", "demo", "accessibility")
"""Folders of tests of whole servers and worlds: their coverage is not measured, for that doubles what they cost.

So it is with files of tests in a browser. What core, rules and verify do has to be covered by tests that are nearer
to it."""


def pytest_configure() -> None:
    """Choose the profile; take the developer's own settings of the program away from the tests."""
    hypothesis.settings.load_profile(os.environ.get("HAZLEDGER_TEST_PROFILE", "ci"))
    for name in [name for name in os.environ if name.startswith("HAZLEDGER_")]:
        if not name.startswith("HAZLEDGER_TEST_"):
            del os.environ[name]


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # of a library without types
    """Keeps together what shares a dear fixture when tests run side by side: a file, or all about who may do what."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.rpartition("/")[0]
        return folder if folder.endswith("/authorization") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:  # noqa: ANN401 - of a library without types
    """Give files to processes in the order in which they stand."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def _unmeasured(item: pytest.Item) -> int:
    """Return 0 for a test whose coverage is measured, else the place of its file among those that come after."""
    folder = item.path.relative_to(item.config.rootpath).parts[1]
    if folder in UNMEASURED:
        return 1 + UNMEASURED.index(folder)
    module = item.getparent(pytest.Module)
    in_browser = module is not None and module.get_closest_marker("browser") is not None
    return 1 + len(UNMEASURED) if in_browser else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put last what is not measured: once measuring has stopped, it does not begin again.

    It could not: where a library switches stacks by itself, as that of the browser does, what is started again sees
    nothing (Python 3.11).
    """
    items.sort(key=_unmeasured)


def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Measure no more from the first test on whose coverage is not measured."""
    measured = coverage.Coverage.current()
    if measured is not None and _unmeasured(item):
        measured.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line per tool what was not tested for want of it."""
    reports = terminalreporter.stats.get("skipped", [])
    for line in require.summary([str(report.longrepr) for report in reports]):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program, for playwright's `executable_path`."""
    return require.require("chromium")


@pytest.fixture(scope="session")
def go() -> Path:
    """The program `go`."""
    return require.require("go")


@pytest.fixture(scope="session")
def openssl() -> Path:
    """The program `openssl`."""
    return require.require("openssl")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of the session's own; `postgres.database()` is a fresh database."""
    with running(require.require("postgres")) as server:
        yield server


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each database in turn."""
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
    """An open store at the newest schema."""
    opened = Store.open(url)
    yield opened
    opened.close()
