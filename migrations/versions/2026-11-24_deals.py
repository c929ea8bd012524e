"""Deals: transfers and shipments of each party. The rules' states grew, too: projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_deals"
down_revision = "2026_11_24_notices"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "deals",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("side", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_deals_idx_natural")),
        sa.PrimaryKeyConstraint("org", "ref", name=op.f("pk_deals")),
        sqlite_strict=True,
    )
    op.create_index("ix_deals_org_kind_idx", "deals", ["org", "kind", "idx"])
    op.create_index("ix_findings_chain_idx", "findings", ["chain", "idx"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop it: nothing is lost that the log does not hold."""
    op.drop_index("ix_findings_chain_idx", "findings")
    op.drop_table("deals")
