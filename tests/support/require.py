"""Tools that are not Python packages: found, or the test is skipped, or (where they are required) it fails.

`HAZLEDGER_TEST_REQUIRE`: "all" or names with commas; `HAZLEDGER_TEST_EXCEPT`: names that "all" leaves out.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.postgres import find_programs

REQUIRE: Final = "HAZLEDGER_TEST_REQUIRE"
EXCEPT: Final = "HAZLEDGER_TEST_EXCEPT"
LEAST_GO: Final = (1, 25)

_SKIPPED: Final = re.compile(r"needs (?P<tool>[a-z]+): (?P<what>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tool:
    """Where a tool is looked for, and how a reader gets it."""

    find: Callable[[], Path | None]
    what: str


def _chromium() -> Path | None:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return Path(found) if found else None


def _curl() -> Path | None:
    found = shutil.which("curl")
    return Path(found) if found else None


def _go() -> Path | None:
    found = shutil.which("go")
    if found is None:
        return None
    said = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"go(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < LEAST_GO:
        return None
    return Path(found)


def _openssl() -> Path | None:
    found = shutil.which("openssl")
    return Path(found) if found else None


TOOLS: Final[Mapping[str, Tool]] = {
    "postgres": Tool(find_programs, "PostgreSQL 15 or later (Debian: apt-get install postgresql)"),
    "chromium": Tool(_chromium, "Chromium (Debian: apt-get install chromium fonts-noto-cjk)"),
    "go": Tool(_go, "Go 1.25 or later"),
    "openssl": Tool(_openssl, "OpenSSL's program (Debian: apt-get install openssl)"),
    "curl": Tool(_curl, "curl (Debian: apt-get install curl)"),
}


def is_required(tool: str, env: Mapping[str, str]) -> bool:
    """Say whether the absence of a tool is a failure."""
    wanted = env.get(REQUIRE, "").split(",")
    return tool in wanted or ("all" in wanted and tool not in env.get(EXCEPT, "").split(","))


def require(tool: str) -> Path:
    """Return where the tool is (a program, or a folder of programs); skip or fail without it."""
    entry = TOOLS[tool]
    found = entry.find()
    if found is not None:
        return found
    message = f"needs {tool}: {entry.what}"
    if is_required(tool, os.environ):
        pytest.fail(message)
    pytest.skip(message)


def summary(reasons: list[str]) -> list[str]:
    """Turn the reasons of all skipped tests into one line per missing tool."""
    counts: dict[str, int] = {}
    for reason in reasons:
        match = _SKIPPED.search(reason)
        if match is not None:
            counts[match["tool"]] = counts.get(match["tool"], 0) + 1
    return [f"{count} tests skipped, they need {TOOLS[tool].what}" for tool, count in sorted(counts.items())]
