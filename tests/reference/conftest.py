"""The bundled reference, read once."""

import pytest

from ledger import reference


@pytest.fixture(scope="session")
def bundled() -> reference.Reference:
    return reference.load()
