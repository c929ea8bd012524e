"""The receipts of one transaction's records: made from memory, when asked for, after the transaction has let go.

Nothing is read again: the proof is taken from the edge of the tree that was just signed, and the bytes are those that
were just stored.
"""

import threading
from collections.abc import Iterable

from ledger.core.merkle import inclusion_proof
from ledger.core.note import Signer
from ledger.core.receipts import ReceiptMaker
from ledger.core.tilereader import TileReader
from ledger.services.sealing import Sealed


class FreshReceipts:
    """Makes receipts of the records that one transaction appends. Safe for several threads once ``open``ed."""

    __slots__ = ("_lock", "_maker", "_nodes")

    def __init__(self) -> None:
        """Begin with a transaction that nothing is known of yet."""
        self._lock = threading.Lock()
        self._maker: ReceiptMaker | None = None
        self._nodes: TileReader | None = None

    def open(self, nodes: TileReader, note: bytes, signers: Iterable[Signer]) -> None:
        """Take the tree as it was signed, whose edge must not grow any more, and by whom.

        The way from a new leaf to the root leads through tiles at the edge, and tiles that were just completed.
        """
        self._maker = ReceiptMaker(note, [signer.verifier().vkey() for signer in signers])
        self._nodes = nodes

    def make(self, sealed: Sealed) -> bytes:
        """Return the receipt (hazledger/receipt@1) of one of the records."""
        assert self._maker is not None
        assert self._nodes is not None
        made, index = sealed.submission, sealed.entry.index
        with self._lock:
            path = inclusion_proof(index, self._nodes.size, self._nodes)
        return self._maker.make(
            index,
            path,
            header=made.header_bytes,
            record=sealed.record.body,
            sections=[section.body for section in made.disclosures],
            signatures=made.signatures,
            keys=made.raw_keys,
        )
