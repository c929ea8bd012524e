"""The overview, a site and the search in Chromium: they fit a phone and a desk, in either language and light."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.api.test_browser import CONTRAST, TOO_SMALL
from tests.api.wiring.served import Served
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser

SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg.plan text')].filter(e => e.checkVisibility())
  .map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a))"""
OVERLAID = """() => { const boxes = [...document.querySelectorAll('.bar-in > *')].filter(e => e.checkVisibility())
  .map(e => e.getBoundingClientRect());
  return boxes.slice(1).filter((b, n) => b.left < boxes[n].right - 1).map(b => b.left) }"""
VIEWS = (("zh", 360, "light"), ("en", 360, "dark"), ("zh", 1280, "dark"), ("en", 1280, "light"))


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with listening() as (listener, url), serving(served.client.app, listener):
        yield url


def test_the_pages_fit_and_every_box_of_the_plan_leads_to_its_table(
    served: Served, address: str, chromium: Path
) -> None:
    site = "/sites/" + served.world.sites["paint"].partition(":")[2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/login/{served.link('paint')}")
        page.locator("main form button").click()
        for lang, width, scheme in VIEWS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for path in ("/overview", "/overview?region=370686", site, "/find?q=%E9%86%87", "/find?q=nothing-like-it"):
                page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                assert page.evaluate(TOO_SMALL) == [], (path, lang, width)
                assert page.evaluate(CONTRAST) == [], (path, lang, scheme)
                assert path != site or page.evaluate(SMALLEST) >= 13, (lang, width)
        for width in (720, 860, 1080, 1160):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{address}/overview?lang=en")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
            assert page.evaluate(OVERLAID) == [], width
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{address}{site}")
        boxes = page.locator("svg.plan a:visible")
        assert boxes.count() == page.locator("section.location").count() > 0
        boxes.first.click()
        assert page.locator(":target h3").inner_text().split()[0] == boxes.first.locator(".id").text_content()
        page.goto(f"{address}/overview")
        page.fill("#bar-q", "7775-09-9")
        page.locator("#bar-q").press("Enter")
        page.wait_for_url("**/find?q=7775-09-9")
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(f"{address}/overview")
        page.fill("#q", "UN1495")
        page.locator("main form[role=search] button").click()
        page.wait_for_url("**/find?q=UN1495")
        browser.close()
