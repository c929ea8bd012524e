"""The desk's forms over the real application: one press, goods of the whole stock, filings, unannounced receipts."""

import re

import pytest

from api.web.choosing import LINES
from api.web.forms import Form
from api.web.receipts import received
from ledger.core.times import format_utc
from ledger.errors import FormatError
from tests.api.wiring.floor import Floor
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deal_pages import Desk, page_of
from tests.api.wiring.test_wiring_deals import Sale, bare

PRESS = re.compile(r'<form method="post" class="press" action="([^"]+)">(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'name="([a-z]+)" value="([^"]*)"')


@pytest.fixture
def sale(served: Served) -> Sale:
    return Sale(served)


def presses(html: str) -> dict[str, dict[str, str]]:
    """The forms of one press on a page: what they send, by where they send it."""
    return {action: dict(HIDDEN.findall(inner)) for action, inner in PRESS.findall(html)}


def test_an_offer_is_agreed_by_one_press_in_the_inbox_and_twice_states_nothing_twice(
    served: Served, sale: Sale
) -> None:
    paint, path = Desk(served, "paint"), page_of(sale.address)
    sent = presses(paint.see("/transfers?box=in"))[f"{path}/agree"]
    size = served.ledger.log.state().size
    for _ in range(2):
        answer = paint.send(f"{path}/agree", sent)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=1&event={sent['id']}")
    assert served.ledger.log.state().size == size + 1
    assert sale.view()["status"] == "agreed"
    late = paint.send(f"{path}/agree", {**sent, "id": served.id()})
    assert late.status_code == 412
    assert "Nothing was recorded" in late.text


def test_what_needs_a_permit_is_not_agreed_by_one_press(served: Served) -> None:
    batch = served.produce("sea", "sodium-cyanide", "40", "B-01")
    sea, trade = Desk(served, "sea"), Desk(served, "trade")
    filled = sea.fill("/transfers/new", firm_other=served.world.orgs["trade"], kind="sale", look="first", find="sodi")
    html = sea.send("/transfers/new", filled)
    row = _row(html.text, batch)
    del filled["look"]
    answer = sea.send("/transfers/new", filled | {"key0": row, "on0": "1", "kg0": "40", "was0": "40"})
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"].partition("?")[0]
    assert f"{path}/agree" not in presses(trade.see("/transfers?box=in"))
    page = trade.see(f"{path}/agree")
    assert "bought under a permit" in page
    number = served.world.permits["trade", "purchase_permit"]
    trade.press(f"{path}/agree", paper0="purchase_permit", number0=number)
    sea.press(f"{path}/sell", handler="李四", handler_id="11010519491231002X")
    filing = trade.see(path)
    assert "Filing with the authority" in filing
    assert "Highly toxic" in filing
    assert "To be filed by" in filing
    trade.press(f"{path}/file", number0="BA-2026-17")
    view = served.ok(f"/api/v1{path}", "trade")
    assert view["filings"][0]["filed"] is not None
    assert "file" not in view["next"]
    assert "Class 6.1" in trade.see(path), "the diamonds of what is traded stand on its page"


def _row(html: str, batch: str) -> str:
    return str(next(key for key in re.findall(r'name="key\d+" value="([^"]*)"', html) if key.startswith(batch)))


def _lines(html: str) -> dict[str, bool]:
    ticked = {n: "checked" in rest for n, rest in re.findall(r'id="on(\d+)" name="on\d+" value="1"([^>]*)>', html)}
    return {key: ticked[n] for n, key in re.findall(r'name="key(\d+)" value="([^"]*)"', html)}


def test_every_line_of_the_stock_can_be_chosen_and_what_is_ticked_stays(served: Served) -> None:
    bay = Desk(served, "bay")
    made = [served.produce("bay", "toluene", str(10 + n), "A-02") for n in range(LINES + 5)]
    page = bay.see("/transfers/new")
    filled = bay.fill("/transfers/new", firm_other=served.world.orgs["paint"])
    first = next(name[3:] for name, value in filled.items() if name.startswith("key"))
    chosen = filled[f"key{first}"]
    seen = set(_lines(page))
    answer = bay.send(
        "/transfers/new", {**filled, f"on{first}": "1", f"kg{first}": "7.5", "look": "first", "find": "Toluene"}
    )
    for _ in range(20):
        assert answer.status_code == 200
        lines = _lines(answer.text)
        assert lines[chosen], "what was ticked stays, whatever is looked for"
        seen |= set(lines)
        more = re.search(r'name="look" value="([^"f][^"]*)" formnovalidate>Further', answer.text)
        if more is None:
            break
        again = {"look": more.group(1), "find": "Toluene", "key0": chosen, "on0": "1", "kg0": "7.5", "was0": "10"}
        answer = bay.send("/transfers/new", {**filled, **again, "key1": ""})
    assert {key.split(" ")[0] for key in seen} >= set(made)
    assert 'value="7.5"' in answer.text
    size = served.ledger.log.state().size
    assert bay.send("/transfers/new", {**filled, "look": "no-cursor"}).status_code == 422
    assert served.ledger.log.state().size == size, "to look for goods states nothing"


def test_goods_that_nobody_announced_are_reported_as_a_batch_of_their_own(served: Served) -> None:
    north = Desk(served, "north")
    products = served.ok("/api/v1/products?limit=1", "north")["items"]
    product, site = products[0]["goods"]["ref"], served.world.sites["north"]
    filled = north.fill(
        "/receipts/new",
        product=product,
        lot="L-77",
        amount="180",
        source="external",
        place=f"{site}/DOCK",
        reason="brought by a lorry without papers",
        at=format_utc(served.clock.now_ms() - 36_000_000)[:16],
    )
    for missing in ("product", "amount", "place", "reason"):
        wrong = north.send("/receipts/new", {**filled, missing: ""})
        assert wrong.status_code == 422, missing
        assert "L-77" in wrong.text, "what was filled in is kept"
    answer = north.send("/receipts/new", filled)
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"].partition("?")[0]
    page = north.see(path)
    assert "L-77" in page
    assert "180" in page
    assert "reported afterwards" in page
    assert north.send("/receipts/new", filled).headers["location"] == answer.headers["location"]


def test_a_step_by_a_key_that_is_reported_compromised_later_says_so_on_every_page(victim: Served) -> None:
    batch = victim.produce("sea", "methanol", "60")
    sea = Desk(victim, "sea")
    path = f"/batches/{bare(batch)}"
    before = sea.see(path)
    assert "later reported compromised" not in before
    assert "Not signed by a key of" in before, "what came in without a signature says so, in a sentence"
    thief = victim.world.people["sea"][0]
    signed = next(
        (line for line in victim.ok("/api/v1/batches?limit=200", "sea")["items"] if line["ref"] != batch), None
    )
    assert signed is not None
    since = format_utc(victim.world.start_ms)
    revoked = {"key": {"key_id": thief.key, "compromised_since": since}, "reason": {"text": "lost phone"}}
    victim.state("sea", "governance.key_revoked", revoked)
    page = sea.see(f"/batches/{bare(signed['ref'])}")
    assert "later reported compromised, since" in page
    assert "marked below" in page
    zh = sea.browser.get(f"/batches/{bare(signed['ref'])}?lang=zh", headers={"accept": "text/html"}).text
    assert "失密" in zh
    moments = victim.ok(f"/api/v1/batches/{bare(signed['ref'])}/history", "sea")["items"]
    assert any(moment["flagged"] is not None for moment in moments)
    assert all(moment["flagged"] is None for moment in moments if moment["backing"] == "attested")


def test_a_receipt_names_one_of_the_sources_that_the_form_knows() -> None:
    form = Form({"product": "product:x", "place": "site:x/DOCK", "source": "elsewhere"})
    with pytest.raises(FormatError):
        received(form)


@pytest.mark.parametrize(
    ("packages", "each", "amount"), [("12", "25", "300"), ("3", "0.333", "0.999"), ("1", "1000", "1000")]
)
def test_packages_are_counted_and_weigh_as_much_as_they_say(packages: str, each: str, amount: str) -> None:
    filled = {"id": "0192f5a1-0c00-7000-8000-000000000001", "product": "product:x", "place": "site:x/A"}
    form = Form({**filled, "source": "found", "reason": "r", "packages": packages, "each": each, "amount": "7"})
    (line,) = received(form)["outputs"]["lines"]
    assert line["amount"] == amount
    assert line["measurement"] == {"kind": "nominal", "pieces": int(packages)}


@pytest.mark.parametrize(
    ("packages", "each", "at"),
    [("0", "25", "/packages"), ("x", "25", "/packages"), ("2", "", "/each"), ("2", "-1", "/each")],
)
def test_packages_that_cannot_be_counted_are_said(packages: str, each: str, at: str) -> None:
    filled = {"id": "0192f5a1-0c00-7000-8000-000000000001", "product": "product:x", "place": "site:x/A"}
    form = Form({**filled, "source": "found", "reason": "r", "packages": packages, "each": each})
    with pytest.raises(FormatError) as caught:
        received(form)
    assert caught.value.field == at


def test_a_receipt_registers_the_containers_that_it_names(served: Served) -> None:
    water = Desk(served, "water")
    one, two = f"W-{served.id()[-8:]}", f"W-{served.id()[-8:]}x"
    place = f"{served.world.sites['water']}/DOCK"
    filled = {
        "source": "found",
        "each": "25",
        "numbers": f"{one}\n {two}\n",
        "vessel": "drum",
        "reason": "behind a wall",
    }
    answer = water.press("/receipts/new", product=_product(water), place=place, amount="", **filled)
    batch = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    lines = {
        line["holding"]["container_label"]: line["holding"]["mass"]["amount"]
        for line in served.ok("/api/v1/stock?limit=200", "water")["items"]
        if bare(line["batch"]) == batch
    }
    assert lines == {one: "25", two: "25"}
    size = served.ledger.log.state().size
    again = water.press(
        "/receipts/new", product=_product(water), place=place, amount="", **filled | {"numbers": one + "y"}
    )
    assert again.status_code == 303
    assert served.ledger.log.state().size == size + 2


def test_a_receipt_into_a_container_whose_code_was_scanned_registers_no_other(served: Served) -> None:
    sea, drum = Desk(served, "sea"), Floor(served).drum("sea")
    code = served.label("sea", drum)
    filled = {"source": "found", "each": "25", "numbers": code, "vessel": "drum", "reason": "behind a wall"}
    size = served.ledger.log.state().size
    place = f"{served.world.sites['sea']}/USE"
    sea.press("/receipts/new", product=_product(sea), place=place, amount="", **filled)
    assert served.ledger.log.state().size == size + 1, "what was received, and no container"
    with served.ledger.store.read() as unit:
        [row] = unit.queries.stock(container=drum)
    assert row.mg == 25_000_000


def _product(desk: Desk) -> str:
    found = re.search(r'<option value="(product:[^"]+)"', desk.see("/receipts/new"))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("numbers", "packages", "each", "at"),
    [
        ("A\nA", "", "1", "/numbers"),
        ("A\nB", "3", "1", "/packages"),
        ("A" * 41, "", "1", "/numbers"),
        ("A", "", "", "/each"),
    ],
)
def test_containers_that_cannot_be_told_apart_or_counted_are_said(
    numbers: str, packages: str, each: str, at: str
) -> None:
    filled = {"id": "0192f5a1-0c00-7000-8000-000000000001", "product": "product:x", "place": "site:x/A"}
    form = Form(filled | {"source": "found", "reason": "r", "numbers": numbers, "packages": packages, "each": each})
    with pytest.raises(FormatError) as caught:
        received(form)
    assert caught.value.field == at
