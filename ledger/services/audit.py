"""The audit: every stored byte against the commitment over it, and every decision made again.

Two depths. ``evidence`` re-reads the bytes, the chains and the log; ``full`` also judges every signature and decision
and compares every projection. Both stream the log once in one read unit, so that writers go on, and keep what grows in
a scratch store; their memory does not grow with the log but for four bits a record. The audit trusts nothing in the
store but what the log's key, as leaf 0 names it, signed.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from ledger.core.canonical import Json
from ledger.core.tiles import split_hashes
from ledger.reference import Reference, load
from ledger.services.audit_ahead import Ahead, judged
from ledger.services.audit_chains import HEADS, Chains
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_erased import Erasures
from ledger.services.audit_findings import Findings
from ledger.services.audit_log import LogAudit, last_signed
from ledger.services.audit_papers import check_papers
from ledger.services.audit_quick import Quick
from ledger.services.audit_range import CHUNK, Ranged
from ledger.services.audit_reads import check_reads, kept_head
from ledger.services.audit_replay import Replay
from ledger.services.audit_run import Run, in_order
from ledger.services.audit_since import Start, hold_heads, left_out, resume
from ledger.services.audit_tables import (
    check_manifests,
    check_single_checkpoint,
    masses,
    signed_note,
    stated_manifests,
)
from ledger.services.audit_workers import Workers
from ledger.services.rule_books import RuleBooks
from ledger.services.signer_state import Signed
from ledger.store import rows
from ledger.store.entries import Chunk
from ledger.store.scratch import scratch
from ledger.store.tables import chain_heads
from ledger.store.unit_of_work import ReadUnit, Store, WriteUnit

__all__ = ["CHUNK", "Depth", "Progress", "Start", "audit", "audit_evidence", "audit_since"]

Depth = Literal["evidence", "full"]
Progress = Callable[[int, int], None]
"""Told how many records of how many are done."""


def audit(
    store: Store,
    *,
    reference: Reference | None = None,
    signer_state: Path | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> dict[str, Json]:
    """Audit a store in full; ``ok`` is true when there is nothing to report.

    Returns {"ok", "depth", "since", "events", "records", "log_size", "root", "origin", "demo", "replayed", "not_read",
    "count", "findings"}; a finding is {"kind", "where": {"index"?, "chain"?, "table"?, ...}, "detail"}; ``count``
    counts unlisted ones too; ``not_read`` names what was left out (``audit_scope``); with ``workers`` the very same.
    Raises UnavailableError where a worker is lost.
    """
    return _audit(store, RuleBooks(reference or load()), signer_state, progress, workers)


def audit_evidence(
    store: Store,
    *,
    signer_state: Path | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> dict[str, Json]:
    """Audit the stored bytes, the chains and the log alone: no signature of an actor, no decision, no projection.

    Returns what ``audit`` returns, with ``workers`` the very same. Raises UnavailableError where a worker is lost.
    """
    return _audit(store, None, signer_state, progress, workers)


def audit_since(
    store: Store,
    start: Start,
    *,
    signer_state: Path | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> dict[str, Json]:
    """Audit the evidence that came after an earlier state, and that the log extends that state.

    Returns what ``audit`` returns; "records" counts the new ones. Raises ConflictError (audit_start_beyond_log).
    """
    return _audit(store, None, signer_state, progress, workers, start)


def _audit(
    store: Store,
    books: RuleBooks | None,
    signer_state: Path | None,
    progress: Progress | None,
    workers: Workers | None = None,
    start: Start | None = None,
) -> dict[str, Json]:
    findings = Findings()
    signed = last_signed(signer_state, findings)  # before the store, which is ahead of it while somebody writes
    kept = kept_head(signer_state, findings)
    tables = (chain_heads,) if books is None else ()
    with scratch(*tables) as made, store.read() as unit, made.write() as target:
        run = _Audit(unit, target, books, (signed, kept), findings)
        if start is not None:
            run.go_on(start)
        return run.run(progress, workers)


Outside = tuple[Signed | None, Signed | None]
"""What was signed last by the files outside: of the log, and of the log of reads."""


class _Audit:
    """One run over one state of a store; without rule books in the depth ``evidence``."""

    def __init__(
        self, unit: ReadUnit, target: WriteUnit, books: RuleBooks | None, outside: Outside, findings: Findings
    ) -> None:
        self._unit = unit
        self._size = unit.log.size()
        self._findings = findings
        self._log = LogAudit(unit, outside[0], findings)
        self._kept = outside[1]
        self._chains = Chains(target, findings)
        self._erasures = Erasures(unit, self._size, findings)
        self._replay = None if books is None else Replay(target, unit, books, findings)
        self._quick: Quick | None = None
        self._events = 0
        self._records = 0
        self._reads = 0
        self._since = 0
        self._not_compared: list[str] = []
        self._before_ms = 0
        self._demo: Json = None
        self._stated: dict[bytes, str] = {}

    def go_on(self, start: Start) -> None:
        """Begin behind what was audited before, once it is certain that the log extends it."""
        before = resume(self._unit, start, self._size, self._findings)
        self._since = start.size
        self._before_ms, self._demo = before.recorded_at_ms, before.demo
        self._log.go_on(before.edge, before.origin, before.keys, before.former)
        self._erasures.go_on(start.size)
        self._quick = Quick(before.origin)
        self._stated = before.stated
        self._not_compared = hold_heads(start, self._chains.go_on(self._unit, start.size), self._findings)

    def run(self, progress: Progress | None, workers: Workers | None = None) -> dict[str, Json]:
        """Read what there is to read, compare what stands over it, and tell."""
        self._check_frame()
        at = self._since
        if at == 0:  # leaf 0 comes alone: it says of which log all others are
            self._read(0, min(1, self._size))
            at = min(1, self._size)
        if workers is None or self._quick is None or self._log.origin is None:
            self._read(at, self._size, progress)
        elif self._replay is not None:
            for low, high, ahead in workers.scout(self._log.origin, at, self._size):
                self._read(low, high, progress, ahead or ())
        else:
            for low, high, found in workers.judge(self._log.origin, at, self._size):
                if found is None or not self._join(found):
                    self._read(low, high)
                if progress is not None:
                    progress(high, self._size)
        self._log.finish()
        self._erasures.finish()
        check_papers(self._unit, self._erasures, self._findings, self._since)
        self._reads = check_reads(self._unit, self._log.origin or "", self._log.keys_ever, self._findings, self._kept)
        check_manifests(self._unit, self._stated, self._findings)
        self._chains.compare_stored(self._unit)
        if self._replay is None:
            self._chains.check_newest(self._unit)
        else:
            self._replay.finish()
        return self._result()

    def _read(self, low: int, high: int, progress: Progress | None = None, ahead: Sequence[Ahead] = ()) -> None:
        known = iter(ahead)
        for chunk in self._unit.entries.chunks(low, high, chunk=CHUNK):
            self._take(chunk, next(known, None))
            if progress is not None:
                progress(chunk.high, self._size)

    def _join(self, part: Ranged) -> bool:
        """Take a range that was judged by a worker; False, and nothing taken, where it does not fit what is before."""
        if part.first_ms < self._before_ms or not self._chains.join(part.pieces):
            return False
        self._before_ms = part.last_ms
        self._events += part.high - part.low
        self._records += part.high - part.low
        leaves, at = split_hashes(part.leaves), 0
        for checked in part.close:
            self._log.add_leaves(leaves[at : checked.idx - part.low])
            at = checked.idx - part.low
            self._learn(checked)
        self._log.add_leaves(leaves[at:])
        return True

    def _result(self) -> dict[str, Json]:
        replay, findings = self._replay, self._findings
        return {
            "ok": findings.count == 0,
            "depth": "evidence" if replay is None else "full",
            "since": self._since or None,
            "events": self._events,
            "records": self._records,
            "log_size": self._size,
            "reads": self._reads,
            "root": self._log.root.hex(),
            "origin": self._log.origin,
            "demo": self._demo,
            "replayed": replay is not None and not replay.lost,
            "not_read": left_out(full=replay is not None, since=self._since, not_compared=self._not_compared),
            "checkpoint": signed_note(self._unit),
            "milligrams": masses(self._unit),
            "count": findings.count,
            "findings": [*findings.listed],
        }

    def _check_frame(self) -> None:
        if self._size == 0:
            self._findings.add("log_empty")
        for table, count in self._unit.entries.outside(self._size).items():
            self._findings.add("rows_outside_log", f"{count} rows", table=table)
        check_single_checkpoint(self._unit, self._findings)
        for trigger in self._unit.guards.missing():
            self._findings.add("guard_missing", trigger)

    def _take(self, chunk: Chunk, ahead: Ahead | None = None) -> None:
        self._events += len(chunk.events)
        self._records += len(chunk.records)
        if self._replay is not None:
            self._replay.expect(chunk)
        parts, signed = ([chunk], frozenset[int]()) if self._quick is None else judged(chunk, self._quick, ahead)
        for part in parts:
            if isinstance(part, Run):
                self._follow(part)
                if self._replay is not None:
                    self._replay.add_sound(chunk.part(part.low, part.low + len(part.times)), part, signed)
            else:
                for stored in part.entries():
                    self._look_closely(stored)

    def _follow(self, run: Run) -> None:
        """Put readable records that follow each other where they belong in time, in the log and in its chains."""
        if run.times[0] >= self._before_ms and in_order(run.times):
            self._before_ms = run.times[-1]
        else:
            for index, recorded_at_ms in enumerate(run.times, run.low):
                if recorded_at_ms < self._before_ms:
                    self._findings.add("time_runs_backwards", index=index)
                else:
                    self._before_ms = recorded_at_ms
        self._log.add(run.hashes)
        self._chains.add(run)

    def _look_closely(self, stored: rows.Entry) -> None:
        checked = check_entry(stored, self._log.origin, self._findings)
        if checked is None:
            self._log.add([_leaf(stored)])
            if self._replay is not None:
                self._replay.lose()
            return
        self._learn(checked)
        self._follow(checked.run)
        if self._replay is not None:
            self._replay.add(checked)

    def _learn(self, checked: Checked) -> None:
        """Take what a record that was looked at closely says of the ledger as a whole."""
        self._log.learn(checked)
        self._erasures.add(checked)
        self._stated.update(stated_manifests(checked.event.contents))
        if checked.idx == 0:
            self._demo = checked.event.contents.get("log", {}).get("demo")
            self._quick = Quick(checked.origin)
        if checked.event.header.type == HEADS:
            self._check_heads(checked)

    def _check_heads(self, checked: Checked) -> None:
        """In full each publication is compared with the heads of its time; the evidence needs the newest alone."""
        if self._replay is None:
            self._chains.published(checked)
        else:
            self._chains.check_now(checked)


def _leaf(stored: rows.Entry) -> bytes:
    """The hash to go on with where a record cannot be read; forged rows may lack even that."""
    return (stored.record.hash if stored.record is not None else None) or bytes(32)
