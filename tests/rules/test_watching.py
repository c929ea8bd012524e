"""Where time may make a finding: terms by kind, the shortest of several, and what is watched of each thing."""

import pytest

from ledger.rules import rule_set
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import LicenceState, OrgState, ProductState, RequestState, SiteState
from ledger.rules.licences import DAY
from ledger.rules.watching import STATIC, Span, has_watches, kinds_of, resting, span, watches
from tests.support.rulebook import manifest

RULES = rule_set(manifest())


@pytest.mark.parametrize(
    ("rule", "kinds", "expected"),
    [
        ("filing@1", "drug_precursor_3", Span(30 * DAY)),
        ("filing@1", "drug_precursor_3+highly_toxic", Span(5 * DAY)),
        ("filing@1", "", Span(0)),
        ("licence_expiring@1", "", Span(-30 * DAY, 0)),
        ("licence_ended@1", "", Span(0)),
        (STATIC, "", Span(365 * DAY)),
        (STATIC, "class_3", Span(365 * DAY)),
        (STATIC, "class_2_3+class_8", Span(180 * DAY)),
        (STATIC, "class_5_2", Span(90 * DAY)),
        (STATIC, "class_6_1+highly_toxic", Span(90 * DAY)),
    ],
)
def test_the_shortest_term_of_the_kinds_counts(rule: str, kinds: str, expected: Span) -> None:
    assert span(rule, kinds, RULES) == expected


def test_stock_rests_at_sites_alone() -> None:
    product = ProductState("product:1", "org:1", "氰", "C", "solid", ("highly_toxic",), ("6.1",), (), None)
    cell = Holding("batch:1", "org:1", "org:2", "site:1/A", "-", "free")
    found = resting(cell, product, 7)
    assert found is not None
    assert (found.chain, found.org, found.kinds, found.anchor_ms, found.site) == (
        "batch:1",
        "org:2",
        "class_6_1+highly_toxic",
        7,
        "site:1",
    )
    assert resting(cell._replace(place="vehicle:1"), product, 7) is None
    assert kinds_of(None) == ""


def test_things_that_time_does_nothing_to_are_not_watched() -> None:
    site = SiteState("site:1", "org:1", "厂", "", "310000", "", "")
    assert watches("site:1", site) == ()
    assert not has_watches(site)


def test_a_request_is_watched_while_it_is_open_and_due() -> None:
    asked = ("A" * 43, "correction_requested", "org:1", "org:2", "B" * 43, "", "outputs", "")
    (watch,) = watches("request:1", RequestState(*asked, status="open", asked=3, due=7))
    assert (watch.chain, watch.rule, watch.org, watch.anchor_ms) == ("request:1", "request_overdue@1", "org:2", 7)
    assert has_watches(RequestState(*asked, status="open", asked=3))
    for rest in (RequestState(*asked, status="open", asked=3), RequestState(*asked, status="closed", asked=3, due=7)):
        assert watches("request:1", rest) == ()


def test_a_licence_that_another_one_follows_is_not_watched() -> None:
    first = LicenceState("licence:1", "use", "A-1", (), (), None, 0, DAY)
    second = LicenceState("licence:2", "use", "A-1", (), (), None, 0, 9 * DAY)
    org = OrgState("org:1", "厂", "", "", ("user",), "310000", "", "", vouched=True, licences=(first, second))
    assert {watch.part for watch in watches("org:1", org)} == {"licence:2"}
