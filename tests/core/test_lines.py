"""The line grammar shared by notes, checkpoints and proofs."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import lines
from tests.core.refusals import refused


@given(st.binary(max_size=100))
def test_base64_is_standard_and_reversible(data: bytes) -> None:
    text = lines.b64std(data)
    assert text == base64.b64encode(data).decode()
    assert lines.unb64std(text, "x", len(data)) == data


@pytest.mark.parametrize(
    "text", ["AA", "AA=", "AB==", "AAF=", "A A=", "AA==\n", "AA==AA==", "é===", "====", "_-8=", "A", "\u2014"]
)
def test_second_spellings_of_base64_are_refused(text: str) -> None:
    with refused("note_malformed"):
        lines.unb64std(text, "note_malformed")


def test_base64_of_another_size_is_refused() -> None:
    with refused("note_malformed"):
        lines.unb64std("AAAA", "note_malformed", 2)


@given(st.integers(0, lines.MAX_SIZE))
def test_decimals(number: int) -> None:
    assert lines.parse_decimal(str(number), "x") == number


@pytest.mark.parametrize(
    "text", ["", "00", "01", "-0", "+1", "1 ", "1_0", "٣", "1\n", str(lines.MAX_SIZE + 1), "9" * 99]
)
def test_other_spellings_of_numbers_are_refused(text: str) -> None:
    with refused("checkpoint_malformed"):
        lines.parse_decimal(text, "checkpoint_malformed")


def test_lines() -> None:
    assert lines.parse_lines("a\n\né\n".encode(), "x") == ["a", "", "é"]
    assert lines.parse_lines(b"\n", "x") == [""]


@pytest.mark.parametrize("data", [b"", b"a", b"\xff\n", b"a\x00\n", b"a\r\n", b"\t\n", b"\x1f\n", b"\xed\xa0\x80\n"])
def test_bytes_that_are_no_lines(data: bytes) -> None:
    with refused("note_malformed"):
        lines.parse_lines(data, "note_malformed")


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a", True), ("a b+é\u2028", True), ("", False), ("a\nb", False), ("a\x00", False), ("\ud800", False)],
)
def test_is_line(text: str, *, fits: bool) -> None:
    assert lines.is_line(text) is fits
