"""Proofs being written: to be left and come back to. A proof is made from the ledger alone, so it can be made again.

Files stand in a folder of this process, for some hours, and go with it. They belong to an organisation: all of its
people who may take evidence away see the same of it.
"""

import logging
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from ledger.core.ids import uuid7
from ledger.core.proof import Subject
from ledger.errors import HazledgerError, NotFoundError, UnavailableError
from ledger.services.clock import Clock
from ledger.services.entropy import SystemEntropy
from ledger.services.proofs import Progress

LIFE_MS: Final = 6 * 3_600_000
MOST_OF_ONE: Final = 6
MOST_UNDER_WAY: Final = 4

Phase = Literal["writing", "done", "failed"]
Writing = Callable[[Progress], Iterator[bytes]]

log = logging.getLogger("hazledger.proofs")


@dataclass(frozen=True, slots=True)
class Job:
    """A proof at one moment: ``done`` of ``total`` chains; ``size`` in bytes; ``error``: why it was not finished."""

    id: str
    holder: str
    subject: Subject
    name: str
    at_ms: int
    phase: Phase = "writing"
    done: int = 0
    total: int = 0
    size: int = 0
    error: HazledgerError | None = None

    @property
    def under_way(self) -> bool:
        """Whether it is being written."""
        return self.phase == "writing"


@dataclass
class _Kept:
    """A job with what tells that it has ended."""

    job: Job
    ended: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """Every proof of this process. One is written at a time, so that reading goes on beside it."""

    def __init__(self, clock: Clock) -> None:
        """Keep nothing yet; the folder is made with the first proof, and goes with this object."""
        self._clock = clock
        self._folder: Path | None = None
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def open(self, holder: str, subject: Subject, name: str, writing: Writing) -> str:
        """Begin to write a proof for an organisation, and return its id. UnavailableError `proofs_busy`."""
        now_ms = self._clock.now_ms()
        job = Job(uuid7(now_ms, SystemEntropy().bytes(10)), holder, subject, name, now_ms)
        with self._lock:
            self._make_room(holder, now_ms)
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="hazledger-proofs-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self._kept[job.id] = _Kept(job)
        threading.Thread(target=self._run, args=(job.id, writing), name=f"proof {job.id}", daemon=True).start()
        return job.id

    def job(self, holder: str, id: str, wait_s: float = 0) -> Job:
        """Return a proof once it has ended, or as it is after so many seconds. NotFoundError `proof_gone`."""
        with self._lock:
            kept = self._of(holder, id)
        kept.ended.wait(wait_s)
        with self._lock:
            return kept.job

    def file(self, holder: str, id: str) -> Path:
        """Return the file of a proof that is done. NotFoundError `proof_gone`."""
        with self._lock:
            if self._of(holder, id).job.phase != "done":
                raise NotFoundError("proof_gone")
        return self._path(id)

    def of(self, holder: str) -> tuple[Job, ...]:
        """Return the proofs of an organisation that are kept, newest first."""
        with self._lock:
            self._forget(self._clock.now_ms())
            found = [kept.job for kept in self._kept.values() if kept.job.holder == holder]
        return tuple(reversed(found))

    # --- keeping -------------------------------------------------------------------------------------------------

    def _path(self, id: str) -> Path:
        assert self._folder is not None, "made before the first job"
        return self._folder / f"{id}.proof"

    def _of(self, holder: str, id: str) -> _Kept:
        kept = self._kept.get(id)
        if kept is None or kept.job.holder != holder:
            raise NotFoundError("proof_gone")
        return kept

    def _drop(self, id: str) -> None:
        self._path(id).unlink(missing_ok=True)
        del self._kept[id]

    def _forget(self, now_ms: int) -> None:
        for id, kept in list(self._kept.items()):
            if not kept.job.under_way and kept.job.at_ms + LIFE_MS <= now_ms:
                self._drop(id)

    def _make_room(self, holder: str, now_ms: int) -> None:
        """Forget what is old, then the oldest finished one of an organisation that has too many."""
        self._forget(now_ms)
        if sum(kept.job.under_way for kept in self._kept.values()) >= MOST_UNDER_WAY:
            raise UnavailableError("proofs_busy", None, {"limit": MOST_UNDER_WAY}, retry_after_s=30)
        own = [kept.job for kept in self._kept.values() if kept.job.holder == holder]
        if len(own) >= MOST_OF_ONE:
            oldest = next((job for job in own if not job.under_way), None)
            if oldest is None:
                raise UnavailableError("proofs_busy", None, {"limit": MOST_OF_ONE}, retry_after_s=30)
            self._drop(oldest.id)

    # --- writing -------------------------------------------------------------------------------------------------

    def _run(self, id: str, writing: Writing) -> None:
        """Write on a thread that the end of the process does not wait for: nothing depends on it."""
        with self._turn:
            try:
                with self._path(id).open("wb") as file:
                    file.writelines(writing(lambda done, total: self._change(id, done=done, total=total)))
                self._change(id, phase="done", size=self._path(id).stat().st_size)
            except HazledgerError as error:
                self._change(id, phase="failed", error=error)
            except Exception:
                log.exception("proof %s failed", id)
                self._change(id, phase="failed", error=HazledgerError("internal_error", None, {"request_id": id}))
        with self._lock:
            if (kept := self._kept.get(id)) is not None:
                kept.ended.set()

    def _change(self, id: str, **changes: object) -> None:
        with self._lock:
            if (kept := self._kept.get(id)) is not None:
                kept.job = replace(kept.job, **changes)  # type: ignore[arg-type]
