"""Audits against what the machine could do at best: read the same rows once and hash the same bytes once."""

import gc
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair, timed
from ledger.core import events, records, sections
from ledger.errors import HazledgerError
from ledger.services.audit import audit
from ledger.services.audit import audit_evidence as evidence_alone
from ledger.services.audit_workers import Workers
from ledger.store.entries import CHUNK
from ledger.store.unit_of_work import ReadUnit, Store

PROCESSES: Final = 2
AGAINST: Final = "scan + SHA-256 of the same rows"
_EVENT, _RECORD, _SECTION, _SIGNATURES = (
    (tag + "\n").encode() for tag in (events.SPEC, records.SPEC, sections.TAG, events.SIGNATURES_TAG)
)
_LEAF, _NODE = b"\x00", b"\x01"


def audit_evidence(context: Context) -> list[Measured]:
    """The audit of bytes, chains, leaves and tiles / the limit; and once more with little for the garbage collector.

    The scan makes many small objects, so the collector costs it more than the audit, the more the process holds.
    """
    plain = _measure(context, "audit_evidence", evidence_alone, Target("ratio", "at least", 0.85))
    gc.freeze()
    try:
        return [plain, _measure(context, "audit_evidence: heap frozen", evidence_alone)]
    finally:
        gc.unfreeze()


def audit_parallel(context: Context) -> Measured:
    """The same by two processes, once they are up / the limit of one core."""
    url = context.audited()
    with Workers(url, PROCESSES) as workers:

        def run(store: Store) -> Mapping[str, object]:
            return evidence_alone(store, workers=workers)

        return _measure(context, "audit_parallel", run, Target("ratio", "at least", 1.4), AGAINST + ", one core")


def audit_full(context: Context) -> Measured:
    """The full audit, every decision made again / the limit."""
    return _measure(context, "audit_full", audit)


def audit_full_parallel(context: Context) -> Measured:
    """The full audit by two processes, once they are up / by one."""
    url = context.audited()
    store = Store.open(url)
    try:
        with store.read() as unit, Workers(url, PROCESSES - 1) as workers:
            size = unit.log.size()
            _clean(audit(store, workers=workers))

            def ours() -> float:
                return size / timed(lambda: _clean(audit(store, workers=workers)))

            def alone() -> float:
                return size / timed(lambda: _clean(audit(store)))

            return pair("audit_full_parallel", "events/s", "the same by one process", (ours, alone), context.rounds)
    finally:
        store.close()


def _measure(
    context: Context,
    name: str,
    run: Callable[[Store], Mapping[str, object]],
    target: Target | None = None,
    against: str = AGAINST,
) -> Measured:
    store = Store.open(context.audited())
    try:
        with store.read() as unit:
            size = unit.log.size()
        scan(store)
        _clean(run(store))  # what is started once, and read from the disk, is there when the measuring begins

        def ours() -> float:
            return size / timed(lambda: _clean(run(store)))

        def limit() -> float:
            return size / timed(lambda: scan(store))

        return pair(name, "events/s", against, (ours, limit), context.rounds, target=target)
    finally:
        store.close()


def _clean(result: Mapping[str, object]) -> None:
    if not result["ok"]:
        raise HazledgerError("bench_not_clean", params={"count": str(result["count"])})


def scan(store: Store) -> bytes:
    """Read every row of evidence once and hash each byte once, as nothing but a loop could; return the last hash.

    The nodes of the tree are hashed too: as many as a tree of these leaves has.
    """
    with store.read() as unit:
        size = unit.log.size()
        last = bytes(32)
        for low in range(0, size, CHUNK):
            last = _scan_chunk(unit, low, min(low + CHUNK, size))
        for _ in range(size - 1):
            last = sha256(_NODE + last + last).digest()
        return last


def _scan_chunk(unit: ReadUnit, low: int, high: int) -> bytes:
    last = bytes(32)
    for entry in unit.entries.iterate(low, high):
        for event in entry.events:
            sha256(_EVENT + event.header).digest()
            if event.signatures is not None:
                sha256(_SIGNATURES + event.signatures).digest()
        for section in entry.disclosures:
            if section.body is not None:
                sha256(_SECTION + section.body).digest()
        for link in entry.links:
            sha256(_SECTION + link.link).digest()
            sha256(_SECTION + link.effects).digest()
        if entry.record is not None:
            sha256(_SECTION + (entry.record.auth or b"")).digest()
            last = sha256(_LEAF + sha256(_RECORD + entry.record.body).digest()).digest()
    return last
