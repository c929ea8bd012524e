"""Keys, links, sessions and relations: who comes in, and what a foreign organisation gets to see."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.wiring import wire
from ledger.errors import FormatError, NotFoundError
from ledger.services import access
from ledger.services.identity.ports import digest
from ledger.store.projection_tables import deals
from tests.api.wiring.served import BASE, Served


def _bare(ref: str) -> str:
    return ref.partition(":")[2]


def test_a_session_lasts_as_long_as_was_set(victim: Served) -> None:
    lasting = wire(victim.ledger, session_ms=60_000).access
    session = lasting.open_session(victim.link(next(iter(victim.world.orgs))))
    assert session.expires == victim.clock.now_ms() + 60_000
    victim.clock.set(session.expires)
    assert wire(victim.ledger).access.by_session(session.secret) is None


def test_a_foreign_organisation_gets_404_for_a_batch_and_everything_under_it(served: Served) -> None:
    batch = served.produce("sea", "methanol", "30")
    for path in ("", "/history", "/stock", "/flow", "/trace", "/trace.csv", "/evidence"):
        address = f"/api/v1/batches/{_bare(batch)}{path}"
        assert served.get(address, "sea").status_code == 200, path
        assert served.get(address, "bay").status_code == 404, path
        assert served.client.get(address, headers={"accept": "application/json"}).status_code == 401, path
    refused = served.get(f"/api/v1/batches/{_bare(batch)}", "bay").json()
    missing = served.get(f"/api/v1/batches/{_bare(served.new('batch'))}", "bay").json()
    assert {refused["code"], missing["code"]} == {"page_not_found"}


def test_an_authority_and_the_operator_see_every_batch(served: Served) -> None:
    batch = served.produce("sea", "methanol", "30")
    assert served.ok(f"/api/v1/batches/{_bare(batch)}", "emergency")["number"].startswith("LOT-")
    operator = access.issue_key(served.ledger, served.world.operator)
    answer = served.client.get(f"/api/v1/batches/{_bare(batch)}", headers={"x-api-key": operator})
    assert answer.status_code == 200


def test_lists_hold_what_the_organisation_has_a_relation_to(served: Served) -> None:
    batch = served.produce("sea", "methanol", "31")
    newest = served.ok("/api/v1/batches?limit=1", "sea")
    assert [line["ref"] for line in newest["items"]] == [batch]
    assert newest["next"] is not None
    assert batch not in [line["ref"] for line in served.ok("/api/v1/batches?limit=200", "bay")["items"]]
    assert batch in [line["ref"] for line in served.ok("/api/v1/batches?limit=200", "emergency")["items"]]


def test_pages_of_a_list_hold_everything_once(served: Served) -> None:
    for kind in ("batches", "stock", "findings", "containers", "sites", "organisations", "products"):
        whole = served.ok(f"/api/v1/{kind}?limit=200", "emergency")
        seen, cursor = [], ""
        while True:
            page = served.ok(f"/api/v1/{kind}?limit=3{cursor}", "emergency")
            seen.extend(page["items"])
            if page["next"] is None or len(seen) >= 200:
                break
            cursor = f"&cursor={page['next']}"
        assert seen[:200] == whole["items"][: len(seen)], kind
        assert seen


def test_a_former_holder_keeps_its_relation_and_sees_others_records_as_hashes(served: Served) -> None:
    lines = served.ok("/api/v1/batches?limit=200", "trade")["items"]
    own = served.world.orgs["trade"]
    views = (served.ok(f"/api/v1/batches/{_bare(line['ref'])}", "trade") for line in lines)
    view = next(
        view for view in views if own in {made["actor"]["ref"] for made in view["matter"]["timeline"] if made["actor"]}
    )
    levels = {moment["level"] for moment in view["matter"]["timeline"]}
    assert levels == {"record", "sections"}
    assert view["matter"]["undisclosed"] > 0
    assert view["matter"]["accounts"] == []
    hidden = [moment for moment in view["matter"]["timeline"] if moment["level"] == "record"]
    assert all(moment["actor"] is None and moment["type"] is None for moment in hidden)


def test_a_login_link_opens_one_session_and_shows_the_desk(served: Served) -> None:
    token = served.link("sea")
    browser = TestClient(served.client.app, base_url=BASE, follow_redirects=False)
    looked = browser.get(f"/login/{token}", headers={"accept-language": "en"})
    assert "Hailan Chemicals (demo)" in looked.text
    assert browser.get(f"/login/{token}").status_code == 200
    opened = browser.post(f"/login/{token}", headers={"origin": BASE})
    assert opened.status_code == 303
    desk = browser.get("/desk", headers={"accept-language": "en"})
    assert desk.status_code == 200
    assert "Hailan Chemicals (demo)" in desk.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', desk.text)
    assert csrf is not None
    form = {"csrf": csrf[1]}
    assert browser.post(f"/login/{token}", data=form, headers={"origin": BASE}).status_code == 404
    browser.post("/logout", data=form, headers={"origin": BASE})
    assert browser.get("/desk", headers={"accept": "application/json"}).status_code == 401


def test_a_link_for_a_demo_opens_again_and_again(served: Served) -> None:
    token = access.issue_login_link(served.ledger, served.world.orgs["sea"], uses=None)
    for _ in range(2):
        browser = TestClient(served.client.app, base_url=BASE, follow_redirects=False)
        assert browser.post(f"/login/{token}", headers={"origin": BASE}).status_code == 303


def test_links_and_keys_expire(served: Served) -> None:
    org, now = served.world.orgs["sea"], served.clock.now_ms()
    token = access.issue_login_link(served.ledger, org, valid_ms=0)
    with pytest.raises(NotFoundError, match="link_unusable"):
        access.open_session(served.ports, token)
    assert access.by_key(served.ledger, access.issue_key(served.ledger, org, expires_at_ms=now)) is None
    assert access.by_key(served.ledger, access.issue_key(served.ledger, org, expires_at_ms=now + 1)) is not None


def test_a_revoked_key_is_refused_once_it_is_no_longer_remembered(served: Served) -> None:
    secret = access.issue_key(served.ledger, served.world.orgs["sea"])
    headers = {"authorization": f"Bearer {secret}"}
    name = served.client.get("/api/v1/me", headers=headers).json()["credential"]
    assert access.revoke_key(served.ledger, served.world.orgs["sea"], name)
    assert not access.revoke_key(served.ledger, served.world.orgs["sea"], name)
    served.clock.set(served.clock.now_ms() + 2_000)
    assert served.client.get("/api/v1/me", headers=headers).status_code == 401


def test_the_store_keeps_no_secret(served: Served) -> None:
    secret, token = access.issue_key(served.ledger, served.world.orgs["sea"]), served.link("sea")
    written = b"".join(file.read_bytes() for file in served.path.parent.iterdir() if file.is_file())
    assert digest(secret) in written
    assert digest(token) in written
    assert secret.encode() not in written
    assert token.encode() not in written


def test_keys_are_issued_to_admitted_organisations_in_their_own_roles(served: Served) -> None:
    with pytest.raises(NotFoundError, match="organisation_unknown"):
        access.issue_key(served.ledger, served.new("org"))
    with pytest.raises(FormatError, match="role_unknown"):
        access.issue_login_link(served.ledger, served.world.orgs["sea"], "authority")


def test_findings_are_those_on_own_statements_and_own_products(served: Served) -> None:
    every = served.ok("/api/v1/findings?limit=200", "emergency")["items"]
    seen: list[int] = []
    for who in ("sea", "river", "trade", "swift"):
        mine = served.ok("/api/v1/findings?limit=200", who)["items"]
        with served.ledger.store.read() as unit:
            for finding in mine:
                if finding["index"] is None:
                    dealt = select(deals.c.org).where(deals.c.ref == finding["ref"])
                    parties = set(unit.connection.execute(dealt).scalars())
                    assert served.world.orgs[who] in {finding["org"]["ref"], *parties}
                    continue
                event = unit.events.at(finding["index"])
                assert event is not None
                made = unit.queries.thing("batch", finding["ref"])
                assert served.world.orgs[who] in {event.actor, made.org if made else None}
        seen.append(len(mine))
    assert min(seen) < len(every)


def test_a_voided_event_is_marked_on_the_desk_and_in_the_life(served: Served) -> None:
    batch = served.produce("sea", "methanol", "77")
    event = served.consume("sea", batch, "7")
    receipt = served.post("sea", event).json()
    lines = [{"batch": batch, "amount": "6", "unit": "kg"}]
    correction = {
        **served.event(
            "sea",
            "use.event_corrected",
            {"place": served.place("sea", "T-01"), "inputs": {"lines": lines}, "reason": {"text": "misread"}},
        ),
        "refs": [{"rel": "voids", "hash": receipt["record"]["event"]}],
    }
    assert served.post("sea", correction).status_code == 201
    life = served.ok(f"/api/v1/batches/{_bare(batch)}/history", "sea")["items"]
    assert [(moment["type"], moment["voided"]) for moment in life][:2] == [
        ("use.event_corrected", False),
        ("use.consumed", True),
    ]
    assert life[0]["detail"]["en"] == "misread"
    assert life[0]["change"]["amount"] == "1"
