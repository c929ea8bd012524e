"""What is signed in Chromium: by one person's key, and by two people after another; without a key nothing changes."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from ledger.core.events import Header
from ledger.demo.fleet import waybill
from ledger.services.audit import audit
from tests.api.wiring.served import Served
from tests.api.wiring.test_identity_browser import House, close, house
from tests.api.wiring.test_keys_browser import Person, endorsed_offline, keys_of, worker
from tests.api.wiring.test_wiring_deals import done, post

__all__ = ["house"]
pytestmark = pytest.mark.browser


def with_key(browser: Browser, house: House, login: str) -> Person:
    """Somebody whose key lies in their browser and counts."""
    made = worker(browser, house, login)
    made.go("/keys/new")
    made.press("Make a key in this browser")
    expect(made.page.get_by_text("Your key waits.")).to_be_visible()
    endorsed_offline(house, made)
    return made


def handover(served: Served, name: str) -> tuple[str, str, str]:
    """A trip that waits to be loaded with a batch of a product; the goods only change hands. Transfer, trip, batch."""
    world = served.world
    batch = served.produce("sea", name, "100")
    parties = {"consignor": world.orgs["sea"], "consignee": world.orgs["paint"]}
    goods = [{"batch": batch, "amount": "100"}]
    offer = {"id": served.id(), "goods": goods, "sections": {"parties": parties}}
    transfer = done(post(served, "sea", "/api/v1/transfers", offer)).headers["location"].rpartition("/")[2]
    done(post(served, "paint", f"/api/v1/transfers/{transfer}/agree"))
    truck = world.fleet["swift"][0]
    papers = waybill(truck, "YD5", ("Shanghai", "Yantai"), (1, "drum"), served.clock.now_ms())
    plan: dict[str, Any] = {
        "transfer": f"transfer:{transfer}",
        "sections": {
            "parties": {"carrier": world.orgs["swift"]},
            "transport": {**papers, "dispatcher": world.users["sea"]},
        },
    }
    trip = done(post(served, "sea", "/api/v1/shipments", plan)).headers["location"].rpartition("/")[2]
    return transfer, trip, batch


def toxic(served: Served) -> str:
    known = served.ledger.reference.products
    return next(
        name for who, name in served.world.products if who == "sea" and "highly_toxic" in known.product(name).lists
    )


def headers_of(served: Served, kind: str) -> list[Header]:
    with served.ledger.store.read() as unit:
        found = [Header.parse(row.header) for row in unit.events.latest(limit=10)]
    return [header for header in found if header.type == kind]


def holders(house: House, header: Header) -> set[str]:
    return {keys_of(house).keys[key].holder for key in header.keys}


def test_one_person_and_two_people_sign_by_form_and_it_is_what_they_saw(browser: Browser, house: House) -> None:
    served = house.served
    wang, zhao = with_key(browser, house, "drafts.wang"), with_key(browser, house, "drafts.zhao")
    _, trip, _ = handover(served, toxic(served))

    wang.go(f"/shipments/{trip}/load")
    expect(wang.page.get_by_text("sign it with your key in this browser")).to_be_visible()
    wang.page.locator("form .button.wide").click()
    expect(wang.page.get_by_text("Two different people sign this.")).to_be_visible()
    draft = wang.page.url.rpartition("/")[2]
    assert draft not in {header.id for header in headers_of(served, "transport.loaded")}
    wang.press("Sign as the first person")
    expect(wang.page.get_by_text("You have signed. It waits for the second person.")).to_be_visible()

    zhao.go("/desk")
    expect(zhao.page.get_by_text("statement waits for your signature")).to_be_visible()
    zhao.go("/drafts")
    expect(zhao.page.get_by_text("waits for you")).to_be_visible()
    zhao.page.get_by_role("link", name="Look and sign").first.click()
    zhao.press("Sign as the second person")
    expect(zhao.page.locator("p.done", has_text="Recorded.")).to_be_visible()
    (loaded,) = [header for header in headers_of(served, "transport.loaded") if header.id == draft]
    assert holders(house, loaded) == {wang.user, zhao.user}
    wang.go(f"/drafts/{draft}")
    expect(wang.page.get_by_text("It was signed and recorded.")).to_be_visible()

    _, other, _ = handover(served, "methanol")
    wang.go(f"/shipments/{other}/load")
    wang.page.locator("form .button.wide").click()
    wang.press("Sign and record")
    expect(wang.page.locator("p.done", has_text="Recorded.")).to_be_visible()
    assert holders(house, headers_of(served, "transport.loaded")[0]) == {wang.user}
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])
    close(wang.page)
    close(zhao.page)


def test_without_a_key_the_form_states_at_once_and_says_so(browser: Browser, house: House) -> None:
    plain = worker(browser, house, "drafts.plain")
    _, trip, _ = handover(house.served, "methanol")
    plain.go(f"/shipments/{trip}/load")
    expect(plain.page.get_by_text("with a key of your own you would sign it")).to_be_visible()
    plain.page.locator("form .button.wide").click()
    expect(plain.page.locator("p.done", has_text="Recorded.")).to_be_visible()
    assert headers_of(house.served, "transport.loaded")[0].keys == ()

    _, other, _ = handover(house.served, toxic(house.served))
    plain.go(f"/shipments/{other}/load")
    plain.page.locator("form .button.wide").click()
    expect(plain.page.get_by_text("Two different people sign this.")).to_be_visible()
    expect(plain.page.get_by_role("button", name="Sign as the first person")).to_be_disabled()
    plain.press("Withdraw it")
    expect(plain.page.get_by_text("It is withdrawn. Nothing was recorded.")).to_be_visible()
    close(plain.page)


def test_a_container_and_several_offers_are_signed_with_the_key_in_the_browser(browser: Browser, house: House) -> None:
    served = house.served
    hong = with_key(browser, house, "drafts.hong")
    hong.go("/containers/new")
    expect(hong.page.get_by_text("sign it with your key in this browser")).to_be_visible()
    hong.page.locator("#serial").fill("DR-HONG-1")
    hong.page.locator("#kind").select_option("drum")
    hong.press("Register a container")
    expect(hong.page.locator("dd", has_text="DR-HONG-1")).to_be_visible()
    hong.press("Sign and record")
    expect(hong.page.get_by_text("It bears the signature of your key.")).to_be_visible()
    assert holders(house, headers_of(served, "governance.container_registered")[0]) == {hong.user}

    offers = [offered(served) for _ in range(2)]
    hong.go("/transfers/several")
    for box in hong.page.locator("input[type=checkbox]").all():
        box.check()
    hong.press("Agree to what is ticked")
    expect(hong.page.get_by_role("checkbox", checked=True)).to_have_count(2)
    hong.press("Sign what is ticked")
    expect(hong.page.get_by_text("Everything is signed and recorded")).to_be_visible()
    agreed = headers_of(served, "operation.transfer_agreed")[:2]
    assert [holders(house, header) for header in agreed] == [{hong.user}] * 2
    for transfer in offers:
        assert served.ok(f"/api/v1/transfers/{transfer}", "sea")["status"] == "agreed"
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])
    close(hong.page)


def offered(served: Served) -> str:
    """Goods that another firm offers to `sea`."""
    world = served.world
    batch = served.produce("river", "methanol", "50")
    parties = {"consignor": world.orgs["river"], "consignee": world.orgs["sea"]}
    goods = [{"batch": batch, "amount": "50"}]
    offer = {"id": served.id(), "goods": goods, "sections": {"parties": parties}}
    return done(post(served, "river", "/api/v1/transfers", offer)).headers["location"].rpartition("/")[2]


def test_no_press_states_unsigned_before_it_is_known_that_the_browser_keeps_a_key(
    browser: Browser, house: House
) -> None:
    served = house.served
    lin = with_key(browser, house, "drafts.lin")
    offered(served)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    lin.page.route("**/static/sign.js*", hold)
    with lin.page.expect_request("**/static/sign.js*"):
        lin.page.goto(f"{house.url}/transfers?box=in", wait_until="commit")
    button = lin.page.get_by_role("button", name="Agree to the offer").first
    expect(button).to_be_disabled()
    for route in held:
        route.continue_()
    lin.page.unroute("**/static/sign.js*")
    button.click()
    expect(lin.page.get_by_text("This is what you sign.")).to_be_visible()
    lin.press("Withdraw it")

    plain = browser.new_context(
        storage_state=lin.page.context.storage_state(), locale="en-GB", java_script_enabled=False
    ).new_page()
    plain.goto(f"{house.url}/transfers?box=in")
    buttons = plain.locator("button", has_text="Agree to the offer").locator("visible=true")
    expect(buttons.first).to_be_enabled()
    buttons.first.click()
    expect(plain.get_by_text("Nobody signed it; the ledger attests that it came from you.")).to_be_visible()
    close(plain)
    close(lin.page)
