"""Timestamps of an authority on a day's checkpoint."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_timestamps"
down_revision = "2026_11_29_badges"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "timestamps",
        sa.Column("day", TEXT, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("note", BYTES, nullable=False),
        sa.Column("response", BYTES, nullable=False),
        sa.Column("at_ms", WHOLE, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_timestamps_size_natural")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_timestamps")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop it: past days cannot be stamped again; `hazledger log export` keeps what was there as files."""
    op.drop_table("timestamps")
