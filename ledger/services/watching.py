"""What records change of watches and of counters: collected for the projector, written with it."""

from collections.abc import Mapping

from ledger.rules.accounts import CELL_PREFIX, holding_of_key
from ledger.rules.aggregates import Aggregate, BatchState, ProductState
from ledger.rules.event import Entry, FormerEvent
from ledger.rules.state import Value
from ledger.rules.watching import Watch, has_watches, resting, watches
from ledger.services.concern import Lookup
from ledger.store.watching import Device, Run, Watching, merged

_VEHICLE = "|vehicle:"


class Watcher:
    """Watches and runs of counters since the last flush. What is written depends on the records alone."""

    def __init__(self) -> None:
        """Start with none."""
        self._clear()

    def _clear(self) -> None:
        self._of: dict[str, tuple[Watch, ...]] = {}
        self._resting: dict[tuple[str, str], Watch | None] = {}
        self._runs: dict[Device, list[Run]] = {}

    def add(self, entry: Entry, changes: Mapping[str, Value], lookup: Lookup) -> None:
        """Take up one record and what ``evolve`` says it changes."""
        for key, value in changes.items():
            if isinstance(value, int):
                self._cell(key, value, entry.recorded_at_ms, lookup)
            elif value is not None and not isinstance(value, FormerEvent):
                self._aggregate(key, value)
        self._count(entry)

    def _aggregate(self, key: str, value: Aggregate) -> None:
        if has_watches(value):
            self._of[key] = watches(key, value)

    def _cell(self, key: str, mg: int, recorded_at_ms: int, lookup: Lookup) -> None:
        if not key.startswith(CELL_PREFIX) or _VEHICLE in key:
            return
        holding = holding_of_key(key)
        batch = lookup(holding.batch)
        product = lookup(batch.product) if isinstance(batch, BatchState) else None
        known = product if isinstance(product, ProductState) else None
        watch = resting(holding, known, recorded_at_ms)
        if watch is not None:
            self._resting[watch.chain, watch.part] = watch if mg else None

    def _count(self, entry: Entry) -> None:
        agent = entry.event.contents.get("agent", {})
        device, counter = agent.get("device"), agent.get("counter")
        if isinstance(device, str) and isinstance(counter, int):
            org, index = entry.event.header.actor, entry.index
            run = Run(org, device, counter, counter, index, index, entry.recorded_at_ms)
            self._runs.setdefault((org, device), []).append(run)

    def flush(self, watching: Watching) -> None:
        """Write everything collected, start anew."""
        watching.put(self._of, (row for rows in self._of.values() for row in rows), self._resting)
        for (org, device), runs in sorted(self._runs.items()):
            known = watching.runs(org, device, min(run.first for run in runs), max(run.last for run in runs))
            made = merged([*known, *runs])
            watching.replace_runs(known, made)
        self._clear()
