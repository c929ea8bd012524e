"""What a store must do to follow a batch, whichever database is behind it."""

from sqlalchemy import select

from ledger.store.rows import EdgeRow
from ledger.store.tables import edges
from ledger.store.tracing import Reached, Tracing
from ledger.store.unit_of_work import Store, Unit
from tests.store import sample
from tests.store.sample import BATCH, CHILD, GRANDCHILD

FAR = "batch:far"


def tracing(unit: Unit) -> Tracing:
    return Tracing(unit.connection, unit.backend)


class TracingContract:
    """Everything that is reached, once, and what of it somebody may know of."""

    def test_each_batch_is_reached_once_whatever_ways_lead_to_it(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.projections.add_edges([EdgeRow(GRANDCHILD, BATCH, 2, 1), EdgeRow(FAR, GRANDCHILD, 3, 1)])
        with store.read() as unit:
            found = tracing(unit).reached(BATCH, "forward")
            assert sorted(found) == sorted(Reached(name, True) for name in (CHILD, GRANDCHILD, FAR))
            assert [row.batch for row in found] == sorted(row.batch for row in found)
            assert {row.batch for row in tracing(unit).reached(FAR, "backward")} == {BATCH, CHILD, GRANDCHILD}
            assert tracing(unit).reached(FAR, "forward") == []
            assert [row.parent for row in tracing(unit).edges_into([GRANDCHILD])] == sorted([BATCH, CHILD])
            assert {row.child for row in tracing(unit).edges_from([BATCH])} == {CHILD, GRANDCHILD}
            assert len([*tracing(unit).all_edges()]) == 4

    def test_a_scope_tells_what_may_be_known_and_ancestry_adds_what_it_was_made_of(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.projections.add_edges([EdgeRow(FAR, GRANDCHILD, 3, 1)])
        scope = select(edges.c.child).where(edges.c.child == GRANDCHILD)
        with store.read() as unit:
            plain = dict(tracing(unit).reached(BATCH, "forward", scope))
            assert plain == {CHILD: False, GRANDCHILD: True, FAR: False}
            full = dict(tracing(unit).reached(BATCH, "forward", scope, ancestry=True))
            assert full == {CHILD: True, GRANDCHILD: True, FAR: False}

    def test_a_circle_of_forged_rows_ends(self, store: Store) -> None:
        with store.write() as unit:
            unit.projections.add_edges([EdgeRow(CHILD, BATCH, 1, 1), EdgeRow(BATCH, CHILD, 2, 1)])
        with store.read() as unit:
            assert tracing(unit).reached(BATCH, "forward") == [Reached(CHILD, True)]

    def test_stock_of_many(self, store: Store) -> None:
        sample.fill(store)
        with store.read() as unit:
            rows = tracing(unit).stock_of([BATCH, CHILD])
            assert sum(row.mg for row in rows) == 100
            assert {row.batch for row in rows} == {BATCH}
            assert tracing(unit).stock_of([]) == []
