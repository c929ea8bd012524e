"""Keys in Chromium: two people in two browsers make, endorse, rotate and lose them; private halves stay there."""

import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.core.canonical import Json
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.services import signing
from ledger.services.audit import audit
from ledger.services.entropy import SystemEntropy
from tests.api.wiring.test_identity_browser import House, authenticator, close, enrol, house, join, looked, open_page

__all__ = ["house"]
pytestmark = pytest.mark.browser

PAGES = ("/keys", "/keys/new", "/keys/rotate")


@dataclass
class Person:
    """Somebody of `sea` in a browser of their own."""

    house: House
    page: Page

    def go(self, path: str) -> None:
        self.page.goto(f"{self.house.url}{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    @property
    def user(self) -> str:
        self.go("/keys")
        return str(self.page.locator("#keys").get_attribute("data-user"))


def admin(browser: Browser, house: House, login: str) -> Person:
    page = open_page(browser)
    authenticator(page)
    join(page, house.first(login))
    enrol(page)
    return Person(house, page)


def worker(browser: Browser, house: House, login: str) -> Person:
    page = open_page(browser)
    join(page, house.invite(login, "operator"))
    return Person(house, page)


def keys_of(house: House) -> OrgState:
    org = house.served.world.orgs["sea"]
    with house.served.ledger.store.read() as unit:
        body = unit.projections.load_states([org])[org]
    state = codec.load(org, body or b"")
    assert isinstance(state, OrgState)
    return state


def endorsed_offline(house: House, person: Person) -> None:
    """The draft of the page, signed with a key file of the organisation, posted to the interface."""
    person.go("/keys")
    person.page.get_by_role("link", name="Look", exact=True).click()
    request = person.page.url.rpartition("/")[2]
    draft = drafted(house, request)
    served = house.served
    key = served.world.people["sea"][0].private
    made = signing.sign(draft, key, at_ms=served.clock.now_ms(), entropy=SystemEntropy())
    token = served.token(served.world.orgs["sea"], "admin")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    answer = served.client.post("/api/v1/events", content=json.dumps(made), headers=headers)
    assert answer.status_code == 201, answer.text


def drafted(house: House, request: str) -> dict[str, Json]:
    with house.served.ledger.store.read() as unit:
        org = house.served.world.orgs["sea"]
        row = unit.key_requests.one(org, request, at_ms=house.served.clock.now_ms())
    assert row is not None
    content: dict[str, Json] = {"key": row.key, "alg": "ed25519", "holder": row.user, "proof": row.proof}
    origin = house.served.ledger.recorded().origin
    return {"origin": origin, "type": "governance.key_registered", "actor": org, "sections": {"key": content}}


def test_two_people_in_two_browsers_make_endorse_rotate_and_lose_keys(browser: Browser, house: House) -> None:
    boss, wang = admin(browser, house, "keys.boss"), worker(browser, house, "keys.wang")
    before = set(keys_of(house).keys)
    for person in (boss, wang):
        person.go("/keys/new")
        person.press("Make a key in this browser")
        expect(person.page.get_by_text("Your key waits.")).to_be_visible()
    assert set(keys_of(house).keys) == before, "a key that waits counts for nothing"
    endorsed_offline(house, boss)
    boss.go("/keys")
    expect(boss.page.locator("[data-key-id]:visible")).to_have_count(1)
    boss.page.get_by_role("link", name="Look and endorse").click()
    boss.press("Endorse with my key")
    expect(boss.page.get_by_text("Endorsed. The key counts from now on.")).to_be_visible()
    new = {name: key for name, key in keys_of(house).keys.items() if name not in before}
    assert {key.holder for key in new.values()} == {boss.user, wang.user}

    wang.go("/keys")
    wang.page.get_by_role("link", name="Rotate my key").click()
    wang.press("Put a new key in its place")
    expect(wang.page.get_by_text("The new key counts from now on")).to_be_visible()
    state = keys_of(house)
    mine = [key for key in state.keys.values() if key.holder == wang.user]
    assert sorted(key.revoked is None for key in mine) == [False, True]

    wang.page.get_by_role("link", name="Revoke the key").click()
    wang.page.get_by_label("Since when").fill("2026-11-20T08:00")
    wang.press("Revoke a key")
    expect(wang.page.get_by_text("Revoked. It counts no more from now on.")).to_be_visible()
    state = keys_of(house)
    assert all(key.revoked is not None for key in state.keys.values() if key.holder == wang.user)
    assert any(key.compromised_since is not None for key in state.keys.values() if key.holder == wang.user)
    wang.go("/keys/rotate")
    expect(wang.page.get_by_text("This browser keeps no key of yours that counts.")).to_be_visible()
    expect(wang.page.get_by_role("button", name="Put a new key in its place")).to_be_disabled()
    found = audit(house.served.ledger.store, reference=house.served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])
    close(boss.page)
    close(wang.page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_of_keys_fit(browser: Browser, house: House, width: int, lang: str) -> None:
    page = open_page(browser, width=width)
    authenticator(page)
    join(page, house.first(f"keys.{lang}.{width}"))
    enrol(page)
    person = Person(house, page)
    person.go("/keys/new")
    person.press("Make a key in this browser")
    page.get_by_role("link", name="Look", exact=True).click()
    request = page.url.removeprefix(house.url)
    key = next(iter(keys_of(house).keys))
    looked(page, house.url, (*PAGES, request, f"/keys/{key}/revoke"), lang, width)
    close(page)
