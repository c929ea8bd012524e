"""A receipt held against its statement: the same header and signatures, in a log that a pinned key signed."""

from collections.abc import Sequence

from ledger.client.statement import Statement
from ledger.core.b64 import unb64u
from ledger.core.bundle import Receipt
from ledger.core.canonical import Json
from ledger.core.checkpoint import open_checkpoint
from ledger.core.events import signatures_digest
from ledger.core.merkle import leaf_hash, require_inclusion
from ledger.core.note import Verifier
from ledger.core.records import record_hash
from ledger.errors import VerificationError


def check_receipt(data: bytes | Json, statement: Statement, vkeys: Sequence[str]) -> Receipt:
    """Return the receipt if it is this statement's, included under a checkpoint that one of the keys signed.

    ``vkeys``: verifier keys of the log, pinned from elsewhere than its server. VerificationError names the step
    (``event``, ``signatures``, ``checkpoint``, ``inclusion``); FormatError: it is no receipt.
    """
    receipt = Receipt.parse(data)
    record = receipt.record
    if receipt.header.encode() != statement.header_bytes or record.event != statement.hash:
        raise VerificationError("receipt_of_another", "event", "/header")
    if receipt.signatures != statement.signatures or record.signatures != signatures_digest(statement.signatures):
        raise VerificationError("receipt_of_another", "signatures", "/signatures")
    verifiers = [Verifier.parse(text) for text in vkeys]
    checkpoint, _ = open_checkpoint(receipt.proof.checkpoint, statement.header.origin, verifiers)
    leaf = leaf_hash(unb64u(record_hash(record.encode())))
    if receipt.proof.index != record.index or record.origin != statement.header.origin:
        raise VerificationError("receipt_of_another", "inclusion", "/record")
    require_inclusion(record.index, checkpoint.size, leaf, receipt.proof.path, checkpoint.root)
    return receipt
