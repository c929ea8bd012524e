"""Imports under way: bounded, forgotten in time, told when they break off, and one organisation's alone."""

import threading
from collections.abc import Iterator
from typing import cast

import pytest

from ledger.errors import FormatError, HazledgerError
from ledger.services.clock import SetClock
from ledger.services.imports import jobs
from ledger.services.imports.cells import fault
from ledger.services.imports.jobs import Job, Jobs
from ledger.services.imports.run import Importer, Progress, Report, RowResult
from ledger.services.imports.tables import CSV, Table, read
from ledger.services.intake import Auth
from ledger.store.unit_of_work import Store

AUTH = Auth("session", "user:x")
OWN, OTHER = "org:own", "org:other"
WAIT_S = 10


class Importing:
    """Stands in for the importer: goes on once `gate` is open, then breaks with `error` or finds one good row."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.error: Exception | None = None
        self.committed = 0
        self.recording = threading.Event()
        self.recording.set()

    def preview(self, _org: str, _auth: Auth, table: Table, progress: Progress) -> Report:
        progress(1, 2)
        assert self.gate.wait(WAIT_S)
        if self.error is not None:
            raise self.error
        return Report(table, (RowResult(2, "A", "ready"),), counts={"ready": 1})

    def commit(self, _org: str, _auth: Auth, table: Table, *, all_or_nothing: bool, progress: Progress) -> Report:
        self.committed += 1
        self.chosen = all_or_nothing
        progress(1, 2)
        assert self.recording.wait(WAIT_S)
        return Report(table, (RowResult(2, "A", "recorded"),), True, {"recorded": 1})


@pytest.fixture
def importing() -> Iterator[Importing]:
    made = Importing()
    yield made
    made.gate.set()
    made.recording.set()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_795_305_600_000)


@pytest.fixture
def kept(importing: Importing, store: Store, clock: SetClock) -> Iterator[Jobs]:
    yield Jobs(cast("Importer", importing), store, clock)
    importing.gate.set()
    importing.recording.set()
    for thread in threading.enumerate():
        if thread.name.startswith("import "):
            thread.join(WAIT_S)


BODY = b"serial,kind\nA,drum\n"


def table() -> Table:
    return read("containers", BODY, CSV)


def begin(kept: Jobs, org: str = OWN) -> str:
    return kept.open(org, AUTH, table(), "a.csv", BODY)


def ended(kept: Jobs, id: str) -> Job:
    job = kept.job(OWN, id, WAIT_S)
    assert not job.under_way
    return job


def test_how_far_it_is_can_be_asked_meanwhile(kept: Jobs, importing: Importing) -> None:
    id = begin(kept)
    job = kept.job(OWN, id)
    assert (job.phase, job.may_run) == ("checking", False)
    importing.gate.set()
    job = ended(kept, id)
    assert (job.phase, job.done, job.total, job.may_run) == ("checked", 1, 2, True)


def test_it_is_recorded_once_however_often_it_is_asked(kept: Jobs, importing: Importing) -> None:
    importing.gate.set()
    id = begin(kept)
    ended(kept, id)
    for _ in range(3):
        kept.start(OWN, AUTH, id, all_or_nothing=True)
    assert ended(kept, id).phase == "done"
    kept.start(OWN, AUTH, id, all_or_nothing=True)
    assert importing.committed == 1


@pytest.mark.parametrize(
    ("error", "code"), [(FormatError("import_empty"), "import_empty"), (ValueError("a bug"), "internal_error")]
)
def test_what_breaks_it_off_is_told(kept: Jobs, importing: Importing, error: Exception, code: str) -> None:
    importing.error = error
    importing.gate.set()
    job = ended(kept, begin(kept))
    assert job.phase == "failed"
    assert job.error is not None
    assert job.error.code == code
    assert not job.may_run


def test_another_organisations_import_is_none(kept: Jobs) -> None:
    id = begin(kept)
    for ask in (lambda: kept.job(OTHER, id), lambda: kept.start(OTHER, AUTH, id, all_or_nothing=True)):
        with pytest.raises(HazledgerError) as caught:
            ask()
        assert caught.value.code == "import_gone"
    assert kept.of_org(OTHER) == ()


def test_finished_ones_make_room_and_unfinished_ones_do_not(kept: Jobs, importing: Importing, clock: SetClock) -> None:
    for _ in range(jobs.MOST_OF_AN_ORGANISATION):
        begin(kept)
    with pytest.raises(HazledgerError) as caught:
        begin(kept)
    assert caught.value.code == "import_busy"
    first = kept.of_org(OWN)[-1].id
    importing.gate.set()
    for job in kept.of_org(OWN):
        ended(kept, job.id)
    clock.set(clock.now_ms() + 1)
    newest = begin(kept)
    found = [job.id for job in kept.of_org(OWN)]
    assert (found[0], first in found, len(found)) == (newest, False, jobs.MOST_OF_AN_ORGANISATION)


def test_the_server_takes_only_so_many_at_once(kept: Jobs) -> None:
    for n in range(jobs.MOST_UNDER_WAY):
        begin(kept, f"org:{n}")
    with pytest.raises(HazledgerError) as caught:
        begin(kept)
    assert caught.value.code == "import_busy"


def test_what_is_old_is_forgotten(kept: Jobs, importing: Importing, clock: SetClock) -> None:
    importing.gate.set()
    id = begin(kept)
    ended(kept, id)
    clock.set(clock.now_ms() + jobs.LIFE_MS)
    assert kept.of_org(OWN) == ()
    with pytest.raises(HazledgerError):
        kept.job(OWN, id)


def restarted(store: Store, clock: SetClock) -> tuple[Jobs, Importing]:
    """The imports of a process that began later, over the same store."""
    clock.set(clock.now_ms() + 1)
    importing = Importing()
    importing.gate.set()
    return Jobs(cast("Importer", importing), store, clock), importing


def test_what_was_checked_or_done_outlives_the_process(
    kept: Jobs, importing: Importing, store: Store, clock: SetClock
) -> None:
    importing.gate.set()
    id = begin(kept)
    ended(kept, id)
    later, working = restarted(store, clock)
    job = later.job(OWN, id)
    assert (job.phase, job.name, job.may_run) == ("checked", "a.csv", True)
    assert job.report == ended(kept, id).report
    later.start(OWN, AUTH, id, all_or_nothing=True)
    assert ended(later, id).phase == "done"
    assert (working.committed, importing.committed) == (1, 0)
    assert ended(kept, id).phase == "done", "one truth for both"


def test_a_check_that_was_interrupted_says_so_and_goes_on(kept: Jobs, store: Store, clock: SetClock) -> None:
    id = begin(kept)
    later, working = restarted(store, clock)
    job = later.job(OWN, id)
    assert (job.phase, job.under_way, job.may_run) == ("interrupted", False, True)
    later.start(OWN, AUTH, id, all_or_nothing=True)
    assert ended(later, id).phase == "checked"
    assert working.committed == 0, "nothing is recorded that nobody asked for"


def test_a_run_that_was_interrupted_goes_on_as_it_was_begun(
    kept: Jobs, importing: Importing, store: Store, clock: SetClock
) -> None:
    importing.gate.set()
    importing.recording.clear()
    id = begin(kept)
    ended(kept, id)
    kept.start(OWN, AUTH, id, all_or_nothing=False)
    later, working = restarted(store, clock)
    job = later.job(OWN, id)
    assert (job.phase, job.all_or_nothing) == ("interrupted", False)
    later.start(OWN, AUTH, id, all_or_nothing=job.all_or_nothing)
    later.start(OWN, AUTH, id, all_or_nothing=job.all_or_nothing)
    assert ended(later, id).phase == "done"
    assert (working.committed, working.chosen) == (1, False)


def test_what_another_process_works_on_is_left_to_it(kept: Jobs, store: Store, clock: SetClock) -> None:
    later, working = restarted(store, clock)
    clock.set(clock.now_ms() + 1)
    id = begin(kept)
    assert later.job(OWN, id).phase == "checking"
    later.start(OWN, AUTH, id, all_or_nothing=True)
    assert working.committed == 0
    clock.set(clock.now_ms() + jobs.STALE_MS)
    assert later.job(OWN, id).phase == "interrupted", "it told nothing for too long"


def test_faults_outlive_the_process(importing: Importing, kept: Jobs, store: Store, clock: SetClock) -> None:
    faults = (fault(2, "serial", "import_cell_missing"), fault(2, None, "import_cells_beyond"))
    importing.preview = lambda *_: Report(table(), (RowResult(2, "A", "faulty", None, faults),), counts={"faulty": 1})  # type: ignore[method-assign]
    id = begin(kept)
    first = ended(kept, id).report
    later, _ = restarted(store, clock)
    assert later.job(OWN, id).report == first
    assert first is not None
    assert first.rows[0].faults == faults
