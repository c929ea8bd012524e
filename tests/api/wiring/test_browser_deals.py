"""The main path of a handover in Chromium, on a phone: inbox, transfer, shipment, and the link without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.api.test_browser import TOO_SMALL
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_step_links import Phone
from tests.api.wiring.test_wiring_waybills import Trip
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def address(served: Served) -> Iterator[str]:
    with listening() as (listener, url), serving(served.client.app, listener):
        yield url


def test_a_driver_accepts_by_link_and_every_page_fits_a_phone(served: Served, address: str, chromium: Path) -> None:
    trip = Trip(served)
    phone = Phone(served, trip, "carrier")
    headers = {"authorization": served.headers("paint")["authorization"]}
    transfer, shipment = (path.removeprefix("/api/v1") for path in (trip.sale.address, trip.shipment))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = {"width": 360, "height": 720}
        firm = browser.new_context(viewport=view, java_script_enabled=True, extra_http_headers=headers)  # type: ignore[arg-type]
        page = firm.new_page()
        for lang in ("zh", "en"):
            for path in ("/transfers", transfer, "/shipments", shipment, f"{shipment}/receive"):
                page.goto(f"{address}{path}?lang={lang}")
                assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
                assert page.evaluate(TOO_SMALL) == [], path
        road = browser.new_context(viewport=view, java_script_enabled=False, locale="en-GB")  # type: ignore[arg-type]
        page = road.new_page()
        page.goto(address + phone.path)
        assert page.get_by_text("UN 1230 METHANOL").is_visible()
        page.get_by_label("PIN").fill(phone.pin)
        page.get_by_role("button", name="Accept the goods").click()
        assert page.get_by_role("link", name="Receipt: Accept the goods").is_visible()
        assert page.get_by_role("button", name="Depart").is_visible()
        browser.close()
    assert served.ok(trip.shipment, "swift")["next"][0] != "accept"
