"""Lists of what is on record, and the forms that add to it, over the real application."""

import re
from html import unescape

import pytest

from tests.api.wiring.served import BASE, Served
from tests.api.wiring.test_wiring_deal_pages import Desk
from tests.api.wiring.test_wiring_imports import size

HEADERS = {"origin": BASE, "accept-language": "en", "accept": "text/html"}
LISTS = ("stock", "batches", "products", "containers", "sites", "keys", "findings")
PRODUCT = {"name_zh": "试验用溶剂", "state": "liquid", "cas": "67-64-1", "lists": "drug_precursor_3"}
SITE = {"name_zh": "二号库", "region": "320583", "locations": "A-01 库位 甲类\nT-01 储罐"}


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served, "sea")


def shown(desk: Desk, path: str) -> str:
    return unescape(desk.see(path))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_from_the_desk_and_goes_on_to_its_end(desk: Desk, name: str) -> None:
    assert f'href="/{name}"' in shown(desk, "/desk")
    path, pages = f"/{name}", 0
    while path and pages < 40:
        page = shown(desk, path)
        more = re.search(rf'rel="next" href="(/{name}\?[^"]*cursor=[^"]+)"', page)
        path, pages = more[1] if more else "", pages + 1
    assert not path


def test_a_product_is_found_by_name_un_and_cas(desk: Desk) -> None:
    assert "Methanol" in shown(desk, "/products?q=UN1230")
    assert "Methanol" in shown(desk, "/products?q=67-56-1")
    assert "Nothing begins like this." in shown(desk, "/products?q=zzzz")


def test_a_product_is_registered_once_and_what_is_wrong_stands_beside_its_field(served: Served, desk: Desk) -> None:
    before = size(served)
    wrong = desk.send("/products/new", {**PRODUCT, "cas": "67-64-2"})
    assert wrong.status_code == 422
    assert 'id="cas-wrong"' in wrong.text
    assert 'value="试验用溶剂"' in wrong.text
    assert size(served) == before
    for said in ("1&event=", "on_record"):
        answer = desk.send("/products/new", PRODUCT)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].startswith(f"/products?done={said}")
        assert size(served) == before + 1
    page = shown(desk, "/products?q=试验用溶剂")
    assert "67-64-1" in page
    assert "Drug precursor" in page


def test_a_site_its_stock_and_a_container_are_registered_by_form(served: Served, desk: Desk) -> None:
    fields = desk.fill("/sites/new") | SITE
    before = size(served)
    recorded = f"/sites?done=1&event={fields['id']}"
    for _ in range(2):
        answer = desk.browser.post("/sites/new", data=fields, headers=HEADERS)
        assert answer.headers["location"] == recorded, answer.text
    assert "Nobody signed it; the ledger attests that it came from you." in shown(desk, recorded)
    assert size(served) == before + 1
    assert "二号库" in shown(desk, "/sites")
    assert desk.send("/products/new", PRODUCT | {"name_zh": "试验乙"}).status_code == 303
    lot = {"product": "试验乙", "lot": "L-1", "amount": "200", "unit": "kg", "site": "二号库", "location": "A-01"}
    refused = desk.send("/stock/new", lot | {"location": "B-99"})
    assert refused.status_code == 422
    assert "Nothing was recorded" in refused.text
    assert desk.send("/stock/new", lot).status_code == 303
    assert desk.send("/containers/new", {"serial": "DR-FORM-1", "kind": "drum", "tare_kg": "18.5"}).status_code == 303
    assert size(served) == before + 4


def test_a_site_with_hundreds_of_places_is_taken_whole(served: Served, desk: Desk) -> None:
    places = "\n".join(f"{row}-{n:02} 库位 {row}区" for row in "ABCDEF" for n in range(50))
    answer = desk.send("/sites/new", {"id": served.id()} | SITE | {"name_zh": "大库", "locations": places})
    assert answer.status_code == 303, answer.text
    assert "(300)" in shown(desk, "/sites?q=大库")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"locations": "A-01 储灌"}, "no kind of place"),
        ({"locations": " \n"}, "/locations"),
        ({"region": "999999"}, "/region"),
        ({"name_zh": ""}, "/name_zh"),
        ({"phone": "call me"}, "/sections/site/phone"),
    ],
)
def test_a_site_that_is_not_of_the_form_is_shown_again(
    served: Served, desk: Desk, change: dict[str, str], said: str
) -> None:
    before = size(served)
    answer = desk.send("/sites/new", {"id": served.id()} | SITE | change)
    assert answer.status_code in {400, 404, 422}, answer.text
    assert said in unescape(answer.text)
    assert size(served) == before


def test_a_form_of_another_session_registers_nothing(served: Served, desk: Desk) -> None:
    before = size(served)
    for path, fields in (("/products/new", PRODUCT), ("/sites/new", SITE)):
        answer = desk.browser.post(path, data={**fields, "csrf": "x" * 43}, headers=HEADERS)
        assert answer.status_code == 403
    assert size(served) == before
