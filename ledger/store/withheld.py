"""Holds: whose goods each one stops, and since and until which record. Written with the records, read by pages.

A hold is named by the index of the event that placed it. Who placed it has a row of its own, so that it is known where
nobody has goods.
"""

from collections.abc import Iterable

from sqlalchemy import or_, select, update

from ledger.store.repository import Repository
from ledger.store.rows import HoldingRow, HoldReachRow
from ledger.store.tables import deals, hold_reach, holdings, search


class Withheld(Repository):
    """Whom holds reach."""

    __slots__ = ()

    # --- written with the records -----------------------------------------------------------------------------------

    def open(self, refs: Iterable[str]) -> list[HoldReachRow]:
        """Return whom the holds on these batches, sites and containers reach that are not lifted."""
        query = select(hold_reach).where(hold_reach.c.ref.in_(sorted(set(refs))), hold_reach.c.lifted_idx.is_(None))
        return self._all(query.order_by(hold_reach.c.hold, hold_reach.c.ref, hold_reach.c.org), HoldReachRow)

    def stock_under(self, refs: Iterable[str]) -> list[HoldingRow]:
        """Return the holdings of these batches, at these sites and in these containers, by cell."""
        wanted = sorted(set(refs))
        columns, found = tuple(HoldingRow._fields), set[HoldingRow]()
        for key in ("batch", "site", "container"):
            found.update(HoldingRow(*row) for row in self._by_keys(holdings, (key,), columns, wanted))
        return sorted(found)

    def add(self, rows: Iterable[HoldReachRow]) -> None:
        """Store who is reached; who was reached before stays with the record that did it first."""
        self._add_missing(hold_reach, sorted(rows, key=lambda row: row[:5]))

    def lift(self, by: str, refs: Iterable[str], *, idx: int) -> None:
        """Say that record ``idx`` lifts the holds of one organisation on these things."""
        statement = (
            update(hold_reach)
            .where(hold_reach.c.placed_by == by, hold_reach.c.ref.in_(sorted(set(refs))))
            .where(hold_reach.c.lifted_idx.is_(None))
            .values(lifted_idx=idx)
        )
        self.connection.execute(statement)

    # --- read -------------------------------------------------------------------------------------------------------

    def told(self, org: str, idx: int) -> list[HoldReachRow]:
        """Return the holds of which a record tells an organisation: it places, lifts, or first comes under them."""
        query = select(hold_reach).where(
            hold_reach.c.org == org,
            or_(hold_reach.c.hold == idx, hold_reach.c.idx == idx, hold_reach.c.lifted_idx == idx),
        )
        return self._all(query.order_by(hold_reach.c.hold, hold_reach.c.ref), HoldReachRow)

    def over(self, org: str, *, limit: int) -> list[HoldReachRow]:
        """Return the holds of others on what an organisation has now, newest first.

        Its own sites and containers, and what it owns, has in its hands or carries of a batch, at a site, in a drum.
        """
        trips = select(deals.c.ref).where(deals.c.org == org, deals.c.kind == "shipment")
        hands = or_(holdings.c.owner == org, holdings.c.custodian == org, holdings.c.custodian.in_(trips))
        under = or_(*[holdings.c[key] == hold_reach.c.ref for key in ("batch", "site", "container")])
        own = select(search.c.id).where(search.c.kind.in_(("site", "container")), search.c.org == org)
        query = select(hold_reach).where(
            hold_reach.c.org == org,
            hold_reach.c.placed_by != org,
            hold_reach.c.lifted_idx.is_(None),
            or_(hold_reach.c.ref.in_(own), select(holdings.c.batch).where(under, hands).exists()),
        )
        return self._all(query.order_by(hold_reach.c.hold.desc(), hold_reach.c.ref).limit(limit), HoldReachRow)
