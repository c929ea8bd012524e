"""Projections of what time may turn into findings: watches, and the runs of devices' counters."""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint

from ledger.store.schema import PROJECTION, table, text, whole

watches: Final = table(
    "watches",
    PROJECTION,
    "chain",
    text("chain"),
    text("rule"),
    text("part"),
    text("org"),
    text("kinds"),
    whole("anchor_ms"),
    text("site"),
    PrimaryKeyConstraint("chain", "rule", "part"),
    Index("ix_watches_rule_kinds_anchor_ms", "rule", "kinds", "anchor_ms"),
    Index("ix_watches_org", "org"),
    clustered=True,
)
"""Where a finding of time may lie, as ``ledger.rules.watching`` says; whether it does depends on the rules in force."""

counter_runs: Final = table(
    "counter_runs",
    PROJECTION,
    "org",
    text("org"),
    text("device"),
    whole("first"),
    whole("last"),
    whole("first_idx"),
    whole("last_idx"),
    whole("first_ms"),
    PrimaryKeyConstraint("org", "device", "first"),
    clustered=True,
)
"""Numbers without a gap that statements of an organisation's device bear, with the records of the first and last.

``first_ms``: when the statement with the first number was recorded. Between two runs lies a gap.
"""
