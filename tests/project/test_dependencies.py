"""Dependencies: each has its reason, each is pinned with a hash, and no host is named."""

import re
import tomllib
from typing import Any

import pytest

from tests.support.documents import ROOT

NAME = re.compile(r"[A-Za-z0-9_.-]+")
EXTRAS = ("test", "dev")
PINNED = {"requirements.txt": (), "requirements-dev.txt": EXTRAS}


def project() -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return content


def declared(*extras: str) -> set[str]:
    content = project()
    wanted = [*content["dependencies"], *(item for extra in extras for item in content["optional-dependencies"][extra])]
    found = {match[0] for item in wanted if (match := NAME.match(item)) is not None}
    return found - {content["name"]}


def requirements(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_every_dependency_has_a_line_of_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    reasons = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", page, re.MULTILINE))
    assert set(reasons) == declared(*EXTRAS)


@pytest.mark.parametrize("name", PINNED)
def test_every_dependency_is_pinned(name: str) -> None:
    pinned = {match[0] for line in requirements(name) if (match := NAME.match(line)) is not None}
    assert declared(*PINNED[name]) <= pinned


@pytest.mark.parametrize("name", PINNED)
def test_a_pin_keeps_the_extras_that_others_ask_for(name: str) -> None:
    """Else pip before 24 looks at newer versions of `coverage[toml]` than the pinned one, and refuses all of them."""
    wanted = {"requirements.txt": {"psycopg[binary]"}, "requirements-dev.txt": {"psycopg[binary]", "coverage[toml]"}}
    assert wanted[name] <= {line.split("==")[0].strip() for line in requirements(name)}


@pytest.mark.parametrize("name", PINNED)
def test_every_pin_has_hashes_and_none_names_a_host(name: str) -> None:
    lines = requirements(name)
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_both_files_pin_the_same_versions() -> None:
    program, everything = ({line.split("--hash")[0].strip() for line in requirements(name)} for name in PINNED)
    assert program <= everything


def test_the_readme_has_the_line_that_the_ci_runs() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    line = re.search(r"^test_line='(.+)'$", run, re.MULTILINE)
    assert line is not None
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "    " + line[1] in readme
