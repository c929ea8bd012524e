import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.b64 import b64u, b64u_hashes, check_hash, unb64u
from tests.core.refusals import refusal, refused
from tests.core.values import hashes


@given(st.binary(max_size=80))
def test_every_byte_string_comes_back(data: bytes) -> None:
    assert unb64u(b64u(data), len(data)) == data


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_many_hashes_are_spelled_as_each(digests: list[bytes]) -> None:
    assert b64u_hashes(digests) == [b64u(digest).encode() for digest in digests]


@given(st.text("AQgwBCZaz09-_+/= \n氨", max_size=8))
def test_whatever_is_taken_is_the_only_spelling(text: str) -> None:
    error = refusal(unb64u, text)
    if error is None:
        assert b64u(unb64u(text)) == text
    else:
        assert error.code == "base64_not_canonical"


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "+A", "/A", "A A", "AA\n", "Ａ", "AAAB=", "=", "A-+_"])
def test_a_second_spelling_is_refused(text: str) -> None:
    with refused("base64_not_canonical", "/salt"):
        unb64u(text, field="/salt")


def test_another_size_is_refused() -> None:
    with refused("base64_wrong_size"):
        unb64u("AAAA", 4)


@given(hashes)
def test_a_hash_is_taken(text: str) -> None:
    assert check_hash(text) == text


@given(hashes, st.integers(0, 42), st.sampled_from("AB9-_+=\n "))
def test_a_mutated_hash_is_taken_only_if_it_is_canonical(text: str, at: int, other: str) -> None:
    changed = text[:at] + other + text[at + 1 :]
    error = refusal(check_hash, changed)
    if error is None:
        assert len(unb64u(changed)) == 32
    else:
        assert error.code == "base64_not_canonical"


def test_a_hash_of_another_length_is_refused() -> None:
    with refused("base64_wrong_size", "/event"):
        check_hash("AAAA", field="/event")
