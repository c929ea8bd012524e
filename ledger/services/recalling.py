"""Following recalls through the records: whom an order reaches, what is made of recalled goods later, and who gets it.

The projector calls ``follow`` for each stretch of records, after it wrote what they changed. A stretch ends with each
order and acknowledgement, so that what an order reaches is what there was at its record, however records are batched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.rules import codec
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import ShipmentState
from ledger.rules.event import Entry
from ledger.rules.state import Value
from ledger.store.rows import EdgeRow, HoldingRow, RecalledRow, RecallHolderRow
from ledger.store.tracing import Tracing
from ledger.store.unit_of_work import Unit

ORDERED = "governance.recall_ordered"
ACKNOWLEDGED = "governance.recall_acknowledged"
SHIPMENT = "shipment:"

Mark = tuple[int, str]
"""The index of an order, and a lot that it names."""


class Arrival(NamedTuple):
    """In record ``idx`` matter of a batch came to these organisations."""

    idx: int
    batch: str
    orgs: tuple[str, ...]


@dataclass
class Passage:
    """What a stretch of records did that recalls follow; ``last``: the order or acknowledgement that ends it."""

    edges: list[EdgeRow] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    last: Entry | None = None

    def arrived(self, index: int, holding: Holding, lookup: Callable[[str], Value]) -> None:
        """Take up matter that came into a holding."""
        self.arrivals.append(Arrival(index, holding.batch, orgs_with(holding.owner, holding.custodian, lookup)))

    def ends(self, entry: Entry) -> None:
        """Take up a record that ends the stretch, if it does."""
        if ends_a_stretch(entry):
            self.last = entry


def ends_a_stretch(entry: Entry) -> bool:
    """Whether what recalls reach has to be known as of this record."""
    return entry.event.header.type in (ORDERED, ACKNOWLEDGED)


def follow(unit: Unit, passage: Passage) -> None:
    """Write what a stretch of records means for recalls."""
    if (passage.edges or passage.arrivals) and unit.recalls.any():
        _carry(unit, passage)
    entry = passage.last
    if entry is None:
        return
    lots = _lots(entry)
    if entry.event.header.type == ORDERED:
        _order(unit, entry, lots)
    else:
        unit.recalls.acknowledge(entry.event.header.actor, lots, by=entry.index)


def _lots(entry: Entry) -> list[str]:
    stated = entry.event.contents["product"]["batches"]
    assert isinstance(stated, list)
    return sorted({str(batch) for batch in stated})


def _carry(unit: Unit, passage: Passage) -> None:
    """Hand marks on to what was made of marked batches, and note who got matter of them."""
    touched = {edge.parent for edge in passage.edges} | {arrival.batch for arrival in passage.arrivals}
    marks = unit.recalls.marks_of(touched)
    added: set[RecalledRow] = set()
    holders: dict[tuple[str, int, str], RecallHolderRow] = {}
    items: list[EdgeRow | Arrival] = [*passage.edges, *passage.arrivals]
    for item in sorted(items, key=_turn):
        if isinstance(item, EdgeRow):
            fresh = marks.get(item.parent, set()) - marks.get(item.child, set())
            if fresh:
                marks.setdefault(item.child, set()).update(fresh)
                added.update(RecalledRow(item.child, recall, lot) for recall, lot in fresh)
        else:
            for recall, lot in marks.get(item.batch, ()):
                for org in item.orgs:
                    row = RecallHolderRow(org, recall, lot, item.batch, item.idx)
                    holders.setdefault((org, recall, lot), row)
    unit.recalls.add_marks(added)
    unit.recalls.add_holders(holders.values())


def _turn(item: EdgeRow | Arrival) -> tuple[int, int, str]:
    """In the order of the log; within a record what is born is marked before it arrives."""
    return (item.idx, 0, item.child) if isinstance(item, EdgeRow) else (item.idx, 1, item.batch)


def _order(unit: Unit, entry: Entry, lots: Iterable[str]) -> None:
    """Mark a lot and all that was made of it, and note everybody who has some of it now; who orders it knows of it."""
    told: dict[tuple[str, str], RecallHolderRow] = {}
    actor = entry.event.header.actor
    for lot in lots:
        names = reached_from(unit, lot)
        unit.recalls.add_marks(RecalledRow(name, entry.index, lot) for name in names)
        for row, orgs in holders_among(unit, names):
            for org in orgs:
                known = entry.index if org == actor else None
                told.setdefault((org, lot), RecallHolderRow(org, entry.index, lot, row.batch, entry.index, known))
    unit.recalls.add_holders(told.values())
    unit.projections.add_more_concerns({(org, entry.index) for org, _ in told})


def reached_from(unit: Unit, lot: str) -> list[str]:
    """Return a lot and everything that was made of it, by reference."""
    made = Tracing(unit.connection, unit.backend).reached(lot, "forward")
    return sorted({lot, *(row.batch for row in made)})


def holders_among(unit: Unit, names: Iterable[str]) -> Iterator[tuple[HoldingRow, tuple[str, ...]]]:
    """Yield the holdings of batches with the organisations that have or own them, or are to get them, by cell."""
    yield from owners_of(unit, Tracing(unit.connection, unit.backend).stock_of(names))


def owners_of(unit: Unit, rows: Sequence[HoldingRow]) -> Iterator[tuple[HoldingRow, tuple[str, ...]]]:
    """Yield holdings with the organisations that have or own them, or are to get them."""
    trips = sorted({row.custodian for row in rows if row.custodian.startswith(SHIPMENT)})
    bodies = unit.projections.load_states(trips)
    states = {key: None if body is None else codec.load(key, body) for key, body in bodies.items()}
    for row in rows:
        yield row, orgs_with(row.owner, row.custodian, states.get)


def orgs_with(owner: str, custodian: str, lookup: Callable[[str], Value]) -> tuple[str, ...]:
    """The owner and the custodian; of goods on the way who carries them and who is to get them."""
    if not custodian.startswith(SHIPMENT):
        return (owner,) if owner == custodian else tuple(sorted({owner, custodian}))
    state = lookup(custodian)
    found = {owner}
    if isinstance(state, ShipmentState):
        found |= state.carriers | ({state.consignee} if state.consignee is not None else set())
    return tuple(sorted(found))
