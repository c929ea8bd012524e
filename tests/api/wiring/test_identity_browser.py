"""Accounts and people in Chromium: a virtual authenticator (WebAuthn over CDP), passwords without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.services.identity import administrators, invitations
from ledger.services.identity.ports import Ports, Site
from tests.api.test_browser import CONTRAST, TOO_SMALL
from tests.api.wiring.served import Served
from tests.support.live import listening, serving

pytestmark = pytest.mark.browser

PASSWORD = "copper lantern drifts slowly"


@dataclass
class House:
    """A served ledger at an address that browsers offer passkeys for."""

    url: str
    ports: Ports
    served: Served

    def first(self, login: str, who: str = "sea") -> str:
        return f"{self.url}/invite/{administrators.first(self.ports, self.served.world.orgs[who], login)}"

    def invite(self, login: str, *roles: str, who: str = "sea") -> str:
        person = invitations.Person(login, "王芳", roles)
        return f"{self.url}/invite/{invitations.invite(self.ports, self.served.world.orgs[who], person, by='x')}"


@pytest.fixture(scope="module")
def house(served: Served) -> Iterator[House]:
    with listening("localhost") as (listener, url):
        app = create_app(wire(served.ledger, site=Site(url)), ApiSettings(url, "0", demo=True))
        with serving(app, listener):
            yield House(url, Ports(served.ledger, Site(url)), served)


def open_page(browser: Browser, *, scripts: bool = True, width: int = 1280) -> Page:
    context = browser.new_context(locale="en-GB", java_script_enabled=scripts, viewport={"width": width, "height": 800})
    return context.new_page()


def authenticator(page: Page) -> str:
    """Give the page a device that verifies its user; return its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Accept and sign in").click()


def enrol(page: Page, name: str = "My phone") -> None:
    page.get_by_label("Name of the new passkey").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is enrolled.")).to_be_visible()


def close(page: Page) -> None:
    context: BrowserContext = page.context
    context.close()


def test_an_administrator_enrols_a_passkey_and_comes_back_with_it_alone(browser: Browser, house: House) -> None:
    page = open_page(browser)
    authenticator(page)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    join(page, house.first("boss.one"))
    expect(page.get_by_role("heading", name="Add a passkey to go on")).to_be_visible()
    page.goto(f"{house.url}/users")
    assert page.url == f"{house.url}/account", "nothing else is open yet"
    enrol(page)
    page.goto(f"{house.url}/users")
    expect(page.get_by_role("heading", name="Invite somebody")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{house.url}/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{house.url}/desk")
    assert complaints == [], "no rule of the content security policy is broken"
    close(page)


def test_a_password_leads_to_the_passkey_and_back_to_where_one_wanted(browser: Browser, house: House) -> None:
    page = open_page(browser)
    authenticator(page)
    join(page, house.invite("wang.one", "operator"))
    enrol(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{house.url}/desk")
    page.get_by_label("Login name").fill("wang.one")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{house.url}/desk")
    close(page)


def test_without_a_passkey_at_hand_the_page_says_so_and_a_password_still_works(browser: Browser, house: House) -> None:
    page = open_page(browser)
    join(page, house.invite("wang.two", "viewer"))
    page.get_by_role("button", name="Sign out").click()
    authenticator(page)  # an empty one
    page.goto(f"{house.url}/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible()
    page.get_by_label("Login name").fill("wang.two")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{house.url}/desk")
    close(page)


def test_without_scripts_a_password_signs_in_and_people_are_managed(browser: Browser, house: House) -> None:
    page = open_page(browser, scripts=False)
    join(page, house.invite("wang.three", "operator"))
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{house.url}/login")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    page.get_by_label("Login name").fill("wang.three")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.url == f"{house.url}/desk"
    page.goto(f"{house.url}/account")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill("seven quiet harbours wait")
    page.get_by_role("button", name="Change the password").click()
    assert page.get_by_text("The password was changed.").is_visible()
    close(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_fit_are_readable_and_large_enough_to_touch(
    browser: Browser, house: House, width: int, lang: str
) -> None:
    page = open_page(browser, width=width)
    authenticator(page)
    join(page, house.first(f"fits.{lang}.{width}"))
    looked(page, house.url, ("/account",), lang, width)
    enrol_in(page, lang, house)
    looked(page, house.url, ("/login", "/account", "/users", "/programs", "/devices", "/purpose"), lang, width)
    close(page)


def test_what_was_read_fits_a_phone_with_its_long_addresses(browser: Browser, house: House) -> None:
    page = open_page(browser, width=360)
    authenticator(page)
    join(page, house.invite("reader.one", "auditor", who="emergency"))
    enrol(page)
    batch = house.served.produce("sea", "methanol", "40").partition(":")[2]
    page.goto(f"{house.url}/batches/{batch}")
    page.locator("#purpose").fill("2026-117")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"**/batches/{batch}")
    page.goto(f"{house.url}/batches/{batch}/trace?direction=forward")
    for lang, words in (("zh", "一个批次：甲醇"), ("en", "A batch: Methanol")):
        looked(page, house.url, ("/reads",), lang, 360)
        expect(page.get_by_text(words).first).to_be_visible()
    close(page)


def enrol_in(page: Page, lang: str, house: House) -> None:
    page.goto(f"{house.url}/account?lang=en")
    enrol(page)
    page.goto(f"{house.url}/account?lang={lang}")


def looked(page: Page, url: str, paths: tuple[str, ...], lang: str, width: int) -> None:
    for path in paths:
        page.goto(f"{url}{path}?lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = [
            html for html in page.evaluate(TOO_SMALL) if 'type="checkbox"' not in html and 'type="radio"' not in html
        ]
        assert [html for html in small if "unseen" not in html] == [], path
        assert page.evaluate(CONTRAST) == [], path
