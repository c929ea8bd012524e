"""Receipts: what they show and how they break."""

from dataclasses import replace

from ledger.core.sections import Disclosure
from ledger.core.tlogproof import TlogProof
from tests.support.ledger_bytes import BATCH, ORIGIN, PRODUCER, LedgerBytes, public_of, small_ledger, witness_vkey
from tests.verify.breaking import breaks, codes, holds


def test_a_signed_receipt() -> None:
    ledger = small_ledger()
    report = holds(ledger.receipt(2), ledger.policy())
    assert codes(report) == ["genuine", "demo_not_shown", "key_owner_not_shown"]
    assert [step.name for step in report.steps] == [
        "form", "sections", "event", "signatures", "checkpoint", "inclusion", "policy",
    ]  # fmt: skip
    assert report.subject == ledger.kept[2].record.event
    assert report.records[0].standing == "not_shown"


def test_an_unsigned_receipt_without_a_policy() -> None:
    ledger = small_ledger()
    report = holds(ledger.receipt(3, size=4))
    assert codes(report) == ["consistent_not_pinned", "demo_not_shown", "by_attested"]
    assert report.records[0].standing == "attested"


def test_a_receipt_refreshed_to_a_cosigned_proof() -> None:
    ledger = small_ledger()
    assert "cosigned" in codes(holds(ledger.receipt(2, witnesses=["w.example"])))


def test_its_proof_is_a_tlog_proof_that_others_verify() -> None:
    receipt = small_ledger().receipt(2)
    assert TlogProof.parse(receipt.proof.encode()) == receipt.proof


def test_swapped_section() -> None:
    receipt = small_ledger().receipt(2)
    forged = Disclosure(receipt.sections[0].salt, "outputs", {})
    breaks(replace(receipt, sections=(forged, *receipt.sections[1:])), "sections", "section_digest_wrong")


def test_receipt_for_another_event() -> None:
    ledger = small_ledger()
    other = ledger.receipt(3)
    receipt = replace(ledger.receipt(2), header=other.header, sections=(), signatures=(), keys=())
    breaks(receipt, "event", "event_hash_wrong")


def test_receipt_with_other_signatures() -> None:
    breaks(replace(small_ledger().receipt(2), signatures=()), "event", "signatures_digest_wrong")


def test_event_of_another_origin() -> None:
    ledger = LedgerBytes()
    ledger.open()
    ledger.append(
        "use.consumed",
        PRODUCER,
        {},
        [BATCH],
        origin="other.example/log",
    )
    breaks(ledger.receipt(1), "event", "origin_differs")


def test_receipt_without_the_key_that_signed() -> None:
    breaks(replace(small_ledger().receipt(2), keys=()), "signatures", "receipt_keys_differ")


def test_receipt_with_another_key() -> None:
    breaks(replace(small_ledger().receipt(2), keys=(public_of("thief"),)), "signatures", "receipt_keys_differ")


def test_proof_of_another_leaf() -> None:
    ledger = small_ledger()
    proof = replace(ledger.receipt(2).proof, index=3)
    breaks(replace(ledger.receipt(2), proof=proof), "inclusion", "index_not_leaf")


def test_proof_of_another_record() -> None:
    ledger = small_ledger()
    proof = replace(ledger.receipt(3).proof, index=2)
    breaks(replace(ledger.receipt(2), proof=proof), "inclusion", "inclusion_not_proven")


def test_checkpoint_of_another_log() -> None:
    ledger, other = small_ledger(), LedgerBytes(origin="trace.example.org/log")
    other.open()
    receipt = ledger.receipt(2)
    proof = replace(receipt.proof, checkpoint=other.checkpoint())
    breaks(replace(receipt, proof=proof), "checkpoint", "note_not_signed")
    breaks(replace(receipt, proof=proof, vkeys=other.vkeys()), "checkpoint", "log_key_missing")


def test_no_log_key_named() -> None:
    receipt = replace(small_ledger().receipt(2), vkeys=(witness_vkey("w.example"),))
    error = breaks(receipt, "checkpoint", "log_key_missing")
    assert error.params["origin"] == ORIGIN
