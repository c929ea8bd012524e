"""One world for all tests of a file; one of its own for each test that breaks it."""

from collections.abc import Iterator

import pytest

from tests.api.wiring.served import Served, serve


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = serve(tmp_path_factory.mktemp("served"))
    yield made
    made.ledger.close()


@pytest.fixture
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = serve(tmp_path_factory.mktemp("victim"))
    yield made
    made.ledger.close()
