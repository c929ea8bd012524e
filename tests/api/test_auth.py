"""Closed unless opened: keys, sessions, other sites' pages."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import api
from api.app import create_app
from api.auth import GuardedRoute
from api.v1 import batches, events, registry
from tests.api.fakes import CSRF, KEY, READER_KEY, SESSION, STRANGER_KEY, TOKEN, Fakes, settings

OWN_PAGE = {"sec-fetch-site": "same-origin"}
JSON = {"accept": "application/json"}


def test_every_route_of_the_api_is_guarded() -> None:
    for router in (events.router, batches.router, registry.router):
        assert router.routes
        assert all(isinstance(route, GuardedRoute) for route in router.routes)


def test_a_route_without_an_action_cannot_be_registered() -> None:
    def open_to_all() -> str:
        return "everything"

    with pytest.raises(TypeError, match="names no action"):
        registry.router.add_api_route("/open", open_to_all)


OPEN = {"/api/v1/token", "/api/v1/codes/{code}/open"}
"""They take a secret of their own: a client's, an incident's."""


def test_every_path_of_the_api_answers_nobody_with_401(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    seen = 0
    for path, operations in document["paths"].items():
        for method in operations:
            if not path.startswith("/api/") or path in OPEN:
                continue
            seen += 1
            answer = client.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == 401, path
            assert answer.json()["code"] == "login_required"
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert seen > 15


@pytest.mark.parametrize(
    "headers", [{"authorization": f"Bearer {KEY}"}, {"authorization": f"bearer  {KEY}"}, {"x-api-key": KEY}]
)
def test_a_key_opens(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 200
    assert answer.json()["org"]["name"]["en"] == "Lingang Hazmat Storage Co., Ltd."


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": "Basic eDp5"},
        {"x-api-key": ""},
        {"x-api-key": "a" * 300},
    ],
)
def test_a_wrong_key_is_never_nobody(client: TestClient, headers: dict[str, str]) -> None:
    for path in ("/api/v1/me", "/Q/7Q2M9XKD4TBW0HZ3"):
        answer = client.get(path, headers={**headers, **JSON})
        assert (answer.status_code, answer.json()["code"]) == (401, "credential_invalid")


def test_the_policy_is_asked_before_the_endpoint(client: TestClient, fakes: Fakes) -> None:
    headers = {"x-api-key": READER_KEY, "content-type": "application/json"}
    answer = client.post("/api/v1/events", json={"id": "1"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "action_not_allowed")
    assert fakes.intake.calls == 0


def test_a_foreign_object_is_not_there(client: TestClient) -> None:
    answer = client.get("/api/v1/batches/0192f5a1-0c00-7000-8000-0000000000b1", headers={"x-api-key": STRANGER_KEY})
    assert answer.status_code == 404


def sign_in(client: TestClient) -> None:
    client.post(f"/login/{TOKEN}", headers=OWN_PAGE)


def test_looking_at_a_link_uses_nothing_up(client: TestClient) -> None:
    for _ in range(3):
        answer = client.get(f"/login/{TOKEN}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
    assert "Lingang Hazmat Storage" in client.get(f"/login/{TOKEN}").text


def test_a_link_works_once(client: TestClient) -> None:
    first = client.post(f"/login/{TOKEN}", headers=OWN_PAGE)
    assert (first.status_code, first.headers["location"]) == (303, "/desk")
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"hazledger={SESSION};")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/desk").status_code == 200
    again = client.post(f"/login/{TOKEN}", data={"csrf": CSRF}, headers={**OWN_PAGE, **JSON})
    assert (again.status_code, again.json()["code"]) == (404, "link_unusable")


def test_over_https_the_cookie_is_pinned_to_this_host(fakes: Fakes) -> None:
    app = create_app(fakes.services(), settings("https://trace.example.cn"))
    with TestClient(app, base_url="https://trace.example.cn", follow_redirects=False) as client:
        answer = client.post(f"/login/{TOKEN}", headers=OWN_PAGE)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"__Host-hazledger={SESSION};")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert client.get("/desk").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_another_sites_page_cannot_write_with_the_readers_cookie(
    client: TestClient, fakes: Fakes, headers: dict[str, str]
) -> None:
    sign_in(client)
    for path, body in (("/api/v1/events", b'{"id":"1"}'), ("/logout", b""), (f"/login/{TOKEN}", b""), ("/login", b"")):
        answer = client.post(path, content=body, headers={"content-type": "application/json", **JSON, **headers})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")
    assert fakes.intake.calls == 0
    assert SESSION in fakes.access.sessions


@pytest.mark.parametrize("headers", [OWN_PAGE, {"origin": "http://testserver"}])
def test_this_sites_page_can(client: TestClient, headers: dict[str, str]) -> None:
    sign_in(client)
    answer = client.post("/api/v1/events", json={"id": "1"}, headers=headers)
    assert answer.status_code == 201


def test_signing_out_ends_the_session(client: TestClient, fakes: Fakes) -> None:
    sign_in(client)
    answer = client.post("/logout", data={"csrf": CSRF}, headers=OWN_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert fakes.access.sessions == {}
    assert client.get("/desk", headers=JSON).status_code == 401
    assert client.post("/logout", headers=OWN_PAGE).status_code == 303


@pytest.mark.parametrize("data", [{}, {"csrf": ""}, {"csrf": "of another session"}])
def test_a_form_without_its_sessions_token_changes_nothing(
    client: TestClient, fakes: Fakes, data: dict[str, str]
) -> None:
    sign_in(client)
    answer = client.post("/logout", data=data, headers={**OWN_PAGE, **JSON})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_wrong")
    assert SESSION in fakes.access.sessions
    assert f'name="csrf" value="{CSRF}"' in client.get("/desk").text


def test_every_form_of_every_page_carries_its_sessions_token() -> None:
    folder = Path(api.__file__).parent / "web" / "templates"
    forms = [
        (file.name, form)
        for file in sorted(folder.glob("*.html"))
        for form in re.findall(r'<form method="post".*?</form>', file.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(forms) > 20
    assert [name for name, form in forms if "token()" not in form and 'name="csrf"' not in form] == []


def test_who_must_sign_in_first_is_led_there_and_back(client: TestClient) -> None:
    answer = client.get("/desk?x=1", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fdesk%3Fx%3D1")
    assert 'name="next" value="/desk?x=1"' in client.get(answer.headers["location"]).text


def test_who_is_led_to_sign_in_is_led_there_in_the_language_that_was_asked_for(client: TestClient) -> None:
    for lang, other in (("en", "zh-CN"), ("zh", "en")):
        headers = {"accept": "text/html", "accept-language": other}
        answer = client.get(f"/desk?lang={lang}", headers=headers)
        assert answer.headers["location"] == f"/login?next=%2Fdesk%3Flang%3D{lang}&lang={lang}"
        page = client.get(answer.headers["location"], headers=headers).text
        assert f'<html lang="{"en" if lang == "en" else "zh-CN"}">' in page
        assert f'name="next" value="/desk?lang={lang}"' in page
    answer = client.get("/desk?lang=x", headers={"accept": "text/html"})
    assert answer.headers["location"] == "/login?next=%2Fdesk%3Flang%3Dx", "no language of ours"


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/\tx"]
)
def test_signing_in_leads_to_no_other_site(client: TestClient, onward: str) -> None:
    assert 'name="next" value=""' in client.get("/login", params={"next": onward}).text


def test_a_stale_cookie_is_nobody(client: TestClient) -> None:
    client.cookies.set("hazledger", "long gone")
    assert client.get("/").status_code == 200
    assert client.get("/desk", headers=JSON).status_code == 401
