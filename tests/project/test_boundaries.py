"""Boundaries that import contracts cannot see: who reads the environment, and who asks for the time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documents import ROOT

SOURCES = [path for package in ("ledger", "api", "labels") for path in sorted((ROOT / package).rglob("*.py"))]
CLOCKS = frozenset(
    {
        *(("datetime", name) for name in ("now", "today", "utcnow")),
        ("date", "today"),
        *(("time", name) for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime")),
    }
)


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def below(path: Path, *places: str) -> bool:
    return any(where(path) == place or where(path).startswith(place + "/") for place in places)


def attributes(path: Path) -> Iterator[tuple[str, str]]:
    """Return each `owner.name` of a file, the owner by its last word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value
            if isinstance(owner, ast.Attribute):
                yield owner.attr, node.attr
            elif isinstance(owner, ast.Name):
                yield owner.id, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_only_the_command_line_and_the_composition_root_read_the_environment() -> None:
    readers = {("os", "environ"), ("os", "environb"), ("os", "getenv")}
    guilty = [where(path) for path in SOURCES if readers & set(attributes(path))]
    assert [name for name in guilty if not below(ROOT / name, "ledger/cli", "ledger/bootstrap")] == []


ASKS_THE_TIME = ("ledger/cli", "ledger/services/clock.py", "ledger/client/machine.py")


def test_time_comes_from_the_clock_port() -> None:
    guilty = [where(path) for path in SOURCES if CLOCKS & set(attributes(path))]
    assert [name for name in guilty if not below(ROOT / name, *ASKS_THE_TIME)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import datetime\ndatetime.datetime.now()", ("datetime", "now")),
        ("from os import environ", ("os", "environ")),
        ("import time\ntime.time_ns()", ("time", "time_ns")),
    ],
)
def test_the_search_sees_them(source: str, found: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text(source, encoding="utf-8")
    assert found in set(attributes(path))
