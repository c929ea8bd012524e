"""What was made of a batch and what it was made of, however far: recursive queries over who went into whom.

A closure is taken by reference alone, so that a batch which is reached on many ways is visited once: the cost is linear
in the edges between what is reached.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from sqlalchemy import CTE, Select, select, true

from ledger.store.repository import Repository
from ledger.store.rows import EdgeRow, HoldingRow
from ledger.store.scopes import Query
from ledger.store.tables import edges, holdings

Direction = Literal["forward", "backward"]
CHUNK: Final = 2_000
MOST_REACHED: Final = 1_000_000
"""Batches that one answer looks at."""


class Reached(NamedTuple):
    """A batch that was reached, and whether who asks may know of it."""

    batch: str
    seen: bool


class Tracing(Repository):
    """Reading edges without end."""

    __slots__ = ()

    def reached(
        self, batch: str, direction: Direction, scope: Query | None = None, *, ancestry: bool = False
    ) -> list[Reached]:
        """Return all that a batch went into ("forward") or was made of ("backward"), without itself, by reference.

        ``scope``: the batches that who asks may know of, None: all; ``ancestry``: and all that those were made of.
        """
        found = closure(batch, direction)
        seen = true() if scope is None else found.c.batch.in_(_shown(found, scope, ancestry=ancestry))
        query = select(found.c.batch, seen.label("seen")).where(found.c.batch != batch).order_by(found.c.batch)
        rows = self.connection.execute(query.limit(MOST_REACHED))
        return [Reached(str(name), bool(shown)) for name, shown in rows]

    def edges_into(self, children: Iterable[str]) -> list[EdgeRow]:
        """Return what went into each of these, by child, parent and record."""
        rows = self._by_keys(edges, ("child",), ("child", "parent", "idx", "mg"), [*children])
        return sorted(EdgeRow(*row) for row in rows)

    def edges_from(self, parents: Iterable[str]) -> list[EdgeRow]:
        """Return what each of these went into, by child, parent and record."""
        rows = self._by_keys(edges, ("parent",), ("child", "parent", "idx", "mg"), [*parents])
        return sorted(EdgeRow(*row) for row in rows)

    def all_edges(self) -> Iterator[EdgeRow]:
        """Yield every edge there is: for who searches in memory."""
        for row in self.connection.execute(select(edges).execution_options(yield_per=CHUNK)):
            yield EdgeRow(*row)

    def stock_of(self, batches: Iterable[str]) -> list[HoldingRow]:
        """Return the holdings of these batches, by cell."""
        columns = tuple(HoldingRow._fields)
        return sorted(HoldingRow(*row) for row in self._by_keys(holdings, ("batch",), columns, [*batches]))


def closure(batch: str, direction: Direction) -> CTE:
    """Return a recursive table of one column, ``batch``: all that is reached from a batch."""
    start, to = (edges.c.parent, edges.c.child) if direction == "forward" else (edges.c.child, edges.c.parent)
    found = select(to.label("batch")).where(start == batch).cte("reached", recursive=True)
    return found.union(select(to).where(start == found.c.batch))


def _shown(found: CTE, scope: Query, *, ancestry: bool) -> Select[tuple[str]]:
    """Return the reached batches of a scope, and with ``ancestry`` those reached ones that they were made of."""
    bounds = scope.subquery()
    own = select(found.c.batch).where(found.c.batch.in_(select(bounds.c[0])))
    if not ancestry:
        return own
    seen = own.cte("seen", recursive=True)
    older = select(edges.c.parent).where(edges.c.child == seen.c.batch, edges.c.parent.in_(select(found.c.batch)))
    seen = seen.union(older)
    return select(seen.c.batch)
