"""Keys that wait to be endorsed, and imports that outlive the process."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_keys_and_imports"
down_revision = "2026_11_29_reads"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _columns(kind: Any, *names: str) -> list[sa.Column[Any]]:  # noqa: ANN401 - any type of a column
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    """Make both tables, empty."""
    op.create_table(
        "key_requests",
        *_columns(TEXT, "id", "org", "user", "key", "proof"),
        *_columns(WHOLE, "created_at_ms", "expires_at_ms"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_requests")),
        sqlite_strict=True,
    )
    op.create_index("ix_key_requests_org", "key_requests", ["org"])
    op.create_index("ix_key_requests_expires_at_ms", "key_requests", ["expires_at_ms"])
    op.create_table(
        "import_jobs",
        *_columns(TEXT, "org", "id", "kind", "name"),
        *_columns(sa.LargeBinary(), "body"),
        *_columns(TEXT, "phase"),
        *_columns(WHOLE, "done", "total", "all_or_nothing"),
        *_columns(sa.LargeBinary(), "outcome"),
        *_columns(WHOLE, "created_at_ms", "changed_at_ms", "expires_at_ms"),
        sa.CheckConstraint("done >= 0", name=op.f("ck_import_jobs_done_natural")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_import_jobs_total_natural")),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_import_jobs")),
        sqlite_strict=True,
    )
    op.create_index("ix_import_jobs_expires_at_ms", "import_jobs", ["expires_at_ms"])


def downgrade() -> None:
    """Drop them: requests and imports are lost, what was recorded stays."""
    op.drop_table("import_jobs")
    op.drop_table("key_requests")
