"""The log of reads re-read: every read as its leaf says, none missing, and the head as the log's key signed it."""

from collections.abc import Sequence
from pathlib import Path

from ledger.core.b64 import b64u
from ledger.core.checkpoint import open_checkpoint
from ledger.core.merkle import leaf_hash
from ledger.core.note import Verifier
from ledger.core.reads import origin_of_reads, read_hash
from ledger.core.tilereader import RightEdge
from ledger.services.audit_findings import Findings
from ledger.services.log import reader_of, root_of
from ledger.services.read_kept import last_kept
from ledger.services.read_log import bytes_of
from ledger.services.signer_state import Signed
from ledger.store.rows import ReadHeadRow, ReadRow
from ledger.store.unit_of_work import Unit


def check_reads(unit: Unit, origin: str, keys: Sequence[bytes], findings: Findings, kept: Signed | None = None) -> int:
    """Note reads that were changed, are missing or were added, and a head that is not theirs; return their number.

    ``keys``: raw keys that ever spoke for the log; ``kept``: the head that was kept outside the database, read before.
    """
    return _Reads(unit, origin, findings, kept).run(keys)


def kept_head(signer_state: Path | None, findings: Findings) -> Signed | None:
    """Read the head that stands beside the signer state; note where that file is not as it must be."""
    kept: list[Signed | None] = []
    with findings.catching("read_log_wrong", file="signer_state"):
        kept.append(last_kept(signer_state))
    return kept[0] if kept else None


class _Reads:
    def __init__(self, unit: Unit, origin: str, findings: Findings, kept: Signed | None) -> None:
        self._unit = unit
        self._origin = origin
        self._findings = findings
        self._edge = RightEdge()
        self._tiles = 0
        self._signed_root: bytes | None = None
        self._kept = kept
        self._kept_root: bytes | None = None

    def run(self, keys: Sequence[bytes]) -> int:
        head = self._unit.reads.head()
        if self._unit.reads.heads() > (head is not None):
            self._findings.add("read_log_wrong", "more than one head", table="read_head")
        signed = 0 if head is None else head.signed
        if signed == 0:
            self._signed_root = root_of(reader_of(self._edge))
        for row in self._unit.reads.iterate():
            self._take(row, signed)
        if head is not None and self._unit.reads.without_place(1):
            self._findings.add("read_altered", "a read without a place", table="reads")
        self._check_head(head, keys)
        self._check_kept()
        stored = self._unit.reads.tile_count()
        if stored != self._tiles:
            self._findings.add("read_log_wrong", f"{stored} tiles stored, {self._tiles} complete", table="read_tiles")
        return self._edge.size

    def _take(self, row: ReadRow, signed: int) -> None:
        place = self._edge.size
        if row.idx != place:
            kind = "read_missing" if isinstance(row.idx, int) and row.idx > place else "read_altered"
            self._findings.add(kind, f"place {row.idx}, expected {place}", table="reads", id=str(row.id))
        stored = row.hash if isinstance(row.hash, bytes) else b""
        made = stored
        with self._findings.catching("read_altered", table="reads", id=str(row.id)):
            made = read_hash(bytes_of(row, self._origin))
            if made != stored:
                self._findings.add("read_altered", b64u(stored), table="reads", id=str(row.id))
        for tile, data in self._edge.extend([leaf_hash(made)]):
            self._tiles += 1
            if self._unit.reads.tile(tile.level, tile.n) != data:
                self._findings.add("read_log_wrong", tile.path, table="read_tiles", level=tile.level, n=tile.n)
        if self._edge.size == signed:
            self._signed_root = root_of(reader_of(self._edge))
        if self._kept is not None and self._edge.size == self._kept.size:
            self._kept_root = root_of(reader_of(self._edge))

    def _check_kept(self) -> None:
        """Demand that the reads extend the head that the database cannot change."""
        kept = self._kept
        if kept is None:
            return
        if kept.origin != origin_of_reads(self._origin):
            self._findings.add("read_log_wrong", f"the head kept outside is of {kept.origin}", file="signer_state")
        elif kept.size > self._edge.size:
            detail = f"{self._edge.size} reads, {kept.size} were signed"
            self._findings.add("read_log_cut", detail, table="reads", size=kept.size)
        elif kept.root != self._kept_root:
            self._findings.add("read_log_cut", "another history than was signed", table="reads", size=kept.size)

    def _check_head(self, head: ReadHeadRow | None, keys: Sequence[bytes]) -> None:
        size = self._edge.size
        if head is None:
            if size:
                self._findings.add("read_log_wrong", f"{size} reads and no head", table="read_head")
            return
        if head.size != size or head.signed > size or head.signed < 0:
            kind = "read_missing" if head.size > size else "read_log_wrong"
            self._findings.add(kind, f"head of {head.size}, {size} reads", table="read_head")
        if head.signed == 0 and head.note == b"":
            if head.root != self._signed_root:
                self._findings.add("read_log_wrong", "another root", table="read_head")
            return
        origin = origin_of_reads(self._origin)
        with self._findings.catching("read_log_wrong", table="read_head"):
            found, _ = open_checkpoint(head.note, origin, [Verifier(origin, raw) for raw in keys])
            if (found.size, found.root) != (head.signed, head.root):
                self._findings.add("read_log_wrong", "the note says another head", table="read_head")
            elif found.root != self._signed_root:
                self._findings.add("read_log_wrong", "the reads are not those that were signed", table="reads")
