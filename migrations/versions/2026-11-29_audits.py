"""Audits that were asked for by page or program, and the rounds of the background scrub."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_audits"
down_revision = "2026_11_29_recalls"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "audits",
        *(sa.Column(name, TEXT, nullable=False) for name in ("id", "org", "user", "kind", "wanted", "state")),
        sa.Column("started_at_ms", WHOLE, nullable=False),
        sa.Column("ended_at_ms", WHOLE, nullable=True),
        sa.Column("done", WHOLE, nullable=False),
        sa.Column("total", WHOLE, nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("done >= 0", name=op.f("ck_audits_done_natural")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
        sqlite_strict=True,
    )
    op.create_index("ix_audits_state", "audits", ["state"])


def downgrade() -> None:
    """Drop it: the list of audits is lost, and nothing else."""
    op.drop_index("ix_audits_state", "audits")
    op.drop_table("audits")
