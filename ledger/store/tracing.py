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
        seen = true() if scope is None else found.c.batch.in_(_bounded(scope))
        query = select(found.c.batch, seen.label("seen")).where(found.c.batch != batch).order_by(found.c.batch)
        rows = self.connection.execute(query.limit(MOST_REACHED))
        marked = [Reached(str(name), bool(shown)) for name, shown in rows]
        if not ancestry or scope is None or not any(row.seen for row in marked):
            return marked
        shown = self._with_ancestry(found, {row.batch for row in marked if row.seen})
        return [Reached(row.batch, row.batch in shown) for row in marked]

    def _with_ancestry(self, found: CTE, seen: set[str]) -> set[str]:
        """Return what is seen, and what it was made of.

        The edges are read once and followed here: a recursion over a recursion is quadratic in both databases.
        """
        made_of: dict[str, list[str]] = {}
        query = select(edges.c.child, edges.c.parent).join(found, found.c.batch == edges.c.child)
        for child, parent in self.connection.execute(query):
            made_of.setdefault(child, []).append(parent)
        shown, waiting = set(seen), [*seen]
        while waiting:
            for parent in made_of.get(waiting.pop(), ()):
                if parent not in shown:
                    shown.add(parent)
                    waiting.append(parent)
        return shown

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


def _bounded(scope: Query) -> Select[tuple[str]]:
    bounds = scope.subquery()
    return select(bounds.c[0])
