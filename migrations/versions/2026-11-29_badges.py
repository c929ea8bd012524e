"""Badges with a secret, which stands as a hash."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_badges"
down_revision = "2026_11_29_drafts"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _columns(kind: Any, *names: str) -> list[sa.Column[Any]]:  # noqa: ANN401 - any type of a column
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    """Make the table, empty: badges of the former kind are refused from now on."""
    op.create_table(
        "badges",
        *_columns(sa.LargeBinary(), "hash"),
        *_columns(TEXT, "id", "org", "user", "created_by"),
        *_columns(WHOLE, "created_at_ms"),
        sa.Column("revoked_at_ms", WHOLE, nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_badges_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_badges")),
        sqlite_strict=True,
    )
    op.create_index("ix_badges_org_user", "badges", ["org", "user"])


def downgrade() -> None:
    """Drop it: whoever had a badge needs a new one."""
    op.drop_table("badges")
