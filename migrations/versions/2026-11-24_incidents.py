"""Incident codes: what responders are told, so that they see quantities."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_incidents"
down_revision = "2026_11_24_scans"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, empty, and an index to find the uses of a code among the reads."""
    op.create_table(
        "incidents",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("id", "org", "user", "credential", "role", "reason")),
        sa.Column("created_at_ms", WHOLE, nullable=False),
        sa.Column("expires_at_ms", WHOLE, nullable=False),
        sa.Column("ended_at_ms", WHOLE, nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_incidents_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_incidents")),
        sqlite_strict=True,
    )
    op.create_index("ix_incidents_org", "incidents", ["org"])
    op.create_index("ix_reads_org_credential", "reads", ["org", "credential"])


def downgrade() -> None:
    """Drop it: codes are lost, their uses stay among the reads."""
    op.drop_index("ix_reads_org_credential", "reads")
    op.drop_table("incidents")
