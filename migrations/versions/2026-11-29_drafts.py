"""Statements that wait for signatures."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_drafts"
down_revision = "2026_11_29_keys_and_imports"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _columns(kind: Any, *names: str, null: bool = False) -> list[sa.Column[Any]]:  # noqa: ANN401 - any column type
    return [sa.Column(name, kind, nullable=null) for name in names]


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "drafts",
        *_columns(TEXT, "org", "id", "type"),
        *_columns(sa.LargeBinary(), "body"),
        *_columns(WHOLE, "signers"),
        *_columns(sa.LargeBinary(), "signing", null=True),
        *_columns(TEXT, "made_by", "onward"),
        *_columns(WHOLE, "created_at_ms", "expires_at_ms"),
        *_columns(WHOLE, "done_at_ms", null=True),
        sa.CheckConstraint("signers >= 0", name=op.f("ck_drafts_signers_natural")),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_drafts")),
        sqlite_strict=True,
    )
    op.create_index("ix_drafts_expires_at_ms", "drafts", ["expires_at_ms"])


def downgrade() -> None:
    """Drop it: what waited is stated anew."""
    op.drop_table("drafts")
