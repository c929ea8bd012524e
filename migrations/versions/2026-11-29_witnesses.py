"""Cosignatures of witnesses, what they know, and pinned checkpoints."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_witnesses"
down_revision = "2026_11_29_requests"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "cosignatures",
        sa.Column("witness", TEXT, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("line", BYTES, nullable=False),
        sa.Column("time_s", WHOLE, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_cosignatures_size_natural")),
        sa.PrimaryKeyConstraint("witness", "size", name=op.f("pk_cosignatures")),
        sqlite_strict=True,
    )
    op.create_index("ix_cosignatures_size", "cosignatures", ["size"])
    op.create_table(
        "witness_views",
        sa.Column("witness", TEXT, nullable=False),
        *(sa.Column(name, WHOLE, nullable=False) for name in ("size", "failures", "due_at_ms", "tried_at_ms")),
        sa.Column("outcome", TEXT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_witness_views_size_natural")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_witness_views_failures_natural")),
        sa.PrimaryKeyConstraint("witness", name=op.f("pk_witness_views")),
        sqlite_strict=True,
    )
    op.create_table(
        "pins",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("note", BYTES, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("at_ms", WHOLE, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_pins_size_natural")),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_pins")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop them: lines are asked for again, pins are lost where nobody kept the file."""
    op.drop_table("pins")
    op.drop_table("witness_views")
    op.drop_table("cosignatures")
