"""Stock by site and product, and what ends when: what overviews stand on. Projections are rebuilt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_site_stock"
down_revision = "2026_11_24_incidents"
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
        "site_stock",
        *(sa.Column(name, TEXT, nullable=False) for name in ("site", "product", "owner", "custodian")),
        sa.Column("mg", WHOLE, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("site", "product", "owner", "custodian", name=op.f("pk_site_stock")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for name in ("product", "owner", "custodian"):
        op.create_index(f"ix_site_stock_{name}", "site_stock", [name])
    op.create_table(
        "expiries",
        *(sa.Column(name, TEXT, nullable=False) for name in ("ref", "kind", "org", "day")),
        sa.Column("idx", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("ref", "kind", name=op.f("pk_expiries")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_expiries_kind_day", "expiries", ["kind", "day"])
    op.create_index("ix_expiries_org", "expiries", ["org"])
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them: nothing is lost that the log does not hold."""
    op.drop_table("expiries")
    op.drop_table("site_stock")
