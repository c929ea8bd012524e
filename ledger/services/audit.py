"""The audit: every stored byte against the commitment over it, and every decision made again.

Two depths. ``evidence`` re-reads the bytes, the chains and the log; ``full`` also judges every signature and decision
and compares every projection. Both stream the log once in one read unit, so that writers go on, and keep what grows in
a scratch store; their memory does not grow with the log but for four bits a record. The audit trusts nothing in the
store but what the log's key, as leaf 0 names it, signed.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, Literal

from ledger.core.canonical import Json
from ledger.reference import Reference, load
from ledger.services.audit_chains import HEADS, Chains
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_erased import Erasures
from ledger.services.audit_findings import Findings
from ledger.services.audit_log import LogAudit, last_signed
from ledger.services.audit_papers import check_papers
from ledger.services.audit_quick import Quick, Sound
from ledger.services.audit_replay import Replay
from ledger.services.audit_tables import (
    check_manifests,
    check_single_checkpoint,
    stated_manifests,
)
from ledger.services.rule_books import RuleBooks
from ledger.services.signer_state import Signed
from ledger.store import rows
from ledger.store.entries import Chunk
from ledger.store.scratch import scratch
from ledger.store.unit_of_work import ReadUnit, Store, WriteUnit

CHUNK: Final = 128

Depth = Literal["evidence", "full"]
Progress = Callable[[int, int], None]
"""Told how many records of how many are done."""


def audit(
    store: Store,
    *,
    reference: Reference | None = None,
    signer_state: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Json]:
    """Audit a store in full; ``ok`` is true when there is nothing to report.

    Returns {"ok", "depth", "events", "records", "log_size", "root", "origin", "demo", "replayed", "count", "findings"};
    a finding is {"kind", "where": {"index"?, "chain"?, "table"?, ...}, "detail"}; ``count`` counts unlisted ones too.
    """
    return _audit(store, RuleBooks(reference or load()), signer_state, progress)


def audit_evidence(
    store: Store, *, signer_state: Path | None = None, progress: Progress | None = None
) -> dict[str, Json]:
    """Audit the stored bytes, the chains and the log alone: no signature of an actor, no decision, no projection.

    Returns what ``audit`` returns.
    """
    return _audit(store, None, signer_state, progress)


def _audit(
    store: Store, books: RuleBooks | None, signer_state: Path | None, progress: Progress | None
) -> dict[str, Json]:
    findings = Findings()
    signed = last_signed(signer_state, findings)  # before the store, which is ahead of it while somebody writes
    with scratch() as made, store.read() as unit, made.write() as target:
        return _Audit(unit, target, books, signed, findings).run(progress)


class _Audit:
    """One run over one state of a store; without rule books in the depth ``evidence``."""

    def __init__(
        self, unit: ReadUnit, target: WriteUnit, books: RuleBooks | None, signed: Signed | None, findings: Findings
    ) -> None:
        self._unit = unit
        self._size = unit.log.size()
        self._findings = findings
        self._log = LogAudit(unit, signed, findings)
        self._chains = Chains(target, findings)
        self._erasures = Erasures(unit, self._size, findings)
        self._replay = None if books is None else Replay(target, unit, books, findings)
        self._quick: Quick | None = None
        self._events = 0
        self._records = 0
        self._before_ms = 0
        self._demo: Json = None
        self._stated: dict[bytes, str] = {}

    def run(self, progress: Progress | None) -> dict[str, Json]:
        self._check_frame()
        entries = self._unit.entries
        # Leaf 0 comes alone: it says of which log all others are.
        for chunk in chain(entries.chunks(0, min(1, self._size)), entries.chunks(1, self._size, chunk=CHUNK)):
            self._take(chunk)
            if progress is not None:
                progress(chunk.high, self._size)
        self._log.finish()
        self._erasures.finish()
        check_papers(self._unit, self._erasures, self._findings)
        check_manifests(self._unit, self._stated, self._findings)
        self._chains.compare_stored(self._unit)
        if self._replay is None:
            self._chains.check_newest(self._unit)
        else:
            self._replay.finish()
        return self._result()

    def _result(self) -> dict[str, Json]:
        replay, findings = self._replay, self._findings
        return {
            "ok": findings.count == 0,
            "depth": "evidence" if replay is None else "full",
            "events": self._events,
            "records": self._records,
            "log_size": self._size,
            "root": self._log.root.hex(),
            "origin": self._log.origin,
            "demo": self._demo,
            "replayed": replay is not None and not replay.lost,
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

    def _take(self, chunk: Chunk) -> None:
        self._events += len(chunk.events)
        self._records += len(chunk.records)
        judged = self._quick.judge(chunk) if self._quick is not None else [None] * (chunk.high - chunk.low)
        if self._replay is not None:
            self._replay.expect(chunk)
        elif None not in judged:
            self._follow([*filter(None, judged)])
            return
        for stored, sound in zip(chunk.entries(), judged, strict=True):
            if sound is None:
                self._look_closely(stored)
            else:
                self._follow([sound])
                if self._replay is not None:
                    self._replay.add_sound(stored, sound)

    def _follow(self, found: Sequence[Sound | Checked]) -> None:
        """Put readable records that follow each other where they belong in time, in the log and in its chains."""
        for record in found:
            if record.recorded_at_ms < self._before_ms:
                self._findings.add("time_runs_backwards", index=record.idx)
            else:
                self._before_ms = record.recorded_at_ms
        self._log.add([record.record_hash for record in found])
        self._chains.add(found)

    def _look_closely(self, stored: rows.Entry) -> None:
        checked = check_entry(stored, self._log.origin, self._findings)
        if checked is None:
            self._log.add([_leaf(stored)])
            if self._replay is not None:
                self._replay.lose()
            return
        self._log.learn(checked)
        self._erasures.add(checked)
        self._stated.update(stated_manifests(checked.event.contents))
        if checked.idx == 0:
            self._demo = checked.event.contents.get("log", {}).get("demo")
            self._quick = Quick(checked.origin)
        if checked.event.header.type == HEADS:
            self._check_heads(checked)
        self._follow([checked])
        if self._replay is not None:
            self._replay.add(checked)

    def _check_heads(self, checked: Checked) -> None:
        """In full each publication is compared with the heads of its time; the evidence needs the newest alone."""
        if self._replay is None:
            self._chains.published(checked)
        else:
            self._chains.check_now(checked)


def _leaf(stored: rows.Entry) -> bytes:
    """The hash to go on with where a record cannot be read; forged rows may lack even that."""
    return (stored.record.hash if stored.record is not None else None) or bytes(32)
