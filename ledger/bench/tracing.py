"""Tracing: everything that was made of a batch by one query, against a search through the same edges in memory.

The tree is a generated one: each batch went into a few others, every tenth of which is a blend of two, so that some are
reached on several ways. Only its edges are stored, which is all that the query reads.
"""

from collections import deque
from random import Random
from typing import Final

from ledger.bench.context import Context
from ledger.bench.frame import Measured, Target, pair, timed
from ledger.core.ids import uuid7
from ledger.store.rows import EdgeRow
from ledger.store.scratch import scratch
from ledger.store.tracing import Tracing
from ledger.store.unit_of_work import ReadUnit, Store

SEED: Final = 5
FANNED: Final = 4
BLENDED: Final = 10
MOST_TIMES_MEMORY: Final = 5
MOST_TIMES_TENFOLD: Final = 15
"""Ten times the answer may take a little more than ten times as long: an index of ten times the size is deeper."""
MILLI: Final = 1_000
GRAMS: Final = 1_000_000


def trace(context: Context) -> list[Measured]:
    """All descendants of a batch by the query / by a search in memory; ten times as many / as many."""
    few, many = context.sizes.traced, 10 * context.sizes.traced
    with scratch() as store:
        roots = {count: _plant(store, count) for count in (few, many)}
        children = _in_memory(store)
        with store.read() as unit:
            found, searched = _by_query(unit, roots[few]), _search(children, roots[few])
            assert found == searched
            assert len(found) == few
            return [
                pair(
                    "trace",
                    "ms",
                    "a search in memory",
                    (
                        lambda: MILLI * timed(lambda: _by_query(unit, roots[few])),
                        lambda: MILLI * timed(lambda: _search(children, roots[few])),
                    ),
                    context.rounds,
                    target=Target("ratio", "at most", MOST_TIMES_MEMORY),
                ),
                pair(
                    "trace: tenfold",
                    "ms",
                    "a tenth of the descendants",
                    (
                        lambda: MILLI * timed(lambda: _by_query(unit, roots[many])),
                        lambda: MILLI * timed(lambda: _by_query(unit, roots[few])),
                    ),
                    context.rounds,
                    target=Target("ratio", "at most", MOST_TIMES_TENFOLD),
                ),
            ]


def _plant(store: Store, count: int) -> str:
    """Store a tree of so many descendants; return its root."""
    random = Random(SEED + count)  # noqa: S311 - a shape, not a secret
    names = [f"batch:{uuid7(count + place, random.randbytes(10))}" for place in range(count + 1)]
    rows = []
    for place in range(1, len(names)):
        parents = {(place - 1) // FANNED}
        if place % BLENDED == 0:
            parents.add(random.randrange(place))
        rows += [EdgeRow(names[place], names[parent], place, GRAMS) for parent in parents]
    with store.write() as unit:
        unit.projections.add_edges(rows)
    return names[0]


def _by_query(unit: ReadUnit, root: str) -> list[str]:
    return [row.batch for row in Tracing(unit.connection, unit.backend).reached(root, "forward")]


def _in_memory(store: Store) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    with store.read() as unit:
        for row in Tracing(unit.connection, unit.backend).all_edges():
            children.setdefault(row.parent, []).append(row.child)
    return children


def _search(children: dict[str, list[str]], root: str) -> list[str]:
    found = {root}
    waiting = deque([root])
    while waiting:
        for child in children.get(waiting.popleft(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    found.remove(root)
    return sorted(found)
