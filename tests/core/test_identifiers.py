from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import casrn, ean
from stdnum.cn import ric, uscc

from ledger.core.identifiers import (
    check_cas,
    check_gln,
    check_gtin,
    check_resident_id,
    check_sscc,
    check_un_number,
    check_uscc,
)
from tests.core.refusals import refusal, refused

Check = Callable[[str, str], str]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

digits = st.text("0123456789", min_size=1, max_size=18)


def taken(check: Check, text: str) -> bool:
    error = refusal(check, text, "/x")
    assert error is None or error.field == "/x"
    return error is None


@given(st.integers(10, 9_999_999), st.integers(0, 99), st.integers(0, 9))
def test_cas_agrees_with_the_oracle(head: int, middle: int, last: int) -> None:
    text = f"{head}-{middle:02d}-{last}"
    assert taken(check_cas, text) == casrn.is_valid(text)


@given(st.integers(10**7, 10**10), st.sampled_from([8, 12, 13, 14]))
def test_gtin_agrees_with_the_oracle_on_every_check_digit(number: int, size: int) -> None:
    body = str(number).zfill(13)[-(size - 1) :]
    valid = [last for last in "0123456789" if taken(check_gtin, body + last)]
    assert valid == [ean.calc_check_digit(body)]


@given(digits)
def test_gtin_and_gln_agree_with_the_oracle(text: str) -> None:
    assert taken(check_gtin, text) == (ean.is_valid(text) and len(text) in {8, 12, 13, 14})
    assert taken(check_gln, text) == (ean.is_valid(text) and len(text) == 13)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_sscc_agrees_with_the_oracle_on_every_check_digit(body: str) -> None:
    valid = [last for last in "0123456789" if taken(check_sscc, body + last)]
    assert valid == [ean.calc_check_digit(body)]


@given(st.text("0123456789", min_size=16, max_size=16), st.integers(1, 9))
def test_a_resident_id_agrees_with_the_oracle_on_every_check_character(tail: str, first: int) -> None:
    body = f"{first}{tail}"
    valid = [last for last in "0123456789X" if taken(check_resident_id, body + last)]
    assert valid == [ric.calc_check_digit(body + "0")]  # it looks past the last one


@pytest.mark.parametrize("text", ["", "11010519491231002x", "0" * 18, "1101051949123100", "1101051949123100200"])
def test_what_is_no_resident_id_is_refused(text: str) -> None:
    assert not taken(check_resident_id, text)


@given(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9))
def test_uscc_agrees_with_the_oracle_on_every_check_character(head: str, tail: str) -> None:
    valid = [last for last in ALPHABET if taken(check_uscc, head + tail + last)]
    assert valid == [uscc.calc_check_digit(head + tail)]


@pytest.mark.parametrize("text", ["91110000600037341L", "91350100M000100Y43"])
def test_known_uscc(text: str) -> None:
    assert uscc.is_valid(text)
    assert check_uscc(text) == text


def test_uscc_takes_letters_in_its_first_eight_places_where_the_oracle_does_not() -> None:
    body = "A1110000600037341"
    valid = [body + last for last in ALPHABET if taken(check_uscc, body + last)]
    assert len(valid) == 1
    assert not uscc.is_valid(valid[0])


@pytest.mark.parametrize("text", ["7664-41-7", "7782-50-5", "107-13-1", "67-56-1"])
def test_known_cas(text: str) -> None:
    assert check_cas(text) == text


def test_known_gs1_keys() -> None:
    assert check_gtin("4006381333931") == "4006381333931"
    assert check_gtin("96385074") == "96385074"
    assert check_gtin("036000291452") == "036000291452"
    assert check_gtin("00012345600012") == "00012345600012"
    assert check_gln("4000001000005") == "4000001000005"
    assert check_sscc("106141411234567897") == "106141411234567897"


@pytest.mark.parametrize("text", ["0004", "1005", "3550"])
def test_known_un_numbers(text: str) -> None:
    assert check_un_number(text) == text


@pytest.mark.parametrize(
    ("check", "code", "texts"),
    [
        (
            check_cas,
            "cas_not_of_form",
            ["", "7664417", "07664-41-7", "7664-41-77", "7664-4-7", "７664-41-7", "7664-41-7 "],
        ),
        (
            check_uscc,
            "uscc_not_of_form",
            [
                "",
                "91110000600037341",
                "91110000600037341l",
                "91110000600037341I",
                "9111000060003734１L",
                "91110000600037341L\n",
            ],
        ),
        (check_gtin, "gtin_not_of_form", ["", "4006381333", "4006381333931 ", "40063813339311x", "４006381333931"]),
        (check_gln, "gln_not_of_form", ["96385074", "40000010000051", ""]),
        (check_sscc, "sscc_not_of_form", ["10614141123456789", "", "(00)06141411234567"]),
        (check_un_number, "un_number_not_of_form", ["", "4", "UN1005", "10055", "1005 ", "１005", "-100"]),
    ],
)
def test_another_form_is_refused(check: Check, code: str, texts: list[str]) -> None:
    for text in texts:
        with refused(code, "/product/id"):
            check(text, "/product/id")


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (check_cas, "7664-41-8"),
        (check_uscc, "91110000600037341M"),
        (check_gtin, "4006381333932"),
        (check_gln, "4000001000004"),
        (check_sscc, "106141411234567890"),
    ],
)
def test_a_wrong_check_digit_is_refused(check: Check, text: str) -> None:
    with refused("check_digit_wrong", "/id"):
        check(text, "/id")
