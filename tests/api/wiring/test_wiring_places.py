"""What a posted place or a vehicle tells: to the public, to who has a relation, to who was told an incident code."""

from typing import Any

import pytest

from api.views import Band
from api.wiring.here import KG, band
from ledger.services.identity import sessions
from ledger.services.identity.ports import Ports
from ledger.services.incidents import HOUR_MS, MOST_OPEN
from ledger.store.rows import UserRow
from tests.api.wiring.served import BASE, Served

JSON = {"accept": "application/json"}


def posted(served: Served, location: str, who: str = "sea") -> str:
    return served.label(who, f"{served.world.sites[who]}/{location}")


def public(served: Served, code: str) -> dict[str, Any]:
    answer = served.client.get(f"/Q/{code}", headers=JSON)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def responder(served: Served, org: str = "emergency", role: str = "responder") -> tuple[str, dict[str, str]]:
    """A person who signed in by a passkey and said what for: user and headers."""
    ports = Ports(served.ledger)
    now = served.clock.now_ms()
    user = UserRow(served.new("user"), served.world.orgs[org], served.id(), "赵强", None, role, now)
    with served.ledger.store.write() as unit:
        unit.people.add_user(user)
        secret = sessions.open_for(ports, unit, user, "passkey", purpose="fire drill").secret
    return user.id, {"cookie": f"hazledger={secret}", "origin": BASE, **JSON}


def issued(served: Served, headers: dict[str, str], hours: int = 2) -> dict[str, Any]:
    body = {"reason": "Fire in store 2", "hours": hours}
    answer = served.client.post("/api/v1/incidents", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def opened(served: Served, code: str, told: str, purpose: str = "crew 3") -> Any:  # noqa: ANN401 - a response
    body = {"incident_code": told, "purpose": purpose}
    return served.client.post(f"/api/v1/codes/{code}/open", json=body, headers=JSON)


def test_the_public_sees_products_as_ranges_what_clashes_and_how_fresh_it_is_but_no_owner(served: Served) -> None:
    code = posted(served, "T-01")
    batch = served.produce("sea", "methanol", "20500")
    view = public(served, code)
    line = next(line for line in view["here"]["lines"] if line["un"] == "UN1230")
    assert line["mass"] is None
    assert line["band"]["least"] >= 10_000
    assert line["containers"] is None
    assert view["matter"] is None
    assert not view["told"]
    assert view["verdict"]["state"] == "intact"
    now = view["here"]["as_of"]
    assert view["here"]["last_event"][:19] == now[:19]
    assert view["advice"]["clear"]["spill_m"] >= 50
    text = served.client.get(f"/Q/{code}", headers=JSON).text
    assert served.world.orgs["sea"] not in text
    assert batch not in text


def test_who_runs_the_place_sees_kilograms_and_the_last_count(served: Served) -> None:
    code = posted(served, "DOCK")
    batch = served.produce("sea", "ethanol", "300", "DOCK")
    assert served.ok(f"/Q/{code}", "sea")["here"]["last_count"] is None
    served.clock.set(served.clock.now_ms() + 3_600_000)
    place = f"{served.world.sites['sea']}/DOCK"
    counted = {"batch": batch, "amount": "300", "unit": "kg", "place": place}
    served.state("sea", "storage.counted", {"inputs": {"lines": [counted]}})
    here = served.ok(f"/Q/{code}", "sea")["here"]
    line = next(line for line in here["lines"] if line["un"] == "UN1170")
    assert line["mass"]["amount"] == "300"
    assert here["last_count"] == here["last_event"]
    assert here["last_count"][:19] == here["as_of"][:19]


def test_incompatible_goods_are_named_with_the_reason(served: Served) -> None:
    code = posted(served, "USE")
    served.produce("sea", "sodium-cyanide", "10", "USE")
    served.produce("sea", "hydrochloric-acid-31", "10", "USE")
    clashes = served.ok(f"/Q/{code}", "sea")["here"]["clashes"]
    assert [(clash["why"], sorted(clash["classes"])) for clash in clashes] == [("cyanide_acid", ["6.1", "8"])]
    page = served.browser("sea").get(f"/Q/{code}", headers={"accept": "text/html", "accept-language": "en"}).text
    assert "deadly hydrogen cyanide" in page


def test_the_sites_approved_table_keeps_apart_what_the_grid_allows(served: Served) -> None:
    site, names = served.new("site"), {"zh": "分储库", "en": "Divided store"}
    table = {"from": "2026-01-01", "apart": [{"one": "3", "other": "8"}], "approved_by": "安全部"}
    stated = {"site": site, "names": names, "region": "310116", "co_storage": table}
    bays = [{"location": "A-02", "kind": "bay"}]
    served.state("sea", "governance.site_registered", {"site": {**stated, "locations": bays}})
    code = served.label("sea", f"{site}/A-02")
    for product in ("acetone", "hydrochloric-acid-31"):
        batch = served.new("batch")
        sections = {
            "product": {"product": served.world.products["sea", product], "lot": f"LOT-{batch[-6:]}"},
            "outputs": {"lines": [{"batch": batch, "amount": "10", "unit": "kg"}]},
            "place": {"site": site, "location": "A-02"},
        }
        made = served.event("sea", "production.batch_produced", sections)
        assert served.post("sea", {**made, "mode": "report"}).status_code == 201
    here = public(served, code)["here"]
    assert here["site_table"]
    assert [clash["why"] for clash in here["clashes"]] == ["site_table"]


def test_a_protected_place_tells_classes_and_phone_to_the_public_and_all_to_a_responder(served: Served) -> None:
    served.produce("bay", "chlorine", "800", "A-02")
    code = posted(served, "A-02", "bay")
    view = public(served, code)
    assert (view["here"], view["verdict"], view["label"]) == (None, None, "")
    assert view["advice"]["classes"] == sorted(view["advice"]["classes"])
    assert not view["advice"]["specific"]
    page = served.client.get(f"/Q/{code}", headers={"accept": "text/html", "accept-language": "en"}).text
    for word in ("Chlorine", "1017", "800&nbsp;", "800</span>"):
        assert word not in page
    _, headers = responder(served)
    seen = served.client.get(f"/Q/{code}", headers=headers).json()
    assert [line["mass"]["amount"] for line in seen["here"]["lines"] if line["un"] == "UN1017"]
    assert seen["told"]


def test_an_owner_with_goods_in_a_protected_place_learns_nothing_of_what_others_have_there(served: Served) -> None:
    served.produce("bay", "chlorine", "800", "A-02")
    code = posted(served, "A-02", "bay")
    stranger = served.ok(f"/Q/{code}", "sea")
    assert stranger["here"] is None
    assert {item["name"]["en"] for item in stranger["goods"]} == {""}


def test_an_incident_code_opens_quantities_for_hours_and_every_use_is_recorded(served: Served) -> None:
    served.produce("bay", "chlorine", "800", "A-02")
    code = posted(served, "A-02", "bay")
    user, headers = responder(served)
    made = issued(served, headers)
    told = made["code"].lower().replace("-", " ")
    view = opened(served, code, told).json()
    assert [line["mass"]["amount"] for line in view["here"]["lines"] if line["un"] == "UN1017"]
    assert (view["matter"], view["incident"]) == (None, "Fire in store 2")
    listed = served.client.get("/api/v1/incidents", headers=headers).json()
    mine = next(item for item in listed if item["id"] == made["id"])
    assert mine["good"]
    assert [(use["subject"], use["purpose"]) for use in mine["uses"]] == [(f"/Q/{code}", "crew 3")]
    assert made["code"].replace("-", "") not in str(listed)
    served.clock.set(served.clock.now_ms() + 2 * HOUR_MS)
    assert opened(served, code, made["code"]).status_code == 404
    del user


@pytest.mark.parametrize("how", ["ended", "disabled", "wrong", "foreign_place", "not_a_place"])
def test_a_code_that_opens_nothing_is_refused_in_the_same_words(served: Served, how: str) -> None:
    served.produce("bay", "chlorine", "800", "A-02")
    code = posted(served, "A-02", "bay")
    user, headers = responder(served, *(("sea", "safety_officer") if how == "foreign_place" else ("emergency",)))
    made = issued(served, headers)
    match how:
        case "ended":
            assert served.client.post(f"/api/v1/incidents/{made['id']}/end", headers=headers).status_code == 204
        case "disabled":
            with served.ledger.store.write() as unit:
                unit.people.set_disabled(user, served.clock.now_ms())
        case "not_a_place":
            code = served.label("sea", served.produce("sea", "methanol", "200"))
    told = "0000-0000-0000" if how == "wrong" else made["code"]
    answer = opened(served, code, told)
    assert (answer.status_code, answer.json()["code"]) == (404, "incident_code_unusable")


def test_a_use_needs_a_purpose_and_a_code_sane_hours(served: Served) -> None:
    code = posted(served, "T-01")
    _, headers = responder(served, "sea", "safety_officer")
    made = issued(served, headers)
    assert opened(served, code, made["code"], " ").json()["code"] == "purpose_not_of_form"
    for hours in (0, 73):
        answer = served.client.post("/api/v1/incidents", json={"reason": "drill", "hours": hours}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "incident_hours_bounds")


def test_an_organisation_has_so_many_codes_at_a_time(served: Served) -> None:
    _, headers = responder(served, "paint", "safety_officer")
    for _ in range(MOST_OPEN):
        issued(served, headers)
    answer = served.client.post("/api/v1/incidents", json={"reason": "one more", "hours": 1}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "incidents_many")


def test_an_operator_may_not_issue(served: Served) -> None:
    _, headers = responder(served, "sea", "operator")
    answer = served.client.post("/api/v1/incidents", json={"reason": "drill", "hours": 1}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "action_not_allowed")


def test_the_form_issues_opens_and_ends_without_scripts(served: Served) -> None:
    served.produce("bay", "chlorine", "800", "A-02")
    code = posted(served, "A-02", "bay")
    _, headers = responder(served)
    english = {**headers, "accept": "text/html", "accept-language": "en"}
    csrf = served.client.app.state.services.access.csrf(headers["cookie"].partition("=")[2])  # type: ignore[attr-defined]
    sent = {"csrf": csrf, "reason": "Leak at the bay", "hours": "3"}
    page = served.client.post("/incidents", data=sent, headers=english).text
    told = page.partition('<p class="once-value mono">')[2].partition("<")[0]
    assert len(told) == 14
    anyone = {"accept": "text/html", "accept-language": "en", "origin": BASE}
    form = {"incident_code": told, "purpose": "crew 3"}
    shown = served.client.post(f"/open/{code}", data=form, headers=anyone)
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert "Chlorine" in shown.text
    assert "This view was recorded." in shown.text
    refused = served.client.post(f"/open/{code}", data={**form, "incident_code": "0"}, headers=anyone)
    assert refused.status_code == 404
    assert "opens nothing here" in refused.text
    assert "Chlorine" not in refused.text
    listed = served.client.get("/incidents", headers=english).text
    assert "crew 3" in listed
    ending = listed.partition("Leak at the bay")[2].partition('action="/incidents/')[2].partition("/end")[0]
    ended = served.client.post(f"/incidents/{ending}/end", data={"csrf": csrf}, headers=english, follow_redirects=False)
    assert ended.status_code == 303
    assert served.client.post(f"/open/{code}", data=form, headers=anyone).status_code == 404
    assert (
        served.client.get(f"/open/{code}", headers=anyone, follow_redirects=False).headers["location"] == f"/Q/{code}"
    )


@pytest.mark.parametrize(
    ("kilograms", "told"),
    [
        (0, Band(None, 100)),
        (99, Band(None, 100)),
        (100, Band(100, 1_000)),
        (10_000, Band(10_000, 100_000)),
        (1_000_000, Band(100_000, None)),
    ],
)
def test_a_quantity_told_roughly(kilograms: int, told: Band) -> None:
    assert band(kilograms * KG) == told
