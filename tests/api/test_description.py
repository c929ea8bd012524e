"""The API's description of itself, for machines and for people."""

import pytest
from starlette.testclient import TestClient

from api import examples
from api.openapi import TAGS
from ledger.core.events import Header
from ledger.core.ids import check_ref, check_uuid7
from ledger.core.times import parse_stated
from ledger.rules.statements import check_statement


@pytest.mark.parametrize("event", [examples.SIMPLE_EVENT, examples.REPORTED_EVENT])
def test_the_examples_are_what_the_rules_accept(event: dict[str, object]) -> None:
    sections = event["sections"]
    assert isinstance(sections, dict)
    check_statement(str(event["type"]), str(event["mode"]), frozenset(sections), sections)
    check_uuid7(str(event["id"]))
    check_ref(str(event["actor"]), {"org"})
    parse_stated(str(event["occurred_at"]))


def test_the_signed_example_has_a_header_of_the_form() -> None:
    assert Header.parse(examples.SIGNED_EVENT["header"]).type == "storage.moved"


def test_it_is_openapi_3_1_without_loose_ends(client: TestClient) -> None:
    answer = client.get("/openapi.json")
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    references = {part.split('"')[0] for part in answer.text.split('"$ref":"#/components/schemas/')[1:]}
    assert references <= set(document["components"]["schemas"])
    assert "sections.storage.moved" in document["components"]["schemas"]


def test_every_operation_is_named_and_answers_problems_as_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["tags"][0] in TAGS
            assert operation["summary"]
            assert operation["description"]
            for status, given in operation["responses"].items():
                answer = document["components"]["responses"][status] if "$ref" in given else given
                if path.startswith("/api/") and int(status) >= 400:
                    # OAuth has its own form of errors (RFC 6749, section 5.2).
                    own = path == "/api/v1/token" and "$ref" not in given
                    kind = "application/json" if own else "application/problem+json"
                    assert list(answer["content"]) == [kind], (path, status)
            if path.startswith("/api/"):
                assert operation["security"]


def test_people_read_every_operation_with_its_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    page = client.get("/docs", params={"lang": "zh"}).text
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page
    assert "提交一个事件" in page
    assert "storage.moved" in page
    assert "/openapi.json" in page
