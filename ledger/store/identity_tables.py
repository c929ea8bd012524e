"""People and programs: who may come in, how they show it, and what regulators read. Operational; no evidence.

A user is ``user:<uuid>`` wherever the ledger speaks of one; names and logins stand here alone, so that they can be
corrected and erased. Secrets stand as SHA-256 hashes, passwords as Argon2id hashes.
"""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint

from ledger.store.schema import OPERATIONAL, hash_length, natural, octets, table, text, whole

users: Final = table(
    "users",
    OPERATIONAL,
    "id",
    text("id"),
    text("org"),
    text("login"),
    text("name"),
    text("password", null=True),
    text("roles"),
    whole("created_at_ms"),
    whole("disabled_at_ms", null=True),
    PrimaryKeyConstraint("id"),
    Index("ix_users_org_login", "org", "login"),
)
"""People of organisations; ``password``: Argon2id in its own notation, null before one was set."""

logins: Final = table(
    "logins",
    OPERATIONAL,
    "login",
    text("login"),
    text("user"),
    PrimaryKeyConstraint("login"),
)
"""Which user a login name means; one name belongs to one user of the whole ledger."""

passkeys: Final = table(
    "passkeys",
    OPERATIONAL,
    "id",
    octets("id"),
    text("user"),
    octets("public_key"),
    whole("sign_count"),
    text("name"),
    whole("created_at_ms"),
    whole("used_at_ms", null=True),
    PrimaryKeyConstraint("id"),
    Index("ix_passkeys_user", "user"),
    natural("sign_count"),
)
"""WebAuthn credentials by their id; ``public_key``: COSE, as the authenticator gave it."""

devices: Final = table(
    "devices",
    OPERATIONAL,
    "id",
    text("id"),
    text("org"),
    text("name"),
    text("user", null=True),
    whole("created_at_ms"),
    whole("revoked_at_ms", null=True),
    PrimaryKeyConstraint("id"),
    Index("ix_devices_org", "org"),
)
"""Scanners, phones and gateways of an organisation; a revoked one states nothing more."""

badges: Final = table(
    "badges",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("id"),
    text("org"),
    text("user"),
    text("created_by"),
    whole("created_at_ms"),
    whole("revoked_at_ms", null=True),
    PrimaryKeyConstraint("hash"),
    Index("ix_badges_org_user", "org", "user"),
    hash_length("hash"),
)
"""Badges that say who scans, by the hash of their secret; of a person at most one is in force."""

invitations: Final = table(
    "invitations",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("id"),
    text("org"),
    text("user", null=True),
    text("login"),
    text("name"),
    text("roles"),
    text("created_by"),
    whole("created_at_ms"),
    whole("expires_at_ms"),
    whole("used_at_ms", null=True),
    PrimaryKeyConstraint("hash"),
    Index("ix_invitations_org", "org"),
    hash_length("hash"),
)
"""One-time links by the hash of their secret: to become a user, or (``user``) to set a new password."""

api_clients: Final = table(
    "api_clients",
    OPERATIONAL,
    "id",
    text("id"),
    text("org"),
    octets("hash"),
    text("roles"),
    text("label"),
    text("purpose"),
    text("created_by"),
    whole("created_at_ms"),
    whole("revoked_at_ms", null=True),
    PrimaryKeyConstraint("id"),
    Index("ix_api_clients_org", "org"),
    hash_length("hash"),
)
"""Programs that exchange a secret for short-lived tokens; ``purpose``: what a regulator's program reads for."""

tokens: Final = table(
    "tokens",
    OPERATIONAL,
    "hash",
    octets("hash"),
    text("client"),
    text("org"),
    text("roles"),
    whole("created_at_ms"),
    whole("expires_at_ms"),
    PrimaryKeyConstraint("hash"),
    Index("ix_tokens_client", "client"),
    Index("ix_tokens_expires_at_ms", "expires_at_ms"),
    hash_length("hash"),
)
"""Access tokens of API clients by the hash of their secret."""

key_requests: Final = table(
    "key_requests",
    OPERATIONAL,
    "id",
    text("id"),
    text("org"),
    text("user"),
    text("key"),
    text("proof"),
    whole("created_at_ms"),
    whole("expires_at_ms"),
    PrimaryKeyConstraint("id"),
    Index("ix_key_requests_org", "org"),
    Index("ix_key_requests_expires_at_ms", "expires_at_ms"),
)
"""Public keys that people made in their browsers and that wait for an administrator's endorsement."""

drafts: Final = table(
    "drafts",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    text("type"),
    octets("body"),
    whole("signers"),
    octets("signing", null=True),
    text("made_by"),
    text("onward"),
    whole("created_at_ms"),
    whole("expires_at_ms"),
    whole("done_at_ms", null=True),
    PrimaryKeyConstraint("org", "id"),
    Index("ix_drafts_expires_at_ms", "expires_at_ms"),
    natural("signers"),
)
"""Statements that wait for signatures; see ``DraftRow``."""

attempts: Final = table(
    "attempts",
    OPERATIONAL,
    "hash",
    octets("hash"),
    whole("failures"),
    whole("since_ms"),
    PrimaryKeyConstraint("hash"),
    Index("ix_attempts_since_ms", "since_ms"),
    hash_length("hash"),
    natural("failures"),
)
"""Failed logins within a window, by the hash of the login name: known or not, so that both cost the same."""

reads: Final = table(
    "reads",
    OPERATIONAL,
    "org",
    text("org"),
    text("id"),
    whole("at_ms"),
    text("user"),
    text("credential"),
    text("action"),
    text("subject"),
    text("purpose"),
    whole("idx", null=True),
    octets("salt", null=True),
    octets("hash", null=True),
    PrimaryKeyConstraint("org", "id"),
    Index("ix_reads_org_credential", "org", "credential"),
    Index("ix_reads_idx", "idx"),
)
"""What regulators and parks read, and incident codes opened, and what for. ``id``: a UUIDv7, so in order of time.

``idx``: its place in the log of reads, whose leaves are the hashes; null in what is older than that log.
"""

read_tiles: Final = table(
    "read_tiles",
    OPERATIONAL,
    "n",
    whole("level"),
    whole("n"),
    octets("data"),
    PrimaryKeyConstraint("level", "n"),
)
"""Complete tiles of the log of reads."""

read_head: Final = table(
    "read_head",
    OPERATIONAL,
    "id",
    whole("id"),
    whole("size"),
    whole("signed"),
    octets("root"),
    octets("note"),
    PrimaryKeyConstraint("id"),
    hash_length("root"),
    natural("size"),
)
"""One row: how long the log of reads is, and what of it the log's key signed last."""
