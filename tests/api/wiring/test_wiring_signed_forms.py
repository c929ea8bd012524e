"""Forms whose statements a person signs, over the real application: what registers something, one press for several."""

import json
import re
from html import unescape
from typing import Any

import pytest
from httpx2 import Response

from ledger.core.cosigning import sign_draft
from ledger.core.events import Header
from ledger.core.keys import key_id
from ledger.core.times import format_utc
from ledger.demo.people import Person
from ledger.services.audit import audit
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_compliance import filled
from tests.api.wiring.test_wiring_deal_pages import Desk
from tests.api.wiring.test_wiring_deals import Sale, bare, done
from tests.api.wiring.test_wiring_imports import size
from tests.api.wiring.test_wiring_records import PRODUCT, SITE
from tests.api.wiring.test_wiring_several import ticked

DRAFTS = re.compile(r'data-drafts="([^"]*)"')


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served, "sea")


def shown(desk: Desk, path: str) -> list[dict[str, Any]]:
    """What a page gives a browser to sign."""
    found = DRAFTS.search(desk.see(path))
    assert found is not None
    given: list[dict[str, Any]] = json.loads(unescape(found[1]))
    return given


def signing(served: Served, given: dict[str, Any], by: Person) -> str:
    at = format_utc(served.clock.now_ms())
    made = sign_draft(Header.parse(given["draft"]["header"]), by.private, at, given["others"])
    return json.dumps(made.content())


def keys_of(served: Served, event: str) -> tuple[str, ...]:
    with served.ledger.store.read() as unit:
        return next(
            header.keys for row in unit.events.latest(limit=20) if (header := Header.parse(row.header)).id == event
        )


def kept(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    assert path.startswith("/drafts/"), path
    return path


@pytest.mark.parametrize(
    ("path", "fields", "said", "leads"),
    [
        ("/sites/new", SITE, ("二号库", "320583", "A-01, T-01"), "/sites"),
        ("/products/new", PRODUCT | {"name_zh": "待签溶剂"}, ("待签溶剂",), "/products"),
        ("/containers/new", {"serial": "DR-SIGN-1", "kind": "drum"}, ("DR-SIGN-1",), "/containers"),
        ("/licences", {"number": "沪签 007", "most_kg": "5000"}, ("沪签 007", "5000"), "/licences"),
    ],
)
def test_what_a_form_registers_waits_for_the_signature_and_then_says_that_it_bears_one(
    served: Served, desk: Desk, path: str, fields: dict[str, str], said: tuple[str, ...], leads: str
) -> None:
    person, before = served.world.people["sea"][0], size(served)
    form = filled(served, **fields) if path == "/licences" else {"id": served.id(), **fields}
    at = kept(desk.send(path, {**form, "sign": "1"}))
    assert kept(desk.send(path, {**form, "sign": "1"})) == at, "a second press drafts nothing twice"
    assert size(served) == before
    page = unescape(desk.see(at))
    assert all(word in page for word in said)
    (given,) = shown(desk, at)
    answer = desk.send(f"{at}/sign", {"signing": signing(served, given, person)})
    event = at.rpartition("/")[2]
    assert answer.headers["location"] == f"{leads}?done=1&event={event}", answer.text
    assert size(served) == before + 1
    assert keys_of(served, event) == (person.key,)
    assert "It bears the signature of your key." in desk.see(answer.headers["location"])


def test_a_form_with_a_fault_is_shown_again_before_anything_is_drafted(served: Served, desk: Desk) -> None:
    for path, fields in (
        ("/products/new", PRODUCT | {"cas": "67-64-2"}),
        ("/sites/new", SITE | {"id": served.id(), "region": "999999"}),
        ("/licences", filled(served, classes="x" * 80)),
    ):
        answer = desk.send(path, {**fields, "sign": "1"})
        assert answer.status_code in {400, 404, 422}, path
        assert "Nothing was recorded" in answer.text
    assert "Nothing waits." in desk.see("/drafts")


def test_what_is_on_record_already_is_not_signed_again(desk: Desk) -> None:
    fields = {"serial": "DR-TWICE", "kind": "drum"}
    assert desk.send("/containers/new", fields).status_code == 303
    answer = desk.send("/containers/new", {**fields, "sign": "1"})
    assert answer.headers["location"] == "/containers?done=on_record"


def test_several_are_signed_by_one_press_each_with_a_signature_of_its_own(served: Served) -> None:
    paint, person = Desk(served, "paint"), served.world.people["paint"][0]
    sales = [Sale(served) for _ in range(3)]
    before = size(served)
    chosen = ticked(paint, "transfers", *(bare(sale.view()["ref"]) for sale in sales))
    at = kept(paint.send("/transfers/several", {**chosen, "sign": "1"}))
    assert at.startswith("/drafts/several?draft=")
    assert size(served) == before
    given = shown(paint, at)
    assert [one["way"] for one in given] == ["alone"] * 3
    signed = {one["field"]: signing(served, one, person) for one in given}
    forged = json.loads(signed["signing1"])
    forged["signatures"][0]["sig"] = json.loads(signed["signing0"])["signatures"][0]["sig"]
    form = paint.fill(at) | signed | {"on0": "1", "on1": "1", "on2": "1", "signing1": json.dumps(forged)}
    answer = paint.send("/drafts/several", form)
    assert answer.status_code == 200
    page = unescape(answer.text)
    assert "1 was refused" in page
    assert page.count("signed and recorded ✓") == 2
    assert sorted(sale.view()["status"] for sale in sales) == ["agreed", "agreed", "offered"]
    recorded = [form[f"id{n}"] for n in (0, 2)]
    assert [keys_of(served, event) for event in recorded] == [(person.key,)] * 2
    again = paint.send("/drafts/several", form)
    assert size(served) == before + 2, "what was recorded is not recorded again"
    assert again.text.count("signed and recorded ✓") == 2
    retried = paint.send("/drafts/several", form | {"on0": "", "on2": "", "signing1": signed["signing1"]})
    assert "Everything is signed and recorded" in retried.text
    found = audit(served.ledger.store, reference=served.ledger.reference)
    assert (found["ok"], found["findings"]) == (True, [])


def test_one_that_cannot_be_kept_is_said_and_the_others_wait_to_be_signed(served: Served) -> None:
    paint, sales = Desk(served, "paint"), [Sale(served) for _ in range(2)]
    chosen = ticked(paint, "transfers", *(bare(sale.view()["ref"]) for sale in sales))
    done(sales[0].take("sea", "cancel"))
    answer = paint.send("/transfers/several", {**chosen, "sign": "1"})
    assert answer.status_code == 200
    assert "1 was refused" in answer.text
    assert "Look at 1 statement and sign it" in answer.text
    (link,) = re.findall(r'href="(/drafts/several\?draft=[^"]+)"', answer.text)
    assert len(shown(paint, unescape(link))) == 1


def test_signatures_for_as_many_as_may_join_are_taken(served: Served) -> None:
    """A signature for each of 64 keys makes a form of ten kilobytes, and more once it is encoded."""
    paint, person = Desk(served, "paint"), served.world.people["paint"][0]
    ref = bare(Sale(served).view()["ref"])
    at = kept(paint.send(f"/transfers/{ref}/agree", paint.fill(f"/transfers/{ref}/agree") | {"sign": "1"}))
    (given,) = shown(paint, at)
    many = {**given, "others": [key_id(bytes([n] * 32)) for n in range(63)]}
    answer = paint.send(f"{at}/sign", {"signing": signing(served, many, person)})
    assert answer.status_code == 303, answer.text
    assert keys_of(served, at.rpartition("/")[2]) == (person.key,)


def test_drafts_of_others_and_nothing_ticked_sign_nothing(served: Served, desk: Desk) -> None:
    sale, before = Sale(served), size(served)
    paint = Desk(served, "paint")
    chosen = ticked(paint, "transfers", bare(sale.view()["ref"]))
    at = kept(paint.send("/transfers/several", {**chosen, "sign": "1"}))
    (given,) = shown(paint, at)
    assert DRAFTS.search(desk.see(at)) is None, "another firm sees nothing of it"
    signed = signing(served, given, served.world.people["paint"][0])
    form = {"id0": given["draft"]["header"]["id"], "on0": "1", "signing0": signed}
    assert desk.send("/drafts/several", form).status_code == 404
    assert paint.send("/drafts/several", {**form, "on0": ""}).status_code == 422
    assert size(served) == before
