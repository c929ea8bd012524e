"""The pages of transfers and shipments over the real application: the whole story by form, without JavaScript."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_deals import Sale, bare, done

FIELD = re.compile(r"<(?:input|select)\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def fields(html: str) -> dict[str, str]:
    """What a browser would send of a form that nobody touched: inputs, what is ticked, the chosen options."""
    found: dict[str, str] = {}
    for match in FIELD.finditer(html):
        tag = match.group()
        named = {name: unescape(value) for name, value in ATTRIBUTE.findall(tag)}
        if "name" not in named:
            continue
        if tag.startswith("<select"):
            body = html[match.end() : html.index("</select>", match.end())]
            chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
            found[named["name"]] = "" if chosen is None else unescape(chosen.group(1))
        elif named.get("type") not in ("checkbox", "radio") or " checked" in tag:
            found[named["name"]] = named.get("value", "")
    return found


class Desk:
    """A firm in front of a browser."""

    def __init__(self, served: Served, who: str) -> None:
        self.browser: TestClient = served.browser(who)

    def see(self, path: str, status: int = 200) -> str:
        answer = self.browser.get(path, headers={"accept-language": "en", "accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, filled: Mapping[str, str]) -> Response:
        headers = {"origin": BASE, "accept-language": "en", "accept": "text/html"}
        own = fields(self.see("/desk"))["csrf"]
        return self.browser.post(path, data={**filled, "csrf": own}, headers=headers)

    def fill(self, path: str, **more: str) -> dict[str, str]:
        return fields(self.see(path)) | more

    def press(self, path: str, **more: str) -> Response:
        answer = self.send(path, self.fill(path, **more))
        assert answer.status_code == 303, answer.text
        return answer


@pytest.fixture
def sale(served: Served) -> Sale:
    return Sale(served)


def certificate(served: Served, carrier: str, person: str) -> str:
    org = served.world.orgs[carrier]
    with served.ledger.store.read() as unit:
        body = unit.projections.load_states([org])[org]
    assert body is not None
    state = codec.load(org, body)
    assert isinstance(state, OrgState)
    return next(licence.number for licence in state.licences if licence.subject == person)


def test_a_certificate_that_the_carrier_did_not_register_is_said(served: Served, sale: Sale) -> None:
    done(sale.take("paint", "agree"))
    path = f"/shipments/new?transfer={bare(sale.view()['ref'])}"
    sea = Desk(served, "sea")
    filled = sea.fill(path, carrier_other=served.world.orgs["swift"], vehicle="浙B1", driver_certificate="NONE")
    answer = sea.send(path, filled)
    assert answer.status_code == 422
    assert "registered no such certificate" in answer.text


def page_of(address: str) -> str:
    return address.removeprefix("/api/v1")


def test_a_sale_goes_from_offer_to_settlement_by_form(served: Served) -> None:
    sea, paint, swift = (Desk(served, who) for who in ("sea", "paint", "swift"))
    batch = served.produce("sea", "methanol", "1000")
    filled = sea.fill("/transfers/new", firm_other=served.world.orgs["paint"], price="12.40")
    row = next(name[3:] for name, value in filled.items() if name.startswith("key") and value.startswith(batch))
    address = sea.send("/transfers/new", filled | {f"on{row}": "1"})
    assert address.status_code == 303, address.text
    transfer = address.headers["location"].partition("?")[0]
    assert "agree or decline" in paint.see(transfer)
    assert "Methanol" in paint.see("/transfers?box=in")
    paint.press(f"{transfer}/agree", paper0="purchase_permit", number0="GZ-2026-0117")
    truck = served.world.fleet["swift"][0]
    planned = sea.press(
        f"/shipments/new?transfer={transfer.rpartition('/')[2]}",
        carrier_other=served.world.orgs["swift"],
        vehicle=truck.plate,
        driver_certificate=certificate(served, "swift", truck.driver),
        escort_certificate=certificate(served, "swift", truck.escort),
        dispatcher=served.world.users["sea"],
        departure_date="2026-11-24",
        origin="Shanghai",
        destination="Yantai",
        waybill="YD7",
        packages="1",
        package_kind="tank container",
    )
    shipment = planned.headers["location"].partition("?")[0]
    sea.press(f"{shipment}/load?transfer={transfer.rpartition('/')[2]}")
    page = swift.see(shipment)
    assert "UN 1230 METHANOL, 3 (6.1), II" in page
    assert "tel:" in page
    sea.press(f"{shipment}/dispatch")
    for step in ("accept", "depart", "arrive", "deliver"):
        swift.press(f"{shipment}/{step}")
    sea.press(f"{transfer}/sell")
    place = f"{served.world.sites['paint']}/DOCK"
    short = paint.fill(f"{shipment}/receive", kg0="988", place=place)
    refused = paint.send(f"{shipment}/receive", short)
    assert refused.status_code == 422
    assert 'value="988"' in refused.text
    assert fields(refused.text)["place"] == place
    answer = paint.send(f"{shipment}/receive", fields(refused.text) | {"reason": "Seal was broken"})
    assert answer.status_code == 303, answer.text
    assert "12 kg differ" in paint.see(transfer)
    for desk in (paint, sea):
        desk.press(f"{transfer}/settle", outcome="loss", reason="spilt on the way")
    assert "Finished" in sea.see(transfer)


def test_a_second_press_states_nothing_twice(served: Served, sale: Sale) -> None:
    paint, transfer = Desk(served, "paint"), page_of(sale.address)
    filled = paint.fill(f"{transfer}/agree")
    first, second = (paint.send(f"{transfer}/agree", filled) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert sale.view()["records"] == 2


def test_a_refusal_comes_back_on_the_same_page_with_the_form_as_it_was_filled(served: Served, sale: Sale) -> None:
    paint, transfer = Desk(served, "paint"), page_of(sale.address)
    filled = paint.fill(f"{transfer}/decline", reason="Too <dear>")
    done(sale.take("paint", "agree"))
    answer = paint.send(f"{transfer}/decline", filled)
    assert answer.status_code == 412
    assert "Too &lt;dear&gt;" in answer.text
    assert "Nothing was recorded" in answer.text
    assert fields(answer.text)["id"] == filled["id"]


def test_forms_of_other_sites_and_strangers_are_refused(served: Served, sale: Sale) -> None:
    transfer = page_of(sale.address)
    paint, bay = Desk(served, "paint"), Desk(served, "bay")
    filled = paint.fill(f"{transfer}/agree")
    cross = paint.browser.post(f"{transfer}/agree", data=filled, headers={"origin": "https://evil.example"})
    assert cross.status_code == 403
    bay.see(transfer, 404)
    bay.see(f"{transfer}/agree", 404)
    assert bay.send(f"{transfer}/agree", filled).status_code == 404
    bay.see(f"/transfers/{bare(served.new('transfer'))}", 404)
    bay.see(f"{transfer}/burn", 404)
    assert sale.view()["status"] == "offered"


@pytest.mark.parametrize("filled", [{"x": "1"}, {"id": "x"}, {"id": "0192f5a1-0c00-7000-8000-000000000001"}])
def test_a_form_that_lacks_its_id_or_its_goods_says_so(served: Served, filled: dict[str, str]) -> None:
    answer = Desk(served, "sea").send("/transfers/new", filled)
    assert answer.status_code == 422
    assert "Nothing was recorded" in answer.text


def test_a_firm_is_found_by_code_or_name_and_never_guessed(served: Served) -> None:
    sea = Desk(served, "sea")
    for name in ("Paint", "%", ""):
        answer = sea.send("/transfers/new", sea.fill("/transfers/new", firm="", firm_other=name))
        assert answer.status_code == 422, name
    known = served.ok(f"/api/v1/organisations/{bare(served.world.orgs['paint'])}", "paint")
    for name in (known["uscc"], known["name"]["zh"]):
        answer = sea.send("/transfers/new", sea.fill("/transfers/new", firm="", firm_other=name))
        assert "was not found" not in answer.text
        assert "goods" in answer.text


def test_a_load_with_nothing_to_load_says_what_is_missing_and_offers_no_button(served: Served, sale: Sale) -> None:
    done(sale.take("paint", "agree"))
    trip = sale.plan().rpartition("/")[2]
    desk = Desk(served, "sea")
    path = f"/shipments/{trip}/load?transfer={sale.address.rpartition('/')[2]}"
    assert ">Load</button>" in desk.see(path)
    gone = served.consume("sea", sale.batch, "1000")
    assert served.post("sea", gone).status_code == 201
    page = desk.see(path)
    assert "This step cannot be taken yet" in page
    assert "None of the agreed goods is in your keeping now" in page
    assert re.search(r"<li>Methanol.*1,000.*</li>", page)
    assert ">Load</button>" not in page
    assert "Nothing is aboard" in desk.see(f"/shipments/{trip}/unload")
