"""One context of quick sizes for all measures: they share the ledger that is copied for each."""

from collections.abc import Iterator

import pytest

from ledger.bench import suite
from ledger.bench.context import Context


@pytest.fixture(scope="session")
def context() -> Iterator[Context]:
    with suite.context(3, lambda _what, _done, _total: None, quick=True, url=None) as made:
        yield made
