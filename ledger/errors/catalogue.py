"""The catalogue of problems: data files beside this module, one per area.

Each file `problems/<area>.json` maps a code to its HTTP status and to title, detail and remedy in
Chinese and English. Detail and remedy are `str.format` templates over the problem's params.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, TypedDict

from ledger.errors.problem import Problem

LANGUAGES: Final = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem of the catalogue; the texts are keyed by language, "zh" and "en"."""

    code: str
    area: str
    status: int
    title: Mapping[str, str]
    detail: Mapping[str, str]
    remedy: Mapping[str, str]


class Rendered(TypedDict):
    """A problem in words, in one language."""

    title: str
    detail: str
    remedy: str
    status: int


@functools.cache
def load() -> Mapping[str, Entry]:
    """Return every entry by code; the files are read once. ValueError: a code stands in two areas."""
    entries: dict[str, Entry] = {}
    folder = resources.files("ledger.errors").joinpath("problems")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".json"):
            continue
        area = file.name.removesuffix(".json")
        content: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        for code, body in content.items():
            if code in entries:
                message = f"problem {code} stands in {entries[code].area} and in {area}"
                raise ValueError(message)
            entries[code] = Entry(code, area, body["status"], body["title"], body["detail"], body["remedy"])
    return MappingProxyType(entries)


class _Params(dict[str, str | int]):
    """Params of a template; one that was not given stays visible as its own name."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def render(problem: Problem, lang: str) -> Rendered:
    """Put a problem into words; a language other than "zh" is English. KeyError: unknown code."""
    entry = load()[problem.code]
    language = "zh" if lang.lower().startswith("zh") else "en"
    params = _Params(problem.params)
    return Rendered(
        title=entry.title[language],
        detail=entry.detail[language].format_map(params),
        remedy=entry.remedy[language].format_map(params),
        status=entry.status,
    )
