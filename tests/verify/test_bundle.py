"""The shapes of receipt, evidence and policy: closed, canonical, bounded, and the same both ways."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger.core import bundle as shapes
from ledger.core.b64 import b64u
from ledger.core.bundle import Entry, Evidence, Policy, Receipt, read_bundle
from ledger.core.canonical import Json, encode
from ledger.core.heads import HeadProof
from ledger.core.sections import Disclosure
from ledger.core.tlogproof import TlogProof
from ledger.errors import FormatError
from tests.support.bundle_vectors import FOLDER, documents, partly, policy_of
from tests.support.ledger_bytes import Show, header_only, public_of, record_only, small_ledger, witness_vkey


def test_the_golden_documents_are_what_the_code_makes() -> None:
    made = documents()
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == made


@pytest.mark.parametrize("show", [None, partly, header_only, record_only])
def test_evidence_reads_back_as_it_was(show: Show | None) -> None:
    evidence = small_ledger().evidence(show=show)
    assert read_bundle(evidence.encode()) == evidence
    assert Evidence.parse(evidence.encode()).encode() == evidence.encode()


def test_receipt_reads_back_as_it_was() -> None:
    receipt = small_ledger().receipt(2, witnesses=["w.example"])
    assert read_bundle(receipt.encode()) == receipt
    assert Receipt.parse(receipt.encode()) == receipt


def test_policy_reads_back_as_it_was() -> None:
    for policy in (small_ledger().policy(), policy_of(small_ledger())):
        assert Policy.parse(policy.encode()) == policy


def refused(read: Callable[[], object], code: str, field: str | None) -> None:
    with pytest.raises(FormatError) as caught:
        read()
    assert (caught.value.code, caught.value.field) == (code, field)


EVIDENCE_CHANGES: list[tuple[list[str | int], Json, str, str]] = [
    (["spec"], "hazledger/evidence@2", "spec_unknown", "/spec"),
    (["origin"], "a b", "origin_not_of_form", "/origin"),
    (["origin"], 1, "wrong_kind", "/origin"),
    (["chain"], "user:01987a00-0000-7000-8000-000000000001", "ref_wrong_kind", "/chain"),
    (["entries"], [], "list_length", "/entries"),
    (["entries"], {}, "wrong_kind", "/entries"),
    (["entries", 1], 1, "wrong_kind", "/entries/1"),
    (["entries", 1, "record", "index"], 0, "not_sorted", "/entries/1/record/index"),
    (["entries", 1, "record", "index"], -1, "number_out_of_range", "/entries/1/record/index"),
    (["entries", 1, "header", "mode"], "x", "not_a_choice", "/entries/1/header/mode"),
    (["entries", 1, "header"], None, "entry_without_header", "/entries/1/header"),
    (["entries", 1, "signatures", 0, "sig"], "AA", "base64_wrong_size", "/entries/1/signatures/0/sig"),
    (["entries", 1, "path", 0], "AA", "base64_wrong_size", "/entries/1/path/0"),
    (["entries", 1, "path"], ["AA"] * 64, "list_length", "/entries/1/path"),
    (["entries", 1, "sections", 0], [], "list_length", "/entries/1/sections/0"),
    (["entries", 1, "sections", 0, 0], "AA", "base64_wrong_size", "/entries/1/sections/0/0"),
    (["entries", 1, "sections", 0, 1], "link", "not_a_choice", "/entries/1/sections/0/1"),
    (["entries", 1, "sections", 0, 1], "place", "not_sorted", "/entries/1/sections/1"),
    (["entries", 1, "sections", 0, 2], [], "wrong_kind", "/entries/1/sections/0/2"),
    (["entries", 2, "link"], None, "effects_without_link", "/entries/2/effects"),
    (["entries", 2, "link", 1], "effects", "not_a_choice", "/entries/2/link/1"),
    (["entries", 2, "effects", 1], "link", "not_a_choice", "/entries/2/effects/1"),
    (["heads"], {}, "name_missing", "/heads/index"),
    (["heads", "index"], -1, "number_out_of_range", "/heads/index"),
    (["heads", "size"], 0, "number_out_of_range", "/heads/size"),
    (["heads", "path", 0], "A", "base64_not_canonical", "/heads/path/0"),
    (["checkpoint"], [], "note_malformed", "/checkpoint"),
    (["checkpoint", 0], 1, "wrong_kind", "/checkpoint/0"),
    (["checkpoint"], ["x"] * 257, "list_length", "/checkpoint"),
    (["vkeys"], [], "list_length", "/vkeys"),
    (["vkeys", 0], "x", "vkey_malformed", "/vkeys/0"),
]


@pytest.mark.parametrize(("place", "value", "code", "field"), EVIDENCE_CHANGES)
def test_evidence_that_is_not_of_the_form(place: list[str | int], value: Json, code: str, field: str) -> None:
    members = json.loads(small_ledger().evidence().encode())
    inner = members
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    refused(lambda: Evidence.parse(encode(members)), code, field)


@pytest.mark.parametrize("spot", [[], ["entries", 0], ["entries", 0, "record"], ["heads"]])
def test_a_name_more_or_less_is_refused(spot: list[str | int]) -> None:
    for change in ("more", "less"):
        members = json.loads(small_ledger().evidence().encode())
        inner = members
        for step in spot:
            inner = inner[step]
        if change == "more":
            inner["zz"] = None
        else:
            inner.pop(min(inner))
        with pytest.raises(FormatError, match="unknown_name" if change == "more" else "name_missing"):
            Evidence.parse(encode(members))


def test_second_spellings_are_refused() -> None:
    data = small_ledger().evidence().encode()
    refused(lambda: read_bundle(json.dumps(json.loads(data)).encode()), "json_not_canonical", None)
    refused(lambda: read_bundle(data + b"\n"), "json_not_canonical", None)


def test_keys_and_lines_in_another_order_are_refused() -> None:
    ledger = small_ledger()
    evidence = ledger.evidence(witnesses=["w1.example", "w2.example"])
    refused(lambda: replace(evidence, vkeys=evidence.vkeys[::-1]), "not_sorted", "/vkeys/1")


@pytest.mark.parametrize(
    ("make", "code", "field"),
    [
        (lambda entry: replace(entry, path=(b"x",)), "path_not_of_form", "/path"),
        (lambda entry: replace(entry, path=(bytes(32),) * 64), "path_not_of_form", "/path"),
        (lambda entry: replace(entry, sections=(Disclosure(bytes(16), "auth", {}),)), "not_a_choice", "/sections/0/1"),
        (lambda entry: replace(entry, link=entry.effects), "not_a_choice", "/link/1"),
    ],
)
def test_an_entry_that_could_not_be_read_back_is_not_made(
    make: Callable[[Entry], Entry], code: str, field: str
) -> None:
    entry = small_ledger().evidence().entries[2]
    refused(lambda: make(entry), code, field)


def test_evidence_that_could_not_be_read_back_is_not_made() -> None:
    evidence = small_ledger().evidence()
    refused(lambda: replace(evidence, heads=HeadProof(0, 1, (b"",))), "path_not_of_form", "/heads/path")
    refused(lambda: replace(evidence, checkpoint=b"x\n"), "note_malformed", "/checkpoint")


def test_receipt_that_is_not_of_the_form() -> None:
    receipt = small_ledger().receipt(2)
    extra = replace(receipt.proof, extra=b"x")
    refused(lambda: replace(receipt, proof=extra), "proof_with_extra", "/proof/1")
    refused(lambda: replace(receipt, keys=(bytes(32),)), "key_small_order", "/keys/0")
    refused(lambda: replace(receipt, keys=receipt.keys * 2), "duplicate_item", "/keys/1")
    refused(lambda: replace(receipt, vkeys=(witness_vkey("w"),) * 2), "duplicate_item", "/vkeys/1")
    members = json.loads(receipt.encode())
    members["proof"][0] = "c2sp.org/tlog-proof@v2"
    refused(lambda: Receipt.parse(encode(members)), "tlog_proof_malformed", "/proof")


def test_keys_of_a_receipt_are_sorted() -> None:
    receipt = small_ledger().receipt(2)
    keys = tuple(sorted([*receipt.keys, public_of("log")], key=b64u))
    assert replace(receipt, keys=keys).keys == keys
    refused(lambda: replace(receipt, keys=keys[::-1]), "not_sorted", "/keys/1")


def test_a_bundle_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = small_ledger().evidence()
    data = evidence.encode()
    monkeypatch.setattr(shapes, "MAX_ENTRIES", 5)
    refused(lambda: read_bundle(data), "list_length", "/entries")
    refused(lambda: replace(evidence, origin="x"), "list_length", "/entries")
    monkeypatch.setattr(shapes, "MAX_BYTES", len(data) - 1)
    refused(lambda: read_bundle(data), "json_too_large", None)
    refused(evidence.encode, "json_too_large", None)


def test_deep_contents_are_read_back() -> None:
    # A disclosure may be 16 deep, [salt, name, content] included; a bundle adds four.
    content: dict[str, Any] = {}
    for _ in range(14):
        content = {"a": content}
    disclosure = Disclosure(bytes(16), "outputs", content)
    assert Disclosure.parse(disclosure.body) == disclosure
    receipt = replace(small_ledger().receipt(2), sections=(disclosure,))
    entry = replace(small_ledger().evidence().entries[2], sections=(disclosure,))
    evidence = replace(small_ledger().evidence(), entries=(entry,))
    assert read_bundle(evidence.encode()) == evidence
    assert read_bundle(receipt.encode()) == receipt


def test_a_proof_keeps_its_bytes() -> None:
    receipt = small_ledger().receipt(3, witnesses=["w.example"])
    lines = json.loads(receipt.encode())["proof"]
    assert TlogProof.parse(("\n".join(lines) + "\n").encode()) == receipt.proof
