"""A batch followed through blends, repacks, reactions and trips, as far as a viewer may see.

Who may know of a batch is decided for all that is reached at once, by the scope of the viewer: a trace of thousands
asks in one query. What of its stock is seen is asked batch by batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from api.cursors import text_of
from api.views import Key, Principal
from api.views.tracing import Direction, TraceEdge, TraceHolding, TraceNode, TraceView
from api.wiring.goods import goods_of
from api.wiring.known import Known
from api.wiring.matter import batch_for, holding, visible
from api.wiring.sight import Sight, scope_of, subject_of
from ledger.core.events import Header
from ledger.rules.aggregates import BatchState
from ledger.rules.attribution import FOLDED, OWN, at_most, most_ppb
from ledger.store.rows import EdgeRow, HoldingRow
from ledger.store.scopes import of_kind
from ledger.store.tracing import Reached, Tracing

CHUNK: Final = 500
MOST_HOLDINGS: Final = 1_000


@dataclass(frozen=True)
class Traced:
    """What was reached from a batch in a direction, and what the viewer may know of it."""

    known: Known
    viewer: Principal
    ref: str
    direction: Direction

    @cached_property
    def sight(self) -> Sight:
        """What the viewer sees of stock; who supervises sees all of what it may know of."""
        return Sight(self.known, self.viewer)

    @cached_property
    def edges(self) -> Tracing:
        """Where edges are read."""
        return Tracing(self.known.unit.connection, self.known.unit.backend)

    @cached_property
    def reached(self) -> Sequence[Reached]:
        """Everything that was reached, by reference."""
        subject = subject_of(self.known, self.viewer)
        scope = of_kind(scope_of(subject, "batch.read", "governance"), "batch")
        if subject.watches and self.direction == "backward":
            scope = None  # what is supervised is seen with its full ancestry
        return self.edges.reached(self.ref, self.direction, scope, ancestry=subject.watches)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the viewer may know of, the traced batch too."""
        return frozenset({self.ref, *(row.batch for row in self.reached if row.seen)})

    def nodes(self, refs: Sequence[str]) -> tuple[list[TraceNode], list[EdgeRow]]:
        """Return batches that the viewer may know of, with what went into what among all of them."""
        near = self.edges.edges_into(refs) if self.direction == "forward" else self.edges.edges_from(refs)
        rows = [row for row in near if row.parent in self.names and row.child in self.names]
        hidden = [row for row in near if row.parent in self._all and row.child in self._all]
        self.known.load((self.ref, *refs, *(row.parent for row in hidden)))
        stock: dict[str, list[HoldingRow]] = {}
        for held in self.edges.stock_of(refs):
            stock.setdefault(held.batch, []).append(held)
        made = [self._node(ref, stock.get(ref, []), hidden) for ref in refs]
        return made, rows

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset({self.ref, *(row.batch for row in self.reached)})

    def _node(self, ref: str, rows: Sequence[HoldingRow], edges: Iterable[EdgeRow]) -> TraceNode:
        known = self.known
        state = known.must(ref, BatchState)
        seen = [*rows] if self.sight.subject.watches else visible(self.sight, state, rows)
        ppb = self._ppb(ref)
        back = self.direction == "backward"
        of = seen if not back else self._own_stock
        goods = goods_of(known, state.product)
        present = sum(row.mg for row in seen)
        return TraceNode(
            ref=ref,
            number=known.lot(ref),
            product=known.product(state.product),
            un=goods.hazards.un,
            producer=None if state.producer is None else known.party(state.producer),
            present=present,
            ppb=ppb,
            most=None if ppb is None else at_most(sum(row.mg for row in of), ppb),
            charged=None if ppb is not None else self._charged(ref, edges),
            holdings=tuple(self._holding(row, None if back else ppb) for row in seen[:MOST_HOLDINGS]),
            recalled=state.recalled is not None,
        )

    @cached_property
    def _own_stock(self) -> list[HoldingRow]:
        state = self.known.must(self.ref, BatchState)
        rows = self.edges.stock_of([self.ref])
        return rows if self.sight.subject.watches else visible(self.sight, state, rows)

    def _ppb(self, ref: str) -> int | None:
        """The share that matters: of the traced lot in this batch, or going back of this batch in the traced one."""
        inside, lot = (ref, self.ref) if self.direction == "forward" else (self.ref, ref)
        return share(self.known.must(inside, BatchState), lot)

    def _charged(self, ref: str, edges: Iterable[EdgeRow]) -> int | None:
        """What of the lot was charged to a reaction at most: to this batch, or going back to the traced one."""
        into, lot = (ref, self.ref) if self.direction == "forward" else (self.ref, ref)
        rows = [row for row in edges if row.child == into] if self.direction == "forward" else self._last
        found = [
            at_most(row.mg, ppb)
            for row in rows
            if (ppb := share(self.known.must(row.parent, BatchState), lot)) is not None
        ]
        return sum(found) if found else None

    @cached_property
    def _last(self) -> list[EdgeRow]:
        """What went into the traced batch itself."""
        rows = self.edges.edges_into([self.ref])
        self.known.load(row.parent for row in rows)
        return rows

    def _holding(self, row: HoldingRow, ppb: int | None) -> TraceHolding:
        view = holding(self.known, row)
        carrier = self.known.carrier(row.custodian) if view.shipment else None
        return TraceHolding(
            view,
            None if ppb is None else at_most(row.mg, ppb),
            None if carrier is None else self.known.party(carrier),
        )

    def edge(self, row: EdgeRow) -> TraceEdge:
        """Return an edge with how it came about."""
        event = self.known.unit.events.at(row.idx)
        return TraceEdge(
            row.parent, row.child, "" if event is None else Header.parse(event.header).type, row.mg, row.idx
        )


def share(state: BatchState, lot: str) -> int | None:
    """Return the share that a lot has in a batch at most; None where it is none of what it was blended of."""
    if state.id == lot:
        return OWN
    return most_ppb(state.shares, lot) if lot in state.shares or FOLDED in state.shares else None


def trace(
    known: Known, viewer: Principal, ref: str, direction: Direction, after: Key | None, limit: int
) -> tuple[TraceView, Key | None]:
    """Return a page of what was reached. NotFoundError: no such batch, or none that the viewer may know of."""
    batch_for(known, viewer, ref)
    traced = Traced(known, viewer, ref, direction)
    start = text_of(after) or ""
    shown = [row.batch for row in traced.reached if row.seen and row.batch > start]
    page = shown[:limit]
    (origin,), _ = traced.nodes([ref])
    nodes, rows = traced.nodes(page)
    view = TraceView(
        ref=ref,
        direction=direction,
        origin=origin,
        nodes=tuple(nodes),
        edges=tuple(map(traced.edge, rows)),
        found=len(traced.reached),
        undisclosed=sum(not row.seen for row in traced.reached),
    )
    return view, (page[-1],) if len(shown) > limit else None


def every(known: Known, viewer: Principal, ref: str, direction: Direction) -> Iterator[TraceNode]:
    """Yield the batch and all that was reached and may be known of, by reference. NotFoundError as above."""
    batch_for(known, viewer, ref)
    traced = Traced(known, viewer, ref, direction)
    yield from traced.nodes([ref])[0]
    shown = [row.batch for row in traced.reached if row.seen]
    for start in range(0, len(shown), CHUNK):
        yield from traced.nodes(shown[start : start + CHUNK])[0]
