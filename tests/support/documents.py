"""Files that are made from code: docs/settings.md, docs/problems.md and the table of who may do what.

`python -m tests.support.documents` writes them; tests compare them with what stands there.
"""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ledger.config import PREFIX, Settings, variable
from ledger.errors.catalogue import Entry, load
from tests.authorization import matrix

ROOT: Final = Path(__file__).parents[2]


def settings_page() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings",
        "",
        f"Each setting is an environment variable `{PREFIX}...`; where a command has an option of that name, the",
        "option wins. A variable of that prefix that is not in this table is refused: a misspelt one is never ignored.",
        "",
        "| Variable | Default | Bounds | Meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{variable(field.name)}` | {_default(field)} | {_bounds(field)} | {field.metadata['doc']} |"
        for field in dataclasses.fields(Settings)
    ]
    return "\n".join([*lines, ""])


def _default(field: "dataclasses.Field[object]") -> str:
    if field.default is None:
        return "–"
    return f"`{str(field.default).lower()}`" if isinstance(field.default, bool) else f"`{field.default}`"


def _bounds(field: "dataclasses.Field[object]") -> str:
    how = field.metadata
    if "least" in how:
        return f"{how['least']} to {how['most']}"
    if "choices" in how:
        return ", ".join(f"`{choice}`" for choice in how["choices"])
    if "form" in how:
        return f"like `{how['example']}`"
    return "`true`, `false`" if isinstance(field.default, bool) else ""


def problems_page() -> str:
    """Return docs/problems.md."""
    lines = [
        "# Problems",
        "",
        "Everything that can be wrong, in the words in which it is told, sorted by the area that tells it. Words in",
        "braces are filled in. Over HTTP a problem is RFC 9457 JSON, which carries the code and the field in question.",
    ]
    by_area: dict[str, list[Entry]] = {}
    for entry in load().values():
        by_area.setdefault(entry.area, []).append(entry)
    for area in sorted(by_area):
        lines += ["", f"## {area.capitalize()}"]
        for entry in sorted(by_area[area], key=lambda item: item.code):
            lines += ["", f"### {entry.code}", "", f"Status {entry.status}. {_words(entry, 'en')}", ""]
            lines.append(_words(entry, "zh"))
    return "\n".join([*lines, ""])


def _words(entry: Entry, lang: str) -> str:
    if lang == "zh":
        return f"**{entry.title[lang]}。** {entry.detail[lang]}*{entry.remedy[lang]}*"
    return f"**{entry.title[lang]}.** {entry.detail[lang]} *{entry.remedy[lang]}*"


PAGES: Final[Mapping[str, Callable[[], str]]] = {"settings.md": settings_page, "problems.md": problems_page}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
    matrix.TABLE.write_text(matrix.made(), encoding="utf-8")
