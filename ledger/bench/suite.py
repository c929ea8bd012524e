"""The measures by name, run one after another on ledgers in a temporary folder."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ledger.bench.appending import append, append_grouped, append_signed
from ledger.bench.auditing import audit_evidence, audit_full, audit_full_parallel, audit_parallel
from ledger.bench.breakdown import append_time
from ledger.bench.bulk import bulk
from ledger.bench.clones import clones
from ledger.bench.context import FULL, QUICK, Context, Tell
from ledger.bench.frame import Measured
from ledger.bench.importing import imported
from ledger.bench.labelling import labels
from ledger.bench.machine import describe
from ledger.bench.memory import audit_memory, available
from ledger.bench.pages import pages
from ledger.bench.proofs import proof_warm
from ledger.bench.scanning import decode, scan_verdict
from ledger.bench.tracing import trace

Measure = Callable[[Context], Measured | list[Measured]]

MEASURES: Final[dict[str, Measure]] = {
    "append": append,
    "append_signed": append_signed,
    "append_grouped": append_grouped,
    "bulk": bulk,
    "import": imported,
    "audit_evidence": audit_evidence,
    "audit_parallel": audit_parallel,
    "audit_full": audit_full,
    "audit_full_parallel": audit_full_parallel,
    "audit_memory": audit_memory,
    "proof_warm": proof_warm,
    "pages": pages,
    "labels": labels,
    "decode": decode,
    "scan_verdict": scan_verdict,
    "trace": trace,
    "clones": clones,
    "append_time": append_time,
}
READ_A_LEDGER: Final = frozenset(
    {"audit_evidence", "audit_parallel", "audit_full", "audit_full_parallel", "audit_memory", "proof_warm", "pages"}
)
"""Measures that can read a given ledger; the others write, and so always have a scratch one."""


def names(url: str | None) -> list[str]:
    """The measures that can run here, on a given ledger if there is one."""
    return [
        name for name in MEASURES if (url is None or name in READ_A_LEDGER) and (name != "audit_memory" or available())
    ]


@contextmanager
def context(rounds: int, tell: Tell, *, quick: bool, url: str | None, events: int | None = None) -> Iterator[Context]:
    """What measures need; everything made is removed at the end of the ``with`` block.

    ``events``: how large the ledger is that audits and proofs read, where none is given.
    """
    sizes = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="hazledger-bench-") as folder:
        yield Context(Path(folder), rounds, sizes if events is None else replace(sizes, audited=events), url, tell)


def run(wanted: Sequence[str], given: Context) -> Iterator[Measured]:
    """Run the measures, yielding each figure as it is known."""
    for name in wanted:
        given.tell(name, 0, 1)
        found = MEASURES[name](given)
        yield from found if isinstance(found, list) else [found]


def as_json(measured: Sequence[Measured], given: Context) -> dict[str, Any]:
    """Name -> {value, unit, against, ratio, spread}, ``target`` and ``met`` where there is one; and the machine."""
    told: dict[str, Any] = {"machine": {**describe(given.folder), "rounds": given.rounds}}
    for one in measured:
        told[one.name] = {
            "value": one.value,
            "unit": one.unit,
            "against": one.against,
            "ratio": one.ratio,
            "spread": one.spread,
        }
        if one.target is not None:
            target = {"of": one.target.of, "bound": one.target.bound, "limit": one.target.limit}
            told[one.name] |= {"target": target, "met": one.target.met(one)}
    return told
