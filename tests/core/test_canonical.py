import hashlib
import json
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.b64 import b64u
from ledger.core.canonical import MAX_BYTES, Json, decode, digest, digest_text, encode, parse, pointer
from ledger.core.domain import is_name
from ledger.errors import FormatError
from tests.core.refusals import refusal, refused
from tests.core.values import MAX_INT, mutated, names, scalars, values, vectors

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ascii_keys = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
wide = st.recursive(
    scalars | any_text,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(ascii_keys, inner, max_size=5)),
    max_leaves=20,
)


@given(wide)
def test_bytes_equal_those_of_the_reference_encoder(value: Any) -> None:  # noqa: ANN401
    assert encode(value) == rfc8785.dumps(value)


def test_every_character_of_the_basic_plane_is_written_as_the_reference_does() -> None:
    every = "".join(chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF) + "\U0001f4a5"
    assert encode([every]) == rfc8785.dumps([every])


@given(values)
def test_a_value_comes_back_from_its_bytes(value: Json) -> None:
    body = encode(value)
    assert decode(body) == value
    assert parse(body) == value


@given(values)
def test_a_freely_formatted_value_is_parsed_and_not_decoded(value: Json) -> None:
    loose = json.dumps(value, indent=1).encode() + b" \n"
    assert parse(loose) == value
    with pytest.raises(FormatError) as caught:
        decode(loose)
    assert caught.value.code == "json_not_canonical"


@given(mutated(values.map(encode)))
def test_mutated_bytes_raise_nothing_but_format_errors(body: bytes) -> None:
    try:
        value = decode(body)
    except FormatError:
        try:
            parse(body)
        except FormatError:
            return
    else:
        assert encode(value) == body == rfc8785.dumps(value)
        assert parse(body) == value


@given(mutated(values.map(encode)))
def test_compact_bytes_are_read_as_those_with_a_blank_before_them(body: bytes) -> None:
    """What was written without a blank takes a shorter way: it leads to the same place."""
    outcomes: list[tuple[Json, tuple[str, str | None] | None]] = []
    for data in (body, b" " + body):
        try:
            outcomes.append((parse(data), None))
        except FormatError as error:
            outcomes.append((None, (error.code, error.field)))
    assert outcomes[0] == outcomes[1]


@given(st.binary(max_size=40))
def test_any_bytes_raise_nothing_but_format_errors(body: bytes) -> None:
    for read in (parse, decode):
        error = refusal(read, body)
        assert error is None or error.code


def test_digest_is_the_hash_of_tag_line_feed_and_body() -> None:
    expected = hashlib.sha256(b"hazledger/event@1\nbody").digest()
    assert digest("hazledger/event@1", b"body") == expected
    assert digest_text("hazledger/event@1", b"body") == b64u(expected)


def test_every_json_text_of_the_vectors_is_reproduced() -> None:
    for event in vectors()["events"]:
        parts = [*event["sections"].values(), event["auth"]]
        parts += [link[name] for link in event["links"] for name in ("link", "effects")]
        for part in parts:
            assert encode(part["disclosure"]).decode() == part["jcs"]
        assert encode(event["header"]).decode() == event["header_jcs"]
        assert encode(event["record"]).decode() == event["record_jcs"]


REFUSED_BODIES: list[tuple[bytes, str, str | None]] = [
    (b"", "json_malformed", None),
    (b"{}{}", "json_malformed", None),
    (b'{"a":1} x', "json_malformed", None),
    (b"{'a':1}", "json_malformed", None),
    (b'{"a":1,}', "json_malformed", None),
    (b'{"a":"\x01"}', "json_malformed", None),
    (b'["' + b'\\"' * 50_000, "json_malformed", None),
    (b'["\\', "json_malformed", None),
    (b"\xef\xbb\xbf{}", "json_byte_order_mark", None),
    (b'{"a":"\xff"}', "utf8_invalid", None),
    (b'{"a":"\xed\xa0\x80"}', "utf8_invalid", None),
    (b'{"a":1,"a":1}', "duplicate_key", "/a"),
    (b'{"q":[{"b":{},"amount":"1","amount":"1"}]}', "duplicate_key", "/q/0/amount"),
    (b'{"a":1,"\\u0061":2}', "duplicate_key", "/a"),
    (b'{"amount":1.5}', "number_not_integer", "/amount"),
    (b'{"amount":1e400}', "number_not_integer", "/amount"),
    (b'{"amount":1E2}', "number_not_integer", "/amount"),
    (b'{"amount":-0}', "number_not_integer", "/amount"),
    (b'{"amount":NaN}', "number_not_integer", "/amount"),
    (b'{"amount":[Infinity]}', "number_not_integer", "/amount/0"),
    (b'{"amount":-Infinity}', "number_not_integer", "/amount"),
    (b"1.0", "number_not_integer", None),
    (b"[9007199254740992]", "number_too_large", "/0"),
    (b"[-9007199254740992]", "number_too_large", "/0"),
    (b"[18446744073709551616]", "number_too_large", "/0"),
    (b"[" + b"9" * 6000 + b"]", "number_too_large", "/0"),
    (b'{"a":"\\ud800"}', "text_surrogate", "/a"),
    (b'{"a":["\\u0000"]}', "text_control", "/a/0"),
    (b'{"a":"x\\n"}', "text_control", "/a"),
    ('{"a":"\u0085"}'.encode(), "text_control", "/a"),
    ('{"a":"\u202e"}'.encode(), "text_bidi", "/a"),
    ('{"a":"e\u0301"}'.encode(), "text_not_nfc", "/a"),
    ('{"a":"\u0378"}'.encode(), "text_unassigned", "/a"),
    (b'{"A":1}', "name_not_of_form", "/A"),
    (b'{"a/b~":1}', "name_not_of_form", "/a~1b~0"),
    (b'{"":1}', "name_not_of_form", "/"),
    ('{"氨":1}'.encode(), "name_not_of_form", "/\\u6c28"),
    (b'{"\\ud800":1}', "name_not_of_form", "/\\ud800"),
    (b'{"' + b"a" * 65 + b'":1}', "name_not_of_form", "/" + "a" * 64),
    (b"[" * 10_000 + b"]" * 10_000, "nesting_too_deep", None),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nesting_too_deep", None),
    (b"[" * 17 + b"]" * 17, "nesting_too_deep", None),
    (b"[" + b"0," * 20_000 + b"0]", "json_too_many_values", None),
    (b'["' + b"a" * (300 * 1024) + b'"]', "json_too_large", None),
]


@pytest.mark.parametrize(("body", "code", "field"), REFUSED_BODIES, ids=lambda item: repr(item)[:40])
def test_bad_json_is_refused_with_its_field(body: bytes, code: str, field: str | None) -> None:
    with refused(code, field):
        parse(body)
    with refused(code, field):
        decode(body)


@pytest.mark.parametrize(
    "body",
    [b' {"a":1}', b'{"a":1}\n', b'{"b":1,"a":1}', b'{"a":"\\u6c28"}', b'{"a":"\\/"}', b'{"a": 1}'],
)
def test_a_second_spelling_is_read_but_not_decoded(body: bytes) -> None:
    parse(body)
    with refused("json_not_canonical"):
        decode(body)


def test_what_is_just_within_the_bounds_is_taken() -> None:
    assert parse(b"[" * 16 + b"]" * 16) == decode(b"[" * 16 + b"]" * 16)
    assert decode(b'["' + b"[" * 100 + b'"]') == ["[" * 100]
    assert parse(b'["' + b"\\\\" * 60 + b'"]') == ["\\" * 60]
    assert decode(str(MAX_INT).encode()) == MAX_INT
    assert decode(str(-MAX_INT).encode()) == -MAX_INT
    assert len(decode(b'"' + b"a" * (MAX_BYTES - 2) + b'"').__str__()) == MAX_BYTES - 2
    many = b"[" + b"0," * 19_998 + b"0]"
    assert decode(many) == parse(many) == [0] * 19_999


def test_many_commas_inside_texts_are_not_many_values() -> None:
    body = encode(["," * 30_000])
    assert decode(body) == ["," * 30_000]


@pytest.mark.parametrize("deep", [5, 40])
def test_bounds_can_be_set(deep: int) -> None:
    body = b"[" * deep + b"]" * deep
    assert decode(body, max_depth=deep) == parse(body, max_depth=deep)
    with refused("nesting_too_deep"):
        decode(body, max_depth=deep - 1)


def test_keys_that_are_no_names_are_taken_where_allowed() -> None:
    body = b'{"batch:01987a00|-":1}'
    assert decode(body, names=False) == parse(body, names=False) == {"batch:01987a00|-": 1}
    with refused("name_not_of_form", "/\\xe9"):
        decode('{"é":1}'.encode(), names=False)
    with refused("name_not_of_form", "/" + "k" * 64):
        parse(b'{"' + b"k" * 513 + b'":1}', names=False)


class Small(IntEnum):
    ONE = 1


class Words(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        ({"a": 1.0}, "value_not_json", "/a"),
        ({"a": [float("nan")]}, "value_not_json", "/a/0"),
        ([(1, 2)], "value_not_json", "/0"),
        ([b"bytes"], "value_not_json", "/0"),
        ([UUID(int=0)], "value_not_json", "/0"),
        ([date(2026, 11, 22)], "value_not_json", "/0"),
        (1.5, "value_not_json", None),
        ([MAX_INT + 1], "number_too_large", "/0"),
        (-MAX_INT - 1, "number_too_large", None),
        ({"氨": 1}, "name_not_of_form", "/\\u6c28"),
        ({"a": {1: 2}}, "name_not_of_form", "/a/1"),
        ({"a": ["\ud800"]}, "text_surrogate", "/a/0"),
        ({"a": {Words("b"): 1}}, "name_not_of_form", "/a/b"),
        ([Words("b")], "value_not_json", "/0"),
        ([Small.ONE], "value_not_json", "/0"),
    ],
    ids=repr,
)
def test_what_is_outside_the_domain_is_not_written(value: Any, code: str, field: str | None) -> None:  # noqa: ANN401
    with refused(code, field):
        encode(value)


def test_a_value_that_holds_itself_is_not_written() -> None:
    loop: list[Json] = []
    loop.append(loop)
    with refused("nesting_too_deep", "/0" * 64):
        encode(loop)
    ring: dict[str, Json] = {}
    ring["a"] = ring
    with refused("nesting_too_deep", "/a" * 64):
        encode(ring)


@given(names)
def test_names_are_names(name: str) -> None:
    assert is_name(name)
    assert not is_name(name + "-")


def test_a_pointer_escapes_what_json_pointer_reserves() -> None:
    assert pointer(pointer("/a", "b/c~d"), 3) == "/a/b~1c~0d/3"


def test_the_first_fault_is_found_behind_sound_values() -> None:
    sound: list[Json] = ["氨", "x", 1, None, True, {"a": ["b"]}, []]
    assert decode(encode(sound)) == sound
    with refused("text_bidi", "/7/a"):
        parse(encode([*sound, {"a": "\u200f"}]))
    with refused("text_surrogate", "/7"):
        encode([*sound, "氨\udfff"])
    with refused("nesting_too_deep"):
        decode(b'{"b":{}}', max_depth=1)
