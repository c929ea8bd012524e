"""Migrations make what the models say, forwards, backwards, and with data in the tables."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text

from ledger.errors import ConfigurationError
from ledger.store.engines import Backend, open_engines
from ledger.store.migrate import (
    BASE,
    check_current,
    configuration,
    current_revision,
    downgrade,
    head_revision,
    migrate,
)
from ledger.store.rows import ApiKeyRow
from ledger.store.tables import EVIDENCE, OPERATIONAL, events, family, metadata
from ledger.store.unit_of_work import Store
from tests.store import sample

FIRST = "2026_11_23_first_schema"


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engines = open_engines(empty_url, readers=1, create=True)
    yield engines.writer
    engines.dispose()


def constraints(engine: Engine) -> dict[str, tuple[object, ...]]:
    """What Alembic does not compare: CHECKs, the order of key columns, STRICT and clustering."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        return {
            name: (
                sorted((check["name"] or "") for check in inspector.get_check_constraints(name)),
                inspector.get_pk_constraint(name)["constrained_columns"],
                inspector.get_table_options(name),
            )
            for name in metadata.tables
        }


def test_head_equals_the_models(engine: Engine, empty_url: str) -> None:
    migrate(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    migrated = constraints(engine)
    with engine.begin() as connection:
        names = ", ".join(f'"{name}"' for name in metadata.tables)
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"DROP TABLE {names}"))
        else:
            for name in metadata.tables:
                connection.execute(text(f'DROP TABLE "{name}"'))
        metadata.create_all(connection)
    assert constraints(engine) == migrated


def test_the_drift_test_sees_a_missing_column_and_a_missing_index(engine: Engine, empty_url: str) -> None:
    migrate(empty_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE search DROP COLUMN cas"))
        connection.execute(text("DROP INDEX ix_links_idx"))
    with engine.connect() as connection:
        kinds = {diff[0] for diff in compare_metadata(MigrationContext.configure(connection), metadata)}
    assert kinds == {"add_column", "add_index"}


def test_every_migration_goes_up_and_down_alone(engine: Engine, empty_url: str) -> None:
    script = ScriptDirectory.from_config(configuration())
    steps = [step.revision for step in reversed(list(script.walk_revisions()))]
    assert steps[0] == FIRST
    before: str | None = None
    for revision in steps:
        migrate(empty_url, revision)
        assert current_revision(engine) == revision
        downgrade(empty_url, before or BASE)
        assert current_revision(engine) == before
        migrate(empty_url, revision)
        before = revision
    downgrade(empty_url, BASE)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        triggers = {
            "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT 1 FROM pg_trigger",
        }
        assert connection.execute(text(triggers[connection.dialect.name])).all() == []


def test_an_upgrade_keeps_the_data_and_asks_for_a_rebuild(engine: Engine, empty_url: str, backend: Backend) -> None:
    migrate(empty_url, FIRST)
    old = Store(open_engines(empty_url))
    with old.write() as unit:
        sample.append(unit, 0, 3)
        unit.operations.set_fact("origin", "trace.example/log")
        unit.operations.add_api_key(
            ApiKeyRow(sample.digest("key"), "k1", sample.ORG, "warehouse", "till", 77, None, None)
        )
    there = set(inspect(engine).get_table_names()) - {"meta", "sessions"}
    tables = [table for table in (*family(EVIDENCE), *family(OPERATIONAL)) if table.name in there]
    with old.read() as unit:
        before = {table.name: unit.connection.execute(select(table)).all() for table in tables}
    old.close()
    migrate(empty_url)
    store = Store.open(empty_url)
    with store.read() as unit:
        after = {table.name: unit.connection.execute(select(table)).all() for table in tables}
        assert after == before
        assert unit.operations.fact("api_keys_write_before_ms") == "78"
        assert len(after[events.name]) == 3
        assert unit.projections.stale()
        assert unit.operations.fact("origin") == "trace.example/log"
        assert unit.guards.missing() == []
    with store.write() as unit:
        sample.append(unit, 3, 4)
    store.close()


def test_an_empty_ledger_needs_no_rebuild(store: Store) -> None:
    with store.read() as unit:
        assert not unit.projections.stale()
        assert unit.operations.fact("api_keys_write_before_ms") is None


def test_projections_of_another_version_are_stale(store: Store) -> None:
    with store.write() as unit:
        sample.append(unit, 0, 1)
        assert unit.projections.stale()
        unit.projections.mark_current()
        assert not unit.projections.stale()
        unit.operations.set_fact("projections", "current@1")
        assert unit.projections.stale()


def test_evidence_is_never_downgraded_away(empty_url: str, engine: Engine) -> None:
    migrate(empty_url)
    store = Store.open(empty_url)
    with store.write() as unit:
        sample.append(unit, 0, 1)
    store.close()
    downgrade(empty_url, FIRST)
    with pytest.raises(RuntimeError, match="evidence"):
        downgrade(empty_url, BASE)
    assert current_revision(engine) == FIRST


def test_a_failing_migration_leaves_nothing_behind(empty_url: str, engine: Engine) -> None:
    migrate(empty_url, FIRST)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE search (x TEXT)"))
    with pytest.raises(Exception, match=r"(?i)search.*exists"):
        migrate(empty_url)
    assert current_revision(engine) == FIRST
    with engine.connect() as connection:
        assert "states" not in inspect(connection).get_table_names()


def test_migrating_twice_changes_nothing(url: str) -> None:
    migrate(url)
    Store.open(url).close()


@pytest.mark.parametrize("revision", [None, FIRST])
def test_a_store_of_another_version_is_not_opened(empty_url: str, engine: Engine, revision: str | None) -> None:
    if revision is None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    else:
        migrate(empty_url, revision)
    with pytest.raises(ConfigurationError, match="schema_not_current"):
        check_current(engine)
    with pytest.raises(ConfigurationError, match=head_revision()):
        Store.open(empty_url)
