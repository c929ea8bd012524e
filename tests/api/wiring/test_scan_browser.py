"""The floor in Chromium: a fake camera, a handheld scanner under a Chinese input method, a photograph, no network."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect, sync_playwright

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from labels.cards import action_text
from labels.symbol import matrix
from ledger.services.audit import audit
from ledger.services.identity.ports import Site
from tests.api.test_browser import CONTRAST
from tests.api.wiring.floor import Floor, peroxide, register
from tests.api.wiring.served import Served
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # the machine may be busy; what is waited for comes, or never

PRESS = """async ([text, enter]) => {
  const read = new Promise((done) => document.addEventListener("hazledger:scan", done, { once: true }));
  const code = (one) => /[A-Z]/.test(one) ? [`Key${one}`, true] : /[a-z]/.test(one) ? [`Key${one.toUpperCase()}`, false]
    : /[0-9]/.test(one) ? [`Digit${one}`, false] : { ":": ["Semicolon", true], "/": ["Slash", false],
      ".": ["Period", false], "-": ["Minus", false], "(": ["Digit9", true], ")": ["Digit0", true] }[one];
  const keys = [...text].map((one) => {
    const [name, shiftKey] = code(one);
    const how = { code: name, key: "Process", keyCode: 229, isComposing: true, shiftKey, bubbles: true };
    return new KeyboardEvent("keydown", how);
  });
  const last = new KeyboardEvent("keydown", { code: "Enter", key: "Enter", bubbles: true, cancelable: true });
  for (const key of keys) {
    document.activeElement.dispatchEvent(key);
    if (document.activeElement.value !== undefined) document.activeElement.value += "哈";
  }
  if (enter) document.activeElement.dispatchEvent(last);
  await read;
}"""
"""What a handheld scanner does while a Chinese input method has the keyboard: codes of keys, and no text of them.

All keys bear the time at which they were made: however busy the machine is, they are one burst, as a scanner's are.
"""


def picture(text: str | None) -> bytes:
    """A frame of a camera: a label in the middle, or none."""
    image = Image.new("L", (640, 480), 150)
    if text is not None:
        rows = matrix(text)
        side = len(rows) + 8
        code = Image.new("L", (side, side), 255)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                code.putpixel((x + 4, y + 4), 0 if dark else 255)
        code = code.resize((side * 7, side * 7), Image.Resampling.NEAREST)
        image.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    data = io.BytesIO()
    image.convert("RGB").save(data, "JPEG", quality=85)
    return data.getvalue()


def photo(text: str | None) -> FilePayload:
    """The same as a file that somebody chose."""
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture(text)}


@dataclass
class Hall:
    """A floor, its address, and a page in the hands of a worker. `press`: how something is scanned."""

    floor: Floor
    url: str
    page: Page
    press: Callable[[str], None]
    taps: int = 0

    def read(self, code: str) -> None:
        self.press(f"{self.url.upper()}/Q/{code}" if len(code) == 16 else code)

    def tap(self, name: str) -> None:
        self.taps += 1
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def newest(self, outcome: str, count: int) -> None:
        """Wait until so many results stand there and the newest is of an outcome."""
        lines = self.page.locator("#lines > li:not(.waiting)")
        expect(lines).to_have_count(count, timeout=20_000)
        expect(self.page.locator("#lines > li").first).to_have_attribute("data-outcome", outcome, timeout=20_000)


@contextmanager
def served_at(served: Served) -> Iterator[str]:
    with listening("localhost") as (listener, url):
        app = create_app(wire(served.ledger, site=Site(url)), ApiSettings(url, "0", demo=True))
        with serving(app, listener):
            yield url


def sign_in(served: Served, who: str, context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/login/{served.link(who)}")
    page.locator("main form button[type=submit]").first.click()
    page.goto(f"{url}/scan?lang=en")
    expect(page.locator("#scan")).to_have_attribute("data-ready", "yes", timeout=20_000)
    return page


def handheld(page: Page, *, enter: bool = True) -> Callable[[str], None]:
    return lambda text: page.evaluate(PRESS, [text, enter])


def shift(hall: Hall) -> None:
    """Ten drums received, three moved, one wrong place, one blocked, one undone, five scanned without a network."""
    floor, page = hall.floor, hall.page
    drums = floor.drums
    hall.tap("Receive")
    hall.read(floor.bay("A-01"))
    expect(page.locator("#where")).to_contain_text("A-01")
    for number, drum in enumerate(drums, 1):
        hall.read(drum)
        hall.newest("ok", number)
        assert hall.taps <= 2, "two taps for the first drum, none for the next"
    assert [floor.where(number) for number in range(10)] == ["A-01"] * 10
    hall.read(action_text("move"))
    expect(page.get_by_role("button", name="Move", exact=True)).to_have_attribute("aria-pressed", "true")
    hall.tap("Another place")
    hall.read(floor.bay("A-02"))
    expect(page.locator("#where")).to_contain_text("A-02")
    for number in range(3):
        hall.read(drums[number])
        hall.newest("ok", 11 + number)
    assert [floor.where(number) for number in range(4)] == ["A-02"] * 3 + ["A-01"]
    page.locator("#lines > li").first.get_by_role("button", name="Undo").click()
    hall.newest("ok", 14)
    assert floor.where(2) == "A-01"
    hall.read(action_text("count"))
    hall.read(drums[3])
    hall.newest("wrong_place", 15)
    expect(page.locator("#lines > li").first).to_contain_text("A-01")
    hall.read(action_text("issue"))
    sale = floor.sale
    assert sale is not None
    recall = {"product": {"batches": [sale.batch]}, "reason": {"text": "test"}}
    floor.served.state("sea", "governance.recall_ordered", recall)
    hall.tap("Another place")
    hall.read(floor.bay("USE"))
    expect(page.locator("#where")).to_contain_text("USE")
    hall.read(drums[4])
    hall.newest("blocked", 16)
    assert floor.where(4) == "A-01"


def without_network(hall: Hall, context: BrowserContext) -> None:
    """Five scans while there is no network; the page is opened anew meanwhile, and sends them when it is back."""
    floor, page = hall.floor, hall.page
    hall.tap("Move")
    hall.tap("Another place")
    hall.read(floor.bay("B-01"))
    expect(page.locator("#where")).to_contain_text("B-01")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.reload()
    expect(page.locator("#scan")).to_have_attribute("data-ready", "yes", timeout=20_000)
    press = handheld(page)
    for number in range(5, 10):
        press(f"{hall.url.upper()}/Q/{floor.drums[number]}")
        expect(page.locator("#waiting-count")).to_have_text(str(number - 4))
    assert floor.where(9) == "A-01"
    context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden(timeout=20_000)
    expect(page.locator("#lines > li.ok")).to_have_count(5)
    assert [floor.where(number) for number in range(10)] == ["A-02"] * 2 + ["A-01"] * 3 + ["B-01"] * 5


def clean(served: Served, org: str) -> None:
    """The audit finds nothing, and no scan of the device is missing."""
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert found["ok"], found["findings"]
    with served.ledger.store.read() as unit:
        rows = unit.people.devices_of(org)
        counted = {row.id: unit.scans.counters(org, row.id, limit=100) for row in rows}
    device = max(counted, key=lambda name: len(counted[name]))
    numbers = [number for number, _ in counted[device]]
    assert numbers == list(range(len(numbers), 0, -1)), "every number once"
    with served.ledger.store.read() as unit:
        assert all(row.signature is not None for row in unit.scans.latest(org, device, limit=100))


@pytest.mark.parametrize("enter", [True, False])
def test_a_shift_with_a_handheld_scanner_under_a_chinese_input_method(
    victim: Served,
    chromium: Path,
    enter: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    floor = Floor(victim)
    floor.deliver(10)
    with served_at(victim) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 720})
        page = sign_in(victim, "paint", context, url)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        hall = Hall(floor, url, page, handheld(page, enter=enter))
        shift(hall)
        if enter:
            without_network(hall, context)
        assert [text for text in complaints if "Content Security Policy" in text] == []
        browser.close()
    clean(victim, victim.world.orgs["paint"])


def test_a_shift_by_photograph(victim: Served, chromium: Path) -> None:
    floor = Floor(victim)
    floor.deliver(10)
    with served_at(victim) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 720})
        page = sign_in(victim, "paint", context, url)

        def photograph(text: str) -> None:
            page.locator("#photos").set_input_files(photo(text))

        shift(Hall(floor, url, page, photograph))
        browser.close()
    clean(victim, victim.world.orgs["paint"])


def test_without_scripts_a_form_takes_codes_and_photographs(served: Served, chromium: Path) -> None:
    floor = Floor(served)
    floor.deliver(1)
    with served_at(served) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(locale="en-GB", java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{url}/login/{served.link('paint')}")
        page.locator("main form button[type=submit]").first.click()
        page.goto(f"{url}/scan?lang=en")

        def photograph(text: str) -> None:
            page.locator("#p-photo").set_input_files(photo(text))
            page.locator("#plain button[type=submit]").click()

        page.get_by_label("Receive", exact=True).check()
        photograph(f"{url.upper()}/Q/{floor.bay('A-01')}")
        assert floor.bay("A-01") in page.locator("#p-place").input_value()
        photograph(f"{url.upper()}/Q/{floor.drums[0]}")
        expect(page.locator("#plain .scan-line")).to_have_attribute("data-outcome", "ok")
        page.locator("#p-item").fill(floor.drums[0].lower())
        page.locator("#plain button[type=submit]").click()
        expect(page.locator("#plain .scan-line")).to_have_attribute("data-outcome", "already_done")
        page.locator("#p-photo").set_input_files(photo(None))
        page.locator("#plain button[type=submit]").click()
        assert page.get_by_text("No readable code was found in the picture.").is_visible()
        browser.close()
    assert floor.where(0) == "A-01"


SHOTS: Path | None = None
HELD_FRAMES = 36
"""How many frames of the fake camera, 30 a second, show one code."""


def film(folder: Path, texts: list[str]) -> Path:
    """A film in which each code is held before the camera for a while; then a long time nothing."""
    frames = [frame for text in texts for frame in (*[picture(text)] * HELD_FRAMES, *[picture(None)] * 4)]
    path = folder / "camera.mjpeg"
    path.write_bytes(b"".join([*frames, *[picture(None)] * 1_800]))
    return path


def test_a_shift_with_the_camera(victim: Served, chromium: Path, tmp_path: Path) -> None:
    floor = Floor(victim)
    floor.deliver(10)
    register(floor, [{"one": "5.1", "other": "3"}])
    peroxide(floor)
    with served_at(victim) as url, sync_playwright() as playwright:
        drums = [f"{url.upper()}/Q/{drum}" for drum in floor.drums]
        bay = {name: f"{url.upper()}/Q/{floor.bay(name)}" for name in ("A-01", "A-02", "B-01")}
        move, count, undo = (action_text(name) for name in ("move", "count", "undo"))
        told = [bay["A-01"], *drums, move, bay["A-02"], *drums[:3], count, drums[3], move, bay["B-01"], drums[4]]
        shown = film(tmp_path, [*told, undo, drums[2]])
        switches = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        switches += [f"--use-file-for-fake-video-capture={shown}", "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=chromium, args=switches)
        context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 720}, permissions=["camera"])
        page = sign_in(victim, "paint", context, url)
        hall = Hall(floor, url, page, lambda _text: None)
        hall.tap("Receive")
        outcomes = ["ok"] * 10 + ["ok"] * 3 + ["wrong_place", "blocked", "ok"]
        expect(page.locator("#lines > li:not(.waiting)")).to_have_count(len(outcomes), timeout=90_000)
        lines = page.locator("#lines > li").evaluate_all("found => found.map((one) => one.dataset.outcome)")
        assert lines[::-1] == outcomes
        assert hall.taps == 1
        browser.close()
    assert [floor.where(number) for number in range(10)] == ["A-02"] * 2 + ["A-01"] * 8
    clean(victim, victim.world.orgs["paint"])


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_fits_is_readable_and_large_enough_for_gloves(
    served: Served, chromium: Path, width: int, lang: str
) -> None:
    floor = Floor(served)
    floor.deliver(2)
    with served_at(served) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(locale="en-GB", viewport={"width": width, "height": 800})
        page = sign_in(served, "paint", context, url)
        page.goto(f"{url}/scan?lang={lang}")
        expect(page.locator("#scan")).to_have_attribute("data-ready", "yes", timeout=20_000)
        press = handheld(page)
        for number, text in enumerate(
            (action_text("receive"), floor.bay("A-01"), *floor.drums, floor.drums[0], "0000000000000000")
        ):
            press(text)
            expect(page.locator("#lines > li:not(.waiting)")).to_have_count(max(0, number - 1), timeout=20_000)
        outcomes = page.locator("#lines > li").evaluate_all("found => found.map((one) => one.dataset.outcome)")
        assert outcomes == ["unknown", "already_done", "ok", "ok"]
        small = """[...document.querySelectorAll("#scan button, #scan input:not([type=file]), .scan-photo")]
          .filter((one) => one.offsetParent).filter((one) => one.getBoundingClientRect().height < 56)
          .map((one) => one.outerHTML)"""
        assert page.evaluate(small) == []
        for path in ("/scan", "/scan/cards"):
            if path != "/scan":
                page.goto(f"{url}{path}?lang={lang}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(CONTRAST) == [], path
            if SHOTS is not None:
                page.screenshot(path=SHOTS / f"{path.replace('/', '_')}_{lang}_{width}.png", full_page=True)
        browser.close()
