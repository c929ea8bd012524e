"""A missing tool is a skip for a developer and a failure where everything is required."""

from pathlib import Path

import pytest

from tests.support import require as subject


@pytest.mark.parametrize(
    ("env", "required"),
    [
        ({}, False),
        ({"HAZLEDGER_TEST_REQUIRE": "all"}, True),
        ({"HAZLEDGER_TEST_REQUIRE": "chromium,go"}, True),
        ({"HAZLEDGER_TEST_REQUIRE": "chromium"}, False),
        ({"HAZLEDGER_TEST_REQUIRE": "all", "HAZLEDGER_TEST_EXCEPT": "go"}, False),
        ({"HAZLEDGER_TEST_REQUIRE": "all", "HAZLEDGER_TEST_EXCEPT": "chromium"}, True),
    ],
)
def test_what_the_environment_requires(env: dict[str, str], *, required: bool) -> None:
    assert subject.is_required("go", env) is required


@pytest.mark.parametrize(("wanted", "outcome"), [("", pytest.skip.Exception), ("all", pytest.fail.Exception)])
def test_a_missing_tool(monkeypatch: pytest.MonkeyPatch, wanted: str, outcome: type[BaseException]) -> None:
    monkeypatch.setenv(subject.REQUIRE, wanted)
    monkeypatch.delenv(subject.EXCEPT, raising=False)
    monkeypatch.setattr(subject, "TOOLS", {"go": subject.Tool(lambda: None, "Go")})
    with pytest.raises(outcome, match="needs go: Go"):
        subject.require("go")


def test_a_tool_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "TOOLS", {"go": subject.Tool(lambda: Path("/bin/go"), "Go")})
    assert subject.require("go") == Path("/bin/go")


def test_the_summary_has_one_line_per_tool() -> None:
    reasons = ["Skipped: needs go: Go", "Skipped: other", "Skipped: needs go: Go", "Skipped: needs chromium: C"]
    assert subject.summary(reasons) == [
        "1 tests skipped, they need Chromium (Debian: apt-get install chromium fonts-noto-cjk)",
        "2 tests skipped, they need Go 1.25 or later",
    ]
