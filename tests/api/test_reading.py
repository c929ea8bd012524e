"""Lists and objects for programs."""

import pytest
from starlette.testclient import TestClient

from tests.api import world
from tests.api.fakes import Fakes, settings
from tests.api.world import BATCH, NOW, uuid

BATCH_PATH = f"/api/v1/batches/{BATCH.partition(':')[2]}"
LISTS = ("batches", "stock", "findings", "containers", "sites", "organisations", "products")
OBJECTS = (
    BATCH_PATH,
    f"/api/v1/containers/{uuid(0xD1)}",
    f"/api/v1/sites/{uuid(0xC1)}",
    f"/api/v1/organisations/{uuid(2)}",
    f"/api/v1/products/{uuid(0xA1)}",
)


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_pages(client: TestClient, key: dict[str, str], name: str) -> None:
    answer = client.get(f"/api/v1/{name}", headers=key)
    assert answer.status_code == 200
    assert answer.json()["items"]
    assert "next" in answer.json()


@pytest.mark.parametrize("path", OBJECTS)
def test_objects_are_there_or_not_there(client: TestClient, key: dict[str, str], path: str) -> None:
    assert client.get(path, headers=key).status_code == 200
    folder, _, number = path.rpartition("/")
    for missing in (uuid(0xFFFF), number.upper(), "..%2fetc", "1"):
        answer = client.get(f"{folder}/{missing}", headers=key)
        assert (answer.status_code, answer.json()["code"]) == (404, "page_not_found")


def test_a_list_goes_on_where_it_stopped(client: TestClient, fakes: Fakes, key: dict[str, str]) -> None:
    first = client.get("/api/v1/batches", params={"q": "AN", "limit": 7}, headers=key).json()
    second = client.get("/api/v1/batches", params={"cursor": first["next"]}, headers=key).json()
    assert second["next"] is None
    assert fakes.batches.asked == [("AN", None, 7), (None, (NOW, BATCH), 50)]


def test_a_cursor_of_another_list_is_refused(client: TestClient, key: dict[str, str]) -> None:
    cursor = client.get("/api/v1/batches", headers=key).json()["next"]
    answer = client.get("/api/v1/stock", params={"cursor": cursor}, headers=key)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "cursor_invalid", "/cursor")


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("limit=0", "parameter_too_small", "/limit"),
        ("limit=201", "parameter_too_big", "/limit"),
        ("limit=ten", "parameter_not_integer", "/limit"),
        ("q=" + "a" * 81, "parameter_too_long", "/q"),
        ("cursor=" + "a" * 1_025, "parameter_too_long", "/cursor"),
    ],
)
def test_a_wrong_parameter_is_named(client: TestClient, key: dict[str, str], query: str, code: str, field: str) -> None:
    problem = client.get(f"/api/v1/batches?{query}", headers=key).json()
    assert (problem["status"], problem["code"], problem["field"]) == (422, code, field)
    assert problem["detail"]
    assert problem["detail_zh"]


def test_every_wrong_parameter_is_named(client: TestClient, key: dict[str, str]) -> None:
    problem = client.get("/api/v1/batches?limit=0&q=" + "a" * 81, headers=key).json()
    assert {one["field"] for one in problem["problems"]} == {"/limit", "/q"}


def test_masses_are_decimal_strings_and_instants_are_texts(client: TestClient, key: dict[str, str]) -> None:
    batch = client.get(BATCH_PATH, headers=key).json()
    assert batch["matter"]["holdings"][1]["mass"] == {"amount": "1000.000125", "unit": "kg"}
    assert batch["matter"]["as_of"] == "2026-11-23T06:00:00.000Z"
    assert batch["goods"]["name"] == {"zh": "丙烯腈，稳定的", "en": "Acrylonitrile, stabilized"}


def test_history_and_trace(client: TestClient, key: dict[str, str]) -> None:
    history = client.get(f"{BATCH_PATH}/history", params={"limit": 3}, headers=key).json()
    assert [one["level"] for one in history["items"]] == ["sections", "sections", "record"]
    trace = client.get(f"{BATCH_PATH}/trace", params={"direction": "backward", "limit": 1}, headers=key).json()
    assert trace["direction"] == "backward"
    assert (trace["found"], trace["undisclosed"]) == (2, 1)
    more = {"direction": "backward", "cursor": trace["next"]}
    assert client.get(f"{BATCH_PATH}/trace", params=more, headers=key).json()["next"] is None
    crossed = client.get(f"{BATCH_PATH}/trace", params={"cursor": trace["next"]}, headers=key).json()
    assert crossed["code"] == "cursor_invalid", "a cursor of one direction goes on in that direction alone"
    wrong = client.get(f"{BATCH_PATH}/trace", params={"direction": "up"}, headers=key).json()
    assert wrong["code"] == "parameter_not_offered"
    assert "'forward' or 'backward'" in wrong["detail"]


def test_the_flow_as_it_was_and_as_it_was_known(client: TestClient, fakes: Fakes, key: dict[str, str]) -> None:
    params = {"at": "2026-11-22T08:00:00+08:00", "sense": "known"}
    flow = client.get(f"{BATCH_PATH}/flow", params=params, headers=key).json()
    assert [band["mass"]["amount"] for band in flow["went"]] == ["150", "49", "1"]
    client.get(f"{BATCH_PATH}/flow", headers=key)
    assert fakes.tracing.asked == [(1_795_305_600_000, "known"), (None, "was")]
    wrong = client.get(f"{BATCH_PATH}/flow", params={"at": "yesterday"}, headers=key).json()
    assert (wrong["code"], wrong["field"]) == ("time_not_of_form", "/at")


@pytest.mark.parametrize("text", ["2026-11-22T08:00:00+08:00", "2026-11-22T00:00:00.000Z"])
def test_stock_as_it_was(client: TestClient, fakes: Fakes, key: dict[str, str], text: str) -> None:
    answer = client.get(f"{BATCH_PATH}/stock", params={"as_of": text}, headers=key)
    assert answer.status_code == 200
    assert fakes.batches.asked == [("stock", 1_795_305_600_000)]


@pytest.mark.parametrize("text", ["yesterday", "2026-11-22", "2026-11-22T08:00:00Z", "2026-13-22T08:00:00+08:00"])
def test_an_instant_of_another_form_is_refused(client: TestClient, key: dict[str, str], text: str) -> None:
    answer = client.get(f"{BATCH_PATH}/stock", params={"as_of": text}, headers=key)
    assert (answer.status_code, answer.json()["field"]) == (422, "/as_of")


def test_stock_now(client: TestClient, fakes: Fakes, key: dict[str, str]) -> None:
    assert len(client.get(f"{BATCH_PATH}/stock", headers=key).json()) == len(world.STOCK)
    assert fakes.batches.asked == [("stock", None)]


def test_evidence_is_a_file(client: TestClient, key: dict[str, str]) -> None:
    answer = client.get(f"{BATCH_PATH}/evidence", headers=key)
    assert answer.content == b'{"spec":"hazledger/evidence@1"}'
    assert answer.headers["content-disposition"].startswith('attachment; filename="evidence-')


def test_settings_say_their_zone() -> None:
    assert settings(utc_offset="+05:30").zone.utcoffset(None) is not None
