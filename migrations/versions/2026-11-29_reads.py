"""What regulators read as a log of its own: place, salt and hash of each read, complete tiles, and the signed head."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_reads"
down_revision = "2026_11_29_audits"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Add the columns and make the tables, empty. Reads of before get their places with the next one."""
    op.add_column("reads", sa.Column("idx", WHOLE, nullable=True))
    op.add_column("reads", sa.Column("salt", BYTES, nullable=True))
    op.add_column("reads", sa.Column("hash", BYTES, nullable=True))
    op.create_index("ix_reads_idx", "reads", ["idx"])
    op.create_table(
        "read_tiles",
        sa.Column("level", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("data", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("level", "n", name=op.f("pk_read_tiles")),
        sqlite_strict=True,
    )
    op.create_table(
        "read_head",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("signed", WHOLE, nullable=False),
        sa.Column("root", BYTES, nullable=False),
        sa.Column("note", BYTES, nullable=False),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_read_head_root_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_read_head_size_natural")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_head")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop them: the reads stay, but nothing proves any more that none is missing."""
    op.drop_table("read_head")
    op.drop_table("read_tiles")
    op.drop_index("ix_reads_idx", "reads")
    for name in ("hash", "salt", "idx"):
        op.drop_column("reads", name)
