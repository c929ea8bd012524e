"""One writer per ledger, and the second one knows who it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.store.engines import Backend, sqlite_url
from ledger.store.lock import FileLock, Holder, SessionLock, WriterHeldError, acquire, lock_path
from ledger.store.unit_of_work import Store
from tests.support.postgres import Postgres

HOLD = """
import sys
from ledger.store.lock import acquire
lock = acquire(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_is_told_who_writes(url: str) -> None:
    first = acquire(url)
    assert first.held()
    with pytest.raises(WriterHeldError) as caught:
        acquire(url)
    assert caught.value.holder == Holder.me()
    assert str(os.getpid()) in str(caught.value)
    store = Store.open(url)
    assert store.holder() == Holder.me()
    store.close()
    first.release()
    assert not first.held()
    second = acquire(url)
    second.release()
    second.release()


def test_where_nobody_ever_wrote_nobody_is_named(store: Store) -> None:
    assert store.holder() is None


def test_another_process_holds_it_until_it_is_killed(url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WriterHeldError) as caught:
            acquire(url)
        assert caught.value.holder is not None
        assert caught.value.holder.pid == other.pid
        other.kill()
        # It may not have ended yet, and its session neither: the lock is waited for.
        acquire(url, wait_s=30).release()


def test_a_writer_that_ends_in_time_is_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, looked = acquire(url), list[float]()

    def ends(pause_s: float) -> None:
        looked.append(pause_s)
        if len(looked) == 3:
            first.release()

    monkeypatch.setattr("ledger.store.lock.sleep", ends)
    acquire(url, wait_s=30).release()
    assert len(looked) == 3


def test_the_wait_for_a_writer_has_an_end(url: str) -> None:
    first = acquire(url)
    with pytest.raises(WriterHeldError) as caught:
        acquire(url, wait_s=0.1)
    assert caught.value.holder == Holder.me()
    first.release()


def test_ledgers_do_not_share_a_lock(
    url: str, backend: Backend, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    other = (
        sqlite_url(tmp_path / "other.sqlite3")
        if backend == "sqlite"
        else request.getfixturevalue("postgres").database()
    )
    first, second = acquire(url), acquire(other)
    assert first.held()
    assert second.held()
    first.release()
    second.release()


def test_a_lock_file_that_was_replaced_is_no_longer_held(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    (tmp_path / "lock").unlink()
    assert not lock.held()
    (tmp_path / "lock").touch()
    assert not lock.held()
    lock.release()


def test_a_stale_lock_file_does_not_hold(tmp_path: Path) -> None:
    path = lock_path(tmp_path / "ledger.sqlite3")
    path.write_text("12345@a-host-with-a-very-long-name-that-was-here-before")
    lock = FileLock(path)
    assert path.read_text() == str(Holder.me())
    assert path.stat().st_mode & 0o077 == 0 or os.name == "nt" or lock.held()
    lock.release()


@pytest.mark.postgres
def test_released_means_free_at_once(url: str) -> None:
    for _ in range(50):
        acquire(url).release()


def test_a_lost_session_is_noticed(postgres: Postgres) -> None:
    lock = acquire(postgres.database())
    assert isinstance(lock, SessionLock)
    with postgres.connect() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s",
            (f"hazledger lock {Holder.me()}"[:63],),
        )
    assert not lock.held()
    lock.release()


@pytest.mark.parametrize(
    ("words", "holder"),
    [("12@host", Holder(12, "host")), ("12@h@x\n", Holder(12, "h@x")), ("", None), ("x@host", None), ("12", None)],
)
def test_reading_a_holder(words: str, holder: Holder | None) -> None:
    assert Holder.parse(words) == holder
