import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import read_cursor, write_cursor
from ledger.core.b64 import b64u
from ledger.errors import FormatError

PARTS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
)


@given(st.lists(PARTS, min_size=1, max_size=7).map(tuple))
def test_a_cursor_comes_back_as_the_key_it_was_made_of(key: tuple[str | int, ...]) -> None:
    assert read_cursor("batches", write_cursor("batches", key)) == key


def test_without_a_cursor_a_list_begins_at_its_beginning() -> None:
    assert read_cursor("batches", None) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "eyJhIjoxfQ",
        write_cursor("stock", ("x",)),
        write_cursor("batches", ("x",)) + "=",
        b64u(b'["batches"]'),
        b64u(b'["batches",true]'),
        b64u(b'["batches",[1]]'),
        b64u(b'["batches", 1]'),
        b64u(b'["batches",1,1,1,1,1,1,1,1]'),
        "A" * 513,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_cursor("batches", text)
    assert caught.value.code == "cursor_invalid"
    assert caught.value.field == "/cursor"
