"""Accounts, people and programs over HTTP and a real ledger; tests named after attacks."""

import base64
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ledger.core.b64 import b64u
from ledger.core.keys import public_key
from ledger.core.keys import sign as key_sign
from ledger.core.possession import possession_bytes
from ledger.services import signing
from ledger.services.entropy import SystemEntropy
from ledger.services.identity import administrators, clients, invitations
from ledger.services.identity.ports import Ports, Site
from tests.api.wiring.served import BASE, Served
from tests.support.authenticator import Authenticator

PASSWORD = "copper lantern drifts slowly"
OWN = {"origin": BASE}
HTML = {"accept": "text/html", "accept-language": "en"}


class Visitor:
    """A browser without scripts, but with an authenticator at hand."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.client = TestClient(served.client.app, base_url=BASE, follow_redirects=False, headers=HTML)
        self.key = Authenticator(origin=BASE, host="testserver", id=served.new("key").encode())

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def csrf(self, page: str = "/account") -> str:
        found = re.search(r'name="csrf" value="([^"]*)"', self.get(page).text)
        return "" if found is None else found[1]

    def post(self, path: str, csrf: str | None = None, **data: str | list[str]) -> Response:
        fields = {"csrf": self.csrf() if csrf is None else csrf, **data}
        return self.client.post(path, data=fields, headers=OWN)

    def accept(self, token: str) -> Response:
        return self.post(f"/invite/{token}", csrf="", password=PASSWORD)

    def enrol(self) -> Response:
        options = self.client.post("/account/passkeys/options", headers=OWN)
        assert options.status_code == 200, options.text
        return self.post("/account/passkeys", response=self.key.create(options.text), name="phone")

    def code(self, answer: Response) -> str:
        found = re.search(r'href="/problems/([a-z_]+)"', answer.text)
        return "" if found is None else found[1]


@pytest.fixture
def ports(served: Served) -> Ports:
    return Ports(served.ledger, Site(BASE))


def admin(served: Served, ports: Ports, who: str = "sea") -> Visitor:
    """An administrator with a second factor."""
    made = Visitor(served)
    login = f"admin.{served.new('x')[-12:]}"
    assert made.accept(administrators.first(ports, served.world.orgs[who], login)).status_code == 303
    assert made.enrol().status_code == 303
    return made


def person(served: Served, ports: Ports, *roles: str, who: str = "sea") -> Visitor:
    made = Visitor(served)
    login = f"p.{served.new('x')[-12:]}"
    invited = invitations.Person(login, "王芳", roles)
    assert made.accept(invitations.invite(ports, served.world.orgs[who], invited, by="x")).status_code == 303
    return made


def json_of(visitor: Visitor, path: str) -> tuple[int, Any]:
    answer = visitor.get(path, accept="application/json")
    return answer.status_code, answer.json()


def test_an_invitation_makes_a_user_who_signs_in_with_the_password(served: Served, ports: Ports) -> None:
    visitor = Visitor(served)
    token = invitations.invite(
        ports, served.world.orgs["sea"], invitations.Person("zhao.min", "赵敏", ("operator",)), by="x"
    )
    offered = visitor.get(f"/invite/{token}")
    assert "Hailan Chemicals (demo)" in offered.text
    assert "zhao.min" in offered.text
    weak = visitor.post(f"/invite/{token}", csrf="", password="short")
    assert weak.status_code == 422
    assert "too short" in weak.text
    assert visitor.accept(token).headers["location"] == "/account"
    status, me = json_of(visitor, "/api/v1/me")
    assert status == 200
    assert (me["login"], me["user_roles"], me["factor"]) == ("zhao.min", ["operator"], "password")
    assert "csrf" not in me
    assert visitor.post("/logout").status_code == 303
    assert json_of(visitor, "/api/v1/me")[0] == 401
    wrong = visitor.post("/login", csrf="", login="zhao.min", password="wrong password")
    assert wrong.status_code == 403
    assert "login name or the password is wrong" in wrong.text
    assert 'value="zhao.min"' in wrong.text
    assert "wrong password" not in wrong.text
    right = visitor.post("/login", csrf="", login="zhao.min", password=PASSWORD, next="/batches/x")
    assert (right.status_code, right.headers["location"]) == (303, "/batches/x")
    assert visitor.get(f"/invite/{token}").status_code == 404


def test_an_administrator_without_a_second_factor_may_only_enrol_one(served: Served, ports: Ports) -> None:
    visitor = Visitor(served)
    visitor.accept(administrators.first(ports, served.world.orgs["sea"], "chief.one"))
    for path in ("/desk", "/users"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/account/confirm")
    assert visitor.get("/account/confirm").headers["location"] == "/account"
    for path in ("/api/v1/stock", "/api/v1/batches", "/api/v1/organisations"):
        status, problem = json_of(visitor, path)
        assert (status, problem["code"]) == (403, "second_factor_missing")
    event = served.event("sea", "storage.moved", {})
    stated = visitor.client.post("/api/v1/events", json=event, headers={**OWN, "accept": "application/json"})
    assert (stated.status_code, stated.json()["code"]) == (403, "second_factor_missing")
    assert "Add a passkey to go on" in visitor.get("/account").text
    before = visitor.client.cookies["hazledger"]
    assert visitor.enrol().headers["location"] == "/account?done=passkey"
    assert visitor.client.cookies["hazledger"] != before
    assert visitor.get("/users").status_code == 200


def test_a_password_of_somebody_with_a_passkey_leads_to_the_passkey(served: Served, ports: Ports) -> None:
    visitor = person(served, ports, "operator")
    visitor.enrol()
    login = json_of(visitor, "/api/v1/me")[1]["login"]
    visitor.post("/logout")
    visitor.post("/login", csrf="", login=login, password=PASSWORD)
    led = visitor.get("/desk")
    assert led.headers["location"] == "/account/confirm?next=%2Fdesk"
    assert 'value="/desk"' in visitor.get(led.headers["location"]).text
    options = visitor.client.post("/account/confirm/options", headers=OWN).text
    refused = visitor.post(
        "/account/confirm",
        csrf=visitor.csrf("/account/confirm"),
        response=visitor.key.get(options, origin="https://evil.example"),
    )
    assert refused.status_code == 403
    assert "passkey was not accepted" in refused.text
    options = visitor.client.post("/account/confirm/options", headers=OWN).text
    done = visitor.post(
        "/account/confirm", csrf=visitor.csrf("/account/confirm"), response=visitor.key.get(options), next="/desk"
    )
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert visitor.get("/desk").status_code == 200


def test_a_passkey_alone_signs_in(served: Served, ports: Ports) -> None:
    visitor = person(served, ports, "viewer")
    visitor.enrol()
    visitor.post("/logout")
    options = visitor.client.post("/login/passkey/options", headers=OWN)
    assert options.headers["cache-control"] == "no-store"
    assert visitor.client.post("/login/passkey/options", headers={"origin": "https://evil.example"}).status_code == 403
    answer = visitor.post("/login/passkey", csrf="", response=visitor.key.get(options.text))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    again = visitor.post("/login/passkey", csrf=visitor.csrf(), response=visitor.key.get(options.text))
    assert again.status_code == 403


# --- attacks ----------------------------------------------------------------------------------------------------------


def test_csrf_no_form_works_without_its_sessions_token(served: Served, ports: Ports) -> None:
    boss = admin(served, ports)
    other = admin(served, ports, "river").csrf()
    victim = person(served, ports, "viewer")
    ref = json_of(victim, "/api/v1/me")[1]["user"].partition(":")[2]
    for path in (
        "/users",
        f"/users/{ref}",
        f"/users/{ref}/reset",
        f"/users/{ref}/disable",
        "/programs",
        "/devices",
        "/account/password",
        "/account/passkeys",
        "/account/sessions/end",
        "/purpose",
        "/logout",
    ):
        for token in ("", other):
            answer = boss.client.post(path, data={"csrf": token}, headers={**OWN, "accept": "application/json"})
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf_wrong"), path
        cross = boss.client.post(
            path, data={"csrf": boss.csrf()}, headers={"origin": "https://evil.example", "accept": "application/json"}
        )
        assert (cross.status_code, cross.json()["code"]) == (403, "cross_site_request"), path
    assert victim.get("/desk").status_code == 200
    assert boss.get("/users").status_code == 200


def test_session_fixation_a_planted_cookie_is_not_the_one_after_signing_in(served: Served, ports: Ports) -> None:
    mallory, victim = person(served, ports, "viewer"), person(served, ports, "operator")
    login = json_of(victim, "/api/v1/me")[1]["login"]
    planted = mallory.client.cookies["hazledger"]
    fresh = Visitor(served)
    fresh.client.cookies.set("hazledger", planted, domain="testserver.local")
    fresh.post("/login", csrf=mallory.csrf(), login=login, password=PASSWORD)
    assert fresh.client.cookies["hazledger"] != planted
    assert json_of(mallory, "/api/v1/me")[0] == 401, "the planted session has ended"
    assert json_of(fresh, "/api/v1/me")[1]["login"] == login


def test_cross_tenant_user_management_is_404(served: Served, ports: Ports) -> None:
    boss, stranger = admin(served, ports), person(served, ports, "viewer", who="river")
    ref = json_of(stranger, "/api/v1/me")[1]["user"].partition(":")[2]
    assert boss.get(f"/users/{ref}").status_code == 404
    csrf = boss.csrf()
    for path in ("", "/reset", "/disable", "/enable", "/forget-passkeys"):
        assert boss.post(f"/users/{ref}{path}", csrf=csrf, name="x", role="viewer").status_code == 404, path
    theirs = clients.create(ports, served.world.orgs["river"], "ERP", ("operator",), by="x")
    assert boss.post(f"/programs/{theirs.id.partition(':')[2]}/revoke", csrf=csrf).status_code == 404
    assert stranger.get("/desk").status_code == 200


def test_privilege_escalation_by_editing_oneself_or_by_asking(served: Served, ports: Ports) -> None:
    boss, clerk = admin(served, ports), person(served, ports, "operator")
    me = json_of(boss, "/api/v1/me")[1]["user"].partition(":")[2]
    answer = boss.post(f"/users/{me}", name="x", role=["admin", "operator"])
    assert answer.status_code == 403
    assert boss.code(answer) == "not_for_oneself" or "Not for oneself" in answer.text
    clerks = json_of(clerk, "/api/v1/me")[1]["user"].partition(":")[2]
    csrf = clerk.csrf()
    for path in ("/users", f"/users/{clerks}", "/programs", "/devices"):
        assert clerk.post(path, csrf=csrf, login="new.one", name="x", role="admin", label="x").status_code == 403, path
        assert clerk.get(path).status_code == 403
    assert json_of(clerk, "/api/v1/me")[1]["user_roles"] == ["operator"]


def test_an_administrator_manages_people_programs_and_devices(served: Served, ports: Ports) -> None:
    boss = admin(served, ports)
    made = boss.post("/users", login="new.hand", name="新人", role=["driver", "viewer"])
    assert made.status_code == 200
    link = re.search(rf"{BASE}/invite/([\w-]+)", made.text)
    assert link is not None
    assert boss.get("/users").text.count(link[1]) == 0, "the link is shown once"
    hand = Visitor(served)
    assert hand.accept(link[1]).status_code == 303
    ref = json_of(hand, "/api/v1/me")[1]["user"].partition(":")[2]
    wrong = boss.post("/users", login="new.hand", name="<i>x</i>", role="viewer")
    assert wrong.status_code == 422
    assert "<i>x</i>" not in wrong.text
    assert boss.post(f"/users/{ref}", name="新人", role="viewer").status_code == 303
    assert json_of(hand, "/api/v1/me")[0] == 401, "other roles: sign in anew"
    hand.post("/login", csrf="", login="new.hand", password=PASSWORD)
    assert boss.post(f"/users/{ref}/disable").status_code == 303
    assert json_of(hand, "/api/v1/me")[0] == 401
    program = boss.post("/programs", label="ERP", role="operator")
    client, secret = re.findall(r'once-value mono">([^<]+)<', program.text)
    token = exchange(served, client, secret).json()["access_token"]
    assert served.client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert boss.post(f"/programs/{client.partition(':')[2]}/revoke").status_code == 303
    assert served.client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert boss.post("/devices", name="Scanner 3").status_code == 303
    device = re.search(r"device:([0-9a-f-]{36})", boss.get("/devices").text)
    assert device is not None
    assert boss.post(f"/devices/{device[1]}/revoke").status_code == 303
    assert boss.post(f"/devices/{device[1]}/revoke").status_code == 404


# --- tokens -----------------------------------------------------------------------------------------------------------


def exchange(served: Served, client: str, secret: str, **more: str) -> Response:
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, **more}
    return served.client.post("/api/v1/token", data=form)


def test_client_credentials_come_in_the_form_or_as_basic(served: Served, ports: Ports) -> None:
    made = clients.create(ports, served.world.orgs["sea"], "ERP", ("operator",), by="x")
    body = exchange(served, made.id, made.secret)
    assert body.status_code == 200
    assert body.headers["cache-control"] == "no-store"
    assert body.json()["token_type"] == "Bearer"
    assert body.json()["expires_in"] == 900
    basic = base64.b64encode(f"{made.id.replace(':', '%3A')}:{made.secret}".encode()).decode()
    answer = served.client.post(
        "/api/v1/token", data={"grant_type": "client_credentials"}, headers={"authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200
    batch = served.produce("sea", "methanol", "40")
    stated = served.client.post(
        "/api/v1/events",
        json=served.consume("sea", batch, "1"),
        headers={"authorization": f"Bearer {answer.json()['access_token']}"},
    )
    assert stated.status_code == 201


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "client:none"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_what_is_wrong_with_a_request_for_a_token_is_told_as_oauth_has_it(
    served: Served, ports: Ports, more: dict[str, str], status: int, error: str
) -> None:
    made = clients.create(ports, served.world.orgs["sea"], "ERP", ("operator",), by="x")
    answer = exchange(served, made.id, made.secret, **more)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["remedy"]
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("basic", ["Basic !!", "Basic bm9jb2xvbg==", "Bearer x", "Basic " + "A" * 2_000])
def test_a_malformed_basic_header_gets_no_token(served: Served, basic: str) -> None:
    answer = served.client.post(
        "/api/v1/token", data={"grant_type": "client_credentials"}, headers={"authorization": basic}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("body", [b"grant_type=a&grant_type=b", b"x=" + b"%ff", b"a=1&" * 60, b"{}"])
def test_a_malformed_form_is_told_so(served: Served, body: bytes) -> None:
    kind = "application/json" if body == b"{}" else "application/x-www-form-urlencoded"
    answer = served.client.post("/api/v1/token", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


# --- purposes ---------------------------------------------------------------------------------------------------------


def test_a_regulator_is_asked_once_what_it_reads_for_and_its_reads_are_kept(served: Served, ports: Ports) -> None:
    batch = served.produce("sea", "methanol", "40").partition(":")[2]
    visitor = person(served, ports, "auditor", who="emergency")
    visitor.enrol()
    led = visitor.get(f"/batches/{batch}")
    assert led.headers["location"] == f"/purpose?next=%2Fbatches%2F{batch}"
    assert json_of(visitor, f"/api/v1/batches/{batch}")[1]["code"] == "purpose_missing"
    assert visitor.post("/purpose", kind="Incident", purpose="x" * 300).status_code == 422
    said = visitor.post("/purpose", kind="Incident", purpose="2026-117", next=f"/batches/{batch}")
    assert said.headers["location"] == f"/batches/{batch}"
    assert visitor.get(f"/batches/{batch}").status_code == 200
    shown = visitor.get("/reads").text
    assert "Incident 2026-117" in shown
    assert f"/batches/{batch}" in shown
    assert "王芳" in shown
    assert "A batch: Methanol" in shown
    absent = served.new("batch").partition(":")[2]
    assert visitor.get(f"/batches/{absent}").status_code == 404
    [line] = [row for row in visitor.get("/reads?lang=en").text.split("<tr>") if absent in row]
    assert "A batch<br>" in line, "what is not there has no name"
    enterprise = person(served, ports, "viewer")
    assert enterprise.get(f"/batches/{batch}").status_code == 200
    assert enterprise.get("/reads").status_code == 403


def test_a_regulators_program_reads_for_its_purpose_or_that_of_the_request(served: Served) -> None:
    batch = served.produce("sea", "methanol", "40").partition(":")[2]
    org = served.world.orgs["emergency"]
    for more, purpose in (({}, "tests of the ledger"), ({"hazledger-purpose": "case 44"}, "case 44")):
        headers = {**served.headers("emergency"), **more}
        assert served.client.get(f"/api/v1/batches/{batch}", headers=headers).status_code == 200
        with served.ledger.store.read() as unit:
            kept = {(row.purpose, row.subject) for row in unit.sessions.reads_of(org)}
        assert (purpose, f"/api/v1/batches/{batch}") in kept
    refused = served.client.get(
        f"/api/v1/batches/{batch}", headers={**served.headers("emergency"), "hazledger-purpose": "x"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "purpose_not_of_form")


def test_what_cannot_be_recorded_is_not_shown(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = served.produce("sea", "methanol", "40").partition(":")[2]
    headers = served.headers("emergency")
    monkeypatch.setattr(served.ledger.store, "stopped", "disk full")
    answer = served.client.get(f"/api/v1/batches/{batch}", headers=headers)
    assert answer.status_code == 503
    assert served.client.get(f"/api/v1/batches/{batch}", headers=served.headers("sea")).status_code == 200


# --- stating ----------------------------------------------------------------------------------------------------------


def test_the_record_says_who_came_in_and_how(served: Served, ports: Ports) -> None:
    batch = served.produce("sea", "methanol", "40")
    visitor = person(served, ports, "operator")
    visitor.enrol()
    me = json_of(visitor, "/api/v1/me")[1]
    event = served.consume("sea", batch, "1")
    event["sections"]["agent"] = {"user": me["user"], "device": "pda-7"}
    answer = visitor.client.post("/api/v1/events", json=event, headers=OWN)
    assert answer.status_code == 201, answer.text
    with served.ledger.store.read() as unit:
        record = unit.log.record(answer.json()["record"]["index"])
    assert record is not None
    assert record.auth is not None
    assert me["user"].encode() in record.auth
    assert b'"factor":"password+passkey"' in record.auth
    other = served.consume("sea", batch, "1")
    other["sections"]["agent"] = {"user": served.world.users["sea"]}
    refused = visitor.client.post("/api/v1/events", json=other, headers={**OWN, "accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "oneself_only")


def test_a_drivers_token_states_transport_alone(served: Served) -> None:
    batch = served.produce("sea", "methanol", "40")
    token = served.token(served.world.orgs["sea"], "driver")
    answer = served.client.post(
        "/api/v1/events", json=served.consume("sea", batch, "1"), headers={"authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "type_not_for_role")


def test_a_statement_by_a_lost_device_is_refused(served: Served, ports: Ports) -> None:
    boss = admin(served, ports)
    boss.post("/devices", name="Scanner 9")
    found = re.search(r"Scanner 9</b><[^>]*>(device:[0-9a-f-]{36})", boss.get("/devices").text)
    assert found is not None
    device = found[1]
    batch = served.produce("sea", "methanol", "40")
    event = served.consume("sea", batch, "1")
    event["sections"]["agent"] = {"user": served.world.users["sea"], "device": device}
    assert served.post("sea", event).status_code == 201
    boss.post(f"/devices/{device.partition(':')[2]}/revoke")
    again = {**event, "id": served.id()}
    assert served.post("sea", again).json()["code"] == "device_revoked"


def registration(served: Served, holder: str) -> dict[str, Any]:
    """The registration of a new key for somebody of `sea`, endorsed with a key file of the firm."""
    seed, org = served.dice.bytes(32), served.world.orgs["sea"]
    origin = served.ledger.recorded().origin
    raw = b64u(public_key(seed))
    proof = b64u(key_sign(seed, possession_bytes(origin, org, raw, holder)))
    content = {"key": raw, "alg": "ed25519", "holder": holder, "proof": proof}
    draft = {"origin": origin, "type": "governance.key_registered", "actor": org, "sections": {"key": content}}
    file = served.world.people["sea"][0].private
    return signing.sign(draft, file, at_ms=served.clock.now_ms(), entropy=SystemEntropy())  # type: ignore[arg-type]


def test_nobody_registers_a_key_of_their_own_whatever_key_file_endorses_it(served: Served, ports: Ports) -> None:
    visitor = admin(served, ports)
    me = json_of(visitor, "/api/v1/me")[1]["user"]
    headers = {**OWN, "accept": "application/json"}
    refused = visitor.client.post("/api/v1/events", json=registration(served, me), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "key_not_for_oneself")
    other = admin(served, ports)
    answer = other.client.post("/api/v1/events", json=registration(served, me), headers=headers)
    assert answer.status_code == 201, answer.text


def test_a_key_that_its_own_holders_other_key_endorses_is_refused_by_the_rules(served: Served) -> None:
    holder = served.world.people["sea"][0].user
    headers = {"authorization": f"Bearer {served.token(served.world.orgs['sea'], 'admin')}"}
    answer = served.client.post("/api/v1/events", json=registration(served, holder), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_endorsed_by_oneself")
