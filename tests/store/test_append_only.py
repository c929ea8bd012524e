"""The ways round "append-only" that a database offers, each tried on every evidence table."""

import pytest
from sqlalchemy import Connection, Table, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from ledger.store.engines import Backend, open_engines
from ledger.store.faults import ConstraintError
from ledger.store.guards import expected
from ledger.store.rows import RecordRow
from ledger.store.tables import (
    EVIDENCE,
    chain_heads,
    checkpoint,
    disclosures,
    events,
    family,
    holdings,
    metadata,
    records,
)
from ledger.store.unit_of_work import Store
from tests.store import sample
from tests.support.postgres import Postgres

ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "backend", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
TABLES = family(EVIDENCE)
EVERY_TABLE = pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
COLUMNS = [(table, column.name) for table in TABLES for column in table.columns]
EVERY_COLUMN = pytest.mark.parametrize(("table", "name"), COLUMNS, ids=[f"{t.name}.{n}" for t, n in COLUMNS])


@pytest.fixture
def filled(store: Store) -> Store:
    sample.fill(store)
    return store


def rows(connection: Connection, table: Table) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in connection.execute(select(table))), key=repr)


@EVERY_COLUMN
def test_update_is_refused(filled: Store, table: Table, name: str) -> None:
    with filled.read() as unit:
        before = rows(unit.connection, table)
    with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
        unit.connection.execute(text(f"UPDATE {table.name} SET {name} = {name}"))
    with filled.read() as unit:
        assert rows(unit.connection, table) == before


@EVERY_TABLE
def test_delete_is_refused(filled: Store, table: Table) -> None:
    with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
        unit.connection.execute(text(f"DELETE FROM {table.name}"))
    with filled.read() as unit:
        assert rows(unit.connection, table)


@EVERY_TABLE
def test_an_upsert_over_a_row_is_refused(filled: Store, table: Table, backend: Backend) -> None:
    with filled.read() as unit:
        row = unit.connection.execute(select(table)).mappings().first()
    assert row is not None
    make = sqlite.insert if backend == "sqlite" else postgresql.insert
    last = list(table.columns)[-1].name
    statement = make(table).values(**row)
    overwrite = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={last: statement.excluded[last]}
    )
    with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
        unit.connection.execute(overwrite)


@EVERY_TABLE
@ON_SQLITE
def test_insert_or_replace_is_refused(filled: Store, table: Table, backend: Backend) -> None:
    with filled.read() as unit:
        row = unit.connection.execute(select(table)).mappings().first()
    assert row is not None
    with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
        unit.connection.execute(insert(table).prefix_with("OR REPLACE").values(**row))


@EVERY_TABLE
@ON_SQLITE
def test_update_or_replace_is_refused(filled: Store, table: Table, backend: Backend) -> None:
    key = next(iter(table.primary_key.columns)).name
    with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
        unit.connection.execute(text(f"UPDATE OR REPLACE {table.name} SET {key} = {key}"))


@pytest.mark.parametrize("words", ["TRUNCATE {}", "TRUNCATE {} CASCADE"])
@EVERY_TABLE
@ON_POSTGRESQL
def test_truncate_is_refused(filled: Store, table: Table, backend: Backend, words: str) -> None:
    with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
        unit.connection.execute(text(words.format(table.name)))


def test_only_personal_sections_are_erased_and_nothing_beside_them(filled: Store) -> None:
    statements = [
        update(disclosures).where(disclosures.c.name == "agent").values(body=None),
        update(disclosures).where(disclosures.c.name == "personal").values(body=b"other"),
        update(disclosures).where(disclosures.c.name == "personal", disclosures.c.idx == 1).values(body=None, idx=9),
        update(records).values(auth=b"other"),
        update(records).where(records.c.idx == 1).values(auth=None, body=b"other"),
        update(records).where(records.c.idx == 1).values(auth=None, recorded_at_ms=0),
        update(events).where(events.c.idx == 1).values(signatures=None),
    ]
    for statement in statements:
        with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
            unit.connection.execute(statement)


def test_what_was_erased_does_not_come_back(filled: Store) -> None:
    with filled.write() as unit:
        unit.events.erase(1, "personal")
        unit.log.erase_auth(1)
    for statement in (
        update(disclosures).where(disclosures.c.idx == 1, disclosures.c.name == "personal").values(body=b"x"),
        update(records).where(records.c.idx == 1).values(auth=b"x"),
    ):
        with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
            unit.connection.execute(statement)


def test_heads_and_checkpoint_never_go_back(filled: Store) -> None:
    for statement in (
        update(chain_heads).values(seq=1, idx=1),
        update(chain_heads).values(seq=9),
        update(chain_heads).values(hash=bytes(32)),
        update(chain_heads).values(seq=9, idx=9, chain="batch:other"),
        update(checkpoint).values(size=2),
        update(checkpoint).values(root=bytes(32)),
    ):
        with pytest.raises(ConstraintError, match="append-only"), filled.write() as unit:
            unit.connection.execute(statement)


def test_the_database_itself_refuses_negative_stock(filled: Store) -> None:
    with pytest.raises(ConstraintError), filled.write() as unit:
        unit.connection.execute(update(holdings).values(mg=-1))


@pytest.mark.parametrize("bad", [sample.record(3)._replace(hash=bytes(31)), sample.record(3)._replace(idx=-1)])
def test_malformed_rows_are_refused(filled: Store, bad: RecordRow) -> None:
    with pytest.raises(ConstraintError), filled.write() as unit:
        unit.log.insert_records([bad])


@ON_SQLITE
def test_text_does_not_pass_for_bytes(filled: Store, backend: Backend) -> None:
    with pytest.raises(ConstraintError), filled.write() as unit:
        unit.connection.exec_driver_sql("INSERT INTO states (key, body) VALUES ('k', 'text')")


def test_all_triggers_are_in_place(filled: Store, backend: Backend) -> None:
    with filled.read() as unit:
        assert unit.guards.missing() == []
    assert len(expected(backend)) == len(TABLES) * (2 if backend == "sqlite" else 3)


def test_a_dropped_trigger_lets_everything_pass_and_shows(filled: Store, backend: Backend) -> None:
    """The triggers are no boundary against an owner: so this can be asked, and the audit finds the rest."""
    suffix = "" if backend == "sqlite" else " ON events"
    with filled.write() as unit:
        unit.connection.execute(text(f"DROP TRIGGER events_no_delete{suffix}"))
        unit.connection.execute(text("DELETE FROM events WHERE idx = 1"))
    with filled.read() as unit:
        assert unit.guards.missing() == ["events_no_delete"]
        assert unit.entries.at(1).event is None


@ON_SQLITE
def test_a_trigger_replaced_by_a_harmless_one_shows(filled: Store, backend: Backend) -> None:
    with filled.write() as unit:
        unit.connection.execute(text("DROP TRIGGER tiles_no_update"))
        unit.connection.execute(text("CREATE TRIGGER tiles_no_update BEFORE UPDATE ON tiles BEGIN SELECT 1; END"))
    with filled.read() as unit:
        assert unit.guards.missing() == ["tiles_no_update"]


@ON_POSTGRESQL
def test_a_disabled_trigger_shows(filled: Store, backend: Backend) -> None:
    with filled.write() as unit:
        unit.connection.execute(text("ALTER TABLE links DISABLE TRIGGER links_no_update"))
    with filled.read() as unit:
        assert unit.guards.missing() == ["links_no_update"]


@ON_SQLITE
def test_limit_a_careless_sqlite_connection_gets_past_by_replace(filled: Store, backend: Backend) -> None:
    """Documented limit: without recursive_triggers the DELETE inside a REPLACE fires nothing. The audit finds it."""
    with filled.write() as unit:
        unit.connection.commit()
        unit.connection.exec_driver_sql("ROLLBACK")
        unit.connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
        unit.connection.exec_driver_sql(
            "INSERT OR REPLACE INTO manifests VALUES (x'" + "00" * 32 + "', 'rules', x'00')"
        )
        digest = sample.digest("rules").hex()
        unit.connection.exec_driver_sql(f"INSERT OR REPLACE INTO manifests VALUES (x'{digest}', 'rules', x'FF')")
        unit.connection.exec_driver_sql("PRAGMA recursive_triggers=ON")
        unit.connection.exec_driver_sql("BEGIN IMMEDIATE")
    with filled.read() as unit:
        assert unit.manifests.get(sample.digest("rules")) == b"\xff"


@ON_POSTGRESQL
def test_a_role_that_owns_nothing_cannot_drop_or_disable(
    filled: Store, backend: Backend, request: pytest.FixtureRequest
) -> None:
    """The grants that the first migration names leave the server what it needs and nothing more."""
    server: Postgres = request.getfixturevalue("postgres")
    name = str(filled.engines.url.database)
    with server.connect(name) as owner:
        owner.execute(b"DO $$ BEGIN CREATE ROLE ledger_server LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        owner.execute(b"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ledger_server")
        owner.execute(
            b"REVOKE UPDATE, DELETE, TRUNCATE ON events, links, tiles, checkpoints, manifests FROM ledger_server"
        )
        owner.execute(b"REVOKE DELETE, TRUNCATE ON disclosures, records, chain_heads, checkpoint FROM ledger_server")
    engines = open_engines(filled.engines.url.set(username="ledger_server"))
    served = Store(engines)
    with served.write() as unit:
        sample.append(unit, 3, 5)
        unit.events.erase(1, "personal")
    for words in (
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_no_update ON events",
        "TRUNCATE events",
    ):
        with pytest.raises(Exception, match=r"must be owner|permission denied"), served.write() as unit:
            unit.connection.execute(text(words))
    served.close()


def test_every_unique_key_contains_the_distribution_key() -> None:
    for table in metadata.tables.values():
        key = table.info["distribution"]
        assert key in table.primary_key.columns, table.name
        assert all(key in index.columns for index in table.indexes if index.unique), table.name
        assert not table.foreign_keys, table.name
