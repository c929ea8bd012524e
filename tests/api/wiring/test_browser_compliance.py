"""Filings and licences in Chromium: they fit a phone and a desk; a digest is worked out in the browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.api.test_browser import CONTRAST, TOO_SMALL
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_compliance import HASH, HEX, filled
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with listening() as (listener, url), serving(served.client.app, listener):
        yield url


def test_the_pages_fit_and_a_digest_is_worked_out_here(served: Served, address: str, chromium: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/login/{served.link('river')}")
        page.locator("main form button").click()
        for lang, width in (("zh", 360), ("en", 360), ("zh", 1280)):
            page.set_viewport_size({"width": width, "height": 720})
            for path in ("/filings", "/licences"):
                page.goto(f"{address}{path}?lang={lang}")
                for summary in page.locator("summary").all():
                    summary.click()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                small = [html for html in page.evaluate(TOO_SMALL) if 'type="checkbox"' not in html]
                assert small == [], path
                assert page.evaluate(CONTRAST) == [], path
        page.goto(f"{address}/licences")
        page.locator("#document-file").set_input_files({"name": "证.pdf", "mimeType": "application/pdf", "buffer": b""})
        page.wait_for_function("document.getElementById('document').value !== ''")
        assert page.input_value("#document") == HEX
        form = filled(served, number="CHROME-1", kind="storage")
        page.select_option("#kind", form["kind"])
        for name in ("number", "valid_from", "valid_to"):
            page.fill(f"#{name}", form[name])
        page.locator("main form .button.wide").click()
        assert page.get_by_text("CHROME-1").is_visible()
        browser.close()
    with served.ledger.store.read() as unit:
        (row,) = unit.events.latest(limit=1)
        body = unit.events.disclosures(row.idx)["licence"]
    assert body is not None
    assert f'"document":"{HASH}"'.encode() in body
