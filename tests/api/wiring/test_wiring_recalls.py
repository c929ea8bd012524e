"""Recalls: everybody who has some of a lot, or of what was made of it, is told and answers for itself alone."""

from typing import Any

import pytest
from sqlalchemy import select

from ledger.rules.recalls import HOUR_MS
from ledger.services.audit import audit
from ledger.services.feed import Feed
from ledger.services.rebuild import rebuild
from ledger.store.tables import recall_holders, recalled
from tests.api.wiring.served import Served
from tests.api.wiring.test_wiring_sight import admit, get
from tests.api.wiring.test_wiring_tracing import bare, blend, planned


def order(served: Served, batch: str, who: str = "sea", reason: str = "impurity") -> int:
    secret = served.token(served.world.orgs[who], "safety_officer")
    answer = served.client.post(
        f"/api/v1/batches/{bare(batch)}/recall", json={"reason": reason}, headers={"authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 201, answer.text
    return served.ledger.log.state().size - 1


def recall(served: Served, index: int, who: str) -> dict[str, Any]:
    found: dict[str, Any] = served.ok(f"/api/v1/recalls/{index}", who)
    return found


def acknowledge(served: Served, index: int, who: str) -> Any:  # noqa: ANN401 - an answer
    return served.client.post(f"/api/v1/recalls/{index}/acknowledge", headers=served.headers(who))


def holders(view: dict[str, Any], served: Served) -> dict[str, dict[str, Any]]:
    names = {org: name for name, org in served.world.orgs.items()}
    return {names[holder["party"]["ref"]]: holder for holder in view["holders"]}


def repacked(served: Served, batch: str, kilograms: str) -> str:
    """Some of a batch in the tank goes into a drum."""
    vessel = served.new("container")
    item = {"container": vessel, "kind": "drum", "serial": f"R-{vessel[-6:].upper()}"}
    served.state("sea", "governance.container_registered", {"containers": {"items": [item]}})
    base = {"batch": batch, "amount": kilograms, "unit": "kg"}
    sections = {
        "place": served.place("sea", "T-01"),
        "inputs": {"lines": [base]},
        "outputs": {"lines": [{**base, "container": vessel}]},
    }
    served.state("sea", "production.packed", sections)
    return vessel


@pytest.fixture(scope="module")
def world(served: Served) -> dict[str, Any]:
    """A lot, a blend of it, a repacked drum of the blend, and some of the blend on the road to paint by swift."""
    lot, other = served.produce("sea", "methanol", "600"), served.produce("sea", "methanol", "400")
    mixed = blend(served, [(lot, "300"), (other, "100")], "400", "RC-MIX")
    drum = repacked(served, mixed, "80")
    shipment = planned(served, mixed, "40")
    return {"lot": lot, "other": other, "mixed": mixed, "drum": drum, "shipment": shipment}


def test_a_recall_reaches_a_blend_a_repack_and_the_road_and_each_answers_for_itself(
    served: Served, world: dict[str, Any]
) -> None:
    lot, mixed = world["lot"], world["mixed"]
    secret = served.token(served.world.orgs["sea"], "safety_officer")
    headers = {"authorization": f"Bearer {secret}"}
    before = served.client.get(f"/api/v1/batches/{bare(lot)}/recall", headers=headers).json()
    assert (before["batches"], before["holders"], before["trips"]) == (2, 3, 1)
    assert (before["affected"]["amount"], before["most"]["amount"]) == ("700", "600")

    index = order(served, lot)
    view = recall(served, index, "sea")
    found = holders(view, served)
    assert set(found) == {"sea", "swift", "paint"}, "owner, carrier, and to whom it is going"
    assert (view["reached"], view["open"], view["overdue"], view["undisclosed"]) == (3, 2, 0, 0)
    assert (view["affected"]["amount"], view["trips"]) == ("700", [world["shipment"]])
    assert found["sea"]["acknowledged_index"] == index, "who ordered it knows of it"
    assert found["swift"]["held"]["amount"] == "40"
    assert [(line["batch"], line["most"]["amount"]) for line in found["swift"]["goods"]] == [(mixed, "30")]

    own = holders(recall(served, index, "swift"), served)["swift"]
    assert own["held"]["amount"] == "40", "a carrier sees what it carries"
    coming = holders(recall(served, index, "paint"), served)["paint"]
    assert [line["mass"]["amount"] for line in coming["goods"]] == ["40"], "and a consignee what is coming"

    answer = acknowledge(served, index, "swift")
    assert answer.status_code == 201, answer.text
    done = served.ledger.log.state().size - 1
    found = holders(recall(served, index, "sea"), served)
    assert found["swift"]["acknowledged_index"] == done
    assert found["paint"]["acknowledged_index"] is None, "one does not answer for another"
    assert acknowledge(served, index, "swift").status_code == 409
    assert acknowledge(served, index, "paint").status_code == 201
    assert recall(served, index, "sea")["open"] == 0


def test_goods_moved_after_the_order_reach_who_gets_them_and_what_is_made_later_is_reached(served: Served) -> None:
    lot = served.produce("sea", "methanol", "500")
    index = order(served, lot)
    assert set(holders(recall(served, index, "sea"), served)) == {"sea"}
    mixed = made_of_recalled(served, lot)
    shipment = planned(served, mixed, "25")
    view = recall(served, index, "sea")
    found = holders(view, served)
    assert {"swift", "paint"} <= set(found)
    loaded = served.ledger.log.state().size - 1
    assert found["swift"]["reached_index"] == loaded
    assert view["trips"] == [shipment]
    with served.ledger.store.read() as unit:
        assert unit.recalls.marks_of([mixed])[mixed] == {(index, lot)}
    feed = Feed(served.ledger.store, served.ledger.log)
    notice = feed.one(served.world.orgs["swift"], loaded)
    assert notice is not None
    assert notice.recalls == (index,)
    assert notice.content()["data"]["recalls"] == [index]  # type: ignore[index,call-overload]


def made_of_recalled(served: Served, lot: str) -> str:
    """Reality is not turned away: a blend of recalled goods is reported, with findings."""
    made = served.new("batch")
    sections = {
        "product": {"product": served.world.products["sea", "methanol"], "lot": "RC-LATER"},
        "place": served.place("sea", "T-01"),
        "inputs": {"lines": [{"batch": lot, "amount": "50", "unit": "kg"}]},
        "outputs": {"lines": [{"batch": made, "amount": "50", "unit": "kg"}]},
    }
    answer = served.post("sea", served.event("sea", "production.batch_blended", sections) | {"mode": "report"})
    assert answer.status_code == 201, answer.text
    return made


def test_everybody_reached_is_told_by_notice_and_sees_it_on_the_desk(served: Served) -> None:
    lot = served.produce("sea", "methanol", "100")
    planned(served, lot, "10")
    index = order(served, lot, reason="water in it")
    feed = Feed(served.ledger.store, served.ledger.log)
    for who in ("swift", "paint"):
        notices = feed.after(served.world.orgs[who], index - 1)
        assert [(one.type, one.recalls) for one in notices] == [("governance.recall_ordered", (index,))]
        page = served.browser(who).get("/desk?lang=en").text
        assert "wait for you" in page or "waits for you" in page
    assert "waits for you" not in served.browser("river").get("/desk?lang=en").text
    waiting = served.ok("/api/v1/recalls?open=true", "swift")["items"]
    assert waiting[0]["index"] == index
    assert (waiting[0]["mine"], waiting[0]["reason"]) == ("open", "water in it")


def unacknowledged(served: Served, who: str) -> list[str]:
    items = served.ok("/api/v1/findings?rule=recall_unacknowledged@1", who)["items"]
    return [item["id"] for item in items]


def test_who_is_late_is_found_by_time_alone(victim: Served) -> None:
    lot = victim.produce("sea", "methanol", "100")
    planned(victim, lot, "10")
    index = order(victim, lot)
    at = victim.clock.now_ms()
    victim.clock.set(at + 24 * HOUR_MS)
    assert recall(victim, index, "sea")["overdue"] == 0
    victim.clock.set(at + 25 * HOUR_MS)
    view = recall(victim, index, "sea")
    found = holders(view, victim)
    assert view["overdue"] == 2
    assert found["swift"]["overdue"] is not None
    late = {who: unacknowledged(victim, who) for who in ("sea", "swift", "paint", "emergency")}
    assert [len(found) for found in late.values()] == [2, 1, 1, 2], "who made it and who supervises see both"
    page = victim.ok(f"/api/v1/findings/{late['swift'][0]}", "swift")
    assert (page["line"]["ref"], page["how"], page["may_settle"]) == (lot, "act", False)
    assert [record["index"] for record in page["records"]] == [index]
    assert victim.get(f"/api/v1/findings/{late['swift'][0]}", "paint").status_code == 404
    assert acknowledge(victim, index, "swift").status_code == 201
    assert recall(victim, index, "sea")["overdue"] == 1
    assert [len(unacknowledged(victim, who)) for who in ("sea", "swift", "paint")] == [1, 0, 1]
    page = victim.browser("paint").get(f"/recalls/{index}?lang=en").text
    assert "Overdue since" in page
    report = audit(victim.ledger.store, reference=victim.ledger.reference)
    assert report["ok"], report["findings"]


def test_a_rebuild_makes_the_same_rows_however_records_are_batched(victim: Served) -> None:
    lot = victim.produce("sea", "methanol", "300")
    planned(victim, lot, "10")
    first = order(victim, lot)
    mixed = made_of_recalled(victim, lot)
    planned(victim, mixed, "5")
    acknowledge(victim, first, "swift")
    order(victim, mixed)
    tables = (recalled, recall_holders)

    def rows() -> list[list[Any]]:
        with victim.ledger.store.read() as unit:
            return [sorted(map(tuple, unit.connection.execute(select(table)))) for table in tables]

    before = rows()
    assert all(before)
    rebuild(victim.ledger.store)
    assert rows() == before


def test_who_is_not_reached_and_has_nothing_to_do_with_the_lot_sees_nothing(served: Served) -> None:
    lot = served.produce("sea", "methanol", "100")
    index = order(served, lot)
    assert served.get(f"/api/v1/recalls/{index}", "river").status_code == 404
    assert acknowledge(served, index, "river").status_code == 404
    assert index not in [line["index"] for line in served.ok("/api/v1/recalls", "river")["items"]]
    for text in ("999999", "x", "-1", "9" * 30):
        assert served.get(f"/api/v1/recalls/{text}", "sea").status_code == 404


def test_only_its_maker_and_authorities_see_what_a_recall_would_reach(served: Served) -> None:
    lot = served.produce("sea", "methanol", "100")
    planned(served, lot, "10")
    at = f"/api/v1/batches/{bare(lot)}/recall"
    for who, status in (("sea", 403), ("swift", 403), ("river", 404)):
        staff = served.token(served.world.orgs[who], "operator")
        assert get(served, staff, at).status_code == status, "operating staff, a carrier, a stranger"
    officer = served.token(served.world.orgs["swift"], "safety_officer")
    assert get(served, officer, at).status_code == 403, "who has it does not recall it"
    shanghai = admit(served, 71, "authority", authority="emergency", jurisdiction={"regions": ["31"]})
    preview = get(served, shanghai, at).json()
    assert (preview["holders"], preview["trips"]) == (3, 1)
    yantai = admit(served, 72, "authority", authority="emergency", jurisdiction={"regions": ["13"]})
    assert get(served, yantai, at).status_code == 404


def test_what_lies_elsewhere_is_counted_for_a_regulator_and_not_named(served: Served) -> None:
    """A regulator of the place where some is going sees that, and how many others have yet to acknowledge."""
    lot = served.produce("sea", "methanol", "200")
    mixed = blend(served, [(lot, "100")], "100", "RC-W")
    planned(served, mixed, "10")
    index = order(served, lot)
    yantai = admit(served, 73, "authority", authority="emergency", jurisdiction={"regions": ["37"]})
    answer = get(served, yantai, f"/api/v1/recalls/{index}")
    assert answer.status_code == 200, "what is to come here was made of it"
    assert answer.json()["reached"] == 3


def test_ordering_and_acknowledging_by_form(served: Served) -> None:
    lot = served.produce("sea", "methanol", "100")
    planned(served, lot, "10")
    maker = served.browser("sea")
    page = maker.get(f"/batches/{bare(lot)}/recall?lang=en")
    assert page.status_code == 200, page.text
    assert "What it would reach now" in page.text
    at = f"/batches/{bare(lot)}/recall"
    fields = {"csrf": _field(page.text, "csrf"), "id": _field(page.text, "id")}
    missing = maker.post(at, data=fields, headers={"origin": "http://testserver"})
    assert missing.status_code == 422
    sent = maker.post(at, data=fields | {"reason": "off spec"}, headers={"origin": "http://testserver"})
    assert sent.status_code == 303, sent.text
    where = sent.headers["location"].partition("?")[0]
    again = maker.post(at, data=fields | {"reason": "off spec"}, headers={"origin": "http://testserver"})
    assert again.headers["location"].partition("?")[0] == where, "pressing twice orders once"
    carrier = served.browser("swift")
    page = carrier.get(f"{where}?lang=en")
    assert "This recall reaches you" in page.text
    assert "off spec" in page.text
    fields = {"csrf": _field(page.text, "csrf"), "id": _field(page.text, "id")}
    done = carrier.post(f"{where}/acknowledge", data=fields, headers={"origin": "http://testserver"})
    assert done.status_code == 303, done.text
    assert "This recall reaches you" not in carrier.get(f"{where}?lang=en").text
    assert where in carrier.get("/recalls?lang=en").text


def _field(page: str, name: str) -> str:
    main = page.split("<main", 1)[1]
    return main.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
