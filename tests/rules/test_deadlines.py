"""What is due, as a pure function of what is known and a time."""

from dataclasses import replace

import pytest

from ledger.rules import rule_set
from ledger.rules.aggregates import OrgState
from ledger.rules.deadlines import Due, due
from tests.support.dealing import Truck, agreed, deal, receive
from tests.support.rulebook import DAY, World, licence, line, manifest, organisation

UNTIL = 1_795_478_400_000  # 2026-11-24T00:00:00Z
RULES = rule_set(manifest())


def rules_of(subject: object, at: int) -> list[str]:
    return [item.rule for item in due(subject, at, RULES)]  # type: ignore[arg-type]


def test_an_offer_waits_for_its_answer(w: World) -> None:
    made = deal(w)
    made.offer(made.of_product(1, time={"answer_by": "2026-11-24T00:00:00+00:00"}))
    assert due(made.state, UNTIL, RULES) == ()
    data = {"answer_by": "2026-11-24T00:00:00+00:00"}
    assert due(made.state, UNTIL + 1, RULES) == (Due("answer_overdue@1", made.key, w.user, UNTIL, data),)
    made.answer()
    assert due(made.state, UNTIL + 1, RULES) == ()


def test_goods_are_waited_for_until_they_are_received(w: World) -> None:
    made, truck, batch = deal(w, sale=False), Truck(w, w.carrier).plan(), w.produce()
    made.agreed(made.of_product(100, time={"planned_to": "2026-11-24T00:00:00+00:00"}))
    truck.load(made, [line(batch, 100)], w.maker)
    receive(made, w, w.user, truck.aboard(batch, 60, w.maker))
    (found,) = due(made.state, UNTIL + 1, RULES)
    assert (found.rule, found.org, found.data["kg"]) == ("overdue@1", w.maker, "40")
    receive(made, w, w.user, truck.aboard(batch, 40, w.maker))
    assert due(made.state, UNTIL + 1, RULES) == ()
    assert due(agreed(w, handover=False).state, UNTIL + 1, RULES) == ()


def test_a_shipment_is_waited_for_until_it_arrives_or_is_empty(w: World) -> None:
    truck, batch = Truck(w, w.carrier), w.produce()
    sections = {
        **truck.trip(vehicle=truck.plate),
        "parties": {"carrier": w.carrier, "consignor": w.maker, "consignee": w.user},
        "time": {"planned_to": "2026-11-24T00:00:00+00:00"},
    }
    w.book.do("transport.shipment_planned", w.carrier, sections)
    assert rules_of(truck.state, UNTIL) == []
    assert rules_of(truck.state, UNTIL + 1) == ["overdue@1"]
    truck.load(None, [line(batch, 100)], w.maker)
    assert rules_of(truck.state, UNTIL + 1) == ["overdue@1"]
    assert rules_of(replace(truck.state, cargo={}), UNTIL + 1) == []
    truck.step("arrived")
    assert rules_of(truck.state, UNTIL + 1) == []
    late = {"time": {"planned_to": "2026-11-25T00:00:00+00:00"}}
    w.book.do("transport.diverted", w.carrier, {**truck.trip(), **late})
    assert truck.state.planned_to == UNTIL + DAY


@pytest.mark.parametrize(("product", "days"), [("toxic", 5), ("precursor", 30)])
def test_a_sale_is_filed_in_time(w: World, product: str, days: int) -> None:
    made, batch = deal(w, handover=False), w.produce(product="toxic")
    made.agreed(made.of_product(100, "toxic"))
    at = w.book.now
    w.book.do("operation.sold", w.maker, {**w.use(batch, 1), "parties": made.parties})
    known = made.state
    if product == "precursor":
        lists = ("drug_precursor_2",)
        known = replace(known, filings={org: replace(item, lists=lists) for org, item in known.filings.items()})
    assert due(known, at + days * DAY, RULES) == ()
    found = due(known, at + days * DAY + 1, RULES)
    assert [(item.rule, item.org, item.data["side"]) for item in found] == [
        ("filing@1", w.maker, "sale"),
        ("filing@1", w.user, "purchase"),
    ]
    filing = {"documents": {"items": [{"kind": "filing", "number": "1"}]}, "parties": made.parties}
    w.book.do("operation.filed_with_authority", w.maker, filing)
    assert [item.org for item in due(made.state, at + 31 * DAY, RULES)] == [w.user]


def test_a_licence_that_ends_soon_is_told_unless_another_follows(w: World) -> None:
    org = w.book.ref("org")
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": organisation(org, "user")})
    stated = licence(w.book, org, "use", valid_to="2026-12-22")
    w.book.do("governance.licence_registered", org, stated)
    end = 1_797_984_000_000  # 2026-12-23T00:00:00Z, when its last day is over
    known = found_org(w, org)
    assert rules_of(known, end - 30 * DAY - 1) == []
    (found,) = due(known, end - 30 * DAY, RULES)
    assert (found.rule, found.since_ms) == ("licence_expiring@1", end)
    assert found.data["valid_to"] == "2026-12-22"
    assert rules_of(known, end) == ["licence_ended@1"]
    other = licence(w.book, org, "use", valid_to="2027-12-22", classes=["3"], number="No. 2")
    w.book.do("governance.licence_registered", org, other)
    assert rules_of(found_org(w, org), end - DAY) == ["licence_expiring@1"]
    w.book.do("governance.licence_registered", org, licence(w.book, org, "use", valid_to="2027-12-22", number="No. 3"))
    assert rules_of(found_org(w, org), end - DAY) == []


def test_a_renewed_paper_follows_itself(w: World) -> None:
    org = w.book.ref("org")
    w.book.do("governance.organisation_admitted", w.operator, {"organisation": organisation(org, "user")})
    for until in ("2026-12-22", "2027-12-22"):
        stated = licence(w.book, org, "use", valid_to=until, classes=["3"] if until < "2027" else [])
        w.book.do("governance.licence_registered", org, stated)
    assert rules_of(found_org(w, org), 1_797_984_000_000 - DAY) == []


def test_a_rule_that_is_not_in_force_finds_nothing(w: World) -> None:
    made = deal(w)
    made.offer(made.of_product(1, time={"answer_by": "2026-11-24T00:00:00+00:00"}))
    assert due(made.state, UNTIL + 1, rule_set(manifest(without=["answer_overdue@1"]))) == ()


def found_org(w: World, org: str) -> OrgState:
    found = w.book.values[org]
    assert isinstance(found, OrgState)
    return found
