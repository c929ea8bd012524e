"""What a printed code shows: hazards to anybody, matter to who has a relation, and a broken chain as broken."""

import sqlite3

from tests.api.wiring.served import Served


def test_anybody_sees_identity_hazards_verdict_and_phone_and_no_more(served: Served) -> None:
    batch = served.produce("sea", "methanol", "200")
    code = served.label("sea", batch)
    view = served.client.get(f"/Q/{code.lower()}", headers={"accept": "application/json"}).json()
    assert view["ref"] == batch
    assert view["goods"][0]["name"] == {"zh": "甲醇", "en": "Methanol"}
    hazards = view["goods"][0]["hazards"]
    assert (hazards["un"], hazards["transport_class"], hazards["packing_group"]) == ("UN1230", "3", "II")
    assert hazards["signal"] == "danger"
    assert "GHS02" in hazards["pictograms"]
    assert {"H225", "H301"} <= {item["code"] for item in hazards["statements"]}
    assert all(item["text"]["zh"] != item["text"]["en"] for item in hazards["statements"])
    assert hazards["advice"]
    assert view["phone"] == "0532-83889090"
    assert view["verdict"]["state"] == "intact"
    assert view["verdict"]["inclusion"]["size"] == view["verdict"]["log_size"]
    assert view["matter"] is None


def test_the_page_of_a_code_is_html_in_both_languages(served: Served) -> None:
    code = served.label("sea", served.produce("sea", "methanol", "200"))
    english = served.client.get(f"/Q/{code}", headers={"accept": "text/html", "accept-language": "en"})
    chinese = served.client.get(f"/Q/{code}", headers={"accept": "text/html", "accept-language": "zh-CN"})
    assert (english.status_code, chinese.status_code) == (200, 200)
    assert "Methanol" in english.text
    assert "Chain intact" in english.text
    assert "甲醇" in chinese.text
    assert served.world.sites["sea"] not in english.text


def test_the_owner_sees_where_it_is_how_much_and_its_life(served: Served) -> None:
    batch = served.produce("sea", "methanol", "200")
    code = served.label("sea", batch)
    served.post("sea", served.consume("sea", batch, "50"))
    browser = served.browser("sea")
    view = browser.get(f"/Q/{code}", headers={"accept": "application/json"}).json()
    matter = view["matter"]
    assert [(line["mass"]["amount"], line["place"]["location"]) for line in matter["holdings"]] == [("150", "T-01")]
    assert matter["holdings"][0]["owner"]["ref"] == served.world.orgs["sea"]
    kinds = [moment["type"] for moment in matter["timeline"]]
    assert kinds == ["use.consumed", "production.label_issued", "production.batch_produced"]
    assert matter["timeline"][0]["change"]["amount"] == "-50"
    assert [(row["account"], row["mass"]["amount"]) for row in matter["came_in"]] == [("produced", "200")]
    assert [(row["account"], row["mass"]["amount"]) for row in matter["went_out"]] == [("used", "50")]
    sums = {row["account"]: row["mass"]["amount"] for row in matter["accounts"]}
    assert sums == {"produced": "-200", "used": "50", "holdings": "150"}
    page = browser.get(f"/Q/{code}", headers={"accept": "text/html", "accept-language": "en"})
    assert "Its life" in page.text


def test_a_voided_code_still_resolves_and_says_by_whom_and_what_stands_in_its_place(served: Served) -> None:
    batch = served.produce("sea", "methanol", "200")
    old, new = served.label("sea", batch), served.label("sea", batch)
    items = [{"code": old, "replaced_by": new}]
    done = served.state("sea", "production.label_voided", {"containers": {"items": items}}).json()
    voided = served.ok(f"/Q/{old}", "bay")
    assert voided["ref"] == batch
    assert voided["voided"]["by"]["ref"] == served.world.orgs["sea"]
    assert voided["voided"]["index"] == done["record"]["index"]
    assert voided["voided"]["at"] == done["record"]["recorded_at"]
    assert voided["voided"]["replaced_by"] == new
    assert served.ok(f"/Q/{new}", "bay")["voided"] is None


def test_a_voided_code_never_leads_to_another_thing(served: Served) -> None:
    old = served.label("sea", served.produce("sea", "methanol", "200"))
    other = served.label("sea", served.produce("sea", "ethanol", "200"))
    for code, successor in ((old, other), (other, "0000000000000000")):
        items = [{"code": code, "replaced_by": successor}]
        served.state("sea", "production.label_voided", {"containers": {"items": items}})
        assert served.ok(f"/Q/{code}", "bay")["voided"]["replaced_by"] is None


def test_who_has_no_relation_sees_what_the_public_sees(served: Served) -> None:
    code = served.label("sea", served.produce("sea", "methanol", "200"))
    assert served.ok(f"/Q/{code}", "bay")["matter"] is None
    assert served.ok(f"/Q/{code}", "emergency")["matter"] is not None


def test_a_location_with_highly_toxic_goods_shows_the_public_classes_and_phone_alone(served: Served) -> None:
    served.produce("bay", "chlorine", "800", "B-01")
    code = served.label("bay", f"{served.world.sites['bay']}/B-01")
    answer = served.client.get(f"/Q/{code}", headers={"accept": "application/json"})
    view = answer.json()
    assert view["place_private"]
    assert [item["hazards"]["transport_class"] for item in view["goods"]] == ["2.3"]
    assert [item["name"]["en"] for item in view["goods"]] == [""]
    assert "Chlorine" not in answer.text
    assert "UN1017" not in answer.text
    assert view["phone"]
    assert (view["ref"], view["label"], view["verdict"]) == ("", "", None)
    assert served.world.sites["bay"] not in answer.text
    assert view["matter"] is None
    owner = served.ok(f"/Q/{code}", "bay")
    assert [item["name"]["en"] for item in owner["goods"]] == ["Chlorine"]
    assert [line["mass"]["amount"] for line in owner["matter"]["holdings"]] == ["800"]
    assert served.ok(f"/Q/{code}", "sea")["matter"] is None


def test_a_container_shows_its_present_fill_and_an_empty_one_its_last(served: Served) -> None:
    batch = served.produce("sea", "methanol", "200")
    drum = served.new("container")
    item = {"container": drum, "kind": "drum", "serial": "D-77", "capacity_kg": "250"}
    served.state("sea", "governance.container_registered", {"containers": {"items": [item]}})
    code = served.label("sea", drum)
    empty = served.client.get(f"/Q/{code}", headers={"accept": "application/json"}).json()
    assert (empty["fill"], empty["goods"], empty["label"]) == ("clean", [], "D-77")
    tank, dock = f"{served.world.sites['sea']}/T-01", f"{served.world.sites['sea']}/DOCK"
    moved = {"batch": batch, "amount": "180", "unit": "kg"}
    sections = {
        "inputs": {"lines": [{**moved, "place": tank}]},
        "outputs": {"lines": [{**moved, "place": dock, "container": drum}]},
    }
    served.state("sea", "production.packed", sections)
    full = served.ok(f"/Q/{code}", "sea")
    assert (full["fill"], full["batch"]) == ("filled", batch)
    assert [line["mass"]["amount"] for line in full["matter"]["holdings"]] == ["180"]
    used = {**moved, "place": dock, "container": drum}
    served.state("sea", "use.consumed", {"place": served.place("sea", "DOCK"), "inputs": {"lines": [used]}})
    last = served.ok(f"/Q/{code}", "sea")
    assert (last["fill"], last["batch"]) == ("uncleaned", batch)
    assert last["goods"][0]["name"]["en"] == "Methanol"


def test_a_shipment_shows_what_is_aboard_to_anybody_and_whose_it_is_to_its_parties(served: Served) -> None:
    batch, shipment = served.produce("sea", "methanol", "200"), served.new("shipment")
    orgs = served.world.orgs
    sections = {
        "transport": {"shipment": shipment, "vehicle": "浙B12345", "mode": "road"},
        "parties": {"consignor": orgs["sea"], "consignee": orgs["paint"], "carrier": orgs["swift"]},
    }
    served.state("swift", "transport.shipment_planned", sections)
    code = served.label("sea", shipment)
    load = {"batch": batch, "amount": "120", "unit": "kg"}
    place = served.place("sea", "T-01")
    trip = {"shipment": shipment}
    served.state("sea", "transport.loaded", {"transport": trip, "place": place, "inputs": {"lines": [load]}})
    public = served.client.get(f"/Q/{code}", headers={"accept": "application/json"}).json()
    assert [item["hazards"]["un"] for item in public["goods"]] == ["UN1230"]
    assert (public["label"], public["matter"]) == ("浙B12345", None)
    for who, seen in (("swift", ["120"]), ("sea", ["120"]), ("paint", []), ("emergency", ["120"])):
        held = served.ok(f"/Q/{code}", who)["matter"]["holdings"]
        assert [line["mass"]["amount"] for line in held] == seen, who
        assert all(line["custodian"] is None and line["shipment"] == shipment for line in held)
    assert served.ok(f"/Q/{code}", "bay")["matter"] is None
    assert batch in [line["ref"] for line in served.ok("/api/v1/batches?limit=200", "swift")["items"]]


def test_an_unknown_code_is_not_found(served: Served) -> None:
    assert served.client.get("/Q/0000000000000000").status_code == 404


def test_a_recall_is_shown_to_anybody(served: Served) -> None:
    batch = served.produce("sea", "methanol", "20")
    code = served.label("sea", batch)
    served.state("sea", "governance.recall_ordered", {"product": {"batches": [batch]}, "reason": {"text": "impurity"}})
    view = served.client.get(f"/Q/{code}", headers={"accept": "application/json"}).json()
    assert [alert["rule"] for alert in view["alerts"]] == ["recall@1"]


def _break(victim: Served, table: str, statement: str, values: tuple[object, ...]) -> None:
    """Do what somebody with the file in hand can do: lift the guards and write."""
    with sqlite3.connect(victim.path) as connection:
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        )
        for (name,) in triggers.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


def test_changed_stock_breaks_the_verdict(victim: Served) -> None:
    batch = victim.produce("sea", "methanol", "200")
    code = victim.label("sea", batch)
    _break(victim, "holdings", "UPDATE holdings SET mg = mg + 1 WHERE batch = ?", (batch,))
    verdict = victim.client.get(f"/Q/{code}", headers={"accept": "application/json"}).json()["verdict"]
    assert verdict["state"] == "broken"
    assert [fault["step"] for fault in verdict["faults"]] == ["postings"]
    assert verdict["inclusion"] is None


def test_a_changed_statement_breaks_the_verdict_and_the_page_says_so(victim: Served) -> None:
    batch = victim.produce("sea", "methanol", "200")
    code = victim.label("sea", batch)
    with victim.ledger.store.read() as unit:
        born = unit.chains.history(batch)[0].idx
        body = unit.events.disclosures(born)["outputs"]
    assert body is not None
    forged = body.replace(b'"200"', b'"100"')
    assert forged != body
    statement = "UPDATE disclosures SET body = ? WHERE idx = ? AND name = 'outputs'"
    _break(victim, "disclosures", statement, (forged, born))
    verdict = victim.client.get(f"/Q/{code}", headers={"accept": "application/json"}).json()["verdict"]
    assert verdict["state"] == "broken"
    assert verdict["faults"][0]["detail"]["zh"] != verdict["faults"][0]["detail"]["en"]
    page = victim.client.get(f"/Q/{code}", headers={"accept": "text/html", "accept-language": "en"})
    assert "Do not rely on this record" in page.text
