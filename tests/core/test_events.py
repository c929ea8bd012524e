import dataclasses
from typing import Any

import pytest
from hypothesis import given

from ledger.core.b64 import b64u
from ledger.core.canonical import Json, encode
from ledger.core.events import (
    MAX_KEYS,
    MAX_REFS,
    Header,
    Ref,
    Signature,
    encode_signatures,
    event_hash,
    parse_signatures,
    signatures_digest,
    signing_bytes,
    simple_form,
)
from ledger.errors import FormatError
from tests.core.refusals import refused
from tests.core.values import headers, mutated, signatures

HASH = b64u(bytes(32))
KEYS = sorted(b64u(bytes([number] * 32)) for number in range(MAX_KEYS + 1))
SIG = b64u(bytes(64))
ORG = "org:01987a00-0000-7000-8000-000000000001"
REF: dict[str, Json] = {"rel": "order", "origin": "trace.example.cn/log", "hash": HASH}
HEADER: dict[str, Json] = {
    "spec": "hazledger/event@1",
    "origin": "trace.example.cn/log",
    "id": "01987a00-0000-7000-8000-000000000101",
    "type": "use.consumed",
    "mode": "act",
    "actor": ORG,
    "keys": [HASH],
    "occurred_at": "2026-11-22T08:15:00+08:00",
    "not_after": None,
    "refs": [REF],
    "sections": {"agent": HASH},
}


@given(headers)
def test_a_header_comes_back_from_its_bytes(header: Header) -> None:
    assert Header.parse(header.encode()) == header
    assert Header.parse(header.content()) == header
    assert Header.sound(header.content()) == header


@given(mutated(headers.map(Header.encode)))
def test_a_mutated_header_is_refused_or_is_another_one(body: bytes) -> None:
    try:
        header = Header.parse(body)
    except FormatError:
        return
    assert header.encode() == body


def test_refs_keep_the_order_of_the_client() -> None:
    refs: list[Json] = [REF | {"rel": "voids"}, REF]
    header = Header.parse(HEADER | {"refs": refs})
    assert header.content()["refs"] == refs
    assert [ref.rel for ref in header.refs] == ["voids", "order"]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"spec": "hazledger/event@2"}, "spec_unknown", "/spec"),
    ({"spec": 1}, "spec_unknown", "/spec"),
    ({"extra": 1}, "unknown_name", "/extra"),
    ({"origin": "https://x y"}, "origin_not_of_form", "/origin"),
    ({"origin": None}, "wrong_kind", "/origin"),
    ({"id": "01987A00-0000-7000-8000-000000000101"}, "uuid7_not_of_form", "/id"),
    ({"id": "01987a00-0000-4000-8000-000000000101"}, "uuid7_not_of_form", "/id"),
    ({"type": "consumed"}, "event_type_not_of_form", "/type"),
    ({"type": "use.consumed.now"}, "event_type_not_of_form", "/type"),
    ({"type": "Use.consumed"}, "event_type_not_of_form", "/type"),
    ({"type": "use." + "x" * 80}, "event_type_not_of_form", "/type"),
    ({"mode": "plan"}, "not_a_choice", "/mode"),
    ({"mode": None}, "not_a_choice", "/mode"),
    ({"actor": "user:01987a00-0000-7000-8000-000000000001"}, "ref_wrong_kind", "/actor"),
    ({"actor": "me"}, "ref_not_of_form", "/actor"),
    ({"keys": {}}, "wrong_kind", "/keys"),
    ({"keys": [1]}, "wrong_kind", "/keys/0"),
    ({"keys": [HASH + "="]}, "base64_not_canonical", "/keys/0"),
    ({"keys": ["AAAA"]}, "base64_wrong_size", "/keys/0"),
    ({"keys": [HASH, HASH]}, "duplicate_item", "/keys/1"),
    ({"keys": [KEYS[1], KEYS[0]]}, "not_sorted", "/keys/1"),
    ({"keys": KEYS}, "list_length", "/keys"),
    ({"occurred_at": "2026-11-22T08:15:00Z"}, "time_not_of_form", "/occurred_at"),
    ({"occurred_at": 1}, "wrong_kind", "/occurred_at"),
    ({"not_after": "2026-11-22"}, "time_not_of_form", "/not_after"),
    ({"not_after": 0}, "wrong_kind", "/not_after"),
    ({"refs": None}, "wrong_kind", "/refs"),
    ({"refs": [REF] * (MAX_REFS + 1)}, "list_length", "/refs"),
    ({"refs": [REF, {**REF, "rel": "parent"}]}, "not_a_choice", "/refs/1/rel"),
    ({"refs": [{**REF, "origin": ""}]}, "origin_not_of_form", "/refs/0/origin"),
    ({"refs": [{**REF, "hash": SIG}]}, "base64_wrong_size", "/refs/0/hash"),
    ({"refs": [{**REF, "note": ""}]}, "unknown_name", "/refs/0/note"),
    ({"refs": [{"rel": "order", "hash": HASH}]}, "name_missing", "/refs/0/origin"),
    ({"sections": []}, "wrong_kind", "/sections"),
    ({"sections": {"remark": HASH}}, "section_name_unknown", "/sections/remark"),
    ({"sections": {"link": HASH}}, "section_name_unknown", "/sections/link"),
    ({"sections": {"agent": 5}}, "wrong_kind", "/sections/agent"),
    ({"sections": {"agent": HASH[:-1] + "B"}}, "base64_not_canonical", "/sections/agent"),
]


@pytest.mark.parametrize(("change", "code", "field"), BAD, ids=lambda item: repr(item)[:50])
def test_a_bad_member_is_refused_by_its_name(change: dict[str, Any], code: str, field: str) -> None:
    with refused(code, field):
        Header.parse(HEADER | change)


@pytest.mark.parametrize("name", sorted(HEADER))
def test_no_member_may_be_missing(name: str) -> None:
    with refused("name_missing", f"/{name}"):
        Header.parse({key: value for key, value in HEADER.items() if key != name})


def test_a_header_made_by_hand_is_held_to_the_same_form() -> None:
    header = Header.parse(HEADER)
    with refused("list_length", "/keys"):
        dataclasses.replace(header, keys=tuple(KEYS))
    with refused("list_length", "/refs"):
        dataclasses.replace(header, refs=(Ref("order", "a", HASH),) * (MAX_REFS + 1))
    with refused("not_a_choice", "/mode"):
        dataclasses.replace(header, mode="plan")


def test_a_header_of_loose_bytes_is_refused() -> None:
    with refused("json_not_canonical"):
        Header.parse(encode(HEADER) + b" ")
    with refused("duplicate_key", "/id"):
        Header.parse(encode(HEADER)[:-1] + b',"id":""}')


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_a_header_is_an_object(value: Json) -> None:
    with refused("wrong_kind"):
        Header.parse(value)


def test_an_actor_signs_the_bytes_that_are_hashed() -> None:
    body = encode(HEADER)
    assert signing_bytes(body) == b"hazledger/event@1\n" + body
    assert event_hash(body) != event_hash(body + b" ")


@given(signatures)
def test_signatures_come_back_sorted(made: list[Signature]) -> None:
    ordered = tuple(sorted(made, key=lambda item: item.key))
    assert parse_signatures(encode_signatures(made)) == ordered
    assert encode_signatures(reversed(ordered)) == encode_signatures(made)
    assert signatures_digest(ordered) == signatures_digest(made)
    assert (signatures_digest(made) is None) == (not made)


@given(mutated(signatures.map(encode_signatures)))
def test_mutated_signatures_are_refused_or_are_others(body: bytes) -> None:
    try:
        read = parse_signatures(body)
    except FormatError:
        return
    assert encode_signatures(read) == body


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        ({}, "wrong_kind", None),
        ([1], "wrong_kind", "/0"),
        ([{"key": HASH}], "name_missing", "/0/sig"),
        ([{"key": HASH, "sig": SIG, "alg": "none"}], "unknown_name", "/0/alg"),
        ([{"key": HASH, "sig": HASH}], "base64_wrong_size", "/0/sig"),
        ([{"key": HASH, "sig": SIG[:-1] + "B"}], "base64_not_canonical", "/0/sig"),
        ([{"key": SIG, "sig": SIG}], "base64_wrong_size", "/0/key"),
        ([{"key": HASH, "sig": SIG}] * (MAX_KEYS + 1), "list_length", None),
    ],
    ids=lambda item: repr(item)[:50],
)
def test_bad_signatures_are_refused(value: Json, code: str, field: str | None) -> None:
    with refused(code, field):
        parse_signatures(value)


def test_stored_signatures_are_sorted_and_sent_ones_need_not_be() -> None:
    turned: list[Json] = [{"key": KEYS[1], "sig": SIG}, {"key": KEYS[0], "sig": SIG}]
    assert [item.key for item in parse_signatures(turned)] == [KEYS[1], KEYS[0]]
    with refused("not_sorted", "/1"):
        parse_signatures(encode(turned))


def test_two_signatures_by_one_key_are_refused() -> None:
    with refused("duplicate_item", "/1"):
        signatures_digest([Signature(HASH, SIG), Signature(HASH, SIG)])


def test_the_simple_form_has_all_of_a_header_but_what_the_ledger_adds() -> None:
    header, said = Header.parse(HEADER), {"agent": {"name": "somebody"}}
    form = simple_form(header, said, "2026-11-22T09:00:00+08:00")
    added = {"spec", "origin", "keys"}
    assert form == {
        **{name: value for name, value in HEADER.items() if name not in added},
        "occurred_at": "2026-11-22T09:00:00+08:00",
        "sections": said,
    }
