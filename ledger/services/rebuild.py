"""Projections made again from the records. Rebuild and recovery are this one function; the audit uses its parts.

Records are folded in order with ``evolve`` and written by the same ``Projector`` as the append path; memory is bounded
by the memo and by a flush every so many records.
"""

from collections.abc import Callable
from typing import Final

from ledger.rules.event import Entry
from ledger.rules.evolve import Changes, evolve
from ledger.services.memo import Memo
from ledger.services.projector import Projector
from ledger.services.stored import entry_of
from ledger.store.unit_of_work import Store, Unit

FLUSH_EVERY: Final = 1_000
HELD: Final = 10_000
LEDGER: Final = "ledger:"
OPENED: Final = "governance.ledger_opened"

Progress = Callable[[int, int], None]
"""Told how many records of how many are done."""


class Fold:
    """Folds records into the projections of ``unit``; what they refer to is looked up in ``evidence``."""

    def __init__(self, unit: Unit, evidence: Unit) -> None:
        """Begin before record 0, with empty projections."""
        self.unit = unit
        self.evidence = evidence
        self.memo = Memo(None, HELD)
        self._projector = Projector()
        self._since = 0

    def changes(self, entry: Entry) -> Changes:
        """Return what a record changes, without changing anything."""
        return self.memo.ask(lambda state: evolve(state, entry), entry.index, self.unit, self.evidence)

    def add(self, entry: Entry) -> None:
        """Fold one record."""
        self.take(entry, self.changes(entry))

    def take(self, entry: Entry, changes: Changes) -> None:
        """Fold one record whose changes are known."""
        if entry.event.header.type == OPENED:
            self.memo.ledger_id = next(key for key in changes if key.startswith(LEDGER))
        self.memo.put(changes, entry)
        self._projector.add(entry, changes, lambda key: self.memo.get(key, entry.index + 1, self.unit))
        self._since += 1
        if self._since >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what was folded since the last flush. Raises GuardError: a holding would fall below nought."""
        self._projector.flush(self.unit, self.evidence)
        self.memo.settle()
        self._since = 0


def rebuild(store: Store, *, progress: Progress | None = None) -> int:
    """Make every projection again, in one transaction; returns the number of records. Raises IntegrityError."""
    with store.write() as unit:
        unit.projections.clear()
        fold = Fold(unit, unit)
        size = unit.log.size()
        for stored in unit.entries.iterate(0, size):
            fold.add(entry_of(stored))
            if progress is not None and (stored.idx + 1) % FLUSH_EVERY == 0:
                progress(stored.idx + 1, size)
        fold.flush()
        unit.projections.mark_current()
    if progress is not None:
        progress(size, size)
    return size
