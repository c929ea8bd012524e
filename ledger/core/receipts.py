"""Receipts of a moment: what was just recorded, put together from bytes that are canonical already.

`ReceiptMaker.make` returns what `bundle.Receipt(...).encode()` returns for the same parts, without reading any of them
again: an object of canonical members in canonical order is canonical. Nothing here checks the parts; they come from
whoever has just made them.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.bundle import RECEIPT
from ledger.core.bundle_parts import check_vkeys, lines_of, signatures_content
from ledger.core.canonical import encode_sound
from ledger.core.checkpoint import Checkpoint
from ledger.core.events import Signature
from ledger.core.lines import b64std
from ledger.core.note import parse_note
from ledger.core.tlogproof import HEADER

_HEAD: Final = f'"{HEADER}","index '.encode()
_SPEC: Final = f'],"spec":"{RECEIPT}","vkeys":'.encode()


class ReceiptMaker:
    """Makes receipts under one signed checkpoint."""

    __slots__ = ("_checkpoint", "_vkeys")

    def __init__(self, checkpoint: bytes, vkeys: Iterable[str]) -> None:
        """Take the signed note, and the key of each of its signature lines. FormatError if they are not of the form."""
        ordered = sorted(vkeys)
        check_vkeys(ordered, "/vkeys")
        Checkpoint.parse(parse_note(checkpoint)[0])
        self._checkpoint = encode_sound(lines_of(checkpoint))[1:]
        self._vkeys = encode_sound(ordered)

    def make(
        self,
        index: int,
        path: Sequence[bytes],
        *,
        header: bytes,
        record: bytes,
        sections: Iterable[bytes],
        signatures: Sequence[Signature] = (),
        keys: Iterable[bytes] = (),
    ) -> bytes:
        """Return the receipt of leaf `index`: the canonical bytes of its parts, `sections` ascending by name.

        `path` is its inclusion path in the checkpoint; `keys` are the raw public keys of the signatures.
        """
        proof = b'%s%d","%s' % (_HEAD, index, "".join(f'{b64std(node)}","' for node in path).encode())
        return b'{"header":%s,"keys":%s,"proof":[%s",%s,"record":%s,"sections":[%s],"signatures":%s%s%s}' % (
            header,
            encode_sound(sorted(map(b64u, keys))),
            proof,
            self._checkpoint,
            record,
            b",".join(sections),
            encode_sound(signatures_content(signatures))[:-1],
            _SPEC,
            self._vkeys,
        )
