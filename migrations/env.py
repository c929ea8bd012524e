"""Runs migrations on the connection that ``ledger.store.migrate`` hands over. There is no offline mode."""

from alembic import context
from sqlalchemy import Connection, text

from ledger.store.tables import metadata

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "10min"


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
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
