"""RFC 9457 answers, and that every problem of this layer can happen."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import api
from api.problems import describe, tell
from ledger.errors import FormatError, HazledgerError, Problem, RefusedError, catalogue
from ledger.services import access
from tests.api.fakes import settings

BASE = settings().base_url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_languages_stand_side_by_side(client: TestClient, lang: str) -> None:
    answer = client.get("/api/v1/nothing", headers={"accept-language": lang})
    problem = answer.json()
    other = "en" if lang == "zh" else "zh"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == ("zh-CN" if lang == "zh" else "en")
    assert problem["status"] == answer.status_code == 404
    assert {f"title_{other}", f"detail_{other}", f"remedy_{other}"} <= set(problem)
    assert f"title_{lang}" not in problem
    assert problem["instance"] == f"urn:hazledger:request:{answer.headers['x-request-id']}"


def test_the_type_of_a_problem_is_a_page_that_explains_it(client: TestClient) -> None:
    address = client.get("/api/v1/nothing").json()["type"]
    page = client.get(address.removeprefix(BASE))
    assert page.status_code == 200
    assert "page_not_found" in page.text
    assert client.get("/problems/no_such").status_code == 404


def test_a_code_outside_the_catalogue_leaks_nothing() -> None:
    told = tell(FormatError("no_such_code", "/x", {"password": "hunter2"}), "en", BASE, "0123456789abcdef")
    assert told.body["code"] == "internal_error"
    assert "hunter2" not in str(told.body)


def test_many_reasons_are_cut_at_a_hundred() -> None:
    told = tell(RefusedError([Problem("bulk_empty", f"/{n}") for n in range(150)]), "zh", BASE, "0" * 16)
    problems = told.body["problems"]
    assert isinstance(problems, list)
    assert len(problems) == 100


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    answer = client.post("/api/v1/stock", json={})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["code"] == "method_not_allowed"


def test_request_numbers_differ(client: TestClient) -> None:
    numbers = {client.get("/healthz").headers["x-request-id"] for _ in range(20)}
    assert len(numbers) == 20
    assert all(re.fullmatch(r"[0-9a-f]{16}", number) for number in numbers)


def test_every_problem_of_this_layer_is_raised_here_or_by_who_opens_sessions() -> None:
    files = [*Path(api.__file__).parent.rglob("*.py"), Path(access.__file__)]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for code, entry in catalogue.load().items():
        if entry.area == "http":
            assert f'"{code}"' in source, code


def test_every_problem_can_be_put_into_words() -> None:
    for code in catalogue.load():
        body = describe(Problem(code), "zh", BASE)
        assert body["title"] != body["title_en"]
        assert code in str(HazledgerError(code))
