"""Every chain followed link by link, and the heads that were published compared with what the records made.

Heads are kept in the scratch store; only those in use stand in memory, at most about ``CAPACITY`` of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final

from ledger.core.b64 import b64u, b64u_bytes, b64u_hashes, unb64u
from ledger.core.heads import stream_root
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings
from ledger.services.audit_range import Piece
from ledger.services.audit_run import NULL, Run
from ledger.store.rows import Head, HeadMove
from ledger.store.unit_of_work import Unit, WriteUnit

CAPACITY: Final = 16_384
HEADS: Final = "governance.heads_published"


_Tip = tuple[int, int, bytes, int | None]
"""The end of a chain so far: number, index and hash of its last record (as in ``Run.prevs``), number in the scratch."""

_NONE: Final[_Tip] = (-1, -1, NULL, None)


class Chains:
    """Follows the chains of all records in order."""

    def __init__(self, scratch: WriteUnit, findings: Findings) -> None:
        """Begin before record 0 with an empty scratch store."""
        self._scratch = scratch
        self._findings = findings
        self._tips: dict[str, _Tip] = {}
        self._published: Checked | None = None
        self._since = 0

    def go_on(self, unit: Unit, since: int) -> tuple[int, bytes]:
        """Begin behind record ``since - 1`` instead: with the heads that the stored links had then.

        Returns how many there were and the root over them; nothing but that root says that they are the true ones.
        """
        self._since = since
        return stream_root((head.chain, head.hash) for head in self._kept(unit, since))

    def _kept(self, unit: Unit, since: int) -> Iterator[Head]:
        """Yield the heads at a size; those that have moved since are put into the scratch store."""
        moved: list[HeadMove] = []
        newest = _moved(unit, since)
        later = next(newest, None)
        for head in unit.chains.iter_heads(since):
            while later is not None and later < head.chain:  # a chain that began since
                later = next(newest, None)
            if later == head.chain:
                moved.append(HeadMove(*head, None))
            if len(moved) >= CAPACITY:
                self._scratch.chains.advance(moved)
                moved = []
            yield head
        self._scratch.chains.advance(moved)

    def join(self, pieces: Mapping[str, Piece]) -> bool:
        """Take what a range of records adds to its chains; False, and nothing taken, where that does not fit."""
        self._expect({*pieces})
        tips = self._tips
        for chain, (seq, prev, *_) in pieces.items():
            if seq != tips[chain][0] + 1 or prev != tips[chain][2]:
                return False
        for chain, (_, _, last, index, text) in pieces.items():
            tips[chain] = last, index, text, tips[chain][3]
        return True

    def add(self, run: Run) -> None:
        """Take the places of records that follow each other."""
        self._expect({*run.chains})
        tips, low = self._tips, run.low
        texts = [b'"%b"' % text for text in b64u_hashes(run.hashes)]
        for chain, seq, prev, index in zip(run.chains, run.seqs, run.prevs, run.linked, strict=True):
            expected, _, last, stored = tips[chain]
            expected += 1
            if seq != expected or prev != last:
                self._findings.add("chain_broken", f"place {seq}, expected {expected}", index=index, chain=chain)
            tips[chain] = expected, index, texts[index - low], stored

    def _expect(self, chains: set[str]) -> None:
        """Have the ends of these chains at hand."""
        if len(self._tips) > CAPACITY:
            self.flush()
        missing = chains.difference(self._tips)
        if missing:
            self._tips.update(dict.fromkeys(missing, _NONE))
            for head in self._scratch.chains.heads(missing).values():
                self._tips[head.chain] = head.seq, head.idx, b'"%b"' % b64u_bytes(head.hash), head.seq

    def flush(self) -> None:
        """Write the ends of all chains into the scratch store and forget them here."""
        self._scratch.chains.advance(
            HeadMove(chain, seq, index, unb64u(record_hash[1:-1].decode()), stored)
            for chain, (seq, index, record_hash, stored) in self._tips.items()
            if seq != stored
        )
        self._tips.clear()

    # --- heads -------------------------------------------------------------------------------------------------------

    def published(self, checked: Checked) -> None:
        """Note that a record publishes heads; ``check_newest`` looks at the last one."""
        self._published = checked

    def check_now(self, checked: Checked) -> None:
        """Compare the heads that a record publishes, which is not added yet, with those of all records before it."""
        self.flush()
        self._compare(checked, self._scratch.chains.iter_heads())

    def check_newest(self, unit: Unit) -> None:
        """Compare the heads published last with those that the stored links had then; the links are checked by now."""
        if self._published is not None:
            self._compare(self._published, unit.chains.iter_heads(self._published.idx))

    def _compare(self, checked: Checked, heads: Iterable[Head]) -> None:
        with self._findings.catching("heads_wrong", index=checked.idx):
            count, root = stream_root((head.chain, head.hash) for head in heads)
            stated = checked.event.contents.get("heads", {})
            if (stated.get("n"), stated.get("chains"), stated.get("root")) != (checked.idx, count, b64u(root)):
                self._findings.add("heads_wrong", index=checked.idx)

    def compare_stored(self, unit: Unit) -> None:
        """Note the first stored chain head that is not the one the records made; of those that moved since."""
        self.flush()
        heads = (head for head in unit.chains.iter_heads() if head.idx >= self._since)
        for stored, made in zip_longest(heads, self._scratch.chains.iter_heads()):
            if stored != made:
                self._findings.add("chain_head_wrong", chain=(stored or made).chain)
                return


def _moved(unit: Unit, since: int) -> Iterator[str]:
    return (head.chain for head in unit.chains.iter_heads() if head.idx >= since)
