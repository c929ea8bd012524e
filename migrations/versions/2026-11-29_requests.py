"""Requests of authorities and sight for a limited time, as projections. The rules' states grew, too."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_requests"
down_revision = "2026_11_29_site_stock"
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
    op.create_table(
        "requests",
        sa.Column("event", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("asker", TEXT, nullable=False),
        sa.Column("asked", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("due_ms", WHOLE, nullable=True),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("moved_idx", WHOLE, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_requests_idx_natural")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_requests")),
        sqlite_strict=True,
    )
    op.create_index("ix_requests_asked_idx", "requests", ["asked", "idx"])
    op.create_index("ix_requests_asker_idx", "requests", ["asker", "idx"])
    op.create_table(
        "grants",
        sa.Column("event", TEXT, nullable=False),
        sa.Column("thing", TEXT, nullable=False),
        sa.Column("giver", TEXT, nullable=False),
        sa.Column("getter", TEXT, nullable=False),
        sa.Column("until_ms", WHOLE, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("withdrawn_idx", WHOLE, nullable=True),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_grants_idx_natural")),
        sa.PrimaryKeyConstraint("event", "thing", name=op.f("pk_grants")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grants_getter_until_ms", "grants", ["getter", "until_ms"])
    op.create_index("ix_grants_giver_idx", "grants", ["giver", "idx"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them: nothing is lost that the log does not hold."""
    op.drop_table("grants")
    op.drop_table("requests")
