"""Label codes: one spelling written, several read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.payload import new_code, parse_code, qr_url
from ledger.core.base32 import ALPHABET
from ledger.errors import FormatError

CODE = "7ZKQ3M0A1BCDEFGH"
RANDOM = st.binary(min_size=10, max_size=10)


def test_known_codes() -> None:
    assert new_code(bytes(10)) == "0" * 16
    assert new_code(b"\xff" * 10) == "Z" * 16
    assert new_code(bytes.fromhex("00000000000000000001")) == "0000000000000001"
    assert new_code(bytes(range(10))) == "000G40R40M30E209"


@given(RANDOM)
def test_a_code_is_all_eighty_bits(rand: bytes) -> None:
    bits = 0
    for character in new_code(rand):
        bits = bits << 5 | ALPHABET.index(character)
    assert bits.to_bytes(10, "big") == rand


@pytest.mark.parametrize("size", [0, 9, 11])
def test_another_number_of_random_bytes_is_refused(size: int) -> None:
    with pytest.raises(FormatError) as caught:
        new_code(bytes(size))
    assert caught.value.code == "label_code_bytes"


@given(RANDOM, st.booleans())
def test_what_was_written_is_read(rand: bytes, lower: bool) -> None:  # noqa: FBT001
    code = new_code(rand)
    for text in (code, qr_url("https://trace.example.cn", code), qr_url("http://127.0.0.1:8000/", code)):
        assert parse_code(text.lower() if lower else text) == code


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert parse_code("7ZKQ3MOAIBCDEFGH") == parse_code("7zkq3moalbcdefgh") == CODE


def test_blanks_around_are_dropped() -> None:
    assert parse_code(f" {CODE}\r\n") == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        CODE[:-1],
        CODE + "0",
        "U" + CODE[1:],
        CODE[:8] + "-" + CODE[8:],
        CODE[:-1] + "Ⅰ",
        CODE[:-1] + "ſ",
        CODE[:-1] + "\uff11",
        f"HTTPS://TRACE.EXAMPLE.CN/P/{CODE}",
        f"HTTPS://TRACE.EXAMPLE.CN/Q/{CODE}/",
        f"HTTPS://TRACE.EXAMPLE.CN/Q/{CODE}?X=1",
        f"HTTPS://EVIL.EXAMPLE/X/Q/{CODE}",
        f"HTTPS://USER@TRACE.EXAMPLE.CN/Q/{CODE}",
        f"FTP://TRACE.EXAMPLE.CN/Q/{CODE}",
        f"JAVASCRIPT:Q/{CODE}",
        "0" * 100_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_code(text)
    assert caught.value.code == "label_code_not_of_form"


@given(st.text())
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    try:
        code = parse_code(text)
    except FormatError:
        return
    assert parse_code(code) == code


def test_the_address_is_upper_case_as_a_whole() -> None:
    assert qr_url("https://trace.example.cn:8443", CODE.lower()) == f"HTTPS://TRACE.EXAMPLE.CN:8443/Q/{CODE}"


@pytest.mark.parametrize(
    "base", ["", "trace.example.cn", "https://trace.example.cn/app", "https://a b.cn", "https://-", "https://例.cn"]
)
def test_a_base_with_more_than_a_host_is_refused(base: str) -> None:
    with pytest.raises(FormatError) as caught:
        qr_url(base, CODE)
    assert caught.value.code == "label_base_url"


def test_no_address_is_made_of_what_is_no_code() -> None:
    with pytest.raises(FormatError):
        qr_url("https://trace.example.cn", "short")
