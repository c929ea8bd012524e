"""Batches that transfers and shipments are about, by which who supervises finds them. Projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_deal_goods"
down_revision = "2026_11_24_step_links"
branch_labels = None
depends_on = None

TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "deal_goods",
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("ref", "batch", name=op.f("pk_deal_goods")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deal_goods_batch", "deal_goods", ["batch"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop it: nothing is lost that the log does not hold."""
    op.drop_table("deal_goods")
