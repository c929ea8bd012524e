"""Watches and runs of counters: what time may turn into findings. Projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_watches"
down_revision = "2026_11_29_witnesses"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""


def upgrade() -> None:
    """Make the tables, empty, and index what findings are listed by."""
    op.create_table(
        "watches",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("part", TEXT, nullable=False),
        sa.Column("org", TEXT, nullable=False),
        sa.Column("kinds", TEXT, nullable=False),
        sa.Column("anchor_ms", WHOLE, nullable=False),
        sa.Column("site", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("chain", "rule", "part", name=op.f("pk_watches")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_watches_rule_kinds_anchor_ms", "watches", ["rule", "kinds", "anchor_ms"])
    op.create_index("ix_watches_org", "watches", ["org"])
    op.create_table(
        "counter_runs",
        sa.Column("org", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("first", WHOLE, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.Column("first_idx", WHOLE, nullable=False),
        sa.Column("last_idx", WHOLE, nullable=False),
        sa.Column("first_ms", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("org", "device", "first", name=op.f("pk_counter_runs")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_findings_rule_idx", "findings", ["rule", "idx"])
    op.create_index("ix_findings_severity_idx", "findings", ["severity", "idx"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them: nothing is lost that the log does not hold."""
    op.drop_index("ix_findings_severity_idx", "findings")
    op.drop_index("ix_findings_rule_idx", "findings")
    op.drop_table("counter_runs")
    op.drop_table("watches")
