"""Authorities ask, answer and show each other what they supervise: over HTTP, bounded by jurisdiction and time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from api.wiring.known import Known
from api.wiring.read_names import names_of
from api.wiring.under_grants import parted
from ledger.core.b64 import b64u
from ledger.core.times import format_utc
from ledger.rules.jurisdiction import Jurisdiction
from ledger.services.audit import audit
from ledger.services.feed import Feed, Notice
from ledger.services.rebuild import rebuild
from ledger.store.scopes import holders_in
from ledger.store.tables import hold_reach
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_compliance import Acetone
from tests.api.wiring.test_wiring_sight import admit, bare, get
from tests.support.rulebook import DAY

REASON = {"reason": {"text": "as inspected"}}


@dataclass
class Office:
    """An authority with a program that has all its roles."""

    served: Served
    org: str
    secret: str

    def get(self, path: str) -> Any:  # noqa: ANN401 - a response
        return get(self.served, self.secret, path)

    def act(self, verb: str, sections: dict[str, Any], refs: list[dict[str, str]] | None = None) -> Any:  # noqa: ANN401
        event = {**self.served.event("sea", f"governance.{verb}", sections), "actor": self.org, "refs": refs or []}
        headers = {"authorization": f"Bearer {self.secret}", "content-type": "application/json"}
        return self.served.client.post("/api/v1/events", json=event, headers=headers)

    def done(self, verb: str, sections: dict[str, Any], refs: list[dict[str, str]] | None = None) -> str:
        answer = self.act(verb, sections, refs)
        assert answer.status_code == 201, answer.text
        with self.served.ledger.store.read() as unit:
            (row,) = unit.events.latest(limit=1)
        return b64u(row.hash)


def office(served: Served, number: int, authority: str, regions: list[str]) -> Office:
    secret = admit(served, number, "authority", authority=authority, jurisdiction={"regions": regions})
    me = get(served, secret, "/api/v1/me").json()
    return Office(served, me["org"]["ref"], secret)


@pytest.fixture(scope="module")
def shanghai(served: Served) -> Office:
    return office(served, 101, "emergency", ["31"])


@pytest.fixture(scope="module")
def yantai(served: Served) -> Office:
    return office(served, 102, "fire", ["370686"])


@pytest.fixture(autouse=True)
def as_it_was(served: Served) -> Iterator[None]:
    now = served.clock.now_ms()
    yield
    served.clock.set(max(now, served.clock.now_ms()))


def last_event(served: Served) -> str:
    with served.ledger.store.read() as unit:
        (row,) = unit.events.latest(limit=1)
    return b64u(row.hash)


def seen(office: Office, batch: str) -> bool:
    one: bool = office.get(f"/api/v1/batches/{bare(batch)}").status_code == 200
    listed = batch in {line["ref"] for line in office.get("/api/v1/batches?limit=200").json()["items"]}
    assert one == listed
    return one


def granting(served: Served, to: Office, days: int, **things: Any) -> dict[str, Any]:  # noqa: ANN401
    until = format_utc(served.clock.now_ms() + days * DAY)
    return {"parties": {"to": to.org}, "time": {"planned_to": until}, **REASON, **things}


def test_sight_is_given_for_a_time_and_for_that_alone(served: Served, shanghai: Office, yantai: Office) -> None:
    batch, other = served.produce("sea", "methanol", "44"), served.produce("sea", "methanol", "45")
    assert not seen(yantai, batch)
    shown = granting(served, yantai, 2, product={"batches": [batch]})
    event = shanghai.done("sight_granted", shown)
    assert (seen(yantai, batch), seen(yantai, other)) == (True, False)
    (line,) = [one for one in yantai.get("/api/v1/grants").json() if one["ref"] == event]
    assert (line["standing"], line["may_withdraw"], line["things"][0]["ref"]) == ("in_force", False, batch)
    served.clock.set(served.clock.now_ms() + 2 * DAY)
    assert not seen(yantai, batch)
    assert [one["standing"] for one in yantai.get("/api/v1/grants").json() if one["ref"] == event] == ["over"]


def test_sight_is_withdrawn_before_its_time(served: Served, shanghai: Office, yantai: Office) -> None:
    batch = served.produce("sea", "methanol", "46")
    event = shanghai.done("sight_granted", granting(served, yantai, 9, product={"batches": [batch]}))
    assert seen(yantai, batch)
    shanghai.done("sight_withdrawn", REASON, [{"rel": "counterpart", "hash": event}])
    assert not seen(yantai, batch)


def test_a_site_is_shown_with_what_lies_there(served: Served, shanghai: Office, yantai: Office) -> None:
    batch, site = served.produce("sea", "methanol", "47"), served.world.sites["sea"]
    assert yantai.get(f"/api/v1/sites/{bare(site)}").status_code == 404
    event = shanghai.done("sight_granted", granting(served, yantai, 9, place={"site": site}))
    assert yantai.get(f"/api/v1/sites/{bare(site)}").status_code == 200
    assert seen(yantai, batch)
    shanghai.done("sight_withdrawn", REASON, [{"rel": "counterpart", "hash": event}])
    assert yantai.get(f"/api/v1/sites/{bare(site)}").status_code == 404


def test_nobody_shows_what_is_not_its_own_or_was_only_shown(served: Served, shanghai: Office, yantai: Office) -> None:
    batch = served.produce("sea", "methanol", "48")
    asked = granting(served, shanghai, 9, product={"batches": [batch]})
    assert yantai.act("sight_granted", asked).status_code == 404
    event = shanghai.done("sight_granted", granting(served, yantai, 9, product={"batches": [batch]}))
    assert yantai.act("sight_granted", asked).status_code == 404
    shanghai.done("sight_withdrawn", REASON, [{"rel": "counterpart", "hash": event}])


def test_a_hold_needs_a_batch_that_is_supervised(served: Served, shanghai: Office, yantai: Office) -> None:
    batch = served.produce("sea", "methanol", "49")
    sections = {"product": {"batches": [batch]}, **REASON}
    assert yantai.act("hold_placed", sections).status_code == 404
    assert shanghai.act("hold_placed", sections).status_code == 201
    refused = served.post("sea", served.consume("sea", batch, "1"))
    assert refused.status_code == 422
    assert "hold" in refused.text
    assert shanghai.act("hold_released", sections).status_code == 201


def test_an_act_of_another_authority_is_refused(served: Served, yantai: Office) -> None:
    sections = {"licence": {"licence": served.new("licence"), "organisation": served.world.orgs["paint"]}, **REASON}
    answer = yantai.act("licence_suspended", sections)
    assert (answer.status_code, answer.json()["code"]) == (403, "act_of_other_authority")


def test_a_correction_is_asked_for_answered_and_accepted(served: Served, shanghai: Office, yantai: Office) -> None:
    served.produce("sea", "methanol", "50")
    event = last_event(served)
    sections = {"finding": {"event": event, "section": "outputs"}, **REASON}
    assert yantai.act("correction_requested", sections).status_code == 404
    until = {"time": {"answer_by": format_utc(served.clock.now_ms() + DAY)}}
    asked = shanghai.done("correction_requested", {**sections, **until})
    path = f"/api/v1/requests/{asked}"
    assert yantai.get(path).status_code == 404
    view = served.ok(path, "sea")
    assert (view["line"]["status"], view["event"], view["may_answer"], view["may_close"]) == (
        "open",
        event,
        True,
        False,
    )
    assert asked in {line["ref"] for line in served.ok("/api/v1/requests", "sea")["items"]}
    answer = served.event("sea", "governance.request_answered", {"reason": {"text": "It stands: see the scale."}})
    refs = [{"rel": "counterpart", "hash": asked}]
    assert served.post("sea", {**answer, "refs": refs}).status_code == 201
    assert shanghai.get(path).json()["answer"]["text"] == "It stands: see the scale."
    shanghai.done("request_closed", {"reason": {"text": "seen", "kind": "accepted"}}, refs)
    assert served.ok(path, "sea")["line"]["status"] == "closed"


def test_the_matrix_says_what_is_seen_and_by_whom(shanghai: Office) -> None:
    view = shanghai.get("/api/v1/matrix").json()
    rows = {row["name"]: [cell["allowed"] for cell in row["cells"]] for row in (*view["sections"], *view["acts"])}
    at = view["authorities"].index
    assert rows["inputs"] == [True] * 7
    assert [rows["commercial"][at(name)] for name in ("police", "fire")] == [True, False]
    assert [rows["governance.licence_suspended"][at(name)] for name in ("emergency", "fire")] == [True, False]
    assert shanghai.get("/api/v1/matrix?day=2019-12-31").json()["sections"][0]["cells"][0]["allowed"] is False
    assert shanghai.get("/api/v1/matrix?day=yesterday").status_code == 422


PAGES = ("/requests", "/requests?box=asking", "/grants", "/matrix", "/firms")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_authority_has_its_pages(served: Served, lang: str) -> None:
    browser = desk(served, "emergency")
    headers = {"accept": "text/html", "accept-language": lang}
    for path in (*PAGES, "/requests/new?kind=inspection_recorded", f"/firms/{bare(served.world.orgs['sea'])}"):
        answer = browser.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.text[:300])


def test_a_firm_answers_an_inspection_on_its_page(served: Served) -> None:
    inspector, firm = desk(served, "emergency"), served.browser("sea")
    token = csrf(inspector, "/requests/new?kind=inspection_recorded")
    site = served.world.sites["sea"]
    form = {"csrf": token, "id": served.id(), "site": site, "result": "fail", "text": "Bay A-01 has no bund."}
    answer = press(inspector, "/requests/new?kind=inspection_recorded", form)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/requests?box=asking&done=asked"), answer.text
    event = last_event(served)
    page = firm.get(f"/requests/{event}", headers={"accept": "text/html", "accept-language": "en"}).text
    assert "Bay A-01 has no bund." in page
    form = {"csrf": csrf(firm, f"/requests/{event}"), "id": served.id(), "text": "The bund was built."}
    assert press(firm, f"/requests/{event}/answer", form).status_code == 303
    form = {"csrf": csrf(inspector, f"/requests/{event}"), "id": served.id(), "text": "Seen.", "kind": "accepted"}
    assert press(inspector, f"/requests/{event}/close", form).status_code == 303
    assert served.ok(f"/api/v1/requests/{event}", "sea")["closing"]["text"] == "Seen."


def desk(served: Served, who: str) -> Any:  # noqa: ANN401 - a client
    """A regulator's browser that has said what it reads for."""
    browser = served.browser(who)
    form = {"csrf": csrf(browser, "/purpose"), "kind": "Incident", "purpose": "2026-117", "next": "/requests"}
    assert press(browser, "/purpose", form).status_code == 303
    return browser


def csrf(browser: Any, path: str) -> str:  # noqa: ANN401 - a client
    page = browser.get(path, headers={"accept": "text/html"}).text
    return str(page.partition('name="csrf" value="')[2].partition('"')[0])


def press(browser: Any, path: str, form: dict[str, str]) -> Any:  # noqa: ANN401 - a response
    return browser.post(path, data=form, headers={"origin": "http://testserver", "accept": "text/html"})


def test_a_finding_is_assigned_to_another_authority_and_seen_on_its_page(served: Served) -> None:
    inspector, police = desk(served, "emergency"), desk(served, "police")
    listed = served.ok("/api/v1/findings?rule=loss@1", "emergency")["items"]
    finding = listed[0]["id"]
    event = served.ok(f"/api/v1/findings/{finding}", "emergency")["event"]
    address = f"/requests/new?kind=finding_assigned&event={event}&rule=loss@1"
    headers = {"accept": "text/html", "accept-language": "en"}
    assert (
        address.replace("&", "&amp;").replace("@", "%40") in inspector.get(f"/findings/{finding}", headers=headers).text
    )
    form = {"csrf": csrf(inspector, address), "id": served.id(), "event": event, "rule": "loss@1"}
    form |= {"to": served.world.orgs["police"], "text": "Was it stolen?"}
    answer = press(inspector, address, form)
    assert answer.status_code == 303, answer.text
    asked = last_event(served)
    for reader in (inspector, police):
        assert f'href="/requests/{asked}"' in reader.get(f"/findings/{finding}", headers=headers).text
    form = {"csrf": csrf(police, f"/requests/{asked}"), "id": served.id(), "text": "A case was opened."}
    assert press(police, f"/requests/{asked}/answer", form).status_code == 303
    assert served.ok(f"/api/v1/requests/{asked}", "emergency")["line"]["status"] == "answered"


def test_a_whole_site_is_held_shown_and_released_by_who_held_it(
    served: Served, shanghai: Office, yantai: Office
) -> None:
    batch, site = served.produce("sea", "methanol", "51"), served.world.sites["sea"]
    named = {"place": {"site": site}, "reason": {"text": "tank wall cracked"}}
    assert yantai.act("hold_placed", named).status_code == 404
    shanghai.done("hold_placed", named)
    page = served.ok(f"/api/v1/sites/{bare(site)}/state", "sea")
    (line,) = page["holds"]["lines"]
    assert (line["by"]["ref"], line["text"]) == (shanghai.org, "tank wall cracked")
    told = served.ok(f"/api/v1/batches/{bare(batch)}", "sea")
    assert [one["ref"] for one in told["held_with"]] == [site]
    refused = served.post("sea", served.consume("sea", batch, "1"))
    assert (refused.status_code, "site_on_hold" in refused.text) == (422, True)
    assert yantai.act("hold_released", named).status_code == 404
    shanghai.done("hold_released", named)
    assert served.post("sea", served.consume("sea", batch, "1")).status_code == 201
    assert served.ok(f"/api/v1/sites/{bare(site)}/state", "sea")["holds"]["lines"] == []


def notice(served: Served, who: str, index: int) -> Notice:
    found = Feed(served.ledger.store, served.ledger.log).one(served.world.orgs[who], index)
    assert found is not None
    return found


def heard(served: Served, who: str) -> list[int]:
    with served.ledger.store.read() as unit:
        return unit.queries.concerns(served.world.orgs[who], limit=100_000)


def newest(served: Served) -> int:
    return served.ledger.log.state().size - 1


def sold(served: Served, batch: str, kilograms: str, buyer: str = "trade") -> None:
    """The producer reports that it sold what lies at its site."""
    sections = {
        "parties": {"seller": served.world.orgs["sea"], "buyer": served.world.orgs[buyer]},
        "inputs": {"lines": [{"batch": batch, "amount": kilograms, "unit": "kg"}]},
        "place": served.place("sea", "T-01"),
    }
    answer = served.post("sea", {**served.event("sea", "operation.sold", sections), "mode": "report"})
    assert answer.status_code == 201, answer.text


def lodged(served: Served) -> tuple[str, str]:
    """A batch of the trader at the producer's site."""
    batch = served.produce("sea", "methanol", "60")
    sold(served, batch, "60")
    return batch, served.world.sites["sea"]


def test_who_has_goods_under_a_hold_is_told_of_it_by_notice_and_on_its_desk(served: Served, shanghai: Office) -> None:
    batch, site = lodged(served)
    for sections, ref in (({"product": {"batches": [batch]}}, batch), ({"place": {"site": site}}, site)):
        named = {**sections, "reason": {"text": "tank wall cracked"}}
        shanghai.done("hold_placed", named)
        placed = newest(served)
        told = notice(served, "trade", placed)
        assert (told.type, told.subjects, told.holds) == ("governance.hold_placed", (ref,), (placed,))
        assert told.content()["data"]["holds"] == [placed]  # type: ignore[index,call-overload]
        assert placed in heard(served, "trade")
        assert placed not in heard(served, "paint"), "who has nothing there hears nothing"
        desk = served.client.get("/desk", headers={**served.headers("trade"), "accept-language": "en"}).text
        assert "On hold by others" in desk
        assert "tank wall cracked" in desk
        shanghai.done("hold_released", named)
        lifted = notice(served, "trade", newest(served))
        assert (lifted.type, lifted.subjects, lifted.holds) == ("governance.hold_released", (ref,), ())
        desk = served.client.get("/desk", headers={**served.headers("trade"), "accept-language": "en"}).text
        assert "On hold by others" not in desk


def test_who_brings_goods_to_a_held_site_later_is_told_by_that_record(served: Served, shanghai: Office) -> None:
    site = served.world.sites["sea"]
    named = {"place": {"site": site}, **REASON}
    shanghai.done("hold_placed", named)
    placed = newest(served)
    batch = served.produce("sea", "methanol", "61")
    assert notice(served, "sea", newest(served)).holds == (), "whose site it is knew of it from the hold itself"
    shanghai.done("hold_placed", {"product": {"batches": [batch]}, **REASON})
    on_batch = newest(served)
    sold(served, batch, "61", "water")
    assert notice(served, "water", newest(served)).holds == (placed, on_batch)
    with served.ledger.store.read() as unit:
        before = sorted(map(tuple, unit.connection.execute(select(hold_reach))))
    rebuild(served.ledger.store)
    with served.ledger.store.read() as unit:
        assert sorted(map(tuple, unit.connection.execute(select(hold_reach)))) == before
    report = audit(served.ledger.store, reference=served.ledger.reference)
    assert report["ok"], report["findings"]
    for sections in (named, {"product": {"batches": [batch]}, **REASON}):
        shanghai.done("hold_released", sections)


def test_a_hold_on_two_drums_tells_each_owner_of_its_own_alone(served: Served, shanghai: Office) -> None:
    drums = {who: served.new("container") for who in ("sea", "water")}
    for who, drum in drums.items():
        items = {"items": [{"container": drum, "kind": "drum"}]}
        served.state(who, "governance.container_registered", {"containers": items})
    named = {"containers": {"items": [{"container": drum} for drum in drums.values()]}, **REASON}
    shanghai.done("hold_placed", named)
    placed = newest(served)
    assert {who: notice(served, who, placed).subjects for who in drums} == {who: (at,) for who, at in drums.items()}
    shanghai.done("hold_released", named)


def test_a_container_is_held_and_whose_it_is_is_told(served: Served, shanghai: Office, yantai: Office) -> None:
    drum = served.new("container")
    items = {"items": [{"container": drum, "kind": "drum"}]}
    served.state("sea", "governance.container_registered", {"containers": items})
    named = {"containers": {"items": [{"container": drum}]}, **REASON}
    assert yantai.act("hold_placed", named).status_code == 404
    shanghai.done("hold_placed", named)
    assert [one["ref"] for one in served.ok(f"/api/v1/containers/{bare(drum)}", "sea")["on_hold"]] == [shanghai.org]
    with served.ledger.store.read() as unit:
        told = unit.queries.concerns(served.world.orgs["sea"], limit=10_000)
        assert unit.log.size() - 1 in told
    shanghai.done("hold_released", named)


def test_filings_of_the_ward_are_listed_by_who_files_and_the_read_is_recorded(
    served: Served, shanghai: Office, yantai: Office
) -> None:
    acetone = Acetone(served)
    acetone.sell("30")

    def listed(office: Office, query: str = "") -> list[tuple[str, str]]:
        found = office.get(f"/api/v1/filings?limit=100{query}")
        assert found.status_code == 200, found.text
        return [(line["by"]["ref"], line["side"]) for line in found.json()["items"] if line["transfer"] == acetone.ref]

    sea, trade = served.world.orgs["sea"], served.world.orgs["trade"]
    with served.ledger.store.read() as unit:
        there = {str(org) for org in unit.connection.execute(holders_in(Jurisdiction(regions=("31",)))).scalars()}
    wanted = {pair for pair in ((sea, "sale"), (trade, "purchase")) if pair[0] in there}
    assert (sea, "sale") in wanted
    assert set(listed(shanghai)) == wanted
    assert set(listed(shanghai, "&status=due")) == wanted
    assert listed(shanghai, "&status=filed") == []
    assert listed(yantai) == []
    file = shanghai.get("/api/v1/filings.csv").text
    assert [row.split(",")[-3] for row in file.splitlines() if row.endswith(acetone.ref)]
    with served.ledger.store.read() as unit:
        read = unit.sessions.reads_of(shanghai.org, limit=100)
    assert {row.subject for row in read} >= {"/api/v1/filings.csv", "/api/v1/filings?status=filed"}
    assert all(row.purpose for row in read)
    assert {line["by"]["ref"] for line in served.ok("/api/v1/filings", "sea")["items"]} == {sea}


def test_a_read_under_a_grant_names_the_grant_and_others_name_none(
    served: Served, shanghai: Office, yantai: Office
) -> None:
    batch, site = served.produce("sea", "methanol", "52"), served.world.sites["sea"]
    one = shanghai.done("sight_granted", granting(served, yantai, 9, product={"batches": [batch]}))
    other = shanghai.done("sight_granted", granting(served, yantai, 9, place={"site": site}))

    def recorded(office: Office, path: str) -> tuple[str, tuple[str, ...]]:
        with served.ledger.store.read() as unit:
            before = {row.id for row in unit.sessions.reads_of(office.org, limit=1_000)}
        office.get(path)
        with served.ledger.store.read() as unit:
            (row,) = [row for row in unit.sessions.reads_of(office.org, limit=1_000) if row.id not in before]
        return parted(row.subject)

    path = f"/api/v1/batches/{bare(batch)}"
    assert recorded(yantai, path) == (path, tuple(sorted((one, other)))), "it is shown, and lies at a site that is"
    assert recorded(shanghai, path) == (path, ())
    state = f"/api/v1/sites/{bare(site)}/state"
    assert recorded(yantai, state) == (state, (other,))
    both = tuple(sorted((one, other)))
    for listed in ("batches", "stock", "findings", "overview", "find?q=methanol", "transfers", "export/stock"):
        assert recorded(yantai, f"/api/v1/{listed}") == (f"/api/v1/{listed}", both), "it draws from both"
        assert recorded(shanghai, f"/api/v1/{listed}") == (f"/api/v1/{listed}", ()), "its own ward"
    coming = served.produce("sea", "methanol", "53")
    plan: dict[str, Any] = {
        "transport": {"shipment": served.new("shipment"), "vehicle": "沪A00003", "mode": "road"},
        "parties": {
            name: served.world.orgs[who]
            for name, who in (("consignor", "sea"), ("consignee", "paint"), ("carrier", "swift"))
        },
        "inputs": {"lines": [{"batch": coming, "amount": "1", "unit": "kg"}]},
    }
    served.state("sea", "transport.shipment_planned", plan)
    own = f"/api/v1/batches/{bare(coming)}"
    assert recorded(yantai, own) == (own, ()), "it is coming: seen without any grant"
    assert recorded(yantai, f"{own}/trace")[1] == both, "what it was made of may be seen under one"
    assert recorded(yantai, "/api/v1/requests") == ("/api/v1/requests", ()), "what is asked is shown under no grant"
    more = [shanghai.done("sight_granted", granting(served, yantai, 9, product={"batches": [batch]})) for _ in range(5)]
    assert recorded(yantai, path)[1] == tuple(sorted((*both, *more))), "all of them, however many"
    typed = f"/api/v1/stock?q=x sight:{'A' * 43}"
    assert recorded(yantai, typed) == (typed.replace(" sight", "+sight"), tuple(sorted((*both, *more)))), "typed"
    for grant in more:
        shanghai.done("sight_withdrawn", REASON, [{"rel": "counterpart", "hash": grant}])
    shanghai.done("sight_withdrawn", REASON, [{"rel": "counterpart", "hash": other}])
    assert recorded(yantai, "/api/v1/batches") == ("/api/v1/batches", (one,))
    assert recorded(yantai, path) == (path, (one,))
    assert recorded(yantai, f"/api/v1/findings?batch={batch}")[1] == (one,)
    shanghai.done("sight_withdrawn", REASON, [{"rel": "counterpart", "hash": one}])
    assert recorded(yantai, path) == (path, ()), "what is not shown any more is not read under a grant"
    access = served.client.app.state.services.access  # type: ignore[attr-defined]
    with served.ledger.store.read() as unit:
        known = Known(unit, served.ledger.reference, served.clock.now_ms())
        for office, seen in ((shanghai, {path, state}), (yantai, set[str]())):
            assert names_of(known, access.by_key(office.secret), [path, state, "/stock"]).keys() == seen


def test_a_form_opens_only_for_who_may_state_its_request(served: Served, shanghai: Office, yantai: Office) -> None:
    for kind in ("inspection_recorded", "correction_requested", "finding_assigned"):
        assert served.get(f"/requests/new?kind={kind}", "sea").status_code == 403
        assert shanghai.get(f"/requests/new?kind={kind}").status_code == 200
    assert yantai.get("/requests/new?kind=licence_suspended").status_code == 404
