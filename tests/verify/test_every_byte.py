"""One changed byte anywhere fails, in evidence whole and in part, and in receipts.

Every position is tried in the run that sets HAZLEDGER_EVERY_BYTE=1; otherwise every eleventh, which
still meets every class of position, since the parts of a bundle are longer than that.
"""

import os
from collections.abc import Callable

import pytest

from ledger.errors import VerificationError
from ledger.verify import verify
from ledger.verify.report_text import STEPS
from tests.support.bundle_vectors import WITNESS, partly
from tests.support.ledger_bytes import small_ledger

STRIDE = 1 if os.environ.get("HAZLEDGER_EVERY_BYTE") else 11
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
