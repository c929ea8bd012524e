"""Notices: which records concern whom, webhooks, and their deliveries.

A ledger that holds records gets its projections rebuilt before they are read: `concerns` is one of them.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_notices"
down_revision = "2026_11_23_projections"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""


def upgrade() -> None:
    """Make the tables, empty."""
    _concerns()
    _webhooks()
    _deliveries()
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them: subscriptions are lost, no evidence is."""
    for table in ("deliveries", "webhooks", "concerns"):
        op.drop_table(table)


def _concerns() -> None:
    op.create_table(
        "concerns",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_concerns_idx_natural")),
        sa.PrimaryKeyConstraint("org", "idx", name=op.f("pk_concerns")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("types", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("secret_number", WHOLE, nullable=False),
        sa.Column("created_at_ms", WHOLE, nullable=False),
        sa.Column("disabled_at_ms", WHOLE, nullable=True),
        sa.Column("cursor", WHOLE, nullable=False),
        sa.CheckConstraint("secret_number >= 0", name=op.f("ck_webhooks_secret_number_natural")),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_webhooks")),
        sqlite_strict=True,
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("webhook", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("due_at_ms", WHOLE, nullable=True),
        sa.Column("tried_at_ms", WHOLE, nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_deliveries_attempts_natural")),
        sa.PrimaryKeyConstraint("webhook", "idx", name=op.f("pk_deliveries")),
        sqlite_strict=True,
    )
    op.create_index("ix_deliveries_due_at_ms", "deliveries", ["due_at_ms"])
