"""The port of the server's own condition: readiness and metrics."""

import threading

from api.views import Health, Readiness, Words
from ledger.errors import HazledgerError
from ledger.errors.catalogue import render
from ledger.services.ledger import Ledger
from ledger.services.scrub import Scrub


class LedgerStatus:
    """The condition of a ledger's server."""

    def __init__(self, ledger: Ledger, scrub: Scrub | None = None) -> None:
        """Report on this ledger, and on the scrub that this process runs."""
        self._ledger = ledger
        self._scrub = scrub
        self._lock = threading.Lock()
        self._asked = 0

    def readiness(self) -> Readiness:
        """Return whether reads and writes go on, and why not."""
        with self._lock:
            self._asked += 1
        store, writer, disk = self._store(), self._writer(), self._disk()
        return Readiness(store.ok, store.ok and writer.ok, (store, writer, disk))

    def metrics(self) -> str:
        """Return metrics in the Prometheus text format, version 0.0.4."""
        ready = self.readiness()
        sequencer = self._ledger.sequencer
        rows = [
            ("hazledger_up_reads", "Whether reads go on.", "gauge", int(ready.reads)),
            ("hazledger_up_writes", "Whether writes go on.", "gauge", int(ready.writes)),
            ("hazledger_queue_waiting", "Statements that wait for the writer.", "gauge", _waiting(sequencer)),
            ("hazledger_log_size", "Records in the newest signed checkpoint.", "counter", self._size()),
            ("hazledger_readiness_checks_total", "How often readiness was judged.", "counter", self._asked),
        ]
        if self._scrub is not None:
            rows += [
                ("hazledger_scrub_position", "Next record that the scrub re-reads.", "gauge", self._scrub.position),
                ("hazledger_scrub_read_total", "Records that the scrub re-read.", "counter", self._scrub.read_total),
                ("hazledger_scrub_findings_total", "What the scrub found.", "counter", self._scrub.found_total),
                ("hazledger_scrub_rounds_total", "Rounds of the scrub.", "counter", self._scrub.rounds_total),
            ]
        return "".join(
            f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}\n" for name, text, kind, value in rows
        )

    def _size(self) -> int:
        try:
            return self._ledger.log.state().size
        except HazledgerError:
            return 0

    def _store(self) -> Health:
        try:
            with self._ledger.store.read():  # what is in memory says nothing of the database
                self._ledger.log.state()
        except HazledgerError as error:
            return Health("store", ok=False, detail=Words(str(error), str(error)))
        return Health("store", ok=True)

    def _writer(self) -> Health:
        why = self._ledger.why_not_writing
        return Health("writer", ok=why is None, detail=None if why is None else Words(why, why))

    def _disk(self) -> Health:
        sequencer = self._ledger.sequencer
        lack = None if sequencer is None else sequencer.lack()
        return Health("disk", ok=lack is None, detail=None if lack is None else _said(lack))


def _said(error: HazledgerError) -> Words:
    return Words(render(error.problem, "zh")["detail"], render(error.problem, "en")["detail"])


def _waiting(sequencer: object) -> int:
    waiting = getattr(sequencer, "waiting", 0)
    return waiting if isinstance(waiting, int) else 0
