"""What an audit found, as the report that the log's key signs."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from ledger.core.audit_report import SPEC
from ledger.core.canonical import Json
from ledger.core.quantity import kg

MOST: Final = 100
"""Findings that a report lists one by one; it counts all that were listed, by kind."""


def report_of(found: Mapping[str, Any]) -> dict[str, Json]:
    """Return the members of ``hazledger/audit-report@1`` for what ``carry_out`` returned."""
    findings: list[Any] = found["findings"]
    masses: dict[str, int] = found.get("milligrams", {})
    return {
        "spec": SPEC,
        "origin": found["origin"] or "",
        "demo": found["demo"] is True,
        "kind": found["kind"],
        "ok": found["ok"],
        "at": found["at"],
        "milliseconds": found["milliseconds"],
        "log_size": found["log_size"],
        "root": found["root"],
        "checkpoint": found.get("checkpoint") or "",
        "since": found["since"],
        "events": found["events"],
        "records": found["records"],
        "replayed": found["replayed"],
        "kilograms": {name: kg(mass) for name, mass in masses.items()},
        "sum_kg": kg(sum(masses.values())),
        "findings": {
            "count": found["count"],
            "by_kind": dict(sorted(Counter(str(one["kind"]) for one in findings).items())),
            "first": [{"kind": one["kind"], "where": _plain(one["where"])} for one in findings[:MOST]],
        },
        "not_read": [*found["not_read"]],
        "sample": found.get("sample"),
    }


def _plain(where: Mapping[str, Any]) -> dict[str, Json]:
    """Where a finding is, as text that may stand in canonical JSON, whatever was forged."""
    return {name: value if isinstance(value, int) else ascii(value)[1:-1][:200] for name, value in where.items()}
