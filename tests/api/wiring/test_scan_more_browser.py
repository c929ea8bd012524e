"""The floor in Chromium: what waited in vain, badges, the browser's own detector, and a scanner on every other page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect, sync_playwright

from labels.cards import action_text
from tests.api.wiring.floor import DRUM_KG, Floor
from tests.api.wiring.served import Served
from tests.api.wiring.test_scan_browser import handheld, served_at, sign_in
from tests.api.wiring.test_wiring_badges import issue, person

pytestmark = pytest.mark.browser

DETECTOR = """window.shown = [];
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code", "ean_13"]); }
  constructor(how) { if (!how.formats.includes("qr_code")) throw new TypeError("formats"); }
  detect() { return Promise.resolve(window.shown.map((rawValue) => ({ rawValue }))); }
};"""
"""A browser with a detector of its own, which sees what the test holds before it."""


@contextmanager
def chrome(served: Served, chromium: Path, *switches: str) -> Iterator[tuple[Browser, str]]:
    with served_at(served) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *switches])
        yield browser, url
        browser.close()


def ready(page: Page) -> None:
    expect(page.locator("#scan")).to_have_attribute("data-ready", "yes", timeout=30_000)


def test_what_waited_in_vain_is_decided_by_a_person_and_lost_by_no_reload(served: Served, chromium: Path) -> None:
    floor = Floor(served)
    floor.deliver(2)
    for drum in floor.drums:
        floor.scan("receive", "A-01", drum)
    with chrome(served, chromium) as (browser, url):
        context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 720})
        page = sign_in(served, "paint", context, url)
        press = handheld(page)
        press(action_text("count"))
        press(floor.bay("A-02"))
        expect(page.locator("#where")).to_contain_text("A-02", timeout=30_000)
        page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
        context.set_offline(True)
        for number, drum in enumerate(floor.drums, 1):
            press(drum)
            expect(page.locator("#waiting-count")).to_have_text(str(number))
        page.reload()
        ready(page)
        context.set_offline(False)
        kept = page.locator("#conflict-lines > li.wrong_place")
        expect(kept).to_have_count(2, timeout=30_000)
        page.reload()
        ready(page)
        expect(kept).to_have_count(2)
        assert [floor.where(number) for number in range(2)] == ["A-01", "A-01"]
        kept.first.get_by_role("button", name="Record as report").click()
        expect(page.locator("#lines > li.ok")).to_have_count(1, timeout=30_000)
        kept.first.get_by_role("button", name="Set aside").click()
        expect(page.locator("#conflicts-open")).to_be_hidden()
        page.reload()
        ready(page)
        page.locator("#aside summary").click()
        page.locator("#aside-lines").get_by_role("button", name="Take up again").click()
        expect(kept).to_have_count(1)
    assert [floor.where(number) for number in range(2)] == ["A-02", "A-01"]


def test_a_badge_names_who_scans_until_it_is_revoked(served: Served, chromium: Path) -> None:
    floor = Floor(served)
    floor.deliver(1)
    user = person(served)
    former, badge = issue(served, user)["text"], issue(served, user)["text"]
    with chrome(served, chromium) as (browser, url):
        page = sign_in(served, "paint", browser.new_context(locale="en-GB"), url)
        press = handheld(page)
        press(former)
        expect(page.locator("#note")).to_contain_text("was revoked", timeout=30_000)
        expect(page.locator("#who-box")).to_be_hidden()
        press(badge)
        expect(page.locator("#who")).to_have_text("王芳", timeout=30_000)
        press(action_text("receive"))
        press(floor.bay("A-01"))
        press(floor.drums[0])
        expect(page.locator("#lines > li.ok")).to_have_count(1, timeout=30_000)
        issue(served, user)
        press(floor.drums[0])
        refused = page.locator("#conflict-lines > li")
        expect(refused).to_contain_text("was revoked", timeout=30_000)
        expect(page.locator("#who-box")).to_be_hidden()
        refused.get_by_role("button", name="Record as report").click()
        expect(page.locator("#lines > li.already_done")).to_have_count(1, timeout=30_000)
    with served.ledger.store.read() as unit:
        row = unit.scans.newest(served.world.orgs["paint"], item=floor.vessels[0], outcome="ok")
    assert row is not None
    assert row.signature is not None, "the device signs over the hash of the badge"


def test_the_browsers_own_detector_reads_and_no_picture_leaves_the_phone(served: Served, chromium: Path) -> None:
    floor = Floor(served)
    floor.deliver(2)
    with chrome(served, chromium, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as (
        browser,
        url,
    ):
        context = browser.new_context(locale="en-GB", permissions=["camera"])
        context.add_init_script(DETECTOR)
        page = sign_in(served, "paint", context, url)
        pictures: list[str] = []
        page.on("request", lambda asked: pictures.append(asked.url) if "/scan/decode" in asked.url else None)
        page.get_by_role("button", name="Receive", exact=True).click()
        hold = "(text) => { window.shown = text ? [text] : []; }"
        page.evaluate(hold, f"{url.upper()}/Q/{floor.bay('A-01')}")
        expect(page.locator("#where")).to_contain_text("A-01", timeout=30_000)
        for count, drum in enumerate(floor.drums, 1):
            page.evaluate(hold, f"{url.upper()}/Q/{drum}")
            expect(page.locator("#lines > li.ok")).to_have_count(count, timeout=30_000)
        expect(page.locator("#lines > li")).to_have_count(2)
        assert pictures == []
    assert [floor.where(number) for number in range(2)] == ["A-01", "A-01"]


def test_the_page_of_labels_prints_the_labels_alone(served: Served, chromium: Path) -> None:
    batch = served.produce("sea", "methanol", "10")
    code = served.label("sea", batch)
    with chrome(served, chromium) as (browser, url):
        page = sign_in(served, "sea", browser.new_context(locale="en-GB"), url)
        page.goto(f"{url}/labels?code={code}&lang=en", wait_until="networkidle")
        printed = page.pdf(format="A4")
    with pypdfium2.PdfDocument(printed) as paper:
        assert len(paper) == 1
        assert paper[0].get_textpage().get_text_bounded().strip() == "", "letters of labels are outlines"
        sheet = paper[0].render(scale=4).to_pil()
    assert [read.text.rpartition("/")[2] for read in zxingcpp.read_barcodes(sheet)] == [code]


@pytest.mark.parametrize("enter", [True, False], ids=["with Enter", "without"])
def test_a_scanner_leads_from_any_page_and_into_any_field(
    served: Served,
    chromium: Path,
    enter: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    floor = Floor(served)
    floor.deliver(1)
    served.prefix("sea", "95060001")
    lot = f"W{int(enter)}"
    gtin = f"(01)09506000134352(10){lot}"
    item = {"code": served.dice.code(), "target": floor.vessels[0], "aliases": [gtin]}
    served.state("sea", "production.label_issued", {"containers": {"items": [item]}})
    with chrome(served, chromium) as (browser, url):
        page = sign_in(served, "paint", browser.new_context(locale="en-GB"), url)
        press = handheld(page, enter=enter)
        page.goto(f"{url}/transfers?lang=en")
        press(f"{url.upper()}/Q/{floor.drums[0]}")
        expect(page).to_have_url(re.compile(rf"/Q/{floor.drums[0]}"), timeout=30_000)
        page.goto(f"{url}/desk?lang=en")
        press(gtin)
        expect(page).to_have_url(re.compile(r"/Q/[0-9A-Z]{16}"), timeout=30_000)
        page.goto(f"{url}/desk?lang=en")
        press(action_text("move"))
        expect(page.get_by_role("button", name="Move", exact=True)).to_have_attribute(
            "aria-pressed", "true", timeout=30_000
        )
        page.goto(f"{url}/find?q=zzz&lang=en")
        field = page.locator("#q")
        field.focus()
        field.fill("")
        press(f"{url.upper()}/Q/{floor.drums[0]}")
        expect(page).to_have_url(re.compile(rf"/Q/{floor.drums[0]}"), timeout=30_000)
        page.goto(f"{url}/find?q=zzz&lang=en")
        page.locator("#q").focus()
        press("HTTPS://EVIL.EXAMPLE/Q2/X")
        expect(page.locator("#q")).to_have_value("HTTPS://EVIL.EXAMPLE/Q2/X")
        expect(page).to_have_url(re.compile(rf"{url}/find\?q=HTTPS"), timeout=30_000)  # no address is followed


def test_drums_are_scanned_into_a_load_and_numbers_stay_what_they_are(served: Served, chromium: Path) -> None:
    floor = Floor(served)
    floor.prepare(2)
    assert floor.sale is not None
    with chrome(served, chromium) as (browser, url):
        page = sign_in(served, "sea", browser.new_context(locale="en-GB"), url)
        transfer, trip = floor.sale.address.rpartition("/")[2], floor.trip.rpartition("/")[2]
        page.goto(f"{url}/shipments/{trip}/load?transfer={transfer}&lang=en")
        for box in page.locator(".tick input[type=checkbox]").all():
            box.uncheck()
        find = page.locator("#find")
        find.focus()
        for count, (drum, enter) in enumerate(zip(floor.drums, (True, False), strict=True), 1):
            handheld(page, enter=enter)(f"{url.upper()}/Q/{drum}")
            expect(page.locator(".tick input[type=checkbox]:checked")).to_have_count(count, timeout=30_000)
            expect(find).to_be_focused()
        amount = page.locator("#kg0")
        amount.focus()
        handheld(page)(f"{url.upper()}/Q/{floor.drums[0]}")
        expect(amount).to_have_value(DRUM_KG)
        page.get_by_role("button", name="Load", exact=True).click()
        expect(page.locator("p.done", has_text="Recorded.")).to_be_visible()
        page.get_by_role("link", name="Transfers", exact=True).first.focus()
        handheld(page)(floor.drums[1])
        expect(page).to_have_url(re.compile(rf"/Q/{floor.drums[1]}"), timeout=30_000)
    with served.ledger.store.read() as unit:
        aboard = unit.queries.stock(custodian=f"shipment:{trip}")
    assert sorted(row.container for row in aboard) == sorted(floor.vessels)
