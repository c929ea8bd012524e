"""Documents say what the code says."""

import pytest

from tests.support.documents import PAGES, ROOT


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_code_is_current(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    stale = [line for line in PAGES[name]().splitlines() if line not in set(written.splitlines())]
    assert stale == [], "run: python -m tests.support.documents"
    assert (written == PAGES[name]()) is True, "run: python -m tests.support.documents"
