"""A whole deal in Chromium, by two people and a driver who find their way by what the pages say; verified offline."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ledger.services.audit import audit
from ledger.verify import verify
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deal_people import person
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser

FIRMS = {"paint": "彩虹涂料（演示）有限公司", "swift": "速安危货运输（演示）有限公司"}


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with listening() as (listener, url), serving(served.client.app, listener):
        yield url


def desk(browser: Browser, served: Served, address: str, who: str) -> Page:
    page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{address}/login/{served.link(who)}")
    page.locator("main form button").click()
    return page


def link(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def transfer_of(page: Page, box: str) -> None:
    page.get_by_role("link", name="Transfers", exact=True).first.click()
    link(page, box)
    page.locator("main").get_by_text("Methanol").first.click()


def planned(seller: Page, served: Served) -> None:
    truck = served.world.fleet["swift"][0]
    seller.get_by_label("or another one").fill(FIRMS["swift"])
    seller.get_by_label("Vehicle", exact=True).fill(truck.plate)
    press(seller, "Show the people of the chosen carrier")
    seller.get_by_label("Driver", exact=True).select_option(truck.driver)
    seller.get_by_label("Escort", exact=True).select_option(truck.escort)
    seller.get_by_label("From", exact=True).fill("Ningbo")
    seller.get_by_label("To", exact=True).fill("Yantai")
    press(seller, "Plan a shipment")


def left(seller: Page) -> None:
    """The vehicle leaves, once the form has asked for what the plan did not say."""
    press(seller, "Dispatch")
    expect(seller.get_by_text("The waybill lacks: Number of the waybill.")).to_be_visible()
    seller.get_by_label("Number of the waybill").fill("YD-77")
    seller.get_by_label("Departure").fill("2026-11-20")
    seller.get_by_label("Packages").fill("1")
    seller.get_by_label("Kind of package").fill("tank container")
    seller.get_by_label("Dispatcher").select_option(label="调度员钱七")
    press(seller, "Dispatch")
    expect(seller.locator("p.done", has_text="Recorded.")).to_be_visible()


def driven(browser: Browser, seller: Page, address: str) -> None:
    """A driver without an account takes every step by link and PIN, on a phone that runs no scripts."""
    press(seller, "Link for the driver")
    told = seller.locator("main").inner_text()
    token, pin = re.search(r"/d/([\w-]+)", told), re.search(r"\b(\d{3}) (\d{3})\b", told)
    assert token is not None
    assert pin is not None
    size = {"width": 360, "height": 720}
    phone = browser.new_context(locale="en-GB", viewport=size, java_script_enabled=False).new_page()  # type: ignore[arg-type]
    phone.goto(f"{address}/d/{token[1]}")
    for step in ("Accept the goods", "Depart", "Arrived", "Delivered"):
        phone.get_by_label("PIN").fill(pin[1] + pin[2])
        press(phone, step)
        expect(phone.get_by_role("link", name=f"Receipt: {step}")).to_be_visible()


def saved(page: Page, name: str) -> bytes:
    with page.expect_download() as caught:
        link(page, name)
    return Path(caught.value.path()).read_bytes()


def test_a_deal_from_offer_to_receipt_by_people_who_only_read_the_pages(
    served: Served, address: str, chromium: Path
) -> None:
    served.produce("sea", "methanol", "1000")
    person(served, "sea", "调度员钱七", "operator")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        seller, buyer = (desk(browser, served, address, who) for who in ("sea", "paint"))
        link(seller, "Offer a transfer")
        seller.get_by_label("or another one").fill(FIRMS["paint"])
        seller.locator("label", has_text="Methanol").last.click()
        press(seller, "Offer")
        expect(seller.get_by_text("The other side has not answered yet.")).to_be_visible()
        transfer = seller.url.partition("?")[0].rpartition("/")[2]

        buyer.reload()
        expect(buyer.get_by_text("offer waits for your answer").or_(buyer.get_by_text("offers wait"))).to_be_visible()
        transfer_of(buyer, "Incoming")
        press(buyer, "Agree to the offer")

        transfer_of(seller, "Outgoing")
        link(seller, "Plan a shipment")
        planned(seller, served)
        link(seller, "Load")
        press(seller, "Load")
        left(seller)
        driven(browser, seller, address)

        transfer_of(buyer, "Incoming")
        link(buyer, "Receive")
        buyer.get_by_label("Where it is put").select_option(label="DOCK")
        press(buyer, "Receive")
        receipt = saved(buyer, "Download the receipt")
        transfer_of(seller, "Outgoing")
        link(seller, "Record the sale")
        press(seller, "Record the sale")
        expect(seller.get_by_text("Finished: everything was handed over and nothing is open.")).to_be_visible()
        evidence = saved(seller, "Download the evidence bundle")
        browser.close()
    assert "inclusion" in [step.name for step in verify(receipt).steps]
    report = verify(evidence)
    view = served.ok(f"/api/v1/transfers/{transfer}", "sea")
    assert len(report.records) == view["records"]
    assert [one["backing"] for one in view["signatures"]] == ["attested", "link", "attested"]
    assert json.loads(evidence)["spec"] == "hazledger/evidence@1"
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])
