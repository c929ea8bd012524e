"""One-time links over the real application: a driver's steps, and every way to misuse a link."""

import json
import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.settings import ApiSettings
from api.wiring import wire
from ledger.services.identity.ports import Site
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_deal_pages import Desk, fields
from tests.api.wiring.test_wiring_waybills import Trip, named
from tests.labels.papers import texts

HTML = {"accept": "text/html", "accept-language": "en"}


class Phone:
    """Somebody without an account who holds a link and its PIN."""

    def __init__(self, served: Served, trip: Trip, side: str) -> None:
        shown = Desk(served, "sea").send(f"{trip.shipment.removeprefix('/api/v1')}/link", {"side": side})
        assert shown.status_code == 200, shown.text
        found = re.search(r"/d/([\w-]{43})<", shown.text)
        pin = re.search(r"(\d{3}) (\d{3})</p>", shown.text)
        assert found is not None
        assert pin is not None
        self.path, self.pin = f"/d/{found.group(1)}", "".join(pin.groups())
        self.browser = TestClient(served.client.app, base_url=BASE, follow_redirects=False)

    def see(self) -> Response:
        return self.browser.get(self.path, headers=HTML)

    def press(self, step: str, pin: str | None = None, **more: str) -> Response:
        filled = fields(self.see().text) | {"pin": self.pin if pin is None else pin} | more
        return self.browser.post(f"{self.path}/{step}", data=filled, headers=HTML)


@pytest.fixture
def trip(served: Served) -> Trip:
    return Trip(served)


def test_a_driver_and_a_consignee_without_accounts_take_their_steps(served: Served, trip: Trip) -> None:
    driver = Phone(served, trip, "carrier")
    first = driver.see().text
    assert "UN 1230 METHANOL" in first
    assert "tel:" in first
    assert "Accept the goods" in first
    for step in ("accept", "depart", "arrive", "deliver"):
        assert driver.press(step).status_code == 303, step
    assert "Everything that this link is for is recorded" in driver.see().text
    receipt = driver.browser.get(f"{driver.path}/receipts/accept")
    assert receipt.json()["header"]["actor"] == served.world.orgs["swift"]
    assert driver.browser.get(f"{driver.path}/waybill").content.startswith(b"%PDF")
    consignee = Phone(served, trip, "consignee")
    place = f"{served.world.sites['paint']}/DOCK"
    wrong = "000000" if consignee.pin != "000000" else "111111"
    for pin, status, told in ((wrong, 403, "The PIN is wrong"), (consignee.pin, 422, "Fill in “Reason”")):
        refused = consignee.press("receive", pin=pin, kg0="990", place=place)
        assert (refused.status_code, told in refused.text, "/reason" in refused.text) == (status, True, False)
        kept = fields(refused.text)
        assert (kept["kg0"], kept["place"], kept["pin"]) == ("990", place, "")
    assert consignee.press("receive", kg0="990", place=place, reason="Leaking valve").status_code == 303
    signed = {one["role"]: one["backing"] for one in trip.sale.view()["signatures"]}
    assert (signed["carrier"], signed["consignee"]) == ("link", "link")
    assert trip.sale.view()["goods"][0]["difference"]["amount"] == "10"


def test_a_tampered_or_expired_link_leads_nowhere_and_tells_nothing(served: Served, trip: Trip) -> None:
    phone = Phone(served, trip, "carrier")
    token = phone.path.removeprefix("/d/")
    wrong = ("A" if token[5] != "A" else "B").join((token[:5], token[6:]))
    nothing = phone.browser.get(f"/d/{'A' * 43}", headers=HTML)
    for path in (f"/d/{wrong}", f"/d/{token}A", f"/d/{token[:-1]}"):
        answer = phone.browser.get(path, headers=HTML)
        assert answer.status_code == nothing.status_code == 404
        assert phone.browser.post(f"{path}/accept", data={"pin": phone.pin}, headers=HTML).status_code == 404
        assert phone.browser.get(f"{path}/waybill").status_code == 404
    before = served.clock.now_ms()
    served.clock.set(before + 8 * 86_400_000)
    try:
        assert phone.see().status_code == 404
    finally:
        served.clock.set(before)


def test_five_wrong_pins_lock_the_link_for_good(served: Served, trip: Trip) -> None:
    phone = Phone(served, trip, "carrier")
    wrong = "000000" if phone.pin != "000000" else "111111"
    answers = [phone.press("accept", pin=wrong) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert "Tries left" in answers[-1].text
    filled = fields(phone.see().text) | {"pin": wrong}
    assert phone.browser.post(f"{phone.path}/accept", data=filled, headers=HTML).status_code == 404
    locked = phone.browser.post(f"{phone.path}/accept", data=filled | {"pin": phone.pin}, headers=HTML)
    assert locked.status_code == 404
    assert served.ok(trip.shipment, "swift")["next"][0] == "accept"


def test_a_link_does_only_its_own_steps_of_its_own_shipment_once(served: Served, trip: Trip) -> None:
    phone = Phone(served, trip, "carrier")
    for step in ("receive", "refuse", "load", "dispatch", "burn"):
        assert phone.press(step).status_code == 422, step
    other = Trip(served)
    body = {"other": other.shipment, "transfer": other.sale.view()["ref"]}
    filled = fields(phone.see().text) | {"pin": phone.pin} | body
    first, again = (phone.browser.post(f"{phone.path}/accept", data=filled, headers=HTML) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert phone.press("accept", id=served.id()).status_code == 422
    assert served.ok(other.shipment, "swift")["next"][0] == "accept"
    accepted = [m for m in served.ok(trip.shipment, "swift")["timeline"] if m["type"] == "transport.carrier_accepted"]
    assert len(accepted) == 1


def test_only_arranger_and_consignor_issue_links_and_secrets_are_kept_as_hashes(served: Served, trip: Trip) -> None:
    path = f"{trip.shipment.removeprefix('/api/v1')}/link"
    assert Desk(served, "swift").send(path, {"side": "carrier"}).status_code == 403
    assert Desk(served, "bay").send(path, {"side": "carrier"}).status_code == 404
    phone = Phone(served, trip, "carrier")
    stored = served.path.read_bytes()
    assert phone.path.removeprefix("/d/").encode() not in stored
    assert json.dumps(phone.pin).encode() not in stored


def test_links_are_issued_listed_and_revoked_by_program(served: Served, trip: Trip) -> None:
    path = f"{trip.shipment}/links"
    made = served.client.post(path, json={"side": "carrier"}, headers=served.headers("sea"))
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    shown = made.json()
    address = shown["url"].removeprefix(BASE)
    browser = TestClient(served.client.app, base_url=BASE, follow_redirects=False)
    filled = fields(browser.get(address, headers=HTML).text) | {"pin": shown["pin"]}
    assert browser.post(f"{address}/accept", data=filled, headers=HTML).status_code == 303
    listed = served.ok(path, "sea")[0]
    assert (listed["id"], listed["state"], list(listed["done"])) == (shown["id"], "open", ["accept"])
    assert shown["pin"] not in json.dumps(listed)
    assert address.removeprefix("/d/") not in json.dumps(listed)
    assert served.ok(path, "swift") == []
    for who in ("swift", "bay"):
        assert served.client.post(f"/api/v1/links/{shown['id']}/revoke", headers=served.headers(who)).status_code == 404
    for _ in range(2):
        ended = served.client.post(f"/api/v1/links/{shown['id']}/revoke", headers=served.headers("sea"))
        assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert browser.get(address, headers=HTML).status_code == 404
    assert browser.post(f"{address}/depart", data=filled, headers=HTML).status_code == 404


def test_only_arranger_and_consignor_issue_links_by_program(served: Served, trip: Trip) -> None:
    path = f"{trip.shipment}/links"
    for who, status in (("swift", 403), ("bay", 404)):
        assert served.client.post(path, json={"side": "carrier"}, headers=served.headers(who)).status_code == status
    wrong = served.client.post(path, json={"side": "driver"}, headers=served.headers("sea"))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "/side")


def test_pins_are_guessed_over_many_links_no_faster_than_the_address_may_fail(served: Served, trip: Trip) -> None:
    settings = ApiSettings(BASE, "0", demo=True, rate_failures=6)
    app = create_app(wire(served.ledger, site=Site(BASE)), settings)
    phones = [Phone(served, trip, "carrier") for _ in range(3)]
    guesser = TestClient(app, base_url=BASE, follow_redirects=False)
    statuses = []
    for phone in phones:
        wrong = "000000" if phone.pin != "000000" else "111111"
        filled = fields(phone.see().text) | {"pin": wrong}
        statuses += [guesser.post(f"{phone.path}/accept", data=filled, headers=HTML).status_code for _ in range(4)]
    assert statuses == [403] * 6 + [429] * 6
    assert guesser.get(f"/d/{'A' * 43}", headers=HTML).status_code == 429, "addresses are not guessed either"
    last = guesser.post(f"{phones[2].path}/accept", data={"pin": phones[2].pin}, headers=HTML)
    assert (last.status_code, "retry-after" in last.headers) == (429, True)


def test_a_link_shows_no_names_as_its_issuer_may_hold_it_too(served: Served, trip: Trip) -> None:
    driver = served.ok(trip.shipment, "swift")["legs"][0]["driver"]
    named(served, driver, "swift", "李强")
    assert "李强" in served.browser("swift").get(trip.shipment.removeprefix("/api/v1"), headers=HTML).text
    phone = Phone(served, trip, "carrier")
    page = phone.see().text
    assert "driver of" in page
    paper = "".join(texts(phone.browser.get(f"{phone.path}/waybill").content))
    for shown in (page, paper):
        assert "李强" not in shown
        assert driver[-12:] not in shown
