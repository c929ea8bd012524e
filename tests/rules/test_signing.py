"""Who has to sign: two people for highly toxic goods, so many people by type, levels by organisation and date."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.rules import Entry, rule_set
from tests.rules.papers import Papered, codes, papered
from tests.rules.test_guards import reasons
from tests.support.rulebook import DAY, key_id, line, lines, manifest

TWO = [("two_people_needed", "/keys")]


@pytest.fixture
def p() -> Papered:
    return papered()


def put(p: Papered, type: str, stated: dict[str, Any], *signers: str, mode: str = "act") -> object:
    return p.w.book.put(p.w.book.event(type, p.plant, stated, mode, signers=signers))


def issue(p: Papered, batch: str) -> dict[str, Any]:
    return {"inputs": lines(line(batch, 1)), "place": p.w.place(p.plant, to_location="USE")}


@pytest.mark.parametrize("signers", [(), ("a1",), ("a1", "a2"), ("a1", "pda"), ("b1", "pda")])
def test_one_person_with_two_keys_or_a_device_is_one_person(p: Papered, signers: tuple[str, ...]) -> None:
    batch = p.w.produce(10, "toxic", org=p.plant)
    assert codes(put(p, "use.issued_for_use", issue(p, batch), *signers)) == TWO


def test_two_people_issue_highly_toxic_goods(p: Papered) -> None:
    batch = p.w.produce(10, "toxic", org=p.plant)
    assert isinstance(put(p, "use.issued_for_use", issue(p, batch), "a2", "b1"), Entry)


def test_other_goods_need_no_second_person(p: Papered) -> None:
    batch = p.w.produce(10, org=p.plant)
    assert isinstance(put(p, "use.issued_for_use", issue(p, batch)), Entry)


def test_a_report_by_one_person_is_a_finding(p: Papered) -> None:
    batch = p.w.produce(10, "toxic", org=p.plant)
    entry = put(p, "use.issued_for_use", issue(p, batch), "a1", mode="report")
    assert reasons(entry) == ["two_people_needed"]


def test_receipt_loading_and_dispatch_take_two(p: Papered) -> None:
    batch = p.w.produce(10, "toxic", org=p.plant)
    taken = {"inputs": lines(line(batch, 1, place=p.w.at(p.plant))), "place": p.w.place(p.plant, "USE")}
    p.truck.plan(consignor=p.plant)
    loaded = {**p.truck.trip(), **p.lines(batch, 1)}
    assert codes(put(p, "transport.loaded", loaded, "a1")) == TWO
    assert isinstance(put(p, "transport.loaded", loaded, "a1", "b1"), Entry)
    assert codes(put(p, "transport.dispatched", p.truck.trip(**p.waybill()), "b1")) == TWO
    assert isinstance(put(p, "transport.dispatched", p.truck.trip(**p.waybill()), "a1", "b1"), Entry)
    assert codes(put(p, "storage.received", taken, "a1", "a2")) == TWO
    assert isinstance(put(p, "storage.received", taken, "a1", "b1"), Entry)


def test_the_key_of_another_organisation_is_no_second_person(p: Papered) -> None:
    batch = p.w.produce(10, "toxic", org=p.plant)
    assert codes(put(p, "use.issued_for_use", issue(p, batch), "a1", "stranger"))[0][0] == "unknown_key"


def test_a_revoked_key_is_no_second_person(p: Papered) -> None:
    batch = p.w.produce(10, "toxic", org=p.plant)
    p.w.book.do("governance.key_revoked", p.plant, {"key": {"key_id": key_id("b1")}}, signers=["a1"])
    assert codes(put(p, "use.issued_for_use", issue(p, batch), "a1", "b1"))[0][0] == "key_revoked"


def test_so_many_people_sign_as_the_manifest_says_of_the_type(p: Papered) -> None:
    asked: dict[str, dict[str, Json]] = {"signature@1": {"storage.sampled": 2, "storage.counted": 1}}
    dated: list[Json] = [
        {"org": p.plant, "level": "observe", "from": "2026-11-01"},
        {"org": p.plant, "level": "refuse", "from": "2026-11-24"},
    ]
    p.w.book.rules = rule_set(manifest(parameters=asked, exceptions={"signature@1": dated}))
    batch = p.w.produce(10, org=p.plant)
    stated = p.lines(batch, 1)
    entry = put(p, "storage.sampled", stated, "a1")
    assert isinstance(entry, Entry)
    noted = [found for effects in entry.effects.values() for found in effects.findings]
    assert [(found.rule, found.data["problem"]) for found in noted] == [("signature@1", "signatures_missing")]
    p.w.book.now += 3 * DAY
    assert codes(put(p, "storage.sampled", stated, "a1")) == [("signatures_missing", "/keys")]
    assert isinstance(put(p, "storage.sampled", stated, "a1", "b1"), Entry)
    assert codes(put(p, "storage.counted", stated, "pda")) == [("signatures_missing", "/keys")]
    assert isinstance(put(p, "storage.counted", p.lines(batch, 9), "a2"), Entry)
