"""Filings and licences over the real application: what is due, the record for the authority, and their forms."""

import csv
import io
import re
from typing import Any

import pytest

from api.web.compliance import plain_digest
from ledger.core.sections import Disclosure
from ledger.core.times import format_utc
from ledger.rules.licences import DAY
from ledger.services.audit import audit
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deal_pages import Desk
from tests.api.wiring.test_wiring_deals import done, post

HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HANDLER = {"name": "李四", "id_number": "310101199001011237"}


def lines(served: Served, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = served.ok("/api/v1/filings", who)["items"]
    return found


def condition(line: dict[str, Any]) -> str:
    return "filed" if line["filed"] is not None else "overdue" if line["overdue"] else "due"


def bare(ref: str) -> str:
    return ref.partition(":")[2]


class Acetone:
    """A sale of a drug precursor by a producer to a trader, whose parts are sold one by one."""

    def __init__(self, served: Served, kilograms: str = "100") -> None:
        self.served = served
        self.batch = served.produce("sea", "acetone", kilograms)
        parties = {"seller": served.world.orgs["sea"], "buyer": served.world.orgs["trade"]}
        sections = {"parties": parties, "commercial": {"purpose": "稀释剂"}}
        body = {"id": served.id(), "goods": [{"batch": self.batch, "amount": kilograms}], "sections": sections}
        self.address = done(post(served, "sea", "/api/v1/transfers", body)).headers["location"]
        self.ref = f"transfer:{self.address.rpartition('/')[2]}"
        done(post(served, "trade", f"{self.address}/agree", {}, "*"))

    def sell(self, kilograms: str) -> None:
        goods = [{"batch": self.batch, "amount": kilograms, "owner": self.served.world.orgs["sea"]}]
        body = {"goods": goods, "sections": {"personal": {"handler": HANDLER}}}
        done(post(self.served, "sea", f"{self.address}/sell", body, "*"))

    def lines(self, who: str = "sea") -> list[dict[str, Any]]:
        return [line for line in lines(self.served, who) if line["transfer"] == self.ref]


@pytest.fixture
def acetone(served: Served) -> Acetone:
    return Acetone(served)


def test_a_sale_is_due_with_all_that_the_record_asks_for(served: Served, acetone: Acetone) -> None:
    assert acetone.lines() == []
    acetone.sell("40")
    (line,) = acetone.lines()
    assert (line["side"], line["purpose"], line["filed"]) == ("sale", "稀释剂", None)
    assert (line["handler"], line["handler_id"]) == (HANDLER["name"], HANDLER["id_number"])
    assert line["mass"] == {"amount": "40", "unit": "kg"}
    (bought,) = acetone.lines("trade")
    assert (bought["side"], bought["handler"], bought["handler_id"]) == ("purchase", None, None)
    assert acetone.lines("paint") == []
    body = served.get("/api/v1/filings.csv", "sea").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(body, newline="")) if row[-1] == acetone.ref]
    assert [(row[0], row[3], row[7], row[8], row[12], row[13], row[-2]) for row in rows] == [
        ("卖出 / sale", "67-64-1", "40", "稀释剂", "李四", "310101199001011237", "待备案 / due")
    ]


def test_what_is_sold_after_a_filing_is_due_anew(served: Served, acetone: Acetone) -> None:
    desk = Desk(served, "sea")
    acetone.sell("40")
    page = desk.see("/filings")
    path = f"/filings/{bare(acetone.ref)}"
    filled = {"id": served.id(), "authority": "金山公安分局", "number": "GA-771"}
    assert path in page
    assert desk.send(path, filled).headers["location"] == f"/filings?done=1&event={filled['id']}"
    assert desk.send(path, filled).status_code == 303
    (filed,) = acetone.lines()
    assert (filed["authority"], filed["number"]) == ("金山公安分局", "GA-771")
    assert f'action="{path}"' not in desk.see("/filings")
    acetone.sell("25")
    due, filed = acetone.lines()
    assert (due["filed"], due["mass"]["amount"]) == (None, "25")
    assert (filed["number"], filed["mass"]["amount"]) == ("GA-771", "40")
    (bought,) = acetone.lines("trade")
    assert bought["mass"]["amount"] == "65"


def test_a_form_that_lacks_its_number_is_shown_again_with_what_was_filled_in(served: Served, acetone: Acetone) -> None:
    acetone.sell("1")
    desk = Desk(served, "sea")
    answer = desk.send(f"/filings/{bare(acetone.ref)}", {"id": served.id(), "authority": "金山分局", "number": ""})
    assert answer.status_code == 422
    assert 'value="金山分局"' in answer.text
    assert Desk(served, "paint").send(f"/filings/{bare(acetone.ref)}", {"id": served.id()}).status_code == 404


def test_what_is_overdue_stands_first_and_says_so(victim: Served) -> None:
    acetone = Acetone(victim)
    acetone.sell("5")
    victim.clock.set(victim.clock.now_ms() + 40 * DAY)
    assert {line["overdue"] for line in lines(victim, "river") if line["filed"] is None} == {True}
    page = Desk(victim, "river").see("/filings")
    assert page.index("overdue-tag") < page.index('<li class="tag">filed</li>')
    assert "逾期未备案 / overdue" in victim.get("/api/v1/filings.csv", "river").text
    for who in ("river", "sea"):
        every = lines(victim, who)
        for status in ("overdue", "due", "filed"):
            found = victim.ok(f"/api/v1/filings?limit=200&status={status}", who)["items"]
            wanted = [one for one in every if condition(one) == status]
            assert found == wanted, (who, status)
    found = audit(victim.ledger.store, reference=victim.ledger.reference)
    assert found["ok"], found["findings"]


def test_pages_of_filings_go_on_where_they_ended(served: Served, acetone: Acetone) -> None:
    acetone.sell("1")
    Acetone(served).sell("1")
    every = [line["transfer"] for line in lines(served, "sea")]
    found, cursor = list[str](), ""
    while True:
        page = served.ok(f"/api/v1/filings?limit=1{cursor}", "sea")
        found += [line["transfer"] for line in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(every) > 1
    assert found == every


# --- licences ---------------------------------------------------------------------------------------------------------


def filled(served: Served, **more: str) -> dict[str, str]:
    plain = {"kind": "operation", "number": "沪危化经字 001", "valid_from": "2026-01-01", "valid_to": "2036-12-31"}
    return {"id": served.id(), **plain, **more}


def test_a_licence_is_registered_by_form_and_listed(served: Served) -> None:
    desk = Desk(served, "sea")
    product = served.world.products["sea", "acetone"]
    form = filled(
        served, classes="3；6.1", most_kg="5000", document=HEX, product3=product, authority="上海市应急管理局"
    )
    assert desk.send("/licences", form).headers["location"] == f"/licences?done=1&event={form['id']}"
    assert desk.send("/licences", form).status_code == 303
    page = desk.see("/licences")
    assert page.count("沪危化经字 001") == 1
    assert "declared by the holder" in page
    with served.ledger.store.read() as unit:
        row = unit.events.find(served.world.orgs["sea"], form["id"])
        assert row is not None
        body = unit.events.disclosures(row.idx)["licence"]
    assert body is not None
    stated = Disclosure.parse(body).content
    assert (stated["document"], stated["classes"], stated["products"]) == (HASH, ["3", "6.1"], [product])


def test_a_licence_that_is_refused_keeps_what_was_filled_in(served: Served) -> None:
    desk = Desk(served, "sea")
    answer = desk.send("/licences", filled(served, valid_to="2020-01-01", number="N-KEPT"))
    assert answer.status_code == 422
    assert 'value="N-KEPT"' in answer.text
    assert "N-KEPT</span>" not in desk.see("/licences")
    assert desk.send("/licences", filled(served, document="not a digest")).status_code == 422


def test_what_ends_within_thirty_days_is_warned_of(victim: Served) -> None:
    desk = Desk(victim, "paint")
    for name, days in {"SOON": 20, "LATER": 90, "PAST": -3, "AHEAD": 400}.items():
        begins = victim.clock.now_ms() + (300 if name == "AHEAD" else -30) * DAY
        dates = {"valid_from": day(begins), "valid_to": day(victim.clock.now_ms() + days * DAY)}
        form = filled(victim, kind="storage", number=name, classes=name[0], **dates)
        assert desk.send("/licences", form).status_code == 303
    page = desk.see("/licences")
    assert "1 licence expires within 30 days" in page
    found = {
        re.search(r'number mono">([^<]*)', part).group(1): part.partition('"')[0]  # type: ignore[union-attr]
        for part in page.split('<li class="licence ')[1:]
    }
    told = {name: found[name] for name in ("SOON", "LATER", "PAST", "AHEAD")}
    assert told == {"SOON": "expiring", "LATER": "in_force", "PAST": "expired", "AHEAD": "not_yet"}
    assert list(found)[-1] == "PAST"


def day(ms: int) -> str:
    return format_utc(ms)[:10]


@pytest.mark.parametrize(
    ("text", "plain"), [(HEX, HASH), (HEX.upper(), HASH), (HASH, HASH), ("g" * 64, "g" * 64), ("", "")]
)
def test_a_digest_is_taken_as_programs_print_it(text: str, plain: str) -> None:
    assert plain_digest(text) == plain


def test_the_desk_leads_there(served: Served) -> None:
    page = Desk(served, "sea").see("/desk")
    assert 'href="/filings"' in page
    assert 'href="/licences"' in page
