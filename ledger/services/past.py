"""The projections as they were at an earlier time: the records up to it, folded again into a scratch store."""

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.services.rebuild import FLUSH_EVERY, Fold, Progress
from ledger.services.stored import entry_of
from ledger.store.found import Found
from ledger.store.scratch import scratch
from ledger.store.sql import insert_many
from ledger.store.tables import links, records
from ledger.store.unit_of_work import Store, Unit


@contextmanager
def past(store: Store, as_of_ms: int, *, progress: Progress | None = None) -> Iterator[Unit]:
    """Yield a unit that reads what was known at a time: projections, and the records and links of until then.

    It takes as long as a rebuild up to there. Raises IntegrityError where the records cannot be folded.
    """
    with store.read() as evidence, scratch() as made, made.write() as unit:
        size = Found(evidence.connection, evidence.backend).index_at(as_of_ms) + 1
        fold = Fold(unit, evidence)
        for stored in evidence.entries.iterate(0, size):
            fold.add(entry_of(stored))
            assert stored.record is not None
            insert_many(unit.backend, records).run(unit.connection, [tuple(stored.record)])
            insert_many(unit.backend, links).run(unit.connection, [tuple(link) for link in stored.links])
            if progress is not None and (stored.idx + 1) % FLUSH_EVERY == 0:
                progress(stored.idx + 1, size)
        fold.flush()
        yield unit
