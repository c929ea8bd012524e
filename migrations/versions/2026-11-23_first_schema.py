"""Evidence and operational tables, and the triggers that keep evidence append-only.

Evidence may be added, never changed. Allowed beside that: a ``personal`` section or an ``auth`` disclosure is set to
null (erasure), a chain head and the checkpoint move forward. The triggers stop mistakes and careless tools, no more.
Whoever owns the database gets past them: on SQLite by INSERT OR REPLACE on a connection with recursive_triggers off,
anywhere by dropping them. What finds an insider out is the audit, with digests held outside.

On PostgreSQL let the server's role not own the tables, and as the owner run, with that role's name:

    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO <role>;
    REVOKE UPDATE, DELETE, TRUNCATE ON events, links, tiles, checkpoints, manifests FROM <role>;
    REVOKE DELETE, TRUNCATE ON disclosures, records, chain_heads, checkpoint FROM <role>;
"""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_first_schema"
down_revision = None
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()

ALLOWED: Final = {
    "events": None,
    "disclosures": "OLD.name = 'personal' AND OLD.body IS NOT NULL AND NEW.body IS NULL"
    " AND NEW.idx = OLD.idx AND NEW.name = OLD.name",
    "records": "OLD.auth IS NOT NULL AND NEW.auth IS NULL AND NEW.idx = OLD.idx AND NEW.hash = OLD.hash"
    " AND NEW.body = OLD.body AND NEW.recorded_at_ms = OLD.recorded_at_ms",
    "links": None,
    "chain_heads": "NEW.chain = OLD.chain AND NEW.seq > OLD.seq AND NEW.idx > OLD.idx",
    "tiles": None,
    "checkpoint": "NEW.id = OLD.id AND NEW.size > OLD.size",
    "checkpoints": None,
    "manifests": None,
}
"""The one change to a row that each evidence table allows."""

OPERATIONAL: Final = ("refusals", "api_keys", "login_links", "sessions", "meta")

REFUSE: Final = """
CREATE FUNCTION hazledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    """Make the tables, then the triggers."""
    _events()
    _disclosures()
    _records()
    _links()
    _chain_heads()
    _tiles()
    _checkpoint()
    _checkpoints()
    _manifests()
    _refusals()
    _api_keys()
    _login_links()
    _sessions()
    _meta()
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(REFUSE)
    for table, allowed in ALLOWED.items():
        for statement in _postgresql(table, allowed) if postgresql else _sqlite(table, allowed):
            op.execute(statement)


def downgrade() -> None:
    """Drop everything, unless there is evidence to lose."""
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT count(*) FROM records")).scalar():
        message = "the tables hold evidence; a ledger is never downgraded to nothing"
        raise RuntimeError(message)
    for table in reversed((*ALLOWED, *OPERATIONAL)):
        op.drop_table(table)
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION hazledger_append_only()")


def _sqlite(table: str, allowed: str | None) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    when = "" if allowed is None else f"WHEN NOT ({allowed})"
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"


def _postgresql(table: str, allowed: str | None) -> Iterator[str]:
    refuse = "EXECUTE FUNCTION hazledger_append_only()"
    when = "" if allowed is None else f"WHEN (NOT ({allowed}))"
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {when} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}"
    yield f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("header", BYTES, nullable=False),
        sa.Column("signatures", BYTES, nullable=True),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_events_idx_natural")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_events_hash_length")),
        sa.PrimaryKeyConstraint("actor", "id", name=op.f("pk_events")),
        sqlite_strict=True,
    )
    op.create_index("ix_events_hash", "events", ["hash"])
    op.create_index("ix_events_idx", "events", ["idx"])


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("body", BYTES, nullable=True),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_disclosures_idx_natural")),
        sa.PrimaryKeyConstraint("idx", "name", name=op.f("pk_disclosures")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.Column("auth", BYTES, nullable=True),
        sa.Column("recorded_at_ms", WHOLE, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_records_idx_natural")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_records_hash_length")),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_records")),
        sqlite_strict=True,
    )


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("link", BYTES, nullable=False),
        sa.Column("effects", BYTES, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_links_idx_natural")),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_links_seq_natural")),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_links")),
        sqlite_strict=True,
    )
    op.create_index("ix_links_idx", "links", ["idx"])


def _chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_chain_heads_idx_natural")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_chain_heads_hash_length")),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_chain_heads_seq_natural")),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_heads")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _tiles() -> None:
    op.create_table(
        "tiles",
        sa.Column("level", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("data", BYTES, nullable=False),
        sa.CheckConstraint("length(data) = 8192", name=op.f("ck_tiles_data_complete")),
        sa.CheckConstraint("level >= 0", name=op.f("ck_tiles_level_natural")),
        sa.CheckConstraint("n >= 0", name=op.f("ck_tiles_n_natural")),
        sa.PrimaryKeyConstraint("level", "n", name=op.f("pk_tiles")),
        sqlite_strict=True,
    )


def _checkpoint() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("root", BYTES, nullable=False),
        sa.Column("note", BYTES, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_checkpoint_id_single")),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_checkpoint_root_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_checkpoint_size_natural")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sqlite_strict=True,
    )


def _checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("note", BYTES, nullable=False),
        sa.Column("at_ms", WHOLE, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_checkpoints_size_natural")),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
        sqlite_strict=True,
    )


def _manifests() -> None:
    op.create_table(
        "manifests",
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_manifests_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_manifests")),
        sqlite_strict=True,
    )


def _refusals() -> None:
    op.create_table(
        "refusals",
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("at_ms", WHOLE, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("principal", TEXT, nullable=False),
        sa.Column("header", BYTES, nullable=True),
        sa.Column("problems", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("actor", "at_ms", "id", name=op.f("pk_refusals")),
        sqlite_strict=True,
    )
    op.create_index("ix_refusals_at_ms", "refusals", ["at_ms"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("org", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("created_at_ms", WHOLE, nullable=False),
        sa.Column("expires_at_ms", WHOLE, nullable=True),
        sa.Column("revoked_at_ms", WHOLE, nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_api_keys_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_api_keys")),
        sqlite_strict=True,
    )
    op.create_index("ix_api_keys_org", "api_keys", ["org"])


def _login_links() -> None:
    op.create_table(
        "login_links",
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("org", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("created_at_ms", WHOLE, nullable=False),
        sa.Column("expires_at_ms", WHOLE, nullable=True),
        sa.Column("uses_left", WHOLE, nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_login_links_hash_length")),
        sa.CheckConstraint("uses_left >= 0", name=op.f("ck_login_links_uses_left_natural")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_login_links")),
        sqlite_strict=True,
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("org", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("created_at_ms", WHOLE, nullable=False),
        sa.Column("expires_at_ms", WHOLE, nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_sessions_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
        sqlite_strict=True,
    )
    op.create_index("ix_sessions_expires_at_ms", "sessions", ["expires_at_ms"])


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
