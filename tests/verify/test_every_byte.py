"""One changed byte anywhere fails, in evidence whole and in part, and in receipts.

Every position is tried in the run that sets HAZLEDGER_TEST_EVERY_BYTE=1; otherwise every eleventh, which
still meets every class of position, since the parts of a bundle are longer than that.
"""

import json
import os
from collections.abc import Callable, Iterator

import pytest

from ledger.core.canonical import Json, encode
from ledger.errors import VerificationError
from ledger.verify import verify
from ledger.verify.report_text import STEPS
from tests.support.bundle_vectors import WITNESS, partly
from tests.support.ledger_bytes import small_ledger

STRIDE = 1 if os.environ.get("HAZLEDGER_TEST_EVERY_BYTE") else 11
BUNDLES: dict[str, Callable[[], bytes]] = {
    "evidence": lambda: small_ledger().evidence(witnesses=(WITNESS,)).encode(),
    "evidence_partly_disclosed": lambda: small_ledger().evidence(show=partly).encode(),
    "receipt": lambda: small_ledger().receipt(2, witnesses=(WITNESS,)).encode(),
}


def fails(data: bytes) -> bool:
    """Whether verification fails with the ledger's own error, naming a step."""
    try:
        verify(data)
    except VerificationError as error:
        return error.step in STEPS
    return False


@pytest.mark.parametrize("name", BUNDLES)
def test_one_flipped_byte_anywhere_fails(name: str) -> None:
    data = BUNDLES[name]()
    survivors = []
    for position in range(0, len(data), STRIDE):
        changed = bytearray(data)
        changed[position] ^= 1 << (position // STRIDE) % 8
        if not fails(bytes(changed)):
            survivors.append(position)
    assert survivors == []


@pytest.mark.parametrize("name", BUNDLES)
def test_one_byte_more_or_less_anywhere_fails(name: str) -> None:
    data = BUNDLES[name]()
    for position in range(0, len(data), STRIDE * 7):
        assert fails(data[:position] + data[position + 1 :]), position
        assert fails(data[:position] + data[position : position + 1] + data[position:]), position


@pytest.mark.parametrize("name", BUNDLES)
def test_a_truncated_or_continued_file_fails(name: str) -> None:
    data = BUNDLES[name]()
    for changed in (b"", data[:-1], data + b"\n", b" " + data, data + data):
        assert fails(changed)


def test_a_file_that_is_no_bundle_fails() -> None:
    for data in (b"{}", b"[]", b"null", b'{"spec":"hazledger/policy@1"}', b'{"spec":1}', b"\xff"):
        assert fails(data)


ODD_VALUES: tuple[Json, ...] = (None, True, 0, -1, 2**53 - 1, "", "x", "A" * 43, [], {}, [[]], {"a": 1})


def places(value: Json, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a JSON document."""
    if way:
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*way, key))


@pytest.mark.parametrize("name", BUNDLES)
def test_one_replaced_value_anywhere_fails_or_discloses_less(name: str) -> None:
    data = BUNDLES[name]()
    whole = verify(data)
    for number, (*way, last) in enumerate(places(json.loads(data))):
        for odd in (ODD_VALUES[number % 12], ODD_VALUES[(number + 5) % 12]):
            document = json.loads(data)
            inner = document
            for step in way:
                inner = inner[step]
            if inner[last] == odd:
                continue
            inner[last] = odd
            try:
                report = verify(encode(document))
            except VerificationError:
                continue
            # What is left is the holder's right to show less: withheld effects, sections or headers.
            assert last in ("effects", "sections", "header"), (way, last, odd)
            assert report.verdict != whole.verdict or name == "receipt"


def test_bytes_that_are_almost_json_fail_with_the_ledgers_own_error() -> None:
    for data in (b"[" * 100_000, b'{"a":' * 50_000, b'"' * 9, b'{"spec":"hazledger/evidence@1"}', b"[1e400]"):
        assert fails(data)
