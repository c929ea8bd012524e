"""The reference data, loaded once."""

import pytest

from ledger.reference import Reference, load


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load()
