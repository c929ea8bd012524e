"""A backup is one file from either database and goes back into either, complete or not at all."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.errors import ConfigurationError, ConflictError, FormatError
from ledger.store.backup import backup, restore
from ledger.store.engines import sqlite_url
from ledger.store.migrate import downgrade, migrate
from ledger.store.tables import (
    OPERATIONAL,
    drafts,
    family,
    incidents,
    invitations,
    key_requests,
    login_links,
    metadata,
    sessions,
    step_links,
    tokens,
)
from ledger.store.unit_of_work import Store
from tests.store import sample
from tests.support.postgres import Postgres

Content = dict[str, list[tuple[object, ...]]]
_LOGINS = (drafts, incidents, invitations, key_requests, login_links, sessions, step_links, tokens)
FORGOTTEN = {table.name for table in _LOGINS}


def content(store: Store) -> Content:
    with store.read() as unit:
        tables = metadata.tables.values()
        return {t.name: sorted((tuple(r) for r in unit.connection.execute(select(t))), key=repr) for t in tables}


@pytest.fixture
def saved(store: Store, tmp_path: Path) -> Path:
    sample.fill(store)
    path = tmp_path / "saved" / "backup.sqlite3"
    assert backup(store, path)["records"] == sample.EVIDENCE_ROWS
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "restored" / "ledger.sqlite3")
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


def test_what_was_saved_comes_back_in_either_database(store: Store, saved: Path, target: str) -> None:
    told: list[tuple[str, int]] = []
    restore(saved, target, progress=lambda table, rows: told.append((table, rows)))
    restored = Store.open(target)
    before, after = content(store), content(restored)
    assert {name: rows for name, rows in after.items() if name not in FORGOTTEN} == {
        name: rows for name, rows in before.items() if name not in FORGOTTEN
    }
    assert all(before[table.name] for table in metadata.tables.values())
    assert all(after[name] == [] for name in FORGOTTEN)
    assert ("records", sample.EVIDENCE_ROWS) in told
    with restored.read() as unit:
        assert unit.guards.missing() == []
    with restored.write() as unit:
        sample.append(unit, 3, 4)
    restored.close()


def test_a_backup_is_one_private_file(saved: Path) -> None:
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    if os.name != "nt":
        assert saved.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_the_state_when_it_began(store: Store, tmp_path: Path) -> None:
    sample.fill(store)
    state = {"written": False}

    def write_meanwhile(table: str, rows: int) -> None:
        if not state["written"]:
            state["written"] = True
            with store.write() as unit:
                sample.append(unit, 3, 9)

    counts = backup(store, tmp_path / "b.sqlite3", progress=write_meanwhile)
    assert counts["links"] == counts["records"] == counts["events"] == 3
    with store.read() as unit:
        assert unit.log.size() == 9


def test_nothing_is_overwritten(store: Store, saved: Path, target: str) -> None:
    with pytest.raises(ConflictError):
        backup(store, saved)
    restore(saved, target)
    with pytest.raises(ConflictError):
        restore(saved, target)
    restored = Store.open(target)
    assert content(restored)["records"] == content(store)["records"]
    restored.close()


def test_an_interrupted_restore_leaves_no_store(saved: Path, target: str) -> None:
    def fail(table: str, rows: int) -> None:
        if table == "links":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(saved, target, progress=fail)
    restore(saved, target)


def test_an_interrupted_backup_leaves_no_file(store: Store, tmp_path: Path) -> None:
    sample.fill(store)
    folder = tmp_path / "saved"

    def fail(table: str, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(store, folder / "b.sqlite3", progress=fail)
    assert list(folder.iterdir()) == []


def test_a_backup_of_an_older_version_is_upgraded_in_a_copy(saved: Path, target: str) -> None:
    with pytest.raises(RuntimeError, match="papers"):
        downgrade(sqlite_url(saved), "2026_11_23_first_schema")
    connection = sqlite3.connect(saved)
    with connection:
        connection.execute("DELETE FROM papers")
    connection.close()
    downgrade(sqlite_url(saved), "2026_11_23_first_schema")
    before = saved.read_bytes()
    restore(saved, target)
    assert saved.read_bytes() == before
    restored = Store.open(target)
    with restored.read() as unit:
        assert unit.log.size() == sample.EVIDENCE_ROWS
        assert unit.projections.stale()
    restored.close()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    target = sqlite_url(tmp_path / "target.sqlite3")
    with pytest.raises(ConfigurationError):
        restore(tmp_path / "none", target)
    text = tmp_path / "text"
    text.write_text("no backup" * 1000)
    foreign = tmp_path / "foreign.sqlite3"
    sqlite3.connect(foreign).executescript("CREATE TABLE a (b);").connection.close()
    live = tmp_path / "live.sqlite3"
    migrate(sqlite_url(live))
    for path in (text, foreign, live):
        with pytest.raises(FormatError):
            restore(path, target)
    assert not (tmp_path / "target.sqlite3").exists()


def test_every_operational_table_was_thought_of() -> None:
    """A new operational table must be looked at: may a restore bring it back?"""
    assert {table.name for table in family(OPERATIONAL)} == {
        "refusals",
        "api_keys",
        "papers",  # with the events that state them; an erasure since is lost with the log since
        "webhooks",
        "deliveries",  # sent again at worst, under the same id
        "meta",
        "users",  # as they were then: whoever was disabled since is disabled again by hand (docs/identity.md)
        "logins",
        "passkeys",
        "devices",
        "api_clients",
        "attempts",
        "audits",  # one that ran then is told as interrupted; a round of the scrub goes on
        "reads",  # with their log: whoever holds a later head can show what a restore lost
        "read_tiles",
        "read_head",
        "scans",  # a scan sent again is answered from its event, which the log has
        "cosignatures",  # a line verifies or not, whenever it came
        "witness_views",  # the next try asks the witness, whose 409 tells better
        "timestamps",  # each verifies by itself; `log export` keeps them as files
        "pins",  # as they were then; the pinned checkpoint is the holder's
        "badges",  # as devices
        "scan_findings",  # as then: one closed since is closed by hand once more, and stands twice at worst
        "import_jobs",  # what they recorded is in the same backup
        "device_keys",  # as devices: one revoked since is revoked again by hand
    } | FORGOTTEN
