"""The port of the public log: what the log service publishes, and its state with the counts that pages show."""

import threading
from typing import Final, Literal

from api.views import LogState
from api.wiring.known import hidden
from ledger.core.b64 import b64u
from ledger.errors import NotFoundError
from ledger.services.ledger import Ledger
from ledger.store.related import Related

MEMORY_MS: Final = 1_000


class LedgerLog:
    """The public log of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Serve this ledger's log."""
        self._ledger = ledger
        self._lock = threading.Lock()
        self._kept: tuple[int, LogState] | None = None

    def checkpoint(self) -> bytes:
        """Return the newest published signed note."""
        return self._ledger.log.checkpoint()

    def tile(self, path: str) -> bytes:
        """Return a tile or entry bundle. NotFoundError."""
        try:
            return self._ledger.log.tile(path)
        except NotFoundError:
            raise hidden(path) from None

    def state(self) -> LogState:
        """Return size, root, key and counts: counted once a second at most, otherwise from memory."""
        now_ms = self._ledger.clock.now_ms()
        with self._lock:
            kept = self._kept
            if kept is not None and now_ms - kept[0] < MEMORY_MS:
                return kept[1]
            made = self._count()
            self._kept = (now_ms, made)
            return made

    def _count(self) -> LogState:
        recorded, signed = self._ledger.recorded(), self._ledger.log.state()
        with self._ledger.store.read() as unit:
            related = Related(unit.connection, unit.backend)
            batches, organisations = related.count("batch"), related.count("org")
            newest = unit.log.record(signed.size - 1)
        role: Literal["writer", "reader"] = "reader" if self._ledger.sequencer is None else "writer"
        return LogState(
            origin=recorded.origin,
            size=signed.size,
            root=b64u(signed.root),
            at=0 if newest is None else newest.recorded_at_ms,
            vkey=self._ledger.verifier.vkey(),
            demo=recorded.demo,
            events=signed.size,
            batches=batches,
            organisations=organisations,
            role=role,
        )
