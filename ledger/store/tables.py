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

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

HASH_BYTES: Final = 32
EVIDENCE: Final = "evidence"
PROJECTION: Final = "projection"
OPERATIONAL: Final = "operational"

NAMING: Final = {
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

metadata: Final = MetaData(naming_convention=NAMING)

_WHOLE: Final = BigInteger().with_variant(Integer(), "sqlite")
_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
_BYTES: Final = LargeBinary()


def _whole(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, _WHOLE, nullable=null, autoincrement=False)


def _text(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, _TEXT, nullable=null)


def _bytes(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, _BYTES, nullable=null)


def _hash(name: str) -> CheckConstraint:
    return CheckConstraint(f"length({name}) = {HASH_BYTES}", name=f"{name}_length")


def _natural(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} >= 0", name=f"{name}_natural")


def _table(name: str, family: str, distribution: str, *parts: Any, clustered: bool = False) -> Table:  # noqa: ANN401
    """Make a table; ``clustered`` keeps small rows inside their key's tree (SQLite WITHOUT ROWID)."""
    return Table(
        name,
        metadata,
        *parts,
        info={"family": family, "distribution": distribution},
        sqlite_strict=True,
        sqlite_with_rowid=not clustered,
    )


# --- evidence -------------------------------------------------------------------------------------------------------

events: Final = _table(
    "events",
    EVIDENCE,
    "actor",
    _text("actor"),
    _text("id"),
    _whole("idx"),
    _bytes("hash"),
    _bytes("header"),
    _bytes("signatures", null=True),
    PrimaryKeyConstraint("actor", "id"),
    Index("ix_events_idx", "idx"),
    Index("ix_events_hash", "hash"),
    _natural("idx"),
    _hash("hash"),
)
"""What actors stated. ``header``: the bytes that were hashed and signed; ``signatures``: JCS list of {key, sig}."""

disclosures: Final = _table(
    "disclosures",
    EVIDENCE,
    "idx",
    _whole("idx"),
    _text("name"),
    _bytes("body", null=True),
    PrimaryKeyConstraint("idx", "name"),
    _natural("idx"),
    clustered=True,
)
"""Sections with their salts, ``[salt, name, content]``; ``body`` is null once erased."""

records: Final = _table(
    "records",
    EVIDENCE,
    "idx",
    _whole("idx"),
    _bytes("hash"),
    _bytes("body"),
    _bytes("auth", null=True),
    _whole("recorded_at_ms"),
    PrimaryKeyConstraint("idx"),
    _natural("idx"),
    _hash("hash"),
)
"""What the ledger stated: record ``idx`` is leaf ``idx`` of the log. ``auth``: disclosure, null once erased."""

links: Final = _table(
    "links",
    EVIDENCE,
    "chain",
    _text("chain"),
    _whole("seq"),
    _whole("idx"),
    _bytes("link"),
    _bytes("effects"),
    PrimaryKeyConstraint("chain", "seq"),
    Index("ix_links_idx", "idx"),
    _natural("seq"),
    _natural("idx"),
)
"""One row for each chain a record belongs to; ``link`` and ``effects`` are disclosures."""

chain_heads: Final = _table(
    "chain_heads",
    EVIDENCE,
    "chain",
    _text("chain"),
    _whole("seq"),
    _whole("idx"),
    _bytes("hash"),
    PrimaryKeyConstraint("chain"),
    _natural("seq"),
    _natural("idx"),
    _hash("hash"),
    clustered=True,
)
"""The latest record of every chain; moves forward only, and only from where the writer believed it to be."""

tiles: Final = _table(
    "tiles",
    EVIDENCE,
    "level",
    _whole("level"),
    _whole("n"),
    _bytes("data"),
    PrimaryKeyConstraint("level", "n"),
    _natural("level"),
    _natural("n"),
    CheckConstraint(f"length(data) = {256 * HASH_BYTES}", name="data_complete"),
)
"""Complete tiles of the log (256 hashes); partial ones are cut from what lies below them."""

checkpoint: Final = _table(
    "checkpoint",
    EVIDENCE,
    "id",
    _whole("id"),
    _whole("size"),
    _bytes("root"),
    _bytes("note"),
    PrimaryKeyConstraint("id"),
    CheckConstraint("id = 1", name="id_single"),
    _natural("size"),
    _hash("root"),
)
"""The signed checkpoint: one row, compared and swapped inside the transaction that appends."""

checkpoints: Final = _table(
    "checkpoints",
    EVIDENCE,
    "size",
    _whole("size"),
    _bytes("note"),
    _whole("at_ms"),
    PrimaryKeyConstraint("size"),
    _natural("size"),
)
"""Checkpoints that were published, by log size."""

manifests: Final = _table(
    "manifests",
    EVIDENCE,
    "hash",
    _bytes("hash"),
    _text("kind"),
    _bytes("body"),
    PrimaryKeyConstraint("hash"),
    _hash("hash"),
)
"""Rules and reference data by the hash under which records name them; ``kind``: "rules" or "reference"."""

# --- projections ----------------------------------------------------------------------------------------------------

states: Final = _table(
    "states",
    PROJECTION,
    "key",
    _text("key"),
    _bytes("body"),
    PrimaryKeyConstraint("key"),
    clustered=True,
)
"""Aggregates of the rules by key ("batch:<uuid>", "voided:<hash>"), as ``ledger.rules.codec`` writes them."""

holdings: Final = _table(
    "holdings",
    PROJECTION,
    "batch",
    _text("batch"),
    _text("owner"),
    _text("custodian"),
    _text("place"),
    _text("container"),
    _text("status"),
    _text("site"),
    _whole("mg"),
    PrimaryKeyConstraint("batch", "owner", "custodian", "place", "container", "status"),
    Index("ix_holdings_owner", "owner"),
    Index("ix_holdings_custodian", "custodian"),
    Index("ix_holdings_site", "site"),
    Index("ix_holdings_container", "container"),
    _natural("mg"),
    clustered=True,
)
"""Stock: one row for each holding that is not empty. ``site`` is the site of ``place``, or '' on a vehicle."""

account_totals: Final = _table(
    "account_totals",
    PROJECTION,
    "batch",
    _text("batch"),
    _text("account"),
    _whole("mg"),
    PrimaryKeyConstraint("batch", "account"),
    clustered=True,
)
"""Sources and sinks of each batch; with its holdings they add up to zero."""

edges: Final = _table(
    "edges",
    PROJECTION,
    "child",
    _text("child"),
    _text("parent"),
    _whole("idx"),
    _whole("mg"),
    PrimaryKeyConstraint("child", "parent", "idx"),
    Index("ix_edges_parent", "parent"),
    _natural("mg"),
    clustered=True,
)
"""Which batch went into which, in which record, and how much of it."""

findings: Final = _table(
    "findings",
    PROJECTION,
    "idx",
    _whole("idx"),
    _whole("n"),
    _text("chain"),
    _text("rule"),
    _text("severity"),
    _bytes("data"),
    _text("batch", null=True),
    _text("org", null=True),
    _whole("resolved_idx", null=True),
    PrimaryKeyConstraint("idx", "n"),
    Index("ix_findings_org_idx", "org", "idx"),
    Index("ix_findings_batch_idx", "batch", "idx"),
    _natural("n"),
)
"""Findings in the effects of record ``idx``, numbered ``n`` within it; ``resolved_idx``: the record that settled it."""

codes: Final = _table(
    "codes",
    PROJECTION,
    "code",
    _text("code"),
    _text("kind"),
    _text("target"),
    _whole("idx"),
    _whole("voided_idx", null=True),
    PrimaryKeyConstraint("code"),
    Index("ix_codes_target", "target"),
    clustered=True,
)
"""Printed codes and what they resolve to; a voided one still resolves, and says so."""

search: Final = _table(
    "search",
    PROJECTION,
    "kind",
    _text("kind"),
    _text("id"),
    _text("org"),
    _text("region"),
    _text("product"),
    _text("label"),
    _text("zh"),
    _text("en"),
    _text("un"),
    _text("cas"),
    PrimaryKeyConstraint("kind", "id"),
    Index("ix_search_kind_org_id", "kind", "org", "id"),
    Index("ix_search_kind_product_id", "kind", "product", "id"),
)
"""Master data, batches and containers for lists and search boxes. ``label``: lot, serial or USCC; '' where none."""

# --- operational ----------------------------------------------------------------------------------------------------

refusals: Final = _table(
    "refusals",
    OPERATIONAL,
    "actor",
    _text("actor"),
    _whole("at_ms"),
    _text("id"),
    _text("type"),
    _text("principal"),
    _bytes("header", null=True),
    _bytes("problems"),
    PrimaryKeyConstraint("actor", "at_ms", "id"),
    Index("ix_refusals_at_ms", "at_ms"),
)
"""Acts that were refused, with the reasons (JSON list of problems), for regulators. No evidence."""

api_keys: Final = _table(
    "api_keys",
    OPERATIONAL,
    "hash",
    _bytes("hash"),
    _text("id"),
    _text("org"),
    _text("role"),
    _text("label"),
    _whole("created_at_ms"),
    _whole("expires_at_ms", null=True),
    _whole("revoked_at_ms", null=True),
    PrimaryKeyConstraint("hash"),
    Index("ix_api_keys_org", "org"),
    _hash("hash"),
)
"""API keys by the hash of their secret."""

login_links: Final = _table(
    "login_links",
    OPERATIONAL,
    "hash",
    _bytes("hash"),
    _text("user"),
    _text("org"),
    _text("role"),
    _whole("created_at_ms"),
    _whole("expires_at_ms", null=True),
    _whole("uses_left", null=True),
    PrimaryKeyConstraint("hash"),
    _hash("hash"),
    CheckConstraint("uses_left >= 0", name="uses_left_natural"),
)
"""Login links by the hash of their secret; ``uses_left`` null: as often as wanted (a demo)."""

sessions: Final = _table(
    "sessions",
    OPERATIONAL,
    "hash",
    _bytes("hash"),
    _text("user"),
    _text("org"),
    _text("role"),
    _whole("created_at_ms"),
    _whole("expires_at_ms"),
    PrimaryKeyConstraint("hash"),
    Index("ix_sessions_expires_at_ms", "expires_at_ms"),
    _hash("hash"),
)
"""Logged-in browsers by the hash of their cookie."""

meta: Final = _table(
    "meta",
    OPERATIONAL,
    "name",
    _text("name"),
    _text("value"),
    PrimaryKeyConstraint("name"),
    clustered=True,
)
"""Facts about this store: "origin", "log_key", "projections" ("current" or "stale")."""


def family(name: str) -> tuple[Table, ...]:
    """Tables of a family, in the order of definition."""
    return tuple(table for table in metadata.tables.values() if table.info["family"] == name)
