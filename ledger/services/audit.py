"""The audit: every stored byte against the commitment over it, and every decision made again.

It streams the log once in one read unit, so that writers go on, and rebuilds the projections into a scratch store; its
memory does not grow with the log. It trusts nothing in the store but what the log's key, as leaf 0 names it, signed.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.core.b64 import unb64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.reference import Reference, load
from ledger.services.audit_entry import Checked, check_entry
from ledger.services.audit_findings import Findings
from ledger.services.audit_log import LogAudit
from ledger.services.audit_replay import Replay
from ledger.services.audit_tables import (
    check_manifests,
    check_single_checkpoint,
    compare_heads,
    compare_projections,
    stated_manifests,
)
from ledger.services.rule_books import RuleBooks
from ledger.services.signer_state import SignerState
from ledger.store.engines import sqlite_url
from ledger.store.migrate import migrate
from ledger.store.rows import Entry
from ledger.store.unit_of_work import ReadUnit, Store, WriteUnit

ERASED: Final = "governance.section_erased"
TELL_EVERY: Final = 200

Progress = Callable[[int, int], None]
"""Told how many records of how many are done."""


def audit(
    store: Store,
    *,
    reference: Reference | None = None,
    signer_state: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Json]:
    """Audit a store; ``ok`` is true when there is nothing to report.

    Returns {"ok", "events", "records", "log_size", "root", "origin", "demo", "replayed", "count", "findings"}; a
    finding is {"kind", "where": {"index"?, "chain"?, "table"?, ...}, "detail"}; ``count`` counts unlisted ones too.
    """
    with tempfile.TemporaryDirectory(prefix="hazledger-audit-") as folder:
        url = sqlite_url(Path(folder) / "scratch.sqlite3")
        migrate(url)
        scratch = Store.open(url, readers=1)
        try:
            with store.read() as unit, scratch.write() as target:
                one = _Audit(unit, target, reference or load())
                return one.run(SignerState(signer_state) if signer_state is not None else None, progress)
        finally:
            scratch.close()


class _Audit:
    """One run over one state of a store."""

    def __init__(self, unit: ReadUnit, scratch: WriteUnit, reference: Reference) -> None:
        self._unit = unit
        self._scratch = scratch
        self._findings = Findings()
        self._log = LogAudit(unit, self._findings)
        self._replay = Replay(scratch, unit, RuleBooks(reference), self._findings)
        self._events = 0
        self._records = 0
        self._before_ms = 0
        self._demo: Json = None
        self._erased: dict[str, tuple[int, str]] = {}
        self._announced: set[str] = set()
        self._stated: dict[bytes, str] = {}

    def run(self, signer_state: SignerState | None, progress: Progress | None) -> dict[str, Json]:
        unit, findings = self._unit, self._findings
        size = unit.log.size()
        self._check_frame(size)
        for stored in unit.entries.iterate(0, size):
            self._take(stored)
            if progress is not None and stored.idx % TELL_EVERY == 0:
                progress(stored.idx, size)
        self._replay.finish()
        self._log.finish(signer_state)
        self._check_erased()
        check_manifests(unit, self._stated, findings)
        compare_heads(unit, self._scratch, findings)
        if not self._replay.lost:
            compare_projections(unit, self._scratch, findings)
        if progress is not None:
            progress(size, size)
        return {
            "ok": findings.count == 0,
            "events": self._events,
            "records": self._records,
            "log_size": size,
            "root": self._log.root.hex(),
            "origin": self._log.origin,
            "demo": self._demo,
            "replayed": not self._replay.lost,
            "count": findings.count,
            "findings": [*findings.listed],
        }

    def _check_frame(self, size: int) -> None:
        if size == 0:
            self._findings.add("log_empty")
        for table, rows in self._unit.entries.outside(size).items():
            self._findings.add("rows_outside_log", f"{rows} rows", table=table)
        check_single_checkpoint(self._unit, self._findings)
        for trigger in self._unit.guards.missing():
            self._findings.add("guard_missing", trigger)

    def _take(self, stored: Entry) -> None:
        self._events += len(stored.events)
        self._records += stored.record is not None
        checked = check_entry(stored, self._log.origin, self._before_ms, self._findings)
        raw = unb64u(checked.record_hash) if checked is not None else _leaf(stored)
        self._log.add(stored.idx, raw, checked)
        if checked is None:
            self._replay.lost = True
            return
        self._before_ms = max(self._before_ms, checked.record.recorded_at_ms)
        header = checked.entry.event.header
        self._stated.update(stated_manifests(checked.entry.event.contents))
        if stored.idx == 0:
            self._demo = checked.entry.event.contents.get("log", {}).get("demo")
        self._note_erasures(checked, header)
        self._replay.add(checked)

    def _note_erasures(self, checked: Checked, header: Header) -> None:
        for name in checked.erased:
            self._erased[f"{checked.entry.event.hash} {name}"] = (checked.entry.index, checked.entry.event.hash)
        if header.type == ERASED:
            self._announced.update(ref.hash for ref in header.refs if ref.rel == "erases")

    def _check_erased(self) -> None:
        """Content may be missing only where an event on the log announced it."""
        for key, (index, event) in sorted(self._erased.items()):
            if event not in self._announced:
                self._findings.add("erased_unannounced", key.partition(" ")[2], index=index)


def _leaf(stored: Entry) -> bytes:
    """The hash to go on with where a record cannot be read; forged rows may lack even that."""
    return (stored.record.hash if stored.record is not None else None) or bytes(32)
