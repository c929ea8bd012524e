"""Recalls: which batches one reaches, and whom. Projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_recalls"
down_revision = "2026_11_29_scan_findings"
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
        "recalled",
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("recall", WHOLE, nullable=False, autoincrement=False),
        sa.Column("lot", TEXT, nullable=False),
        sa.CheckConstraint("recall >= 0", name=op.f("ck_recalled_recall_natural")),
        sa.PrimaryKeyConstraint("batch", "recall", "lot", name=op.f("pk_recalled")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recalled_recall_lot", "recalled", ["recall", "lot"])
    op.create_table(
        "recall_holders",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("recall", WHOLE, nullable=False, autoincrement=False),
        sa.Column("lot", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("acknowledged_idx", WHOLE, nullable=True),
        sa.CheckConstraint("recall >= 0", name=op.f("ck_recall_holders_recall_natural")),
        sa.PrimaryKeyConstraint("org", "recall", "lot", name=op.f("pk_recall_holders")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recall_holders_recall", "recall_holders", ["recall"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them: nothing is lost that the log does not hold."""
    op.drop_table("recall_holders")
    op.drop_table("recalled")
