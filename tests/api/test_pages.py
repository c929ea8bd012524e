"""What people read: order, languages, protected places, and nothing that a stranger could smuggle in."""

import dataclasses
import re
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.views import Words
from tests.api import world
from tests.api.fakes import KEY, STRANGER_KEY, TOKEN, Fakes, settings
from tests.api.world import (
    BAY_CODE,
    BROKEN_CODE,
    CYLINDER_CODE,
    DRUM_CODE,
    EMPTY_BAY_CODE,
    UNSURE_CODE,
    VOIDED_BAY_CODE,
    VOIDED_CODE,
)

BATCH_PAGE = f"/batches/{world.BATCH.partition(':')[2]}"
KEYED = {"x-api-key": KEY}
PAGES = (
    "/",
    "/login",
    "/docs",
    "/problems",
    f"/Q/{DRUM_CODE}",
    f"/Q/{CYLINDER_CODE}",
    f"/Q/{BAY_CODE}",
    f"/Q/{VOIDED_CODE}",
    f"/login/{TOKEN}",
)
KNOWN_PAGES = ("/desk", BATCH_PAGE, f"/Q/{DRUM_CODE}", "/login", "/")


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_for_anybody(client: TestClient, path: str, lang: str) -> None:
    answer = client.get(path, params={"lang": lang})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == ("zh-CN" if lang == "zh" else "en")
    assert f"lang={lang}" in answer.headers["set-cookie"]
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("path", KNOWN_PAGES)
def test_pages_for_somebody_known_are_not_stored(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=KEYED)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_armoured_and_need_nobody_else(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert all('src="/static/' in script for script in re.findall(r"<script[^>]*>", answer.text)), "no inline script"
    assert not re.search(r"<script[^>]*>[^<]", answer.text)
    assert "style=" not in answer.text
    assert not re.search(r"\son[a-z]+=", answer.text)
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', answer.text):
        assert address.startswith(("/", "#", "tel:")), address


def test_every_file_a_page_names_is_served_and_kept(client: TestClient) -> None:
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(f"/Q/{CYLINDER_CODE}").text))
    assert len(files) > 6
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    for missing in (
        "/static/none.css",
        "/static/../app.py",
        "/static/pictograms/__init__.py",
        "/static/pictograms/x.svg",
    ):
        assert client.get(missing).status_code == 404
    assert client.get("/favicon.ico").headers["location"] == "/static/icon.svg"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_drum_for_anybody_in_the_order_that_saves_lives(client: TestClient, lang: str) -> None:
    page = text_of(client.get(f"/Q/{DRUM_CODE}", params={"lang": lang}).text)
    verdict = "链完整，未被篡改" if lang == "zh" else "Chain intact"
    wanted = ["1093", "危险", "Danger", "+86 532 8388 9090", "H225", verdict, "5,213"]
    places = [page.index(word) for word in wanted]
    assert places == sorted(places)
    assert "丙烯腈，稳定的" in page
    assert "Acrylonitrile, stabilized" in page


def test_without_a_relation_neither_owner_nor_place_nor_quantity(client: TestClient) -> None:
    for headers in ({}, {"x-api-key": STRANGER_KEY}):
        page = client.get(f"/Q/{DRUM_CODE}", headers=headers).text
        for secret in ("Suzhong", "187.5", "Lingang Store", world.BATCH.partition(":")[2]):
            assert secret not in page
    assert "has no relation" in client.get(f"/Q/{DRUM_CODE}", headers={"x-api-key": STRANGER_KEY}).text


def test_with_a_relation_owner_holder_life_and_flows(client: TestClient) -> None:
    page = text_of(client.get(f"/Q/{DRUM_CODE}", headers=KEYED).text)
    for word in (
        "Suzhong Fibres",
        "Lingang Store 2",
        "187.5",
        "1,187.500125",
        "Its life",
        "What came in",
        "What went out",
    ):
        assert word in page
    assert "1 of 9 records are not disclosed" in page
    assert "31.25" in page


def test_scanned_in_any_case_and_under_either_path(client: TestClient) -> None:
    for path in (f"/Q/{DRUM_CODE.lower()}", f"/q/{DRUM_CODE}", "/Q/7q2m-9xkd-4tbw-ohz3"):
        assert client.get(path).status_code == 200


def test_the_same_for_a_program(client: TestClient) -> None:
    answer = client.get(f"/Q/{DRUM_CODE}", headers={"accept": "application/json"})
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert "Accept" in answer.headers["vary"]
    assert body["goods"][0]["hazards"]["un"] == "UN1093"
    assert body["verdict"]["state"] == "intact"
    assert body["matter"] is None
    known = client.get(f"/Q/{DRUM_CODE}", headers={"accept": "application/json", **KEYED})
    assert known.json()["matter"]["holdings"][0]["mass"] == {"amount": "187.5", "unit": "kg"}
    assert known.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_of_a_protected_place_the_public_sees_classes_and_the_phone(client: TestClient, accept: str) -> None:
    shown = client.get(f"/Q/{BAY_CODE}", headers={"accept": accept}).text
    assert "2.3" in shown
    assert "+86 532 8388 9090" in shown
    for secret in ("Chlorine", "氯", "1017", "7782-50-5", "B-04", "5198", "Huadong", "intact"):
        assert secret not in shown
    assert "Chlorine" in client.get(f"/Q/{BAY_CODE}", headers=KEYED).text


def test_an_empty_place_says_so(client: TestClient) -> None:
    assert "Nothing dangerous is recorded here" in client.get(f"/Q/{EMPTY_BAY_CODE}").text


def test_an_uncleaned_empty_and_a_recall_are_loud(client: TestClient) -> None:
    page = client.get(f"/Q/{CYLINDER_CODE}").text
    assert "residue inside is still hazardous" in page
    assert page.index("Recalled: do not use") < page.index("Chain intact")
    assert "call the fire service" in page


def test_what_is_wrong_is_named(client: TestClient) -> None:
    page = text_of(client.get(f"/Q/{BROKEN_CODE}").text)
    assert "Do not rely on this record" in page
    assert "The bytes of the record do not match its digest." in page
    assert "record 4,410" in page
    assert "Chain intact" not in page


def test_not_checked_is_not_broken(client: TestClient) -> None:
    page = text_of(client.get(f"/Q/{UNSURE_CODE}").text)
    assert "Not checked at the moment" in page
    assert "Do not rely" not in page


def test_an_unknown_code_is_told_calmly(client: TestClient) -> None:
    for path in ("/Q/ZZZZZZZZZZZZZZZZ", "/Q/short", "/find?code=nonsense"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "treat the content as dangerous" in answer.text
    answer = client.get("/Q/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_typed_codes_lead_to_their_own_address(client: TestClient) -> None:
    answer = client.get("/find", params={"code": " 7q2m 9xkd 4tbw 0hz3 "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/Q/{DRUM_CODE}")


def test_names_are_escaped(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = dataclasses.replace(world.ACRYLONITRILE, name=Words("<b>坏</b>", "<img src=x onerror=alert(1)>"))
    monkeypatch.setitem(world.VIEWS, DRUM_CODE, dataclasses.replace(world.DRUM_VIEW, goods=(evil,), label='"><i>'))
    page = TestClient(create_app(fakes.services(), settings())).get(f"/Q/{DRUM_CODE}").text
    assert "<img src=x" not in page
    assert "<b>坏" not in page
    assert '"><i>' not in page


def test_a_batch_needs_a_login(client: TestClient) -> None:
    answer = client.get(BATCH_PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={quote(BATCH_PAGE, safe='')}"
    assert client.get(BATCH_PAGE, headers={"accept": "application/json"}).status_code == 401
    assert client.get(BATCH_PAGE, headers={"x-api-key": STRANGER_KEY}).status_code == 404
    page = client.get(BATCH_PAGE, headers=KEYED).text
    assert "Download the evidence bundle" in page
    assert "Produced on" in page


def test_the_desk(client: TestClient, fakes: Fakes) -> None:
    page = text_of(client.get("/desk", headers=KEYED).text)
    assert "1,372" in page
    assert "The first 7 lines are shown" in page
    fakes.registry.empty = True
    page = client.get("/desk", headers=KEYED).text
    assert "begin with an event at /api/v1/events" in page
    assert "newest first" in page


def test_a_demo_says_so_on_every_page_and_a_real_ledger_does_not(client: TestClient, fakes: Fakes) -> None:
    assert all("invented" in client.get(path).text for path in PAGES)
    real = TestClient(create_app(fakes.services(), settings(demo=False)), headers={"accept-language": "en"})
    assert all("invented" not in real.get(path).text for path in PAGES)


def test_a_missing_page_is_told_in_the_readers_language(client: TestClient) -> None:
    zh = client.get("/nowhere", headers={"accept-language": "zh-CN", "accept": "text/html"})
    assert zh.status_code == 404
    assert "这里没有内容" in zh.text
    assert "There is nothing here" in zh.text
    assert zh.headers["cache-control"] == "no-store"


def test_an_error_page_falls_back_to_json_when_pages_fail(
    client: TestClient, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fakes.log, "state", broken)
    answer = client.get("/", headers={"accept": "text/html"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "could not be shown as a page" in caplog.text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("This label is void", "Voided by", "In its place", "Open the label in its place")),
        ("zh", ("标签已作废", "作废单位", "替换为", "打开替换它的标签")),
    ],
)
def test_a_voided_label_says_so_before_anything_else(client: TestClient, lang: str, words: tuple[str, ...]) -> None:
    page = client.get(f"/Q/{VOIDED_CODE}", params={"lang": lang}).text
    assert all(word in text_of(page) for word in words)
    assert f'href="/Q/{DRUM_CODE}"' in page
    assert page.index(words[0]) < page.index("<h1>")
    assert "This label is void" not in client.get(f"/Q/{DRUM_CODE}", params={"lang": "en"}).text


def test_a_voided_label_of_a_protected_place_does_not_tell_who_keeps_it(client: TestClient) -> None:
    page = text_of(client.get(f"/Q/{VOIDED_BAY_CODE}", params={"lang": "en"}).text)
    assert "This label is void" in page
    assert "Voided by" not in page
    view = client.get(f"/Q/{VOIDED_BAY_CODE}", headers={"accept": "application/json"}).json()
    assert view["voided"]["by"] is None


@pytest.mark.parametrize("path", ["/", "/Q/x", "/api/v1/stock", "/log/checkpoint", "/healthz", "/nowhere"])
@pytest.mark.parametrize("demo", [True, False])
def test_every_answer_says_whether_it_is_a_demo(path: str, *, demo: bool) -> None:
    app = create_app(Fakes().services(), dataclasses.replace(settings(), demo=demo))
    answer = TestClient(app).get(path, headers=KEYED)
    assert answer.headers.get("hazledger-demo") == ("true" if demo else None)
