"""Imports under way: a file that was checked, is being recorded, or was; to be left and come back to.

They are kept in memory, for a while, and belong to an organisation. What they recorded needs none of it: the same file
sent again goes on where it ended.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from ledger.core.ids import uuid7
from ledger.errors import HazledgerError, NotFoundError, UnavailableError
from ledger.services.clock import Clock
from ledger.services.entropy import SystemEntropy
from ledger.services.imports.run import Importer, Progress, Report
from ledger.services.imports.tables import Table
from ledger.services.intake import Auth

LIFE_MS: Final = 3_600_000
MOST_OF_AN_ORGANISATION: Final = 8
MOST_UNDER_WAY: Final = 16

Phase = Literal["checking", "checked", "recording", "done", "failed"]

log = logging.getLogger("hazledger.imports")


@dataclass(frozen=True, slots=True)
class Job:
    """An import at one moment.

    ``done`` of ``total``: how far it is. ``report``: of the check, later of the run. ``error``: why it could not be
    finished. ``name``: of the file, as the browser called it.
    """

    id: str
    org: str
    name: str
    table: Table
    at_ms: int
    phase: Phase = "checking"
    done: int = 0
    total: int = 0
    all_or_nothing: bool = True
    report: Report | None = None
    error: HazledgerError | None = None

    @property
    def under_way(self) -> bool:
        """Whether something is being done."""
        return self.phase in {"checking", "recording"}

    @property
    def may_run(self) -> bool:
        """Whether rows of it wait to be recorded."""
        wanted = {"checked": "ready", "done": "waiting"}.get(self.phase)
        return wanted is not None and self.report is not None and self.report.counts.get(wanted, 0) > 0


@dataclass
class _Kept:
    """A job with what tells that its phase has ended."""

    job: Job
    ended: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """Every import of this process. One works at a time: they share the ledger's one writer anyway."""

    def __init__(self, importer: Importer, clock: Clock) -> None:
        """Import with this."""
        self._importer = importer
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def open(self, org: str, auth: Auth, table: Table, name: str) -> str:
        """Begin to check a file and return the id of its import. UnavailableError `import_busy`."""
        now_ms = self._clock.now_ms()
        job = Job(uuid7(now_ms, SystemEntropy().bytes(10)), org, name, table, now_ms)
        with self._lock:
            self._make_room(org, now_ms)
            self._kept[job.id] = _Kept(job)
        self._work(job.id, "checked", lambda progress: self._importer.preview(org, auth, table, progress))
        return job.id

    def start(self, org: str, auth: Auth, id: str, *, all_or_nothing: bool) -> None:
        """Record what a checked file says, or go on with what waited; pressed twice, it is done once. NotFoundError."""
        with self._lock:
            kept = self._of(org, id)
            if not kept.job.may_run:
                return
            kept.ended.clear()
            kept.job = replace(kept.job, phase="recording", done=0, total=0, all_or_nothing=all_or_nothing)
            table = kept.job.table

        def run(progress: Progress) -> Report:
            return self._importer.commit(org, auth, table, all_or_nothing=all_or_nothing, progress=progress)

        self._work(id, "done", run)

    def job(self, org: str, id: str, wait_s: float = 0) -> Job:
        """Return an import once its phase has ended, or as it is after so many seconds. NotFoundError `import_gone`."""
        with self._lock:
            kept = self._of(org, id)
        kept.ended.wait(wait_s)
        with self._lock:
            return kept.job

    def of_org(self, org: str) -> tuple[Job, ...]:
        """Return the imports of an organisation that are kept, newest first."""
        with self._lock:
            self._forget(self._clock.now_ms())
            found = [kept.job for kept in self._kept.values() if kept.job.org == org]
        return tuple(reversed(found))

    # --- keeping -------------------------------------------------------------------------------------------------

    def _of(self, org: str, id: str) -> _Kept:
        kept = self._kept.get(id)
        if kept is None or kept.job.org != org:
            raise NotFoundError("import_gone")
        return kept

    def _forget(self, now_ms: int) -> None:
        for id, kept in list(self._kept.items()):
            if not kept.job.under_way and kept.job.at_ms + LIFE_MS <= now_ms:
                del self._kept[id]

    def _make_room(self, org: str, now_ms: int) -> None:
        """Forget what is old, then the oldest finished one of an organisation that has too many."""
        self._forget(now_ms)
        if sum(kept.job.under_way for kept in self._kept.values()) >= MOST_UNDER_WAY:
            raise UnavailableError("import_busy", None, {"limit": MOST_UNDER_WAY})
        own = [kept.job for kept in self._kept.values() if kept.job.org == org]
        if len(own) >= MOST_OF_AN_ORGANISATION:
            oldest = next((job for job in own if not job.under_way), None)
            if oldest is None:
                raise UnavailableError("import_busy", None, {"limit": MOST_OF_AN_ORGANISATION})
            del self._kept[oldest.id]

    # --- working -------------------------------------------------------------------------------------------------

    def _work(self, id: str, then: Phase, work: Callable[[Progress], Report]) -> None:
        """Work on a thread that the end of the process does not wait for: what it leaves undone can be sent again."""
        threading.Thread(target=self._run, args=(id, then, work), name=f"import {id}", daemon=True).start()

    def _run(self, id: str, then: Phase, work: Callable[[Progress], Report]) -> None:
        def progress(done: int, total: int) -> None:
            self._change(id, done=done, total=total)

        with self._turn:
            try:
                report = work(progress)
            except HazledgerError as error:
                self._change(id, phase="failed", error=error)
            except Exception:
                log.exception("import %s failed", id)
                self._change(id, phase="failed", error=HazledgerError("internal_error", None, {"request_id": id}))
            else:
                self._change(id, phase=then, report=report)
        with self._lock:
            if (kept := self._kept.get(id)) is not None:
                kept.ended.set()

    def _change(self, id: str, **changes: object) -> None:
        with self._lock:
            if (kept := self._kept.get(id)) is not None:
                kept.job = replace(kept.job, **changes)  # type: ignore[arg-type]
