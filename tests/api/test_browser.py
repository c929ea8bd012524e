"""The pages in Chromium, as a phone and as a desk show them."""

from collections.abc import Iterator

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from api.app import create_app
from tests.api import world
from tests.api.fakes import KEY, Fakes, settings
from tests.support.live import listening, serving

BATCH_PAGE = f"/batches/{world.BATCH.partition(':')[2]}"
PATHS = (
    "/",
    f"/Q/{world.DRUM_CODE}",
    f"/Q/{world.CYLINDER_CODE}",
    f"/Q/{world.BAY_CODE}",
    f"/Q/{world.VOIDED_CODE}",
    BATCH_PAGE,
    f"{BATCH_PAGE}/flow",
    f"{BATCH_PAGE}/trace",
    "/login",
    "/problems/holding_overdrawn",
    "/desk",
    "/docs",
    "/log/witnesses",
    "/nowhere",
)

TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, input')]
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, r]) => r.width > 0 && (r.height < 47.9 || r.width < 23.9)).map(([html]) => html)"""

CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05), least = e.closest('.outcome h2') ? 7 : 4.5;
    if (ratio < least) low.push(e.outerHTML.slice(0, 80) + ' ' + ratio.toFixed(2)); }
  return low; }"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = create_app(Fakes().services(), settings())
    with listening() as (listener, url), serving(app, listener):
        yield url


def visit(browser: Browser, url: str, *, width: int = 360, scheme: str = "light", scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 720},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        extra_http_headers={"x-api-key": KEY},
    )
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_on_a_phone_nothing_runs_over_and_everything_can_be_hit_with_gloves(
    browser: Browser, address: str, path: str, lang: str
) -> None:
    page = visit(browser, f"{address}{path}?lang={lang}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(TOO_SMALL) == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PATHS, f"/Q/{world.BROKEN_CODE}", f"/Q/{world.UNSURE_CODE}"])
def test_contrast(browser: Browser, address: str, path: str, scheme: str) -> None:
    page = visit(browser, f"{address}{path}", width=1280, scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.context.close()


def test_the_emergency_number_is_in_sight_at_once_on_a_phone(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/Q/{world.DRUM_CODE}")
    call = page.locator("a.call").bounding_box()
    assert call is not None
    assert call["y"] + call["height"] <= 720
    assert page.locator("h1").bounding_box() is not None
    assert page.locator("a.call").get_attribute("href") == "tel:+8653283889090"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_the_hazards_stand_on_the_first_sheet_in_black(browser: Browser, address: str, scheme: str) -> None:
    page = visit(browser, f"{address}/Q/{world.DRUM_CODE}?lang=en", scheme=scheme)
    page.emulate_media(media="print")
    ink = page.locator(".signal").evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
    assert ink == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    with pypdfium2.PdfDocument(page.pdf(format="A4")) as paper:
        first = paper[0].get_textpage().get_text_bounded()
    for place in ("h1 .main-name", ".call b"):
        assert page.locator(place).inner_text() in first
    page.context.close()


def test_without_scripts_the_page_is_whole(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/Q/{world.DRUM_CODE}?lang=en", scripts=False)
    assert page.get_by_role("heading", name="Chain intact").is_visible()
    page.get_by_text("Show the proof").click()
    assert page.get_by_text("Inclusion proof").is_visible()
    page.context.close()


def test_a_page_asks_nobody_else_and_breaks_no_rule_of_its_own(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}/Q/{world.CYLINDER_CODE}")
    assert len(asked) > 5
    assert all(url.startswith(address) for url in asked)
    assert complaints == []
    context.close()


def test_signing_in_by_link_and_out_again(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/login/link-for-the-warehouse")
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{address}/desk"
    assert page.get_by_role("heading", name="Lingang Hazmat Storage Co., Ltd.").is_visible()
    page.get_by_role("button", name="Sign out").click()
    assert page.url == f"{address}/"
    context.close()
