"""People, passkeys, devices, API clients and what regulators read; where batches are, for who supervises a place.

Sessions begin anew: the former ones knew no factor. API keys that exist already keep writing (``access.key_writes``);
those issued from now on read. A ledger that holds records gets its projections rebuilt before they are read.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_identity"
down_revision = "2026_11_24_deals"
branch_labels = None
depends_on = None

WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BYTES: Final = sa.LargeBinary()

TABLES: Final = (
    "users",
    "logins",
    "passkeys",
    "devices",
    "invitations",
    "api_clients",
    "tokens",
    "attempts",
    "reads",
    "presence",
    "places",
    "product_classes",
)

MARK_STALE: Final = """
INSERT INTO meta (name, value) SELECT 'projections', 'stale' WHERE EXISTS (SELECT 1 FROM records)
ON CONFLICT (name) DO UPDATE SET value = 'stale'
"""
KEEP_WRITING: Final = """
INSERT INTO meta (name, value)
SELECT 'api_keys_write_before_ms', CAST(max(created_at_ms) + 1 AS TEXT) FROM api_keys HAVING count(*) > 0
"""


def upgrade() -> None:
    """Make the tables, empty."""
    op.drop_table("sessions")
    _sessions()
    _people()
    _ways_in()
    _programs()
    _watched()
    _presence()
    op.execute(MARK_STALE)
    op.execute(KEEP_WRITING)


def downgrade() -> None:
    """Drop them: logins are lost, no evidence is."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_table("sessions")
    _former_sessions()
    op.execute("DELETE FROM meta WHERE name = 'api_keys_write_before_ms'")


def _table(
    name: str,
    key: tuple[str, ...],
    /,
    *parts: sa.Column[object] | sa.CheckConstraint,
    clustered: bool = False,
    **indexes: tuple[str, ...],
) -> None:
    """Make a table with its primary key, and an index for each list of columns."""
    primary = sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}"))
    op.create_table(name, *parts, primary, sqlite_strict=True, sqlite_with_rowid=not clustered)
    for index, columns in indexes.items():
        op.create_index(f"ix_{name}_{index}", name, list(columns))


def _text(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, TEXT, nullable=null)


def _whole(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, WHOLE, nullable=null)


def _bytes(name: str) -> sa.Column[object]:
    return sa.Column(name, BYTES, nullable=False)


def _hash(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("length(hash) = 32", name=op.f(f"ck_{table}_hash_length"))


def _natural(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} >= 0", name=op.f(f"ck_{table}_{column}_natural"))


def _former_sessions() -> None:
    texts = [_text(name) for name in ("user", "org", "role")]
    wholes = [_whole(name) for name in ("created_at_ms", "expires_at_ms")]
    _table("sessions", ("hash",), _bytes("hash"), *texts, *wholes, _hash("sessions"), expires_at_ms=("expires_at_ms",))


def _sessions() -> None:
    texts = [_text(name) for name in ("id", "user", "org", "role", "factor", "csrf", "purpose", "label")]
    wholes = [_whole(name) for name in ("created_at_ms", "seen_at_ms", "expires_at_ms")]
    _table(
        "sessions",
        ("hash",),
        _bytes("hash"),
        *texts,
        *wholes,
        _hash("sessions"),
        expires_at_ms=("expires_at_ms",),
        user=("user",),
    )


def _people() -> None:
    _table(
        "users",
        ("id",),
        *[_text(name) for name in ("id", "org", "login", "name")],
        _text("password", null=True),
        _text("roles"),
        _whole("created_at_ms"),
        _whole("disabled_at_ms", null=True),
        org_login=("org", "login"),
    )
    _table("logins", ("login",), _text("login"), _text("user"))
    _table(
        "passkeys",
        ("id",),
        _bytes("id"),
        _text("user"),
        _bytes("public_key"),
        _whole("sign_count"),
        _text("name"),
        _whole("created_at_ms"),
        _whole("used_at_ms", null=True),
        _natural("passkeys", "sign_count"),
        user=("user",),
    )
    _table(
        "devices",
        ("id",),
        *[_text(name) for name in ("id", "org", "name")],
        _text("user", null=True),
        _whole("created_at_ms"),
        _whole("revoked_at_ms", null=True),
        org=("org",),
    )


def _ways_in() -> None:
    _table(
        "invitations",
        ("hash",),
        _bytes("hash"),
        _text("id"),
        _text("org"),
        _text("user", null=True),
        *[_text(name) for name in ("login", "name", "roles", "created_by")],
        _whole("created_at_ms"),
        _whole("expires_at_ms"),
        _whole("used_at_ms", null=True),
        _hash("invitations"),
        org=("org",),
    )
    _table(
        "attempts",
        ("hash",),
        _bytes("hash"),
        _whole("failures"),
        _whole("since_ms"),
        _hash("attempts"),
        _natural("attempts", "failures"),
        since_ms=("since_ms",),
    )


def _programs() -> None:
    _table(
        "api_clients",
        ("id",),
        _text("id"),
        _text("org"),
        _bytes("hash"),
        *[_text(name) for name in ("roles", "label", "purpose", "created_by")],
        _whole("created_at_ms"),
        _whole("revoked_at_ms", null=True),
        _hash("api_clients"),
        org=("org",),
    )
    _table(
        "tokens",
        ("hash",),
        _bytes("hash"),
        *[_text(name) for name in ("client", "org", "roles")],
        _whole("created_at_ms"),
        _whole("expires_at_ms"),
        _hash("tokens"),
        client=("client",),
        expires_at_ms=("expires_at_ms",),
    )


def _watched() -> None:
    texts = [_text(name) for name in ("user", "credential", "action", "subject", "purpose")]
    _table("reads", ("org", "id"), _text("org"), _text("id"), _whole("at_ms"), *texts)


def _presence() -> None:
    _table(
        "presence",
        ("batch", "place"),
        _text("batch"),
        _text("place"),
        _whole("idx"),
        clustered=True,
        place=("place",),
    )
    _table(
        "places",
        ("place",),
        *[_text(name) for name in ("place", "org", "region", "park")],
        clustered=True,
        org=("org",),
        region=("region",),
        park=("park",),
    )
    _table(
        "product_classes",
        ("product", "name"),
        _text("product"),
        _text("name"),
        clustered=True,
        name=("name",),
    )
