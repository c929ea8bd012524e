import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.assigned import ASSIGNED
from ledger.core.text import check_text, flaw, surrogate_at
from tests.core.refusals import refused

BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
CONTROL = [*range(0x20), *range(0x7F, 0xA0)]
NONCHARACTERS = [*range(0xFDD0, 0xFDF0), *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF))]


def test_the_table_is_ascending_and_has_gaps() -> None:
    for (_, high), (low, _) in pairwise(ASSIGNED):
        assert high + 1 < low
    assert all(low <= high for low, high in ASSIGNED)


def test_every_code_point_is_judged_as_unicode_14_says() -> None:
    # Every code point that Unicode 14.0 or later assigns stays assigned; only 14.0 itself shows the rest.
    ours = {code for low, high in ASSIGNED for code in range(low, high + 1)}
    theirs = {code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in {"Cn", "Cs"}}
    assert ours <= theirs
    if unicodedata.unidata_version == "14.0.0":
        assert ours == theirs
    # Counts of UnicodeData 14.0: 144,697 graphic and format, 65 control, 137,468 private use.
    assert len(ours) == 144_697 + 65 + 137_468


@pytest.mark.parametrize(
    ("codes", "code"),
    [(CONTROL, "text_control"), (BIDI, "text_bidi"), (NONCHARACTERS, "text_unassigned")],
)
def test_each_forbidden_character_is_found_where_it_stands(codes: list[int], code: str) -> None:
    for point in codes:
        assert flaw(f"ab{chr(point)}") == (code, 2)
        assert flaw(f"氨{chr(point)}") == (code, 1)


@pytest.mark.parametrize("text", ["", "Ammonia, anhydrous", "氨（无水）", "é", "😀", "x\u200dy", "\u3000"])
def test_plain_text_is_taken(text: str) -> None:
    assert check_text(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("e\u0301", "text_not_nfc"),
        ("\u212b", "text_not_nfc"),
        ("\ud83d", "text_surrogate"),
        ("a\u202eb", "text_bidi"),
        ("a\tb", "text_control"),
        ("a\u0085b", "text_control"),
        ("\U0001fae8", "text_unassigned"),  # Unicode 15.0
        ("\ufdd0", "text_unassigned"),
    ],
)
def test_bad_text_is_refused(text: str, code: str) -> None:
    with refused(code, "/reason/text"):
        check_text(text, field="/reason/text")


def test_long_text_is_refused() -> None:
    assert check_text("a" * 7, max_len=7) == "a" * 7
    with refused("text_too_long"):
        check_text("a" * 8, max_len=7)


@given(st.text(max_size=12))
def test_accepted_text_is_normal_and_writable(text: str) -> None:
    if flaw(text) is None:
        assert unicodedata.normalize("NFC", text) == text
        assert text.encode("utf-8").decode("utf-8") == text


def test_a_lone_surrogate_is_found() -> None:
    assert surrogate_at("ab\udfffc") == 2
    assert surrogate_at("氨") is None
