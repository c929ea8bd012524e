"""A ledger as its operator has it."""

from pathlib import Path

import pytest

from tests.support.operated import Operated


@pytest.fixture
def operated(tmp_path: Path) -> Operated:
    """A folder for a production ledger; nothing is in it."""
    return Operated(tmp_path)
