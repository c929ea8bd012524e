"""Audits that somebody asks a server for: one at a time, to be left and come back to, each kept with what it found.

They stand in the store, so that a list of them outlives the server; one that ran when its server ended is told as
interrupted by the next. Appends go on meanwhile: an audit reads one state of the store.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import orjson

from ledger.core.canonical import Json
from ledger.core.ids import uuid7
from ledger.errors import ConflictError, HazledgerError, NotFoundError, UnavailableError
from ledger.services.audit_order import KINDS, Order
from ledger.services.audit_sample import sample_size
from ledger.services.clock import Clock
from ledger.services.entropy import SystemEntropy
from ledger.services.scrub import SCRUB
from ledger.store.rows import AuditRow
from ledger.store.unit_of_work import Store

State = Literal["running", "clean", "found", "failed", "interrupted"]
Runner = Callable[[Order, int, Callable[[int, int], None], Callable[[], bool]], dict[str, Json]]
"""Carries out an order at a time, tells how far it is, and asks whether to stop."""

log = logging.getLogger("hazledger.audits")
PATIENCE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, of which organisation; '' where a program or the server does."""

    org: str
    user: str


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit at one moment. ``kind``: or "scrub"; ``result``: what was found, {} before it ended."""

    id: str
    org: str
    user: str
    kind: str
    wanted: dict[str, Any]
    state: State
    started_at_ms: int
    ended_at_ms: int | None
    done: int
    total: int
    result: dict[str, Any]


class AuditJobs:
    """The audits of one ledger. ``runner`` None: another process writes, and that one is to be asked."""

    def __init__(self, store: Store, clock: Clock, runner: Runner | None, *, wait: bool = False) -> None:
        """Carry out orders with ``runner``; ``wait``: ``start`` returns when the audit has ended."""
        self._store = store
        self._clock = clock
        self._runner = runner
        self._wait = wait
        self._lock = threading.Lock()
        self._progress: dict[str, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def take_over(self) -> None:
        """Tell of each audit that ran when the last server ended that it was interrupted."""
        if self._runner is None:
            return
        with self._store.write() as unit:
            for row in unit.audits.running():
                if row.kind != SCRUB:
                    unit.audits.end(
                        row.id, "interrupted", at_ms=self._clock.now_ms(), done=row.done, total=row.total, result=None
                    )

    def close(self) -> None:
        """Stop what runs; it is told as interrupted."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def start(self, asked: Asked, kind: str, sample: str = "") -> str:
        """Begin an audit and return its id.

        Raises UnavailableError (audit_elsewhere), ConflictError (audit_under_way), FormatError (sample_not_of_form),
        NotFoundError (audit_kind_unknown).
        """
        if self._runner is None:
            raise UnavailableError("audit_elsewhere", retry_after_s=60)
        if kind not in KINDS:
            raise NotFoundError("audit_kind_unknown", "/kind", {"kind": kind[:40]})
        order = Order(kind)
        if kind == "sample":
            sample_size(sample, 1)
            order = Order("sample", sample=sample, seed=SystemEntropy().bytes(16).hex())
        now_ms = self._clock.now_ms()
        wanted = orjson.dumps({"sample": order.sample, "seed": order.seed}).decode()
        row = AuditRow(
            uuid7(now_ms, SystemEntropy().bytes(10)), asked.org, asked.user, kind, wanted, "running", now_ms, None, 0, 0
        )
        with self._lock, self._store.write() as unit:
            under_way = [known for known in unit.audits.running() if known.kind != SCRUB]
            if under_way:
                raise ConflictError("audit_under_way", params={"id": under_way[0].id})
            unit.audits.add(row)
        if self._wait:
            self._work(row.id, order, now_ms)
        else:
            self._thread = threading.Thread(target=self._work, args=(row.id, order, now_ms), name="audit", daemon=True)
            self._thread.start()
        return row.id

    def one(self, ref: str) -> Audit:
        """Return an audit. Raises NotFoundError (audit_unknown)."""
        with self._store.read() as unit:
            row = unit.audits.one(ref)
        if row is None:
            raise NotFoundError("audit_unknown", None, {"id": ref[:60]})
        return self._told(row)

    def latest(self, *, before: str | None = None, limit: int = 50) -> list[Audit]:
        """Return audits from the newest down."""
        with self._store.read() as unit:
            return [self._told(row) for row in unit.audits.latest(before=before, limit=limit)]

    def _told(self, row: AuditRow) -> Audit:
        done, total = self._progress.get(row.id, (row.done, row.total))
        found = {} if row.result is None else orjson.loads(row.result)
        state = cast("State", row.state)
        wanted = orjson.loads(row.wanted)
        return Audit(
            row.id, row.org, row.user, row.kind, wanted, state, row.started_at_ms, row.ended_at_ms, done, total, found
        )

    # --- working -----------------------------------------------------------------------------------------------------

    def _work(self, ref: str, order: Order, now_ms: int) -> None:
        assert self._runner is not None

        def progress(done: int, total: int) -> None:
            self._progress[ref] = done, total

        state, found = "failed", {}
        try:
            found = self._runner(order, now_ms, progress, self._stop.is_set)
            state = "clean" if found["ok"] else "found"
        except HazledgerError as error:
            if self._stop.is_set():
                state = "interrupted"
            found = {"error": {"code": error.code, "field": error.field, "params": dict(error.params)}}
        except Exception:
            log.exception("audit %s failed", ref)
            found = {"error": {"code": "internal_error", "field": None, "params": {"request_id": ref}}}
        try:
            self._end(ref, state, found)
        except HazledgerError:  # the next server tells of it as interrupted
            log.exception("audit %s could not be noted", ref)
        self._progress.pop(ref, None)

    def _end(self, ref: str, state: str, found: dict[str, Json]) -> None:
        done, total = self._progress.get(ref, (0, 0))
        with self._store.write() as unit:
            at_ms = self._clock.now_ms()
            unit.audits.end(ref, state, at_ms=at_ms, done=done, total=total, result=orjson.dumps(found))
