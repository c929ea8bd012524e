"""Operational tables: needed to run, prove nothing."""

from typing import Final

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from ledger.store.schema import OPERATIONAL, hash_length, natural, octets, table, text, whole

refusals: Final = table(
    "refusals",
    OPERATIONAL,
    "actor",
    text("actor"),
    whole("at_ms"),
    text("id"),
    text("type"),
    text("principal"),
    octets("header", null=True),
    octets("problems"),
    PrimaryKeyConstraint("actor", "at_ms", "id"),
    Index("ix_refusals_at_ms", "at_ms"),
)
"""Acts that were refused, with the reasons (JSON list of problems), for regulators. No evidence."""

api_keys: Final = table(
    "api_keys",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("id"),
    text("org"),
    text("role"),
    text("label"),
    whole("created_at_ms"),
    whole("expires_at_ms", null=True),
    whole("revoked_at_ms", null=True),
    PrimaryKeyConstraint("hash"),
    Index("ix_api_keys_org", "org"),
    hash_length("hash"),
)
"""API keys by the hash of their secret."""

login_links: Final = table(
    "login_links",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("user"),
    text("org"),
    text("role"),
    whole("created_at_ms"),
    whole("expires_at_ms", null=True),
    whole("uses_left", null=True),
    PrimaryKeyConstraint("hash"),
    hash_length("hash"),
    CheckConstraint("uses_left >= 0", name="uses_left_natural"),
)
"""Login links by the hash of their secret; ``uses_left`` null: as often as wanted (a demo)."""

sessions: Final = table(
    "sessions",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("id"),
    text("user"),
    text("org"),
    text("role"),
    text("factor"),
    text("csrf"),
    text("purpose"),
    text("label"),
    whole("created_at_ms"),
    whole("seen_at_ms"),
    whole("expires_at_ms"),
    PrimaryKeyConstraint("hash"),
    Index("ix_sessions_expires_at_ms", "expires_at_ms"),
    Index("ix_sessions_user", "user"),
    hash_length("hash"),
)
"""Logged-in browsers by the hash of their cookie; no address of a network is kept.

``id``: what people see of it. ``user`` empty and ``role`` the organisation's: a demo's link. ``factor``: none,
password, passkey, password+passkey. ``csrf``: what this session's forms carry. ``purpose``: what a regulator reads for.
"""

step_links: Final = table(
    "step_links",
    OPERATIONAL,
    "hash",
    octets("hash"),
    octets("pin"),
    text("id"),
    text("issuer"),
    text("org"),
    text("shipment"),
    text("transfer"),
    text("steps"),
    text("done"),
    whole("created_at_ms"),
    whole("expires_at_ms"),
    whole("attempts_left"),
    PrimaryKeyConstraint("hash"),
    hash_length("hash"),
    hash_length("pin"),
    natural("attempts_left"),
)
"""One-time links for steps of a shipment by who has no account, by the hash of their secret.

``pin``: scrypt of the PIN with the secret as salt. ``steps``: those it may take, ``done``: step=event id.
"""

import_jobs: Final = table(
    "import_jobs",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    text("kind"),
    text("name"),
    octets("body"),
    text("phase"),
    whole("done"),
    whole("total"),
    whole("all_or_nothing"),
    octets("outcome"),
    whole("created_at_ms"),
    whole("changed_at_ms"),
    whole("expires_at_ms"),
    PrimaryKeyConstraint("org", "id"),
    Index("ix_import_jobs_expires_at_ms", "expires_at_ms"),
    natural("done"),
    natural("total"),
)
"""Files that are imported: ``body`` the file, ``phase`` how far it is, ``outcome`` JSON of its report or error."""

papers: Final = table(
    "papers",
    OPERATIONAL,
    "org",
    text("org"),
    text("hash"),
    text("media_type"),
    whole("size"),
    octets("content", null=True),
    whole("uploaded_at_ms"),
    PrimaryKeyConstraint("org", "hash"),
    Index("ix_papers_uploaded_at_ms", "uploaded_at_ms"),
    natural("size"),
)
"""Photographed papers by who uploaded them and SHA-256 (base64url), which events state; ``content`` null: erased."""
scans: Final = table(
    "scans",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    text("device"),
    whole("counter"),
    whole("at_ms"),
    whole("received_at_ms"),
    text("action"),
    text("item"),
    text("outcome"),
    octets("statement"),
    octets("signature", null=True),
    octets("answer"),
    text("undone_by"),
    PrimaryKeyConstraint("org", "id"),
    Index("ix_scans_device", "org", "device", "counter"),
    Index("ix_scans_item", "org", "item", "received_at_ms"),
    Index("ix_scans_sighted", "item", "received_at_ms"),
    natural("counter"),
)
"""Scans with what they came to (``answer``: JSON). What they recorded stands in events under the same id.

``device`` '' and ``counter`` 0: of no registered device. ``item``: what the scanned code led to, '' for nothing.
``signature``: of the device over ``statement``. ``undone_by``: the scan that undid it, or ''.
"""

scan_findings: Final = table(
    "scan_findings",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    text("rule"),
    text("item"),
    whole("found_at_ms"),
    octets("data"),
    whole("resolved_at_ms", null=True),
    text("resolved_by"),
    PrimaryKeyConstraint("org", "id"),
    Index("ix_scan_findings_item", "org", "item", "rule"),
)
"""What scans show that no event says: copied labels, and explained gaps of counters (``item``: the device).

``data``: JSON as the organisation may see it; ``resolved_by``: the event that says what it was, or ''.
"""

device_keys: Final = table(
    "device_keys",
    OPERATIONAL,
    "org",
    text("org"),
    text("device"),
    octets("key"),
    PrimaryKeyConstraint("org", "device"),
    hash_length("key"),
)
"""The Ed25519 public key (32 bytes) with which a device signs its scans."""

incidents: Final = table(
    "incidents",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("id"),
    text("org"),
    text("user"),
    text("credential"),
    text("role"),
    text("reason"),
    whole("created_at_ms"),
    whole("expires_at_ms"),
    whole("ended_at_ms", null=True),
    PrimaryKeyConstraint("hash"),
    Index("ix_incidents_org", "org"),
    hash_length("hash"),
)
"""Incident codes by their hash: who issued one (``user`` or ``credential``), as what (``role``), and for what."""

webhooks: Final = table(
    "webhooks",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    text("url"),
    text("types"),
    text("label"),
    whole("secret_number"),
    whole("created_at_ms"),
    whole("disabled_at_ms", null=True),
    whole("cursor"),
    PrimaryKeyConstraint("org", "id"),
    natural("secret_number"),
)
"""Where an organisation wants to be told, and of which event types (prefixes set apart by blanks, '' for all).

``cursor``: the index up to which records have been taken up. Secrets are derived from a key file, never stored.
"""

deliveries: Final = table(
    "deliveries",
    OPERATIONAL,
    "webhook",
    text("webhook"),
    whole("idx"),
    whole("attempts"),
    whole("due_at_ms", null=True),
    whole("tried_at_ms", null=True),
    text("outcome"),
    PrimaryKeyConstraint("webhook", "idx"),
    Index("ix_deliveries_due_at_ms", "due_at_ms"),
    natural("attempts"),
)
"""Messages to webhooks: tried how often, due again when (null: delivered or given up), and with which outcome."""

audits: Final = table(
    "audits",
    OPERATIONAL,
    "id",
    text("id"),
    text("org"),
    text("user"),
    text("kind"),
    text("wanted"),
    text("state"),
    whole("started_at_ms"),
    whole("ended_at_ms", null=True),
    whole("done"),
    whole("total"),
    octets("result", null=True),
    PrimaryKeyConstraint("id"),
    Index("ix_audits_state", "state"),
    natural("done"),
)
"""Audits that were asked for, and rounds of the scrub (``org`` and ``user`` ''). ``wanted``: the order as JSON.

``state``: running, clean, found, failed, interrupted. ``done`` of ``total`` records; ``result``: as JSON.
"""

meta: Final = table(
    "meta",
    OPERATIONAL,
    "name",
    text("name"),
    text("value"),
    PrimaryKeyConstraint("name"),
    clustered=True,
)
"""Facts about this store: "origin", "log_key", "projections" ("current" or "stale")."""
