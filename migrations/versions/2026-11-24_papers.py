"""Photographed papers of who cannot sign, and which records state them. Projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_papers"
down_revision = "2026_11_24_deal_goods"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""
REFUSE: Final = "papers are part of what was stated: erase them by events before taking the table away"


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "papers",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_at_ms", WHOLE, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_papers_size_natural")),
        sa.PrimaryKeyConstraint("org", "hash", name=op.f("pk_papers")),
        sqlite_strict=True,
    )
    op.create_index("ix_papers_uploaded_at_ms", "papers", ["uploaded_at_ms"])
    op.create_table(
        "attachments",
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.CheckConstraint("idx >= 0", name=op.f("ck_attachments_idx_natural")),
        sa.PrimaryKeyConstraint("actor", "hash", "idx", name=op.f("pk_attachments")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_attachments_idx", "attachments", ["idx"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them; refused while there are papers, for no event could bring them back."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM papers LIMIT 1")).first() is not None:
        raise RuntimeError(REFUSE)
    op.drop_table("attachments")
    op.drop_table("papers")
