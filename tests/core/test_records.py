import dataclasses
from typing import Any

import pytest
from hypothesis import given

from ledger.core.b64 import b64u
from ledger.core.canonical import Json, encode
from ledger.core.records import MAX_LINKS, Link, Record, manifest_hash, record_hash
from ledger.core.sections import COMMIT_NAMES, Disclosure
from ledger.errors import FormatError
from tests.core.refusals import refused
from tests.core.values import links, mutated, objects, records

HASH = b64u(bytes(32))
OTHER = b64u(b"\xff" * 32)
UUID = "01987a00-0000-7000-8000-00000000000b"
RECORD: dict[str, Json] = {
    "spec": "hazledger/record@1",
    "origin": "trace.example.cn/log",
    "index": 7,
    "event": HASH,
    "recorded_at": "2026-11-22T00:15:00.123Z",
    "signatures": None,
    "auth": HASH,
    "rules": HASH,
    "reference": HASH,
    "links": [HASH, OTHER],
}
LINK: dict[str, Json] = {"chain": f"batch:{UUID}", "seq": 3, "prev": HASH, "effects": OTHER}


@given(records)
def test_a_record_comes_back_from_its_bytes(record: Record) -> None:
    assert Record.parse(record.encode()) == record
    assert Record.parse(record.content()) == record


@given(mutated(records.map(Record.encode)))
def test_a_mutated_record_is_refused_or_is_another_one(body: bytes) -> None:
    try:
        record = Record.parse(body)
    except FormatError:
        return
    assert record.encode() == body


@given(links)
def test_a_link_comes_back_from_its_disclosure(link: Link) -> None:
    body = Disclosure(bytes(16), "link", link.content()).body
    assert Link.parse(Disclosure.parse(body, COMMIT_NAMES).content) == link


@given(mutated(links.map(lambda link: encode(["AAAAAAAAAAAAAAAAAAAAAA", "link", link.content()]))))
def test_a_mutated_link_is_refused_or_is_another_one(body: bytes) -> None:
    try:
        content = Disclosure.parse(body, COMMIT_NAMES).content
        link = Link.parse(content)
    except FormatError:
        return
    assert link.content() == content


BAD_RECORDS: list[tuple[dict[str, Any], str, str]] = [
    ({"spec": "hazledger/record@2"}, "spec_unknown", "/spec"),
    ({"extra": 1}, "unknown_name", "/extra"),
    ({"origin": "a b"}, "origin_not_of_form", "/origin"),
    ({"origin": 1}, "wrong_kind", "/origin"),
    ({"index": -1}, "number_out_of_range", "/index"),
    ({"index": "7"}, "wrong_kind", "/index"),
    ({"index": True}, "wrong_kind", "/index"),
    ({"event": HASH[:-1]}, "base64_wrong_size", "/event"),
    ({"event": None}, "wrong_kind", "/event"),
    ({"recorded_at": "2026-11-22T00:15:00Z"}, "recorded_time_not_of_form", "/recorded_at"),
    ({"recorded_at": "2026-11-31T00:15:00.000Z"}, "time_out_of_range", "/recorded_at"),
    ({"recorded_at": 1}, "wrong_kind", "/recorded_at"),
    ({"signatures": ""}, "base64_wrong_size", "/signatures"),
    ({"signatures": []}, "wrong_kind", "/signatures"),
    ({"auth": "AAAA"}, "base64_wrong_size", "/auth"),
    ({"rules": HASH + "="}, "base64_not_canonical", "/rules"),
    ({"reference": "*" * 43}, "base64_not_canonical", "/reference"),
    ({"links": None}, "wrong_kind", "/links"),
    ({"links": []}, "list_length", "/links"),
    ({"links": [HASH] * (MAX_LINKS + 1)}, "list_length", "/links"),
    ({"links": [HASH, HASH]}, "duplicate_item", "/links/1"),
    ({"links": [HASH, b64u(b"\x01" * 32), b64u(b"\x00" * 31 + b"\x01")]}, "not_sorted", "/links/2"),
    ({"links": [HASH, 1]}, "wrong_kind", "/links/1"),
    ({"links": ["AAAA"]}, "base64_wrong_size", "/links/0"),
]


@pytest.mark.parametrize(("change", "code", "field"), BAD_RECORDS, ids=lambda item: repr(item)[:50])
def test_a_bad_member_of_a_record_is_refused_by_its_name(change: dict[str, Any], code: str, field: str) -> None:
    with refused(code, field):
        Record.parse(RECORD | change)


@pytest.mark.parametrize("name", sorted(RECORD))
def test_no_member_of_a_record_may_be_missing(name: str) -> None:
    with refused("name_missing", f"/{name}"):
        Record.parse({key: value for key, value in RECORD.items() if key != name})


def test_a_record_made_by_hand_is_held_to_the_same_form() -> None:
    record = Record.parse(RECORD)
    with refused("time_out_of_range", "/recorded_at"):
        dataclasses.replace(record, recorded_at_ms=-1)
    with refused("list_length", "/links"):
        dataclasses.replace(record, links=())
    with refused("number_out_of_range", "/index"):
        dataclasses.replace(record, index=2**53)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"chain": f"user:{UUID}"}, "ref_wrong_kind", "/chain"),
        ({"chain": "batch:x"}, "ref_not_of_form", "/chain"),
        ({"chain": None}, "wrong_kind", "/chain"),
        ({"seq": -1}, "number_out_of_range", "/seq"),
        ({"seq": "0"}, "wrong_kind", "/seq"),
        ({"seq": 0}, "link_prev_mismatch", "/prev"),
        ({"prev": None}, "link_prev_mismatch", "/prev"),
        ({"prev": 1}, "wrong_kind", "/prev"),
        ({"prev": "AAAA"}, "base64_wrong_size", "/prev"),
        ({"effects": None}, "wrong_kind", "/effects"),
        ({"effects": OTHER + "A"}, "base64_wrong_size", "/effects"),
        ({"posts": 1}, "unknown_name", "/posts"),
    ],
)
def test_a_bad_link_is_refused(change: dict[str, Json], code: str, field: str) -> None:
    with refused(code, field):
        Link.parse(LINK | change)


@given(objects)
def test_a_manifest_is_known_by_its_content_not_its_order(manifest: dict[str, Json]) -> None:
    turned = dict(reversed(manifest.items()))
    assert manifest_hash(manifest) == manifest_hash(turned)
    assert manifest_hash(manifest) != manifest_hash({**manifest, "new_member": 1})


def test_kinds_of_hashes_do_not_meet() -> None:
    assert manifest_hash({}) != record_hash(b"{}")
