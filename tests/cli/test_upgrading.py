"""``migrate``: an older ledger comes to this version, and its evidence stays as it was."""

from pathlib import Path

from ledger.errors import ConfigurationError
from ledger.store.lock import WriterHeldError
from ledger.store.migrate import downgrade, head_revision
from tests.support.operated import Operated

FIRST = "2026_11_23_first_schema"


def older(operated: Operated) -> bytes:
    """A ledger with an organisation, as the first version would have left it; returns its signed log."""
    key, public = operated.registrar()
    operated.init("--registrar", public)
    operated.ok("state", operated.admission(key)[1])
    note = operated.state.read_bytes()
    downgrade(operated.settings.database_url, FIRST)
    return note


def test_an_older_ledger_is_brought_to_this_version_once(operated: Operated) -> None:
    note = older(operated)
    refused = operated.run("audit").output
    assert "hazledger migrate" in refused
    said = operated.ok("migrate")
    assert f"{FIRST} -> {head_revision()}" in said
    assert "made again from 2 records" in said
    assert (operated.audit()["ok"], operated.state.read_bytes()) == (True, note)
    again = operated.ok("migrate")
    assert f"{head_revision()}, as it was" in again
    assert "as they were" in again


def test_nothing_is_migrated_under_a_server(operated: Operated) -> None:
    operated.init()
    with operated.served():
        assert isinstance(operated.run("migrate").exception, WriterHeldError)


def test_no_ledger_is_made_by_migrating(operated: Operated, tmp_path: Path) -> None:
    refused = operated.run("migrate").exception
    assert isinstance(refused, ConfigurationError)
    assert refused.code == "no_ledger_here"
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    refused = operated.run("migrate", "--database", f"sqlite:///{empty}").exception
    assert isinstance(refused, ConfigurationError)
    assert refused.code == "no_ledger_here"
