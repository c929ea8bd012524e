"""A disk that fills up: nothing new is taken below the mark; a full one stops writing, loses nothing, and is left."""

from pathlib import Path

import pytest

from ledger.errors import UnavailableError
from ledger.services.append import Pace, Sequencer
from ledger.services.audit import audit
from ledger.services.room import MIB, Room
from tests.services.test_failures import appender
from tests.services.world import AUTH, World


class Disk:
    def __init__(self, free: int) -> None:
        self.free = free

    def measure(self, _path: Path) -> int:
        return self.free


def test_nothing_new_is_taken_below_the_mark_and_writing_resumes_by_itself(plant: World, tmp_path: Path) -> None:
    plant.ledger.sequencer.close()  # type: ignore[union-attr]
    disk = Disk(600 * MIB)
    room = Room([tmp_path / "state.json"], 512 * MIB, disk.measure)
    writing = plant.ledger.sequencer = Sequencer(appender(plant), Pace(heads_every_ms=1), room)
    writing.start()
    plant.produce(1)
    disk.free = 512 * MIB - 1
    size = plant.ledger.log.state().size
    with pytest.raises(UnavailableError) as refused:
        plant.produce(2)
    assert (refused.value.code, refused.value.retry_after_s) == ("disk_low", 30)
    assert refused.value.params == {"folder": str(tmp_path), "free_mib": 511, "least_mib": 512}
    assert "disk_low" in str(plant.ledger.why_not_writing)
    with pytest.raises(UnavailableError):
        plant.ledger.publish_heads()
    answers = plant.ledger.append_many([plant.ledger.state(plant.produce_body(n), AUTH) for n in (3, 4)])
    assert [getattr(answer, "code", None) for answer in answers] == ["disk_low"] * 2
    assert plant.ledger.log.state().size == size
    disk.free = 512 * MIB
    assert plant.ledger.why_not_writing is None
    assert plant.produce(2).index >= size


def test_every_disk_that_writing_needs_is_looked_at(tmp_path: Path) -> None:
    free = {tmp_path / "a" / "db": 9, tmp_path / "b" / "state": 3}
    lack = Room(free, 4, free.__getitem__).lack()
    assert lack is not None
    assert lack.params["folder"] == str(tmp_path / "b")
    assert Room(free, 3, free.__getitem__).lack() is None
    assert Room(free, 0, free.__getitem__).lack() is None


def test_a_disk_that_cannot_be_measured_is_not_taken_for_full(tmp_path: Path) -> None:
    assert Room([tmp_path / "none" / "x"], 1).lack() is None
    assert Room([tmp_path / "x"], 2**62).lack() is not None


def test_the_disks_of_an_open_ledger_are_its_own(plant: World) -> None:
    plant.ledger.close()
    plant.pace = Pace(least_free=2**62)
    with plant.open() as ledger:
        assert "disk_low" in str(ledger.why_not_writing)
        with pytest.raises(UnavailableError):
            plant.produce(1)


def test_a_full_disk_stops_writing_reads_go_on_and_recovery_finds_everything(plant: World) -> None:
    plant.produce(1)
    with plant.ledger.store.engines.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # SQLite then says SQLITE_FULL
        connection.rollback()
    acknowledged, submissions = [], [plant.ledger.state(plant.produce_body(n), AUTH) for n in range(2, 400)]
    refused = None
    for submission in submissions:
        try:
            acknowledged.append(plant.ledger.append(submission).record)
        except UnavailableError as error:
            refused = error
            break
    assert refused is not None
    assert "full" in str(plant.ledger.why_not_writing)
    assert plant.ledger.verdict(f"{plant.ledger.recorded().operator}").intact
    with pytest.raises(UnavailableError):
        plant.ledger.append(submissions[-1])
    plant.ledger.recover()  # the operator made room: a new connection has no limit
    answers = [plant.ledger.append(submission) for submission in submissions[: len(acknowledged) + 1]]
    assert [answer.record for answer in answers[:-1]] == acknowledged
    assert [answer.repeated for answer in answers] == [True] * len(acknowledged) + [False]
    assert audit(plant.ledger.store, signer_state=plant.state_path)["findings"] == []
