"""Runs migrations on the connection that ``ledger.store.migrate`` hands over. There is no offline mode."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from ledger.store.tables import metadata

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "10min"


def include_object(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: ANN401, FBT001
    """Leave SQLite's own tables (statistics) out of comparisons."""
    return not (kind == "table" and name is not None and name.startswith("sqlite_"))


def run(connection: Connection) -> None:
    """Run each migration in a transaction of its own."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        transaction_per_migration=True,
        compare_type=True,
        include_object=include_object,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
