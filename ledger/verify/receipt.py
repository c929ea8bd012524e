"""A receipt, judged offline: steps form, sections, event, record, signatures, checkpoint, inclusion, policy.

A receipt shows neither leaf 0 nor registrations: whose key signed, and whether the ledger is a
demonstration, it cannot tell.
"""

from ledger.core.b64 import unb64u
from ledger.core.bundle import RECEIPT, Policy, Receipt
from ledger.core.checkpoint import Checkpoint
from ledger.core.keys import key_id
from ledger.core.merkle import leaf_hash, require_inclusion
from ledger.core.records import record_hash
from ledger.verify.checks import (
    broken,
    check_checkpoint,
    check_event,
    check_policy,
    check_sections,
    check_signatures,
    step,
    verdict_of,
)
from ledger.verify.report import Part, RecordLine, Report, Standing, Steps


def judge_receipt(receipt: Receipt, policy: Policy | None = None) -> Report:
    """Verify a receipt that was read from canonical bytes. VerificationError: which step broke, and where."""
    header, record = receipt.header, receipt.record
    steps = Steps()
    steps.done("form")
    with step("sections"):
        check_sections(header, receipt.sections, "")
    steps.done("sections", disclosed=len(receipt.sections), withheld=len(header.sections) - len(receipt.sections))
    with step("event"):
        header_bytes = header.encode()
        check_event(header_bytes, receipt.signatures, record, "")
        if header.origin != record.origin:
            raise broken("origin_differs", "/header/origin", expected=record.origin)
    steps.done("event", hash=record.event)
    with step("signatures"):
        raw_keys = {key_id(raw): raw for raw in receipt.keys}
        if raw_keys.keys() != set(header.keys):
            raise broken("receipt_keys_differ", "/keys")
        check_signatures(header, header_bytes, receipt.signatures, raw_keys.__getitem__, "")
    steps.done("signatures", signed=len(header.keys))
    with step("checkpoint"):
        signed = check_checkpoint(receipt.proof.checkpoint, record.origin, receipt.vkeys)
    steps.done("checkpoint", size=signed.checkpoint.size, witnesses=len(signed.witnesses))
    with step("inclusion"):
        _check_inclusion(receipt, signed.checkpoint)
    steps.done("inclusion", index=record.index)
    with step("policy"):
        if policy is not None:
            check_policy(policy, record.origin, signed, None)
    steps.done("policy", ok=policy is not None)
    standing: Standing = "not_shown" if header.keys else "attested"
    return Report(
        spec=RECEIPT,
        origin=record.origin,
        subject=record.event,
        steps=steps.taken(),
        verdict=_verdict(receipt, policy, steps),
        records=(RecordLine(record.index, record.recorded_at_ms, header.type, header.actor, standing),),
    )


def _check_inclusion(receipt: Receipt, checkpoint: Checkpoint) -> None:
    record, proof = receipt.record, receipt.proof
    if proof.index != record.index:
        raise broken("index_not_leaf", "/record/index", index=record.index, leaf=proof.index)
    leaf = leaf_hash(unb64u(record_hash(record.encode())))
    require_inclusion(record.index, checkpoint.size, leaf, proof.path, checkpoint.root)


def _verdict(receipt: Receipt, policy: Policy | None, steps: Steps) -> tuple[Part, ...]:
    signed = Part("key_owner_not_shown") if receipt.header.keys else Part("by_attested", {"records": 1})
    return (*verdict_of(policy, steps.facts("checkpoint")), Part("demo_not_shown"), signed)
