"""Imports under way: a file that was checked, is being recorded, or was; to be left and come back to.

They are kept in the store, for a week, and belong to an organisation. One that was under way when its process ended is
"interrupted": it goes on when somebody presses for it, and what it had recorded is not recorded twice.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, cast

from ledger.core.ids import uuid7
from ledger.errors import HazledgerError, NotFoundError, UnavailableError
from ledger.services.clock import Clock
from ledger.services.entropy import SystemEntropy
from ledger.services.imports import kept
from ledger.services.imports.columns import Kind
from ledger.services.imports.run import Importer, Progress, Report
from ledger.services.imports.tables import CSV, Table, read
from ledger.services.intake import Auth
from ledger.store.rows import ImportJobRow
from ledger.store.unit_of_work import Store

LIFE_MS: Final = 7 * 86_400_000
MOST_OF_AN_ORGANISATION: Final = 8
MOST_UNDER_WAY: Final = 16
STALE_MS: Final = 60_000
"""Another process tells how far it is more often than this, if it is still there."""
TELL_MS: Final = 1_000
MOST_TABLES: Final = 32

Phase = Literal["checking", "checked", "recording", "done", "failed", "interrupted"]

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
        """Whether there is something to go on with: rows that wait to be recorded, or work that was interrupted."""
        wanted = {"checked": "ready", "done": "waiting"}.get(self.phase)
        if self.phase == "interrupted":
            return True
        return wanted is not None and self.report is not None and self.report.counts.get(wanted, 0) > 0


class Jobs:
    """Every import of this ledger. One works at a time: they share the ledger's one writer anyway."""

    def __init__(self, importer: Importer, store: Store, clock: Clock) -> None:
        """Import with this, and keep what is under way in the store."""
        self._importer = importer
        self._store = store
        self._clock = clock
        self._born_ms = clock.now_ms()
        self._running: dict[str, threading.Event] = {}
        self._tables: dict[str, Table] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def open(self, org: str, auth: Auth, table: Table, name: str, body: bytes) -> str:
        """Begin to check a file and return the id of its import. UnavailableError `import_busy`."""
        now_ms = self._clock.now_ms()
        id = uuid7(now_ms, SystemEntropy().bytes(10))
        row = ImportJobRow(
            org, id, table.kind, name, body, "checking", 0, 0, 1, kept.dump(None), now_ms, now_ms, now_ms + LIFE_MS
        )
        with self._lock:
            self._make_room(org, now_ms)
            with self._store.write() as unit:
                unit.import_jobs.add(row)
            self._remember(id, table)
            self._running[id] = threading.Event()
        self._work(org, id, "checked", lambda progress: self._importer.preview(org, auth, table, progress))
        return id

    def start(self, org: str, auth: Auth, id: str, *, all_or_nothing: bool) -> None:
        """Record what a checked file says, or go on with what waited or was interrupted; pressed twice, once.

        NotFoundError.
        """
        with self._lock:
            row = self._row(org, id)
            job = self._job(row)
            if not job.may_run or id in self._running:
                return
            again = row.phase == "checking"
            with self._store.write() as unit:
                if not again and not unit.import_jobs.begin(
                    row, at_ms=self._clock.now_ms(), all_or_nothing=all_or_nothing
                ):
                    return
            self._running[id] = threading.Event()
        table = job.table

        def run(progress: Progress) -> Report:
            if again:
                return self._importer.preview(org, auth, table, progress)
            return self._importer.commit(org, auth, table, all_or_nothing=all_or_nothing, progress=progress)

        self._work(org, id, "checked" if again else "done", run)

    def job(self, org: str, id: str, wait_s: float = 0) -> Job:
        """Return an import once its phase has ended, or as it is after so many seconds. NotFoundError `import_gone`."""
        with self._lock:
            running = self._running.get(id)
        if running is not None:
            self._row(org, id)
            running.wait(wait_s)
        return self._job(self._row(org, id))

    def of_org(self, org: str) -> tuple[Job, ...]:
        """Return the imports of an organisation that are kept, newest first."""
        with self._store.read() as unit:
            rows = unit.import_jobs.of(org, at_ms=self._clock.now_ms(), limit=MOST_OF_AN_ORGANISATION)
        return tuple(self._job(row) for row in rows)

    # --- keeping -------------------------------------------------------------------------------------------------

    def _row(self, org: str, id: str) -> ImportJobRow:
        with self._store.read() as unit:
            row = unit.import_jobs.one(org, id, at_ms=self._clock.now_ms())
        if row is None:
            raise NotFoundError("import_gone")
        return row

    def _job(self, row: ImportJobRow) -> Job:
        table = self._tables.get(row.id)
        if table is None:
            table = self._remember(row.id, read(cast("Kind", row.kind), row.body, CSV))
        outcome = kept.load(table, row.outcome)
        return Job(
            id=row.id,
            org=row.org,
            name=row.name,
            table=table,
            at_ms=row.created_at_ms,
            phase=self._phase(row),
            done=row.done,
            total=row.total,
            all_or_nothing=bool(row.all_or_nothing),
            report=outcome if isinstance(outcome, Report) else None,
            error=outcome if isinstance(outcome, HazledgerError) else None,
        )

    def _phase(self, row: ImportJobRow) -> Phase:
        """The phase of a row; nobody works on one that is under way neither here nor, lately, elsewhere."""
        phase = cast("Phase", row.phase)
        if phase not in {"checking", "recording"} or row.id in self._running:
            return phase
        gone = row.changed_at_ms <= self._born_ms or row.changed_at_ms + STALE_MS <= self._clock.now_ms()
        return "interrupted" if gone else phase

    def _remember(self, id: str, table: Table) -> Table:
        while len(self._tables) >= MOST_TABLES:
            self._tables.pop(next(iter(self._tables)), None)
        self._tables[id] = table
        return table

    def _make_room(self, org: str, now_ms: int) -> None:
        """Forget the oldest import of an organisation that has too many, unless it is under way."""
        if len(self._running) >= MOST_UNDER_WAY:
            raise UnavailableError("import_busy", None, {"limit": MOST_UNDER_WAY})
        with self._store.read() as unit:
            rows = unit.import_jobs.of(org, at_ms=now_ms, limit=MOST_OF_AN_ORGANISATION)
        if len(rows) < MOST_OF_AN_ORGANISATION:
            return
        oldest = next((row for row in reversed(rows) if self._phase(row) not in {"checking", "recording"}), None)
        if oldest is None:
            raise UnavailableError("import_busy", None, {"limit": MOST_OF_AN_ORGANISATION})
        with self._store.write() as unit:
            unit.import_jobs.drop(org, oldest.id)

    # --- working -------------------------------------------------------------------------------------------------

    def _work(self, org: str, id: str, then: Phase, work: Callable[[Progress], Report]) -> None:
        """Work on a thread that the end of the process does not wait for: what it leaves undone can go on later."""
        threading.Thread(target=self._run, args=(org, id, then, work), name=f"import {id}", daemon=True).start()

    def _run(self, org: str, id: str, then: Phase, work: Callable[[Progress], Report]) -> None:
        told_ms = 0

        def progress(done: int, total: int) -> None:
            nonlocal told_ms
            now_ms = self._clock.now_ms()
            if done not in {1, total} and now_ms - told_ms < TELL_MS:
                return
            told_ms = now_ms
            with self._store.write() as unit:
                unit.import_jobs.step(org, id, done, total, at_ms=now_ms)

        try:
            with self._turn:
                phase, outcome = self._outcome(id, then, work, progress)
            with self._store.write() as unit:
                unit.import_jobs.end(org, id, phase, kept.dump(outcome), at_ms=self._clock.now_ms())
        except HazledgerError:
            log.exception("how import %s ended could not be kept", id)
        finally:
            with self._lock:
                self._running.pop(id).set()

    @staticmethod
    def _outcome(
        id: str, then: Phase, work: Callable[[Progress], Report], progress: Progress
    ) -> tuple[Phase, Report | HazledgerError]:
        try:
            return then, work(progress)
        except HazledgerError as error:
            return "failed", error
        except Exception:
            log.exception("import %s failed", id)
            return "failed", HazledgerError("internal_error", None, {"request_id": id})
