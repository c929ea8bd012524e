"""The scrub: a server re-reads what is old, slowly and for ever, and names what is not as it was signed.

So many records a second: bytes and digests, inclusion in the signed log, neighbours in each chain. Where it is stands
in the store, and the next server goes on from there. A round is told like an audit, of the kind "scrub".
"""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ledger.core.ids import uuid7
from ledger.errors import HazledgerError
from ledger.services.audit_entry import Checked
from ledger.services.audit_findings import Findings
from ledger.services.audit_sample import Probe
from ledger.services.audit_since import governing
from ledger.services.clock import Clock
from ledger.services.entropy import SystemEntropy
from ledger.store.rows import AuditRow
from ledger.store.unit_of_work import ReadUnit, Store

SCRUB: Final = "scrub"
NOTE_EVERY: Final = 10
"""Steps between two notes of where it is."""
REST_S: Final = 60.0
"""How long it rests where there is nothing to read, or reading failed."""

log = logging.getLogger("hazledger.scrub")


@dataclass(slots=True)
class Round:
    """A round: which audit it is told as, the next index, and what was found so far."""

    id: str
    next: int = 0
    findings: list[Any] = field(default_factory=list)


class Scrub:
    """Re-reads the records of one store. ``step`` does a second's work; ``start`` has a thread do so."""

    def __init__(self, store: Store, clock: Clock, rate: int) -> None:
        """Read ``rate`` records a second; 0: nothing."""
        self._store = store
        self._clock = clock
        self._rate = rate
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._round: Round | None = None
        self._governing: list[Checked] = []
        self._steps = 0
        self.read_total = 0
        self.found_total = 0
        self.rounds_total = 0

    @property
    def rate(self) -> int:
        """Records a second."""
        return self._rate

    @property
    def position(self) -> int:
        """The next index to be read."""
        return 0 if self._round is None else self._round.next

    def start(self) -> None:
        """Begin, unless the rate is 0."""
        if self._rate:
            self._thread = threading.Thread(target=self._run, name="scrub", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop, and note where it is."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._round is not None:
            try:
                self._note(self._round)
            except HazledgerError:  # the next one begins a little earlier
                log.warning("the scrub could not note where it is")

    def _run(self) -> None:
        while not self._stop.is_set():
            pause = 1.0
            try:
                if not self.step():
                    pause = REST_S
            except Exception:
                log.exception("the scrub rests")
                pause = REST_S
            self._stop.wait(pause)

    def step(self) -> bool:
        """Re-read the next ``rate`` records; False once a round is over."""
        going = self._round
        if going is None:
            going = self._round = self._take_up()
        with self._store.read() as unit:
            size = unit.log.size()
            stop = min(going.next + self._rate, size)
            findings = self._look(unit, going.next, stop, size)
        self.read_total += stop - going.next
        self.found_total += findings.count
        going.next = stop
        going.findings += findings.listed[: max(0, 1_000 - len(going.findings))]
        for one in findings.listed:
            log.error("scrub: %s %s %s", one["kind"], one["where"], one["detail"])
        self._steps += 1
        if stop >= size:
            self._end(going, size)
            return False
        if findings.count or self._steps % NOTE_EVERY == 0:
            self._note(going)
        return True

    def _look(self, unit: ReadUnit, low: int, high: int, size: int) -> Findings:
        findings = Findings()
        probe = Probe(unit, size, None, findings, self._governing or None)
        if findings.count:  # perhaps the log's key was changed meanwhile
            findings = Findings()
            self._governing = [*governing(unit, size, findings)]
            probe = Probe(unit, size, None, findings, self._governing)
        for index in range(low, high):
            probe.look(index)
        if not self._governing:
            self._governing = [*probe.governing]
        return findings

    # --- where it is -------------------------------------------------------------------------------------------------

    def _take_up(self) -> Round:
        """Go on with the round that is noted, or begin one."""
        with self._store.read() as unit:
            known = unit.audits.running(SCRUB)
        if known:
            found = orjson.loads(known[0].result or b"{}")
            return Round(known[0].id, known[0].done, list(found.get("findings", [])))
        now_ms = self._clock.now_ms()
        made = Round(uuid7(now_ms, SystemEntropy().bytes(10)))
        with self._store.write() as unit:
            unit.audits.add(AuditRow(made.id, "", "", SCRUB, "{}", "running", now_ms, None, 0, 0))
        return made

    def _note(self, going: Round) -> None:
        with self._store.write() as unit:
            total = unit.log.size()
            unit.audits.go_on(going.id, done=going.next, total=total, result=_result(going, total))

    def _end(self, going: Round, size: int) -> None:
        with self._store.write() as unit:
            state, at_ms = "found" if going.findings else "clean", self._clock.now_ms()
            unit.audits.end(going.id, state, at_ms=at_ms, done=size, total=size, result=_result(going, size))
        self._round = None
        self.rounds_total += 1


def _result(going: Round, size: int) -> bytes:
    return orjson.dumps(
        {
            "ok": not going.findings,
            "depth": SCRUB,
            "log_size": size,
            "records": going.next,
            "count": len(going.findings),
            "findings": going.findings,
            "not_read": ["decisions"],
        }
    )
