"""Recalls: which batches one reaches, whom, and who acknowledged. Written with the records, read by pages.

A recall is named by the index of its order. What is made of a reached batch later is reached with its birth; who gets
matter of a reached batch later is reached by the record that brings it.
"""

from collections.abc import Iterable

from sqlalchemy import func, or_, select, update

from ledger.store.repository import Repository
from ledger.store.rows import RecalledRow, RecallHolderRow
from ledger.store.scopes import Query
from ledger.store.tables import recall_holders, recalled


class Recalls(Repository):
    """Reached batches and holders."""

    __slots__ = ()

    # --- written with the records -----------------------------------------------------------------------------------

    def any(self) -> bool:
        """Whether anything was ever recalled."""
        return self._scalar(select(recalled.c.recall).limit(1)) is not None

    def marks_of(self, batches: Iterable[str]) -> dict[str, set[tuple[int, str]]]:
        """Return (recall, lot) of those of the batches that a recall reaches."""
        found: dict[str, set[tuple[int, str]]] = {}
        for batch, recall, lot in self._by_keys(recalled, ("batch",), ("batch", "recall", "lot"), sorted(set(batches))):
            found.setdefault(batch, set()).add((recall, lot))
        return found

    def add_marks(self, rows: Iterable[RecalledRow]) -> None:
        """Store which batches are reached; what was known stays."""
        self._add_missing(recalled, sorted(rows))

    def add_holders(self, rows: Iterable[RecallHolderRow]) -> None:
        """Store who is reached; who was reached before stays with the record that did it first."""
        self._add_missing(recall_holders, sorted(rows, key=lambda row: row[:5]))

    def acknowledge(self, org: str, lots: Iterable[str], *, by: int) -> None:
        """Say that record ``by`` acknowledges, for one organisation, every open recall of these lots."""
        statement = (
            update(recall_holders)
            .where(recall_holders.c.org == org, recall_holders.c.lot.in_(sorted(set(lots))))
            .where(recall_holders.c.acknowledged_idx.is_(None))
            .values(acknowledged_idx=by)
        )
        self.connection.execute(statement)

    # --- read -------------------------------------------------------------------------------------------------------

    def orders(
        self, org: str, scope: Query | None, *, before: int | None = None, open_only: bool = False, limit: int = 50
    ) -> list[int]:
        """Return recalls that reach an organisation or are of lots in a scope (None: of any), newest first.

        ``open_only``: those alone that the organisation itself has not acknowledged.
        """
        mine = select(recall_holders.c.recall).where(recall_holders.c.org == org)
        if open_only:
            query = mine.where(recall_holders.c.acknowledged_idx.is_(None))
            named = query.distinct().subquery()
        else:
            lots = select(recalled.c.recall).where(recalled.c.batch == recalled.c.lot)
            if scope is not None:
                bounds = scope.subquery()
                lots = lots.where(recalled.c.lot.in_(select(bounds.c[0])))
            named = lots.union(mine).subquery()
        found = select(named.c.recall).order_by(named.c.recall.desc()).limit(limit)
        if before is not None:
            found = found.where(named.c.recall < before)
        return [int(row[0]) for row in self.connection.execute(found)]

    def lots(self, recall: int) -> list[str]:
        """Return the lots that an order names, by reference; none: there is no such order."""
        query = select(recalled.c.lot).where(recalled.c.recall == recall, recalled.c.batch == recalled.c.lot)
        return [str(row[0]) for row in self.connection.execute(query.order_by(recalled.c.lot))]

    def holders(self, recall: int) -> list[RecallHolderRow]:
        """Return whom a recall reaches, by organisation and lot."""
        query = select(recall_holders).where(recall_holders.c.recall == recall)
        return self._all(query.order_by(recall_holders.c.org, recall_holders.c.lot), RecallHolderRow)

    def holder(self, org: str, recall: int) -> list[RecallHolderRow]:
        """Return by which lots of a recall an organisation is reached."""
        query = select(recall_holders).where(recall_holders.c.org == org, recall_holders.c.recall == recall)
        return self._all(query.order_by(recall_holders.c.lot), RecallHolderRow)

    def counts(self, recall: int) -> tuple[int, int]:
        """Return how many organisations a recall reaches, and how many of them have something to acknowledge yet."""
        org = func.count(recall_holders.c.org.distinct())
        reached = select(org).where(recall_holders.c.recall == recall)
        open_ = reached.where(recall_holders.c.acknowledged_idx.is_(None))
        return int(self._scalar(reached)), int(self._scalar(open_))

    def reached_by(self, org: str, idx: int) -> list[int]:
        """Return the recalls of which a record is the first news to an organisation: the order, or what brought it."""
        query = select(recall_holders.c.recall).where(
            recall_holders.c.org == org, or_(recall_holders.c.recall == idx, recall_holders.c.idx == idx)
        )
        return sorted({int(row[0]) for row in self.connection.execute(query)})

    def waiting(self, org: str) -> int:
        """Return how many recalls wait for an organisation's acknowledgement."""
        query = select(func.count(recall_holders.c.recall.distinct())).where(
            recall_holders.c.org == org, recall_holders.c.acknowledged_idx.is_(None)
        )
        return int(self._scalar(query))
