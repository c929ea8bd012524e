"""The words of statements: none lacks its Chinese, none has a gap, and the English is that of the GHS."""

import pytest

from labels import statements
from labels.content import Sentence
from ledger.reference import Reference, load

MISPRINTED = {"P317", "P375", "P342+P316"}  # "emergency" of P316 too many, "explorsion", "emergence"
OWN_WORDS = {"P210", "P236", "P282", "P336+P317"} | MISPRINTED
"""Where our English differs from the table's in more than case and signs, though the table has no gap there."""


@pytest.fixture(scope="module")
def bundled() -> Reference:
    return load()


def letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def test_every_hazard_statement_in_use_has_chinese(bundled: Reference) -> None:
    codes = [code for code, rows in bundled.ghs.hazards.items() if not all(row.deleted for row in rows)]
    assert len(codes) > 100
    for code in codes:
        said = statements.hazard(bundled.ghs, code)
        assert said.zh, code
        assert not said.zh.isascii(), code
        assert said.en, code


def test_no_statement_has_two_translations(bundled: Reference) -> None:
    ours = statements._texts()["hazards"]
    assert not [code for code in ours if bundled.ghs.hazards[code][0].statement_zh]


def test_every_precaution_in_use_is_said_in_both_languages_without_a_gap(bundled: Reference) -> None:
    in_use = {code for code, row in bundled.ghs.precautions.items() if not row.deleted}
    in_use |= {precaution.code for product in bundled.products for precaution in product.precautions}
    assert len(in_use) > 120
    for code in in_use:
        said = statements.precaution(code)
        for text in (said.zh, said.en):
            assert text, code
            assert not {"...", "…", "[", "]", "/..."} & {text[n : n + 3] for n in range(len(text))}, (code, text)
            assert "[" not in text, code
        assert not said.zh.isascii(), code


def test_the_english_is_that_of_the_table_where_the_table_leaves_nothing_open(bundled: Reference) -> None:
    compared = 0
    for code, row in bundled.ghs.precautions.items():
        said = statements.precaution(code).en
        if row.deleted or code in OWN_WORDS or "..." in row.statement or "[" in row.statement or "/" in row.statement:
            continue
        assert letters(said) == letters(row.statement), code
        compared += 1
    assert compared > 60


def test_a_statement_that_nobody_has_words_for_stands_by_its_code(bundled: Reference) -> None:
    assert statements.hazard(bundled.ghs, "EUH999") == Sentence("EUH999", "", "")
    assert statements.precaution("P999") == Sentence("P999", "", "")
    assert statements.precaution("P999+P101") == Sentence("P999+P101", "", "")


def test_parts_are_put_together() -> None:
    assert statements.precaution("P303+P361+P353").en == (
        "IF ON SKIN (or hair): Take off immediately all contaminated clothing. Rinse skin with water or shower."
    )
    assert (
        statements.precaution("P303+P361+P353").zh
        == "如皮肤（或头发）沾染：立即脱掉所有沾染的衣服。用水清洗皮肤或淋浴。"
    )


def test_what_matters_most_comes_first() -> None:
    given = tuple(statements.precaution(code) for code in ("P405", "P273", "P301+P316", "P280", "P260"))
    assert [one.code for one in statements.by_weight(given)] == ["P260", "P280", "P301+P316", "P405", "P273"]
