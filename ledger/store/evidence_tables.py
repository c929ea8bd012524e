"""Evidence: canonical bytes and what orders them. Appended, never changed; triggers refuse the rest."""

from typing import Final

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint

from ledger.store.schema import EVIDENCE, HASH_BYTES, hash_length, natural, octets, table, text, whole

events: Final = table(
    "events",
    EVIDENCE,
    "actor",
    text("actor"),
    text("id"),
    whole("idx"),
    octets("hash"),
    octets("header"),
    octets("signatures", null=True),
    PrimaryKeyConstraint("actor", "id"),
    Index("ix_events_idx", "idx"),
    Index("ix_events_hash", "hash"),
    natural("idx"),
    hash_length("hash"),
)
"""What actors stated. ``header``: the bytes that were hashed and signed; ``signatures``: JCS list of {key, sig}."""

disclosures: Final = table(
    "disclosures",
    EVIDENCE,
    "idx",
    whole("idx"),
    text("name"),
    octets("body", null=True),
    PrimaryKeyConstraint("idx", "name"),
    natural("idx"),
    clustered=True,
)
"""Sections with their salts, ``[salt, name, content]``; ``body`` is null once erased."""

records: Final = table(
    "records",
    EVIDENCE,
    "idx",
    whole("idx"),
    octets("hash"),
    octets("body"),
    octets("auth", null=True),
    whole("recorded_at_ms"),
    PrimaryKeyConstraint("idx"),
    natural("idx"),
    hash_length("hash"),
)
"""What the ledger stated: record ``idx`` is leaf ``idx`` of the log. ``auth``: disclosure, null once erased."""

links: Final = table(
    "links",
    EVIDENCE,
    "chain",
    text("chain"),
    whole("seq"),
    whole("idx"),
    octets("link"),
    octets("effects"),
    PrimaryKeyConstraint("chain", "seq"),
    Index("ix_links_idx", "idx"),
    natural("seq"),
    natural("idx"),
)
"""One row for each chain a record belongs to; ``link`` and ``effects`` are disclosures."""

chain_heads: Final = table(
    "chain_heads",
    EVIDENCE,
    "chain",
    text("chain"),
    whole("seq"),
    whole("idx"),
    octets("hash"),
    PrimaryKeyConstraint("chain"),
    natural("seq"),
    natural("idx"),
    hash_length("hash"),
    clustered=True,
)
"""The latest record of every chain; moves forward only, and only from where the writer believed it to be."""

tiles: Final = table(
    "tiles",
    EVIDENCE,
    "level",
    whole("level"),
    whole("n"),
    octets("data"),
    PrimaryKeyConstraint("level", "n"),
    natural("level"),
    natural("n"),
    CheckConstraint(f"length(data) = {256 * HASH_BYTES}", name="data_complete"),
)
"""Complete tiles of the log (256 hashes); partial ones are cut from what lies below them."""

checkpoint: Final = table(
    "checkpoint",
    EVIDENCE,
    "id",
    whole("id"),
    whole("size"),
    octets("root"),
    octets("note"),
    PrimaryKeyConstraint("id"),
    CheckConstraint("id = 1", name="id_single"),
    natural("size"),
    hash_length("root"),
)
"""The signed checkpoint: one row, compared and swapped inside the transaction that appends."""

checkpoints: Final = table(
    "checkpoints",
    EVIDENCE,
    "size",
    whole("size"),
    octets("note"),
    whole("at_ms"),
    PrimaryKeyConstraint("size"),
    natural("size"),
)
"""Checkpoints that were published, by log size."""

manifests: Final = table(
    "manifests",
    EVIDENCE,
    "hash",
    octets("hash"),
    text("kind"),
    octets("body"),
    PrimaryKeyConstraint("hash"),
    hash_length("hash"),
)
"""Rules and reference data by the hash under which records name them; ``kind``: "rules" or "reference"."""
