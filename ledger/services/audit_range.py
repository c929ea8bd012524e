"""A stretch of the log judged by itself: by a worker, who knows neither what came before it nor what comes after.

Only what is in order throughout is handed over; anything else is None, and the audit reads that stretch itself. So what
an audit finds does not depend on how many read, and not on when each of them began to read.
"""

from typing import Final, NamedTuple

from ledger.core.b64 import b64u_hashes
from ledger.core.merkle import leaf_hash
from ledger.core.tiles import join_hashes
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_findings import Findings
from ledger.services.audit_quick import Quick
from ledger.services.audit_run import Run, in_order
from ledger.store.entries import Chunk
from ledger.store.unit_of_work import Unit

CHUNK: Final = 128
RANGE: Final = 64 * CHUNK
"""Indexes a worker judges at a time at most: the audit's own chunks begin at the same places."""

Piece = tuple[int, bytes, int, int, bytes]
"""A chain within a range: number and ``prev`` of its first link there; number, index and hash of its last record.

Both hashes as in ``Run.prevs``.
"""


class Ranged(NamedTuple):
    """A range ``low <= idx < high`` in which every byte, time and inner link is in order.

    ``leaves``: the leaf hashes, concatenated; ``close``: what had to be looked at closely, in order.
    """

    low: int
    high: int
    first_ms: int
    last_ms: int
    leaves: bytes
    pieces: dict[str, Piece]
    close: tuple[Checked, ...]


class _NotInOrderError(Exception):
    """Something in the range is for the audit itself to look at."""


class _Range:
    """One range in the making."""

    def __init__(self, quick: Quick, origin: str) -> None:
        self._quick = quick
        self._origin = origin
        self._findings = Findings()
        self._leaves: list[bytes] = []
        self._pieces: dict[str, Piece] = {}
        self._close: list[Checked] = []
        self.first_ms = self.last_ms = -1

    def take(self, chunk: Chunk) -> None:
        """Judge a chunk. Raises _NotInOrderError."""
        for part in self._quick.judge(chunk):
            if isinstance(part, Run):
                self._follow(part)
                continue
            for stored in part.entries():
                checked = check_entry(stored, self._origin, self._findings)
                if checked is None or self._findings.count:
                    raise _NotInOrderError
                self._close.append(checked)
                self._follow(checked.run)

    def _follow(self, run: Run) -> None:
        if run.times[0] < self.last_ms or not in_order(run.times):
            raise _NotInOrderError
        if self.first_ms < 0:
            self.first_ms = run.times[0]
        self.last_ms = run.times[-1]
        self._leaves += map(leaf_hash, run.hashes)
        texts = [b'"%b"' % text for text in b64u_hashes(run.hashes)]
        pieces, low = self._pieces, run.low
        for chain, seq, prev, index in zip(run.chains, run.seqs, run.prevs, run.linked, strict=True):
            known = pieces.get(chain)
            if known is None:
                pieces[chain] = seq, prev, seq, index, texts[index - low]
            elif seq == known[2] + 1 and prev == known[4]:
                pieces[chain] = known[0], known[1], seq, index, texts[index - low]
            else:
                raise _NotInOrderError

    def done(self, low: int, high: int) -> Ranged:
        """Return what was judged."""
        leaves = join_hashes(self._leaves)
        return Ranged(low, high, self.first_ms, self.last_ms, leaves, self._pieces, tuple(self._close))


def judge_range(unit: Unit, quick: Quick, origin: str, low: int, high: int) -> Ranged | None:
    """Judge ``low <= idx < high`` of a log of this origin; None where not all of it is in order."""
    judged = _Range(quick, origin)
    try:
        for chunk in unit.entries.chunks(low, high, chunk=CHUNK):
            judged.take(chunk)
    except _NotInOrderError:
        return None
    return judged.done(low, high)
