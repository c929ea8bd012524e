"""An import in Chromium, on a phone and on a desk, without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.api.test_browser import CONTRAST, TOO_SMALL
from tests.api.wiring.served import Served
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser

BODY = "容器编号,容器类型,皮重（千克）\n{0}-1,桶,18.5\n{0}-2,飞船,18.5\n"


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with listening() as (listener, url), serving(served.client.app, listener):
        yield url


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    small = [html for html in page.evaluate(TOO_SMALL) if 'type="radio"' not in html]  # its label is what is pressed
    assert small == [], page.url
    assert page.evaluate(CONTRAST) == [], page.url


@pytest.mark.parametrize(("lang", "width"), [("zh", 360), ("en", 1280)])
def test_a_file_is_checked_and_its_good_rows_recorded(
    served: Served, address: str, chromium: Path, lang: str, width: int
) -> None:
    body = BODY.format(f"CHROME-{lang}").encode("gb18030")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 720})
        page = context.new_page()
        page.goto(f"{address}/login/{served.link('sea')}")
        page.locator("main form button").click()
        page.goto(f"{address}/import?lang={lang}")
        fits(page, width)
        quiet = browser.new_context(
            viewport={"width": width, "height": 720}, java_script_enabled=False, storage_state=context.storage_state()
        )
        plain = quiet.new_page()
        plain.goto(f"{address}/import")
        plain.locator("input[value=containers]").check()
        plain.locator("#file").set_input_files({"name": "桶.csv", "mimeType": "text/csv", "buffer": body})
        plain.locator("main form button").click()
        plain.locator("form.record").wait_for()
        page.goto(plain.url)
        fits(page, width)
        assert page.locator(".result.faulty").count() == 1
        plain.locator("input[value=good]").check()
        plain.locator("form.record button").click()
        plain.locator(".onward").wait_for()
        page.goto(f"{plain.url}?show=all")
        fits(page, width)
        assert page.locator(".result.recorded, .result.on_record").count() == 1
        browser.close()
