"""What a store must do to follow a batch, whichever database is behind it."""

from sqlalchemy import select

from ledger.store.rows import EdgeRow, HoldReachRow, RecalledRow, RecallHolderRow
from ledger.store.tables import edges
from ledger.store.tracing import Reached, Tracing
from ledger.store.unit_of_work import Store, Unit
from tests.store import sample
from tests.store.sample import BATCH, CHILD, GRANDCHILD, ORG, OTHER, SITE

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


class RecallContract:
    """Whom a recall reaches, first come first kept, and who has answered."""

    def test_what_first_reached_somebody_stays_and_an_answer_is_for_one_organisation(self, store: Store) -> None:
        with store.write() as unit:
            assert not unit.recalls.any()
            unit.recalls.add_marks([RecalledRow(BATCH, 5, BATCH), RecalledRow(CHILD, 5, BATCH)])
            unit.recalls.add_holders(
                [RecallHolderRow(ORG, 5, BATCH, BATCH, 5), RecallHolderRow(OTHER, 5, BATCH, CHILD, 7)]
            )
            unit.recalls.add_holders([RecallHolderRow(OTHER, 5, BATCH, BATCH, 9)])
            unit.recalls.acknowledge(ORG, [BATCH], by=8)
            unit.recalls.acknowledge(ORG, [BATCH], by=9)
        with store.read() as unit:
            assert unit.recalls.any()
            assert unit.recalls.marks_of([CHILD, GRANDCHILD]) == {CHILD: {(5, BATCH)}}
            assert unit.recalls.lots(5) == [BATCH]
            assert unit.recalls.lots(6) == []
            assert unit.recalls.holders(5) == sorted(
                [RecallHolderRow(ORG, 5, BATCH, BATCH, 5, 8), RecallHolderRow(OTHER, 5, BATCH, CHILD, 7)]
            )
            assert unit.recalls.counts(5) == (2, 1)
            assert unit.recalls.waiting(OTHER) == 1
            assert unit.recalls.waiting(ORG) == 0
            assert unit.recalls.orders(OTHER, None, open_only=True) == [5]
            assert unit.recalls.orders(ORG, None, open_only=True) == []
            assert unit.recalls.orders("org:x", None) == [5]
            assert unit.recalls.orders("org:x", select(edges.c.child)) == []
            assert unit.recalls.orders(ORG, select(edges.c.child)) == [5]
            assert unit.recalls.orders(ORG, None, before=5) == []
            assert unit.recalls.reached_by(OTHER, 7) == [5]
            assert unit.recalls.reached_by(OTHER, 6) == []


class WithheldContract:
    """Whom a hold reaches, first come first kept, until who placed it lifts it."""

    def test_a_hold_is_lifted_for_everybody_by_who_placed_it_alone(self, store: Store) -> None:
        sample.fill(store)
        with store.write() as unit:
            unit.withheld.add([HoldReachRow(ORG, 5, BATCH, OTHER, 5), HoldReachRow(OTHER, 5, BATCH, OTHER, 5)])
            unit.withheld.add([HoldReachRow(ORG, 5, BATCH, OTHER, 7)])
            unit.withheld.lift(ORG, [BATCH], idx=8)
        with store.read() as unit:
            assert {(row.org, row.hold, row.idx) for row in unit.withheld.open([BATCH])} == {
                (ORG, 3, 3),
                (ORG, 5, 5),
                (OTHER, 5, 5),
            }
            assert [row.hold for row in unit.withheld.over(ORG, limit=9)] == [5, 3]
            assert [row.hold for row in unit.withheld.over(ORG, limit=1)] == [5]
            assert unit.withheld.over(OTHER, limit=9) == [], "its own hold stops it, but needs no telling"
            assert [row.hold for row in unit.withheld.told(ORG, 5)] == [5]
            assert {row.mg for row in unit.withheld.stock_under([BATCH])} == {
                row.mg for row in tracing(unit).stock_of([BATCH])
            }
            assert unit.withheld.stock_under([SITE]), "what lies at a site"
        with store.write() as unit:
            unit.withheld.lift(OTHER, [BATCH], idx=9)
        with store.read() as unit:
            assert unit.withheld.open([BATCH]) == []
            assert [(row.hold, row.lifted_idx) for row in unit.withheld.told(ORG, 9)] == [(3, 9), (5, 9)]
            assert unit.withheld.over(ORG, limit=9) == []
