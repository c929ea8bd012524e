"""What scans show that no event says: copied labels and explained gaps; and a way to find all scans of a thing."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_scan_findings"
down_revision = "2026_11_29_watches"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, empty, and the index."""
    op.create_table(
        "scan_findings",
        *(sa.Column(name, TEXT, nullable=False) for name in ("org", "id", "rule", "item")),
        sa.Column("found_at_ms", WHOLE, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("resolved_at_ms", WHOLE, nullable=True),
        sa.Column("resolved_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_scan_findings")),
        sqlite_strict=True,
    )
    op.create_index("ix_scan_findings_item", "scan_findings", ["org", "item", "rule"])
    op.create_index("ix_scans_sighted", "scans", ["item", "received_at_ms"])


def downgrade() -> None:
    """Drop both: what was found is lost, the scans are not."""
    op.drop_index("ix_scans_sighted", "scans")
    op.drop_index("ix_scan_findings_item", "scan_findings")
    op.drop_table("scan_findings")
