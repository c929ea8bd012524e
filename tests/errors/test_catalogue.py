"""The catalogue of problems is complete: in form, against the source, and in both languages."""

import ast
import json
import re
import string
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Problem, catalogue
from ledger.errors.catalogue import LANGUAGES, Entry
from tests.errors import codes

FOLDER = Path(catalogue.__file__).parent / "problems"
FILES = sorted(FOLDER.glob("*.json"))
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
PARTS = ("title", "detail", "remedy")
HAN = re.compile("[\u4e00-\u9fff]")
ENTRIES = sorted(catalogue.load().values(), key=lambda entry: (entry.area, entry.code))


def names(template: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_files_have_exactly_the_members_of_an_entry(file: Path) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs), f"a name stands twice among {pairs}"
        return dict(pairs)

    for code, entry in json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=once).items():
        assert CODE.fullmatch(code), code
        assert set(entry) == {"status", *PARTS}, code
        assert all(set(entry[part]) == set(LANGUAGES) for part in PARTS), code


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_an_entry_is_said_in_full(entry: Entry) -> None:
    assert 400 <= entry.status <= 599
    for part in (entry.title, entry.detail, entry.remedy):
        assert all(part[lang].strip() == part[lang] != "" for lang in LANGUAGES)
        assert HAN.search(part["zh"])
        assert not HAN.search(part["en"])
    for part in (entry.detail, entry.remedy):
        assert set(names(part["zh"])) == set(names(part["en"])), "the languages fill in different params"
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names(part["en"]))
    assert names(entry.title["zh"]) == names(entry.title["en"]) == []


def test_every_code_that_the_source_gives_is_in_the_catalogue() -> None:
    found = codes.given(codes.trees())
    assert len(found) > 100
    assert [item for item in found if item.code not in catalogue.load()] == []


def test_every_entry_of_the_catalogue_is_given_by_the_source() -> None:
    written = codes.literals(codes.trees())
    assert [entry.code for entry in ENTRIES if entry.code not in written] == []


def test_the_search_finds_codes_in_every_way_in_which_they_are_given() -> None:
    source = """
class LocalError(FormatError): pass
class FormatError(HazledgerError): pass
class FixedError(HazledgerError):
    def __init__(self, holder): super().__init__("fixed", params={"holder": holder})
def refuse(field, code): return Problem(code, field)
def unrelated(code): return lookup(code)
Problem("plain"); errors.Problem(code="named"); LocalError("below"); refuse("/a", "wrapped")
Problem("one" if x else "other"); refuse(field="/a", code="keyword"); unrelated("no"); FixedError("no")
Problem(*parts)
"""
    found = codes.given({"x.py": ast.parse(source)})
    assert {item.code for item in found} == {"plain", "named", "below", "wrapped", "one", "other", "keyword"}


def test_the_same_code_in_two_areas_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"zh": "字", "en": "word"}
    entry = {"twice": {"status": 422, "title": texts, "detail": texts, "remedy": texts}}
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "NOTES.md").write_text("not an area", encoding="utf-8")
    for area in ("a", "b"):
        (tmp_path / "problems" / f"{area}.json").write_text(json.dumps(entry), encoding="utf-8")
    monkeypatch.setattr("ledger.errors.catalogue.resources.files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match="twice stands in a and in b"):
        catalogue.load.__wrapped__()


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("zh", "设置不是整数"),
        ("zh-CN", "设置不是整数"),
        ("en", "A setting is not an integer"),
        ("fr", "A setting is not an integer"),
    ],
)
def test_a_problem_is_told_in_the_language_asked_for(lang: str, title: str) -> None:
    told = catalogue.render(Problem("setting_not_integer", None, {"variable": "V", "value": "x"}), lang)
    assert (told["title"], told["status"]) == (title, 500)


def test_a_param_that_was_not_given_stays_visible() -> None:
    told = catalogue.render(Problem("setting_not_integer", params={"variable": "V"}), "en")
    assert told["detail"] == 'V is "{value}", which is not an integer.'


def test_an_unknown_code_cannot_be_told() -> None:
    with pytest.raises(KeyError):
        catalogue.render(Problem("no_such_code"), "en")
