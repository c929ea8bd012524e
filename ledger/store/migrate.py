"""Making and upgrading the schema, with the migrations that travel in the package ``migrations``.

On PostgreSQL each migration waits for locks for seconds only, so that a long reader cannot make a queue of everyone
behind it. On SQLite a migration is one BEGIN IMMEDIATE transaction. The server itself never migrates behind an
operator's back unless told to; ``check_current`` refuses a store of another version.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import URL

import migrations
from ledger.errors import ConfigurationError
from ledger.store.engines import open_engines

HEAD: Final = "head"
BASE: Final = "base"


def migrate(url: str | URL, revision: str = HEAD) -> None:
    """Bring the schema up to ``revision``; makes a SQLite file that is missing. Raises ConfigurationError."""
    engines = open_engines(url, readers=1, create=True)
    try:
        migrate_engine(engines.writer, revision)
    finally:
        engines.dispose()


def migrate_engine(engine: Engine, revision: str = HEAD) -> None:
    """Do the same through an engine that may write."""
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(url: str | URL, revision: str) -> None:
    """Take the schema back to ``revision``. Refused by a migration that would destroy evidence."""
    engines = open_engines(url, readers=1)
    try:
        _run(engines.writer, lambda config: command.downgrade(config, revision))
    finally:
        engines.dispose()


def current_revision(engine: Engine) -> str | None:
    """Return the revision of a database; None when it has no schema."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """Return the newest revision of this version."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


def check_current(engine: Engine) -> None:
    """Raise ConfigurationError unless the schema is the one this version expects."""
    found, wanted = current_revision(engine), head_revision()
    if found != wanted:
        raise ConfigurationError("schema_not_current", params={"found": found or "-", "wanted": wanted})


def configuration() -> Config:
    """Return Alembic's configuration for the installed package; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def _run(engine: Engine, action: Callable[[Config], None]) -> None:
    config = configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        action(config)
