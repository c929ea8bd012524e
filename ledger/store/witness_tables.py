"""Tables about witnesses and pinned checkpoints: operational. What stands in them verifies by itself, or not at all."""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint

from ledger.store.schema import OPERATIONAL, natural, octets, table, text, whole

cosignatures: Final = table(
    "cosignatures",
    OPERATIONAL,
    "witness",
    text("witness"),
    whole("size"),
    octets("line"),
    whole("time_s"),
    PrimaryKeyConstraint("witness", "size"),
    Index("ix_cosignatures_size", "size"),
    natural("size"),
)
"""The signature line of a witness (by its vkey) on a published checkpoint of this size; ``time_s``: as it states."""

witness_views: Final = table(
    "witness_views",
    OPERATIONAL,
    "witness",
    text("witness"),
    whole("size"),
    whole("failures"),
    whole("due_at_ms"),
    whole("tried_at_ms"),
    text("outcome"),
    PrimaryKeyConstraint("witness"),
    natural("size"),
    natural("failures"),
)
"""The size that a witness (by its vkey) knows of this log, how often it failed since, and what the last try came to."""

timestamps: Final = table(
    "timestamps",
    OPERATIONAL,
    "day",
    text("day"),
    whole("size"),
    octets("note"),
    octets("response"),
    whole("at_ms"),
    PrimaryKeyConstraint("day"),
    natural("size"),
)
"""A published checkpoint and what an authority answered about it (RFC 3161), one a day (UTC); ``at_ms``: as stated."""

pins: Final = table(
    "pins",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    whole("size"),
    octets("note"),
    text("user"),
    whole("at_ms"),
    PrimaryKeyConstraint("org", "id"),
    natural("size"),
)
"""Checkpoints that an organisation pinned; ``id``: hex SHA-256 of the note's text."""
