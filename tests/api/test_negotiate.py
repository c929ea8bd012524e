import pytest

from api.negotiate import Language, choose_language, wants_json

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        (BROWSER, False),
        ("application/json", True),
        ("application/problem+json", True),
        ("application/json;q=0.5, text/html", False),
        ("application/json, text/html;q=0.9", True),
        ("application/*", True),
        ("text/html;q=0, application/json;q=0.1", True),
        ("application/json;q=nan", False),
        ("application/json;q=x", False),
        (";q=1", False),
    ],
)
def test_json_only_for_those_who_prefer_it(accept: str | None, json: bool) -> None:  # noqa: FBT001
    assert wants_json(accept) is json


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "chosen"),
    [
        ("en", "zh", "zh-CN", "en"),
        (None, "en", "zh-CN", "en"),
        ("fr", None, "zh-TW,en;q=0.5", "zh"),
        (None, None, "en-GB,zh;q=0.5", "en"),
        (None, None, "en;q=0.2,zh-Hans;q=0.9", "zh"),
        (None, None, "de", "en"),
        (None, None, "*", "zh"),
        (None, None, None, "zh"),
        (None, "<script>", None, "zh"),
    ],
)
def test_the_address_before_the_cookie_before_the_browser(
    query: str | None, cookie: str | None, accept: str | None, chosen: Language
) -> None:
    assert choose_language(query, cookie, accept) == chosen
