"""The Merkle log: record i is leaf i, tiles and roots are theirs, and the log's key signed every checkpoint shown."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.core.b64 import unb64u
from ledger.core.checkpoint import open_checkpoint
from ledger.core.merkle import leaf_hash
from ledger.core.note import Verifier
from ledger.core.tilereader import RightEdge
from ledger.core.tiles import MAX_LEVEL, TILE_HEIGHT
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings
from ledger.services.log import reader_of, root_of
from ledger.services.signer_state import Signed, SignerState
from ledger.store.rows import PublishedRow
from ledger.store.unit_of_work import Unit
from ledger.verify.shown import NAMES_KEYS_OF_THE_LOG


class LogAudit:
    """Grows its own tree of the records and compares everything stored about the log with it."""

    def __init__(self, unit: Unit, signed: Signed | None, findings: Findings) -> None:
        """Begin with the empty tree; ``signed``: what must be a root of it, read before the unit began."""
        self._unit = unit
        self._findings = findings
        self._edge = RightEdge()
        self._keys: dict[bytes, Verifier] = {}
        self._ever: dict[bytes, None] = {}
        self._published = _published(unit, -1)
        self._next = next(self._published, None)
        self._signed = signed
        self._tiles = 0
        self._look_at = 0
        self.origin: str | None = None
        self._look()
        self._plan()

    @property
    def keys_ever(self) -> Sequence[bytes]:
        """Every raw key that was named for the log so far."""
        return [*self._ever]

    def go_on(self, edge: RightEdge, origin: str, keys: Sequence[bytes], former: Sequence[bytes]) -> None:
        """Begin with this tree instead, whose log is of this origin and may be signed for by these keys (raw).

        ``former``: every key that was named before.
        """
        self._ever = dict.fromkeys((*former, *keys))
        self._edge = edge
        self._tiles = sum(edge.size >> (TILE_HEIGHT * (level + 1)) for level in range(MAX_LEVEL // TILE_HEIGHT))
        self.origin = origin
        self._keys = {raw: Verifier(origin, raw) for raw in keys}
        self._published = _published(self._unit, edge.size - 1)
        self._next = next(self._published, None)
        self._look()
        self._plan()

    @property
    def root(self) -> bytes:
        """The root over the records so far."""
        return root_of(reader_of(self._edge))

    def learn(self, checked: Checked) -> None:
        """Take the origin, and the keys that may sign for the log from this record on."""
        self.origin = self.origin or checked.origin
        if checked.event.header.type in NAMES_KEYS_OF_THE_LOG:
            with self._findings.catching("log_key_not_of_form", index=checked.idx):
                found = stated_keys(checked)
                self._ever.update(dict.fromkeys(found))
                self._keys = {
                    raw: Verifier(checked.origin, raw) for raw in found
                }  # those before signed what came before

    def add(self, record_hashes: Sequence[bytes]) -> None:
        """Take the next leaves; whatever stands over a tree of one of the new sizes is compared with it."""
        self.add_leaves([*map(leaf_hash, record_hashes)])

    def add_leaves(self, leaves: Sequence[bytes]) -> None:
        """Do the same with leaf hashes."""
        while leaves:
            count = self._look_at - self._edge.size if self._look_at else len(leaves)
            for tile, data in self._edge.extend(leaves[:count]):
                self._tiles += 1
                if self._unit.log.tile(tile.level, tile.n) != data:
                    self._findings.add("tile_wrong", tile.path, level=tile.level, n=tile.n)
            if self._edge.size == self._look_at:
                self._look()
                self._plan()
            leaves = leaves[count:]

    def _plan(self) -> None:
        """Find the next size of which a root is stated somewhere."""
        stated = [found.size for found in (self._next, self._signed) if found is not None]
        self._look_at = min((size for size in stated if type(size) is int and size > self._edge.size), default=0)

    def _look(self) -> None:
        size, root = self._edge.size, self.root
        if self._signed is not None and self._signed.size == size and self._signed.root != root:
            self._findings.add("log_forks_signer", f"signed {size}")
        while self._next is not None and self._next.size == size:
            self._check_note("published_checkpoint_wrong", self._next.note, size, root)
            self._next = next(self._published, None)

    def finish(self) -> None:
        """Compare what stands over the whole log: the signed checkpoint, left-over tiles, the signer state."""
        size = self._edge.size
        if self._next is not None:
            self._findings.add("published_checkpoint_beyond_log", f"size {self._next.size} of {size}")
        stored = self._unit.log.tile_count()
        if stored != self._tiles:
            self._findings.add("tiles_left_over", f"{stored} stored, {self._tiles} complete")
        row = self._unit.log.checkpoint()
        if row is None:
            self._findings.add("checkpoint_missing")
        elif (row.size, row.root) != (size, self.root):
            self._findings.add("checkpoint_not_of_log", f"size {row.size}, records {size}")
        else:
            self._check_note("checkpoint_wrong", row.note, size, row.root)
        if self._signed is not None and self._signed.size > size:
            self._findings.add("log_behind_signer", f"signed {self._signed.size}, records {size}")

    def _check_note(self, kind: str, note: bytes, size: int, root: bytes) -> None:
        with self._findings.catching(kind, size=size):
            checkpoint, _ = open_checkpoint(note, self.origin or "", [*self._keys.values()])
            if (checkpoint.size, checkpoint.root) != (size, root):
                self._findings.add(kind, f"it says size {checkpoint.size}", size=size)


def stated_keys(checked: Checked) -> list[bytes]:
    """Return the raw keys that may sign for the log from a record on that names them. Raises FormatError."""
    stated = checked.event.contents["log"]["keys"]
    return [unb64u(str(text), 32) for text in stated] if isinstance(stated, list) else []


def last_signed(signer_state: Path | None, findings: Findings) -> Signed | None:
    """Read what was signed last, if there is a file that says so; note where that file is not as it must be."""
    if signer_state is None:
        return None
    signed: list[Signed | None] = []
    with findings.catching("signer_state_not_checked"):
        signed.append(SignerState(signer_state).read())
    if signed == [None]:
        findings.add("signer_state_missing", str(signer_state))
    return signed[0] if signed else None


def _published(unit: Unit, after: int) -> Iterator[PublishedRow]:
    while page := unit.log.published(after=after):
        yield from page
        after = page[-1].size
