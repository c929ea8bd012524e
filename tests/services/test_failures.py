"""What must hold when something fails: nothing forks, nobody waits for ever, nothing signed leaves too early."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.errors import ConflictError, IntegrityError, UnavailableError
from ledger.reference import Reference
from ledger.services.append import Pace, Sequencer
from ledger.services.appender import Appender, Ports
from ledger.services.audit import audit
from ledger.services.backup import backup, restore
from ledger.services.ledger import Ledger
from ledger.services.log import LogService
from ledger.services.rule_books import RuleBooks
from ledger.services.signer_state import SignerState
from ledger.store.faults import CommitUnknownError, GuardError, StoreBusyError
from ledger.store.lock import WriterHeldError
from ledger.store.unit_of_work import Store, WriteUnit
from tests.services.world import AUTH, World


def appender(world: World) -> Appender:
    """The append path without its thread."""
    ports = Ports(world.clock, world.entropy, world.signer, SignerState(world.state_path))
    made = Appender(world.ledger.store, ports, RuleBooks(world.reference), LogService(world.ledger.store))
    made.recover()
    return made


def test_a_restored_copy_cannot_fork_the_log(plant: World, tmp_path: Path) -> None:
    backup(plant.ledger.store, tmp_path / "backup")
    plant.produce(1)
    plant.ledger.close()
    for path in tmp_path.glob("ledger.sqlite3*"):
        path.unlink()
    assert restore(tmp_path / "backup", plant.url)["ok"]
    with pytest.raises(IntegrityError) as error:
        plant.open()
    assert error.value.code == "log_behind_signer"


def test_without_its_signer_state_a_log_is_not_written(plant: World) -> None:
    plant.ledger.close()
    plant.state_path.unlink()
    with pytest.raises(IntegrityError) as error:
        plant.open()
    assert error.value.code == "signer_state_missing"


def test_another_log_of_the_same_size_is_a_fork(plant: World, tmp_path: Path, reference: Reference) -> None:
    plant.produce(1)
    plant.ledger.close()
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other", reference)
    other.clock.set(other.clock.now_ms() + 7_000)
    with other.create():
        other.furnish()
        other.produce(1)
    shutil.copyfile(other.state_path, plant.state_path)
    with pytest.raises(IntegrityError) as error:
        plant.open()
    assert error.value.code == "log_forks_signer"


def test_the_signer_state_catches_up_after_a_crash_before_it_was_written(plant: World) -> None:
    plant.ledger.close()
    former = plant.state_path.read_bytes()
    plant.open()
    plant.produce(1)
    plant.ledger.close()
    plant.state_path.write_bytes(former)
    plant.open()
    signed = SignerState(plant.state_path).read()
    assert signed is not None
    assert signed.size == plant.ledger.log.state().size == 6


def test_there_is_one_writer(plant: World) -> None:
    with pytest.raises(WriterHeldError):
        Ledger.open(plant.url, signer=plant.signer, signer_state=plant.state_path, reference=plant.reference)
    with Ledger.open(plant.url, reference=plant.reference) as reader:
        assert reader.why_not_writing is not None
        assert reader.recorded() == plant.ledger.recorded()


def test_a_ledger_is_created_once(plant: World) -> None:
    plant.ledger.close()
    with pytest.raises(ConflictError):
        plant.create()


def test_a_commit_of_unknown_outcome_stops_writing_until_recovery(
    plant: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = plant.ledger.state(plant.produce_body(1), AUTH)
    commit = WriteUnit._commit

    def lost(unit: WriteUnit) -> None:
        commit(unit)
        unit._store.stop("the answer was lost")
        raise CommitUnknownError("commit_unknown", retry_after_s=30)

    monkeypatch.setattr(WriteUnit, "_commit", lost)
    with pytest.raises(UnavailableError):
        plant.ledger.append(submission)
    monkeypatch.undo()
    assert plant.ledger.why_not_writing is not None
    with pytest.raises(UnavailableError):
        plant.ledger.append(submission)
    plant.ledger.recover()
    answer = plant.ledger.append(submission)
    assert (answer.index, answer.repeated) == (5, True)
    assert plant.produce(2).index == 6
    assert audit(plant.ledger.store, signer_state=plant.state_path)["findings"] == []


def test_a_busy_store_is_not_the_end(plant: World, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = plant.ledger.state(plant.produce_body(1), AUTH)
    write = Store.write

    def busy(store: Store) -> WriteUnit:
        raise StoreBusyError("store_busy")

    monkeypatch.setattr(Store, "write", busy)
    with pytest.raises(StoreBusyError):
        plant.ledger.append(submission)
    monkeypatch.setattr(Store, "write", write)
    assert plant.ledger.append(submission).index == 5


def test_a_rolled_back_batch_leaves_nothing_behind(plant: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.ledger.close()
    plant.ledger.store = Store.open(plant.url)
    writer = appender(plant)
    submission = plant.ledger.state(plant.produce_body(1), AUTH)

    def fails(*_: object) -> None:
        raise GuardError("checkpoint_moved")

    monkeypatch.setattr("ledger.store.log.Log.swap_checkpoint", fails)
    with pytest.raises(GuardError):
        writer.append([submission])
    monkeypatch.undo()
    with plant.ledger.store.read() as unit:
        assert unit.log.size() == 5
        assert unit.events.find(*submission.key) is None
    writer.recover()
    assert [getattr(result, "index", None) for result in writer.append([submission])] == [5]
    assert audit(plant.ledger.store)["findings"] == []


def test_a_second_writer_is_stopped_by_the_guards(plant: World) -> None:
    plant.ledger.close()
    plant.ledger.store = Store.open(plant.url)
    first, second = appender(plant), appender(plant)
    first.append([plant.ledger.state(plant.produce_body(1), AUTH)])
    with pytest.raises(GuardError) as error:
        second.append([plant.ledger.state(plant.produce_body(2), AUTH)])
    assert error.value.code == "checkpoint_moved"


def test_nothing_leaves_before_the_signer_state_is_on_disk(plant: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = plant.ledger.log.state()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    submission = plant.ledger.state(plant.produce_body(1), AUTH)
    monkeypatch.setattr(SignerState, "write", full)
    with pytest.raises(UnavailableError):
        plant.ledger.append(submission)
    assert plant.ledger.log.state() == before
    monkeypatch.undo()
    plant.ledger.recover()
    assert plant.ledger.append(submission).repeated
    assert plant.ledger.log.state().size == before.size + 1


class Blocked:
    """An appender that waits until told, then dies of something unforeseen."""

    def __init__(self) -> None:
        self.entered, self.go = threading.Event(), threading.Event()

    def recover(self) -> None:
        return None

    def publish_checkpoint(self) -> bool:
        return False

    def append(self, submissions: Sequence[object]) -> list[object]:
        self.entered.set()
        self.go.wait()
        message = "unforeseen"
        raise RuntimeError(message)


def test_a_full_queue_refuses_and_the_death_of_the_thread_fails_all_waiters(plant: World) -> None:
    blocked = Blocked()
    sequencer = Sequencer(blocked, Pace(capacity=2))  # type: ignore[arg-type]
    sequencer.start()
    statements = [plant.ledger.state(plant.produce_body(n), AUTH) for n in range(1, 5)]
    waiting = [sequencer.submit(statements[0])]
    assert blocked.entered.wait(30)
    waiting += [sequencer.submit(statement) for statement in statements[1:3]]
    with pytest.raises(UnavailableError) as error:
        sequencer.submit(statements[3])
    assert (error.value.code, error.value.retry_after_s) == ("queue_full", 1)
    blocked.go.set()
    for answer in waiting:
        assert isinstance(answer.exception(30), UnavailableError)
    assert sequencer.why_not_writing == "RuntimeError: unforeseen"
    sequencer.close()
