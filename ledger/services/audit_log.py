"""The Merkle log: record i is leaf i, tiles and roots are theirs, and the log's key signed every checkpoint shown."""

from collections.abc import Iterator
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.checkpoint import open_checkpoint
from ledger.core.merkle import Frontier, leaf_hash
from ledger.core.note import Verifier
from ledger.core.tilereader import RightEdge
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings
from ledger.services.log import root_of
from ledger.services.signer_state import SignerState
from ledger.store.rows import PublishedRow
from ledger.store.unit_of_work import Unit

_KEY_TYPES: Final = ("governance.ledger_opened", "governance.log_key_rotated")


class LogAudit:
    """Grows its own tree of the records and compares everything stored about the log with it."""

    def __init__(self, unit: Unit, findings: Findings) -> None:
        """Begin with the empty tree."""
        self._unit = unit
        self._findings = findings
        self._edge = RightEdge()
        self._keys: dict[bytes, Verifier] = {}
        self._published = _published(unit)
        self._next = next(self._published, None)
        self._tiles = 0
        self.origin: str | None = None

    @property
    def root(self) -> bytes:
        """The root over the records so far."""
        return root_of(self._edge)

    def add(self, index: int, record_hash: bytes, checked: Checked | None) -> None:
        """Take the next leaf; ``checked`` tells which keys may sign for the log from here on."""
        if checked is not None:
            self.origin = self.origin or checked.record.origin
            if checked.entry.event.header.type in _KEY_TYPES:
                with self._findings.catching("log_key_not_of_form", index=index):
                    self._learn(checked)
        for tile, data in self._edge.push(leaf_hash(record_hash)):
            self._tiles += 1
            if self._unit.log.tile(tile.level, tile.n) != data:
                self._findings.add("tile_wrong", tile.path, level=tile.level, n=tile.n)
        while self._next is not None and self._next.size == self._edge.size:
            self._check_note("published_checkpoint_wrong", self._next.note, self._next.size, self.root)
            self._next = next(self._published, None)

    def _learn(self, checked: Checked) -> None:
        stated = checked.entry.event.contents["log"]["keys"]
        if isinstance(stated, list):
            for text in stated:
                raw = unb64u(str(text), 32)
                self._keys[raw] = Verifier(checked.record.origin, raw)

    def finish(self, signer_state: SignerState | None) -> None:
        """Compare what stands over the whole log: the signed checkpoint, left-over tiles, the signer state."""
        size = self._edge.size
        if self._next is not None:
            self._findings.add("published_checkpoint_beyond_log", f"size {self._next.size} of {size}")
        stored = sum(1 for _ in _all_tiles(self._unit))
        if stored != self._tiles:
            self._findings.add("tiles_left_over", f"{stored} stored, {self._tiles} complete")
        row = self._unit.log.checkpoint()
        if row is None:
            self._findings.add("checkpoint_missing")
        elif (row.size, row.root) != (size, self.root):
            self._findings.add("checkpoint_not_of_log", f"size {row.size}, records {size}")
        else:
            self._check_note("checkpoint_wrong", row.note, size, row.root)
        if signer_state is not None:
            with self._findings.catching("signer_state_not_checked"):
                self._check_signer(signer_state, size)

    def _check_signer(self, signer_state: SignerState, size: int) -> None:
        signed = signer_state.read()
        if signed is None:
            self._findings.add("signer_state_missing", str(signer_state.path))
        elif signed.size > size:
            self._findings.add("log_behind_signer", f"signed {signed.size}, records {size}")
        elif _root_at(self._unit, signed.size) != signed.root:
            self._findings.add("log_forks_signer", f"signed {signed.size}")

    def _check_note(self, kind: str, note: bytes, size: int, root: bytes) -> None:
        with self._findings.catching(kind, size=size):
            checkpoint, _ = open_checkpoint(note, self.origin or "", [*self._keys.values()])
            if (checkpoint.size, checkpoint.root) != (size, root):
                self._findings.add(kind, f"it says size {checkpoint.size}", size=size)


def _root_at(unit: Unit, size: int) -> bytes:
    frontier = Frontier()
    for start in range(0, size, 4096):
        frontier.extend(map(leaf_hash, unit.log.record_hashes(start, min(start + 4096, size))))
    return frontier.root()


def _published(unit: Unit) -> Iterator[PublishedRow]:
    after = -1
    while page := unit.log.published(after=after):
        yield from page
        after = page[-1].size


def _all_tiles(unit: Unit) -> Iterator[tuple[int, int]]:
    for level in range(8):
        after = -1
        while page := unit.log.tiles(level, after=after, limit=64):
            yield from ((tile.level, tile.n) for tile in page)
            after = page[-1].n
