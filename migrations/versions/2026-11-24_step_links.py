"""One-time links for steps of a shipment by who has no account."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_step_links"
down_revision = "2026_11_24_identity"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "step_links",
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("pin", BYTES, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("id", "issuer", "org", "shipment", "transfer")),
        sa.Column("steps", TEXT, nullable=False),
        sa.Column("done", TEXT, nullable=False),
        sa.Column("created_at_ms", WHOLE, nullable=False),
        sa.Column("expires_at_ms", WHOLE, nullable=False),
        sa.Column("attempts_left", WHOLE, nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_step_links_hash_length")),
        sa.CheckConstraint("length(pin) = 32", name=op.f("ck_step_links_pin_length")),
        sa.CheckConstraint("attempts_left >= 0", name=op.f("ck_step_links_attempts_left_natural")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_step_links")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop it: links are lost, no evidence is."""
    op.drop_table("step_links")
