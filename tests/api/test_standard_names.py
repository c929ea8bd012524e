"""Rows of GB 18218 on English pages: each has a name, and says the same figures as the Chinese one."""

import re

import pytest

from api.standard_names import english, of_row
from ledger.reference import Reference, load

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load()


def test_every_row_has_an_english_name_and_nothing_else_has(reference: Reference) -> None:
    major = reference.gb18218
    assert english().keys() == {*map(str, major.substances), *major.categories}
    assert len(set(english().values())) == len(english())
    assert not [name for name in english().values() if re.search(r"[\u4e00-\u9fff]", name)]


def test_percentages_and_categories_are_the_same_in_both_languages(reference: Reference) -> None:
    """A content, a division or a category that a translation drops would be another row."""
    major = reference.gb18218
    rows = {**{str(no): row.name_zh for no, row in major.substances.items()}}
    rows |= {symbol: row.name_zh for symbol, row in major.categories.items()}
    for row, zh in rows.items():
        told = set(NUMBER.findall(english()[row].replace("-", " ")))
        said = set(NUMBER.findall(zh.replace("-", " ")))
        assert told >= said, (row, zh, english()[row])


def test_a_row_that_nobody_translated_keeps_its_name() -> None:
    assert (of_row("999", "某物").zh, of_row("999", "某物").en) == ("某物", "某物")
    assert of_row("12", "氯").en == "Chlorine"
