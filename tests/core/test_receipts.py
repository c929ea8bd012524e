"""Receipts put together from bytes are those that the bundle encodes."""

import pytest

from ledger.core.bundle import Receipt
from ledger.core.receipts import ReceiptMaker
from tests.core.refusals import refused
from tests.support.ledger_bytes import small_ledger, witness_vkey

WITNESS = "witness.example.org/w1"


def made(receipt: Receipt) -> bytes:
    return ReceiptMaker(receipt.proof.checkpoint, reversed(receipt.vkeys)).make(
        receipt.record.index,
        receipt.proof.path,
        header=receipt.header.encode(),
        record=receipt.record.encode(),
        sections=[section.body for section in receipt.sections],
        signatures=receipt.signatures,
        keys=reversed(receipt.keys),
    )


@pytest.mark.parametrize("index", range(len(small_ledger().kept)))
@pytest.mark.parametrize("witnesses", [(), (WITNESS,)])
def test_the_bytes_are_those_of_the_bundle(index: int, witnesses: tuple[str, ...]) -> None:
    receipt = small_ledger().receipt(index, witnesses=witnesses)
    assert made(receipt) == receipt.encode()
    assert Receipt.parse(made(receipt)) == receipt


def test_a_path_of_no_node() -> None:
    receipt = small_ledger().receipt(0, size=1)
    assert receipt.proof.path == ()
    assert made(receipt) == receipt.encode()


def test_a_note_or_keys_of_another_form_are_refused() -> None:
    receipt = small_ledger().receipt(2)
    with refused("note_malformed"):
        ReceiptMaker(b"no note", receipt.vkeys)
    with refused("list_length", "/vkeys"):
        ReceiptMaker(receipt.proof.checkpoint, ())
    with refused("duplicate_item", "/vkeys/1"):
        ReceiptMaker(receipt.proof.checkpoint, (witness_vkey(WITNESS), witness_vkey(WITNESS)))
