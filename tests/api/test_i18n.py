"""Both catalogues hold every message, and what is shipped is what is written."""

import io
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import api

FOLDER = Path(api.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "say": None, "count": (1, 2)}
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
OPTIONS = {"web/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
LOCALES = ("zh_CN", "en")


def messages() -> set[str]:
    found = extract_from_dir(str(FOLDER), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalogue(locale: str) -> Catalog:
    path = FOLDER / "locale" / locale / "LC_MESSAGES" / "hazledger.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def entries(locale: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in catalogue(locale):
        if entry.id:
            known = entry.id if isinstance(entry.id, str) else entry.id[0]
            yield known, (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


@pytest.mark.parametrize("locale", LOCALES)
def test_every_message_is_in_the_catalogue_and_no_other(locale: str) -> None:
    assert {message for message, _ in entries(locale)} == messages()


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_untranslated_or_fuzzy(locale: str) -> None:
    for message, strings in entries(locale):
        assert all(strings), message
    assert not [entry.id for entry in catalogue(locale) if entry.id and entry.fuzzy]


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_are_the_same(locale: str) -> None:
    for message, strings in entries(locale):
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) == set(PLACEHOLDER.findall(message)), message


def test_chinese_is_chinese() -> None:
    for message, strings in entries("zh_CN"):
        assert all(re.search(r"[\u4e00-\u9fff]", string) for string in strings), message


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_catalogue_is_the_written_one(locale: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(locale))
    shipped = resources.files("api").joinpath("locale", locale, "LC_MESSAGES", "hazledger.mo").read_bytes()
    assert shipped == compiled.getvalue()
