"""The sequencer: one thread, a bounded queue, group commit.

It drains what waits and appends it in one transaction. After an error of the store nothing more is written until
``recover``; reads go on, ``why_not_writing`` says why, and everyone who waits is told to try again with the same id.
"""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from time import sleep
from typing import Final

from ledger.core.canonical import Json
from ledger.core.note import Signer
from ledger.core.proof import Index, Listed, Title
from ledger.core.waybill import Waybill
from ledger.errors import HazledgerError, IntegrityError, UnavailableError
from ledger.services.answers import Appended, Result
from ledger.services.appender import Appender
from ledger.services.intake import Submission
from ledger.services.room import Room
from ledger.services.signer_state import Signed
from ledger.store.faults import StoreBusyError

CAPACITY: Final = 1_024
MAX_BATCH: Final = 256
IDLE_S: Final = 1.0
PAUSE_S: Final = 0.001
"""Between two looks at who is coming."""
LOOKS: Final = 8
"""The most that a transaction waits for company."""
RETRY_AFTER_S: Final = 1
LONG_RETRY_S: Final = 30

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a ledger is written.

    ``capacity``: statements that may wait; ``max_batch``: the most that one transaction takes; ``heads_every_ms``:
    publish heads by itself when something was recorded since, None: on demand; ``least_free``: bytes that must be free
    on every disk that writing needs, 0: not looked at; ``lock_wait_s``: how long to wait for another writer to end.
    """

    capacity: int = CAPACITY
    max_batch: int = MAX_BATCH
    heads_every_ms: int | None = None
    least_free: int = 0
    lock_wait_s: float = 0


@dataclass(frozen=True, slots=True)
class _Statement:
    submission: Submission
    answer: "Future[Appended]"


@dataclass(frozen=True, slots=True)
class _Heads:
    answer: "Future[Appended]"


@dataclass(frozen=True, slots=True)
class _Rotation:
    submission: Submission
    signer: Signer
    answer: "Future[Appended]"


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


_Job = _Statement | _Heads | _Rotation | _Stop


class Sequencer:
    """Feeds statements to one ``Appender`` from one thread."""

    def __init__(self, appender: Appender, pace: Pace = Pace(), room: Room | None = None) -> None:
        """Take an appender; ``start`` begins to write. Nothing new is taken while ``room`` lacks any."""
        self._appender = appender
        self._pace = pace
        self._room = room
        self._queue: queue.Queue[_Job] = queue.Queue(pace.capacity)
        self._thread: threading.Thread | None = None
        self._why: str | None = "not started"
        self._halted: str | None = None
        self._gate = threading.Lock()
        self._crowd = 0

    @property
    def why_not_writing(self) -> str | None:
        """Why nothing is written; None while writing goes on."""
        if self._why is not None:
            return self._why
        lack = self.lack()
        return None if lack is None else _words(lack)

    def lack(self) -> UnavailableError | None:
        """Return what the disks lack; None while there is room."""
        return None if self._room is None else self._room.lack()

    @property
    def waiting(self) -> int:
        """How many statements wait."""
        return self._queue.qsize()

    def start(self) -> None:
        """Read what is there and begin to write. Raises IntegrityError, ConfigurationError; then nothing is written."""
        with self._gate:
            self._begin()

    def recover(self) -> None:
        """After an error: open the store anew, read again what is really there, write on. Raises as ``start``."""
        with self._gate:
            self._end()
            self._appender.store.reopen()
            self._begin()

    def close(self) -> None:
        """Write what waits, publish the last checkpoint, stop. A second call does nothing."""
        with self._gate:
            self._end()

    def halt(self, error: HazledgerError, signed: Signed | None = None) -> None:
        """Write no more because of this: what waits is not written. ``signed``: goes on record outside, see there."""
        with self._gate:
            self._why = self._halted = _words(error)
            self._end()
            if signed is not None:
                self._appender.remember(signed)

    def _begin(self) -> None:
        self._halted = None
        try:
            self._appender.recover()
            self._appender.publish_checkpoint()
        except HazledgerError as error:
            self._why = _words(error)
            raise
        self._why = None
        self._thread = threading.Thread(target=self._run, name="hazledger writer", daemon=True)
        self._thread.start()

    def _end(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            self._queue.put(_Stop())
            thread.join()
        self._why = self._why or "closed"
        self._fail_waiting([], self._why)

    # --- asking ----------------------------------------------------------------------------------------------

    def submit(self, submission: Submission) -> "Future[Appended]":
        """Queue a statement. Raises UnavailableError when the queue is full or nothing is written."""
        answer = _pending()
        self._put(_Statement(submission, answer), wait=False)
        return answer

    def append(self, submission: Submission) -> Appended:
        """Append one statement and wait for its answer. Raises the error of its decision, or UnavailableError."""
        return self.submit(submission).result()

    def append_many(self, submissions: Iterable[Submission]) -> list[Result]:
        """Append statements in order, one answer each; waits while the queue is full."""
        answers: list[Future[Appended]] = []
        for submission in submissions:
            answer = _pending()
            answers.append(answer)
            try:
                self._put(_Statement(submission, answer), wait=True)
            except UnavailableError as error:
                answer.set_exception(error)
        return [_result(answer) for answer in answers]

    def publish_heads(self) -> Appended:
        """Append the heads of all chains, after everything that waits now."""
        answer = _pending()
        self._put(_Heads(answer), wait=True)
        return answer.result()

    def sign_waybill(self, waybill: Waybill) -> str:
        """Return the code of a transport document, signed by the log's key; nothing is written."""
        return self._appender.sign_waybill(waybill)

    def sign_index(self, title: Title, parts: Sequence[Listed], withheld: int) -> Index:
        """Return the index of a proof, signed by the log's key; nothing is written."""
        return self._appender.sign_index(title, parts, withheld)

    def sign_reads(self, size: int, root: bytes) -> bytes:
        """Return the head of the log of reads, signed by the log's key under that log's name."""
        return self._appender.sign_reads(size, root)

    def sign_report(self, report: Mapping[str, Json]) -> bytes:
        """Return an audit's report in its envelope, signed by the log's key; nothing is written."""
        return self._appender.sign_report(report)

    def rotate(self, submission: Submission, signer: Signer) -> Appended:
        """Append the record that names a new log key, after everything that waits now; sign with it from then on."""
        answer = _pending()
        self._put(_Rotation(submission, signer, answer), wait=True)
        return answer.result()

    def _put(self, job: _Job, *, wait: bool) -> None:
        while True:
            self._check_writing()
            try:
                self._queue.put(job, block=wait, timeout=IDLE_S if wait else None)
                break
            except queue.Full:
                if not wait:
                    raise UnavailableError("queue_full", retry_after_s=RETRY_AFTER_S) from None
        # The thread may have ended between the check and the put: nobody may wait for ever.
        self._fail_if_stopped()

    def _check_writing(self) -> None:
        if self._why is not None:
            raise _stopped(self._why)
        lack = self.lack()
        if lack is not None:
            raise lack

    def _fail_if_stopped(self) -> None:
        if self._why is not None:
            self._fail_waiting([], self._why)

    # --- the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        taken: deque[_Job] = deque()
        why = "closed"
        try:
            while self._turn(taken):
                pass
        except BaseException as error:  # noqa: BLE001 - whatever it was, nobody may wait for ever
            _log.exception("the writer died")
            why = _words(error)
        finally:
            self._why = self._halted or why
            self._fail_waiting(taken, self._why)

    def _turn(self, taken: "deque[_Job]") -> bool:
        """Take what waits, write it, answer; False when asked to stop. What was not answered stays in ``taken``."""
        try:
            taken.append(self._queue.get(timeout=IDLE_S))
        except queue.Empty:
            if self._halted is None:
                self._idle()
            return True
        self._gather(taken)
        while taken:
            if self._halted is not None:
                return False
            job = taken[0]
            if isinstance(job, _Stop):
                taken.popleft()
                self._appender.publish_checkpoint()
                return False
            if isinstance(job, _Heads):
                self._write_one(taken, job.answer, self._appender.publish_heads)
            elif isinstance(job, _Rotation):
                self._write_one(taken, job.answer, partial(self._appender.rotate, job.submission, job.signer))
            else:
                self._write_statements(taken)
        return True

    def _gather(self, taken: "deque[_Job]") -> None:
        """Take what waits. Where statements come in crowds, take those that are just coming, too.

        A transaction costs nearly as much for one as for many. Who was answered together states again together: for as
        long as more have come at every look, another look is worth a pause. Who comes alone never waits.
        """
        self._drain(taken)
        looks = LOOKS if max(len(taken), self._crowd) > 1 else 0
        for _ in range(looks):
            before = len(taken)
            if before >= self._pace.max_batch:
                break
            sleep(PAUSE_S)
            self._drain(taken)
            if len(taken) == before:
                break
        self._crowd = len(taken)

    def _drain(self, taken: "deque[_Job]") -> None:
        while len(taken) < self._pace.max_batch:
            try:
                taken.append(self._queue.get_nowait())
            except queue.Empty:
                break

    def _idle(self) -> None:
        """Publish what is due; a store that is busy now is asked again at the next idle moment."""
        every_ms = self._pace.heads_every_ms
        try:
            self._appender.publish_checkpoint()
            if every_ms is not None and self.lack() is None and self._appender.heads_due(every_ms):
                self._appender.publish_heads()
        except StoreBusyError:
            self._appender.recover()

    def _write_one(self, taken: "deque[_Job]", waiting: "Future[Appended]", write: Callable[[], Appended]) -> None:
        try:
            result: Result = write()
        except StoreBusyError as error:
            result = error
            self._appender.recover()
        except (UnavailableError, IntegrityError):
            raise
        except HazledgerError as error:  # the rules refused it, or it could not be decided: nothing was written
            result = error
        taken.popleft()
        _answer(waiting, result)

    def _write_statements(self, taken: "deque[_Job]") -> None:
        jobs: list[_Statement] = []
        for job in taken:
            if not isinstance(job, _Statement):
                break
            jobs.append(job)
        try:
            results = self._appender.append([job.submission for job in jobs])
        except StoreBusyError as error:  # nothing was written, and asking again is safe
            results = [error] * len(jobs)
            self._appender.recover()
        for job, result in zip(jobs, results, strict=True):
            taken.popleft()
            _answer(job.answer, result)

    def _fail_waiting(self, taken: Iterable[_Job], why: str) -> None:
        jobs = [*taken]
        while True:
            try:
                jobs.append(self._queue.get_nowait())
            except queue.Empty:
                break
        for job in jobs:
            if not isinstance(job, _Stop) and not job.answer.done():
                job.answer.set_exception(_stopped(why))


def _stopped(why: str) -> UnavailableError:
    return UnavailableError("writing_stopped", params={"reason": why}, retry_after_s=LONG_RETRY_S)


def _words(error: BaseException) -> str:
    """Say why nothing is written, by code and params: it must not fail where something failed already."""
    if isinstance(error, HazledgerError):
        return ", ".join([error.code, *(f"{name}: {value}" for name, value in error.params.items())])
    return f"{type(error).__name__}: {error}"


def _pending() -> "Future[Appended]":
    """Return a future that its waiter cannot cancel: what was queued is recorded, whether anybody waits or not."""
    answer: Future[Appended] = Future()
    answer.set_running_or_notify_cancel()
    return answer


def _answer(answer: "Future[Appended]", result: Result) -> None:
    if isinstance(result, HazledgerError):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _result(answer: "Future[Appended]") -> Result:
    try:
        return answer.result()
    except HazledgerError as error:
        return error
