"""Flow, trace and recall in Chromium: they fit a phone and a desk; one of the two drawings is shown; it leads on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.api.test_browser import CONTRAST, TOO_SMALL
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_recalls import order
from tests.api.wiring.test_wiring_tracing import bare, blend, planned
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with listening() as (listener, url), serving(served.client.app, listener):
        yield url


def test_the_pages_fit_and_a_band_leads_to_its_row(served: Served, address: str, chromium: Path) -> None:
    lot = served.produce("sea", "methanol", "600")
    mixed = blend(served, [(lot, "300")], "300", "BR-MIX")
    planned(served, mixed, "40")
    new = f"/batches/{bare(mixed)}/recall"
    index = order(served, lot)
    paths = (f"/batches/{bare(lot)}/flow", f"/batches/{bare(lot)}/trace", f"/recalls/{index}", "/recalls", new)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/login/{served.link('sea')}")
        page.locator("main form button").click()
        for lang, width, scheme in (("zh", 360, "light"), ("en", 360, "dark"), ("zh", 1280, "dark")):
            page.set_viewport_size({"width": width, "height": 720})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for path in paths:
                page.goto(f"{address}{path}?lang={lang}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                assert page.evaluate(TOO_SMALL) == [], path
                assert page.evaluate(CONTRAST) == [], path
            page.goto(f"{address}{paths[0]}?lang={lang}")
            assert page.locator(".flow-drawing:visible").count() == 1
            page.goto(f"{address}{paths[1]}?lang={lang}")
            assert page.locator(".tree-drawing:visible").count() == 1
        page.goto(f"{address}{paths[0]}?lang=en")
        page.locator('.flow-wide a[href="#went-0"]').click()
        assert page.url.endswith("#went-0")
        assert page.locator("#went-0").is_visible()
        page.emulate_media(media="print")
        assert page.locator(".flow-wide").is_visible()
        assert not page.locator(".when").is_visible()
        browser.close()
