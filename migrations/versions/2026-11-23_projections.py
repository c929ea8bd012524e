"""Projections: what is folded from the log and can be made again.

A ledger that holds records already gets them empty and marked stale, so that they are rebuilt before they are read.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_projections"
down_revision = "2026_11_23_first_schema"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()

PROJECTIONS: Final = ("states", "holdings", "account_totals", "edges", "findings", "codes", "search")

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""


def upgrade() -> None:
    """Make the tables, empty."""
    _states()
    _holdings()
    _account_totals()
    _edges()
    _findings()
    _codes()
    _search()
    op.execute(MARK_STALE)


def downgrade() -> None:
    """Drop them: nothing is lost that the log does not hold."""
    for table in reversed(PROJECTIONS):
        op.drop_table(table)
    op.execute("DELETE FROM meta WHERE name = 'projections'")


def _states() -> None:
    op.create_table(
        "states",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("body", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_states")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _holdings() -> None:
    op.create_table(
        "holdings",
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("custodian", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("container", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("site", TEXT, nullable=False),
        sa.Column("mg", WHOLE, nullable=False),
        sa.CheckConstraint("mg >= 0", name=op.f("ck_holdings_mg_natural")),
        sa.PrimaryKeyConstraint(
            "batch", "owner", "custodian", "place", "container", "status", name=op.f("pk_holdings")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_holdings_container", "holdings", ["container"])
    op.create_index("ix_holdings_custodian", "holdings", ["custodian"])
    op.create_index("ix_holdings_owner", "holdings", ["owner"])
    op.create_index("ix_holdings_site", "holdings", ["site"])


def _account_totals() -> None:
    op.create_table(
        "account_totals",
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("mg", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("batch", "account", name=op.f("pk_account_totals")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _edges() -> None:
    op.create_table(
        "edges",
        sa.Column("child", TEXT, nullable=False),
        sa.Column("parent", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("mg", WHOLE, nullable=False),
        sa.CheckConstraint("mg >= 0", name=op.f("ck_edges_mg_natural")),
        sa.PrimaryKeyConstraint("child", "parent", "idx", name=op.f("pk_edges")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_edges_parent", "edges", ["parent"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("data", BYTES, nullable=False),
        sa.Column("batch", TEXT, nullable=True),
        sa.Column("org", TEXT, nullable=True),
        sa.Column("resolved_idx", WHOLE, nullable=True),
        sa.CheckConstraint("n >= 0", name=op.f("ck_findings_n_natural")),
        sa.PrimaryKeyConstraint("idx", "n", name=op.f("pk_findings")),
        sqlite_strict=True,
    )
    op.create_index("ix_findings_batch_idx", "findings", ["batch", "idx"])
    op.create_index("ix_findings_org_idx", "findings", ["org", "idx"])


def _codes() -> None:
    op.create_table(
        "codes",
        sa.Column("code", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("idx", WHOLE, nullable=False),
        sa.Column("voided_idx", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_codes")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_codes_target", "codes", ["target"])


def _search() -> None:
    op.create_table(
        "search",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("org", TEXT, nullable=False),
        sa.Column("region", TEXT, nullable=False),
        sa.Column("product", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("zh", TEXT, nullable=False),
        sa.Column("en", TEXT, nullable=False),
        sa.Column("un", TEXT, nullable=False),
        sa.Column("cas", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_search")),
        sqlite_strict=True,
    )
    op.create_index("ix_search_kind_org_id", "search", ["kind", "org", "id"])
    op.create_index("ix_search_kind_product_id", "search", ["kind", "product", "id"])
