"""The tables, as SQLAlchemy Core metadata. Migrations make them; a test keeps the two equal.

Three families, told by ``table.info["family"]``:

- ``evidence``: canonical bytes and what orders them. Appended, never changed; triggers refuse the rest.
- ``projection``: folded from evidence, disposable; rebuilt by replaying the log.
- ``operational``: needed to run, proves nothing.

``table.info["distribution"]`` is the column by which the table is spread over machines when one is no longer
enough; every unique key contains it. For the same reason there are no sequences and no foreign keys: a reference
would cross machines, and the audit proves more than a reference can.

Units: ``mg`` whole milligrams, ``*_ms`` epoch milliseconds, ``idx`` index of a record in the log, ``seq`` place in a
chain. Hashes are 32 raw bytes. Text compares by code point on both databases.
"""

from sqlalchemy import Table

from ledger.store.evidence_tables import (
    chain_heads,
    checkpoint,
    checkpoints,
    disclosures,
    events,
    links,
    manifests,
    records,
    tiles,
)
from ledger.store.identity_tables import (
    api_clients,
    attempts,
    badges,
    devices,
    drafts,
    invitations,
    key_requests,
    logins,
    passkeys,
    read_head,
    read_tiles,
    reads,
    tokens,
    users,
)
from ledger.store.operational_tables import (
    api_keys,
    audits,
    deliveries,
    device_keys,
    import_jobs,
    incidents,
    login_links,
    meta,
    papers,
    refusals,
    scan_findings,
    scans,
    sessions,
    step_links,
    webhooks,
)
from ledger.store.projection_tables import (
    account_totals,
    attachments,
    codes,
    concerns,
    deal_goods,
    deals,
    edges,
    expiries,
    findings,
    grants,
    hold_reach,
    holdings,
    places,
    presence,
    product_classes,
    recall_holders,
    recalled,
    requests,
    search,
    site_stock,
    states,
)
from ledger.store.schema import EVIDENCE, HASH_BYTES, OPERATIONAL, PROJECTION, metadata
from ledger.store.watch_tables import counter_runs, watches
from ledger.store.witness_tables import cosignatures, pins, timestamps, witness_views

__all__ = [
    "EVIDENCE",
    "HASH_BYTES",
    "OPERATIONAL",
    "PROJECTION",
    "account_totals",
    "api_clients",
    "api_keys",
    "attachments",
    "attempts",
    "audits",
    "badges",
    "chain_heads",
    "checkpoint",
    "checkpoints",
    "codes",
    "concerns",
    "cosignatures",
    "counter_runs",
    "deal_goods",
    "deals",
    "deliveries",
    "device_keys",
    "devices",
    "disclosures",
    "drafts",
    "edges",
    "events",
    "expiries",
    "family",
    "findings",
    "grants",
    "hold_reach",
    "holdings",
    "import_jobs",
    "incidents",
    "invitations",
    "key_requests",
    "links",
    "login_links",
    "logins",
    "manifests",
    "meta",
    "metadata",
    "papers",
    "passkeys",
    "pins",
    "places",
    "presence",
    "product_classes",
    "read_head",
    "read_tiles",
    "reads",
    "recall_holders",
    "recalled",
    "records",
    "refusals",
    "requests",
    "scan_findings",
    "scans",
    "search",
    "sessions",
    "site_stock",
    "states",
    "step_links",
    "tiles",
    "timestamps",
    "tokens",
    "users",
    "watches",
    "webhooks",
    "witness_views",
]


def family(name: str) -> tuple[Table, ...]:
    """Tables of a family, in the order of definition."""
    return tuple(table for table in metadata.tables.values() if table.info["family"] == name)
