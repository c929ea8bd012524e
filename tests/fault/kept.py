"""What must be left after a writer was killed: every acknowledged event, and every chain whole."""

from collections.abc import Iterable, Mapping

from ledger.core.b64 import b64u
from ledger.services.stored import link_of
from ledger.store.unit_of_work import ReadUnit
from tests.services.world import PRODUCER


def assert_kept(unit: ReadUnit, answers: Mapping[str, tuple[int, str]], names: Iterable[str]) -> None:
    """Every acknowledged event stands where it was said to stand, under the same record hash."""
    for name in names:
        index, record = answers[name]
        row, event = unit.log.record(index), unit.events.at(index)
        assert row is not None
        assert b64u(row.hash) == record
        assert event is not None
        assert (event.actor, event.id) == (PRODUCER, name)


def assert_stated_once(unit: ReadUnit, names: Iterable[str]) -> None:
    """Of the producer's batches there are these, each once, and no other."""
    found = [
        event.id
        for entry in unit.entries.iterate(0, unit.log.size())
        for event in entry.events
        if b'"type":"production.batch_produced"' in event.header
    ]
    assert sorted(found) == sorted(names)


def assert_chained(unit: ReadUnit) -> int:
    """Each chain runs from 0 without a gap, each link naming the record before it; returns the number of links."""
    last: dict[str, tuple[int, str]] = {}
    links = 0
    for entry in unit.entries.iterate(0, unit.log.size()):
        assert entry.record is not None
        for row in entry.links:
            link, _ = link_of(row)
            seq, former = last.get(row.chain, (-1, None))
            assert (link.seq, link.prev) == (seq + 1, former), row.chain
            last[row.chain] = (link.seq, b64u(entry.record.hash))
            links += 1
    assert {head.chain: (head.seq, b64u(head.hash)) for head in unit.chains.iter_heads()} == last
    return links
