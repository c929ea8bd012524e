"""Whose goods a hold stops. Projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_hold_reach"
down_revision = "2026_11_29_timestamps"
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
        "hold_reach",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("hold", WHOLE, nullable=False, autoincrement=False),
        sa.Column("ref", TEXT, nullable=False),
        sa.Column("placed_by", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("lifted_idx", WHOLE, nullable=True),
        sa.CheckConstraint("hold >= 0", name=op.f("ck_hold_reach_hold_natural")),
        sa.PrimaryKeyConstraint("org", "hold", "ref", name=op.f("pk_hold_reach")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hold_reach_ref", "hold_reach", ["ref"])
    op.create_index("ix_hold_reach_hold", "hold_reach", ["hold"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop it: nothing is lost that the log does not hold."""
    op.drop_table("hold_reach")
