"""Findings over the real application: the list, its search, each page, settling by form, and what others see."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from ledger.rules.licences import DAY
from ledger.services.audit import audit
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_deal_pages import Desk


@pytest.fixture(scope="module")
def failed(served: Served) -> str:
    """The id of a finding on a batch of a producer, the second of three."""
    found = []
    for _ in range(3):
        batches = [served.produce("sea", "methanol", "10")]
        sections = {"product": {"batches": batches}, "condition": {"result": "fail"}}
        found.append(served.state("sea", "production.quality_tested", sections).json()["record"]["index"])
    return f"{found[1]}-0"


@pytest.fixture
def later(served: Served) -> Any:  # noqa: ANN401 - a generator of a clock
    """Three days later; nothing is recorded meanwhile."""
    now = served.clock.now_ms()
    served.clock.set(now + 3 * DAY)
    yield served.clock
    served.clock.set(now)


def items(served: Served, who: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = served.ok(f"/api/v1/findings?limit=200{query}", who)["items"]
    return found


def test_a_finding_says_rule_evidence_since_when_and_what_ends_it(served: Served, failed: str) -> None:
    line = next(one for one in items(served, "sea") if one["id"] == failed)
    assert (line["rule"], line["severity"], line["open"], line["computed"]) == ("quality@1", "warning", True, False)
    told = served.ok(f"/api/v1/findings/{failed}", "sea")
    assert told["line"] == line
    assert told["means"]["en"] == "A batch failed its test"
    assert (told["how"], told["may_settle"]) == ("event", True)
    assert {"zh": "不合格", "en": "failed"} in [fact["value"] for fact in told["facts"]]
    (record,) = told["records"]
    assert (record["type"], record["index"]) == ("production.quality_tested", line["index"])


def test_a_finding_of_others_is_not_there(served: Served, failed: str) -> None:
    assert served.get(f"/api/v1/findings/{failed}", "steel").status_code == 404
    assert failed not in {one["id"] for one in items(served, "steel")}
    for wrong in ("999999-0", "x", "batch.0.static.1.0"):
        assert served.get(f"/api/v1/findings/{wrong}", "sea").status_code == 404


def test_the_list_is_searched_and_paged(served: Served, failed: str) -> None:
    whole = items(served, "sea")
    assert {one["rule"] for one in items(served, "sea", "&rule=" + quote("quality@1"))} == {"quality@1"}
    assert all(one["severity"] == "critical" for one in items(served, "sea", "&severity=critical"))
    assert [one["id"] for one in items(served, "sea", "&order=oldest")] == [one["id"] for one in reversed(whole)]
    assert failed not in {one["id"] for one in items(served, "sea", "&age=1")}
    page = served.ok("/api/v1/findings?limit=1", "sea")
    rest = served.ok(f"/api/v1/findings?limit=200&cursor={page['next']}", "sea")
    assert [one["id"] for one in page["items"] + rest["items"]] == [one["id"] for one in whole]
    for query in ("rule=nothing", "severity=x", "org=x", "region=x", "age=-1", "cursor=AAAA"):
        assert served.get(f"/api/v1/findings?{query}", "sea").status_code == 422, query


def test_the_pages_show_the_list_its_filters_and_each_finding(served: Served, failed: str) -> None:
    desk = Desk(served, "sea")
    page = desk.see("/findings?severity=warning&status=all")
    assert f'href="/findings/{failed}"' in page
    assert '<option value="warning" selected>' in page
    one = desk.see(f"/findings/{failed}")
    assert "A batch failed its test" in one
    assert "What ends it" in one
    assert "Record as settled" in one
    chinese = desk.browser.get(f"/findings/{failed}", headers={"accept-language": "zh", "accept": "text/html"}).text
    assert "批次检验不合格" in chinese
    assert "如何了结" in chinese
    assert "button quiet" not in desk.see("/findings").partition('<ul class="tags">')[2].partition("</ul>")[0], (
        "no filter"
    )
    named = desk.see(f"/findings?org={served.world.orgs['sea']}")
    assert "Hailan Chemicals" in named
    Desk(served, "steel").see(f"/findings/{failed}", 404)


@pytest.mark.usefixtures("later")
def test_a_computed_finding_has_a_page_and_no_form(served: Served) -> None:
    computed = next(one for one in items(served, "swift") if one["computed"])
    assert computed["rule"] == "overdue@1"
    page = Desk(served, "swift").see(f"/findings/{computed['id']}")
    assert "worked out from the state of now" in page
    assert "UTC+8" in page
    assert not re.search(r"\d UTC<", page), "instants are told in the reader's zone"
    assert "Record as settled" not in page
    answer = Desk(served, "swift").send(f"/findings/{computed['id']}", {"id": served.id(), "reason": "x"})
    assert answer.status_code == 409


def test_a_finding_is_settled_by_form_once_with_its_reason(served: Served, failed: str) -> None:
    desk = Desk(served, "sea")
    path = f"/findings/{failed}"
    name = served.id()
    assert desk.send(path, {"id": name, "reason": ""}).status_code == 422
    before = served.ledger.log.state().size
    for _ in range(2):
        assert desk.send(path, {"id": name, "reason": "重新检验合格"}).status_code == 303
    assert served.ledger.log.state().size == before + 1
    assert failed not in {one["id"] for one in items(served, "sea")}
    told = served.ok(f"/api/v1{path}", "sea")
    assert (told["settled"]["reason"], told["line"]["open"], told["may_settle"]) == ("重新检验合格", False, False)
    assert "重新检验合格" in desk.see(path)
    assert audit(served.ledger.store, reference=served.ledger.reference)["findings"] == []


def test_one_pages_past_findings_that_no_record_carries(served: Served) -> None:
    before = served.clock.now_ms()
    served.clock.set(before + 900 * 86_400_000)  # licences have ended, stock has rested
    try:
        whole = served.ok("/api/v1/findings?limit=60", "sea")["items"]
        assert sum(line["computed"] for line in whole) > 1
        seen: list[dict[str, Any]] = []
        cursor = ""
        while len(seen) < len(whole):
            page = served.ok(f"/api/v1/findings?limit=1{cursor}", "sea")
            seen += page["items"]
            cursor = f"&cursor={page['next']}"
        assert seen == whole
    finally:
        served.clock.set(before)
