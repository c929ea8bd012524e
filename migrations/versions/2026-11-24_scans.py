"""Scans of the warehouse floor with what they came to, and the keys of the devices that sign them."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_scans"
down_revision = "2026_11_24_papers"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "scans",
        *(sa.Column(name, TEXT, nullable=False) for name in ("org", "id", "device")),
        sa.Column("counter", WHOLE, nullable=False),
        sa.Column("at_ms", WHOLE, nullable=False),
        sa.Column("received_at_ms", WHOLE, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("action", "item", "outcome")),
        sa.Column("statement", BYTES, nullable=False),
        sa.Column("signature", BYTES, nullable=True),
        sa.Column("answer", BYTES, nullable=False),
        sa.Column("undone_by", TEXT, nullable=False),
        sa.CheckConstraint("counter >= 0", name=op.f("ck_scans_counter_natural")),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_scans")),
        sqlite_strict=True,
    )
    op.create_index("ix_scans_device", "scans", ["org", "device", "counter"])
    op.create_index("ix_scans_item", "scans", ["org", "item", "received_at_ms"])
    op.create_table(
        "device_keys",
        *(sa.Column(name, TEXT, nullable=False) for name in ("org", "device")),
        sa.Column("key", BYTES, nullable=False),
        sa.CheckConstraint("length(key) = 32", name=op.f("ck_device_keys_key_length")),
        sa.PrimaryKeyConstraint("org", "device", name=op.f("pk_device_keys")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop them: the list of scans is lost, what they recorded is not."""
    op.drop_table("device_keys")
    op.drop_index("ix_scans_item", "scans")
    op.drop_index("ix_scans_device", "scans")
    op.drop_table("scans")
