"""Writing and reading watches and runs of counters."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Executable, and_, delete, literal_column, select

from ledger.rules.watching import STATIC, Watch
from ledger.store.repository import Repository
from ledger.store.sql import Plan, Source, plain_type
from ledger.store.tables import counter_runs, watches

_STATIC: Final[Any] = literal_column(f"'{STATIC}'")
Device = tuple[str, str]
"""An organisation and the name of one of its devices."""


class Run(NamedTuple):
    """Numbers of a device without a gap: see ``counter_runs``."""

    org: str
    device: str
    first: int
    last: int
    first_idx: int
    last_idx: int
    first_ms: int


class Watching(Repository):
    """Watches by chain, runs by device."""

    __slots__ = ()

    def put(
        self, chains: Iterable[str], rows: Iterable[Watch], resting: Mapping[tuple[str, str], Watch | None]
    ) -> None:
        """Let ``rows`` take the place of all watches of these chains; ``resting`` those of stock, None: it is gone."""
        _DROP.run(self.connection, self.backend, [(chain,) for chain in sorted(set(chains))])
        self._insert(watches, sorted(rows))
        gone = sorted(key for key, row in resting.items() if row is None)
        _DROP_RESTING.run(self.connection, self.backend, gone)
        kept = sorted(row for row in resting.values() if row is not None)
        self._upsert(watches, kept, update=("org", "kinds", "anchor_ms", "site"))

    def runs(self, org: str, device: str, low: int, high: int) -> list[Run]:
        """Return the runs of a device that hold a number from ``low`` to ``high`` or touch that range."""
        own = (counter_runs.c.org == org, counter_runs.c.device == device)
        touching = and_(counter_runs.c.first <= high + 1, counter_runs.c.last >= low - 1)
        return self._all(select(counter_runs).where(*own, touching).order_by(counter_runs.c.first), Run)

    def replace_runs(self, old: Sequence[Run], new: Sequence[Run]) -> None:
        """Put runs in the place of others."""
        _DROP_RUN.run(self.connection, self.backend, [row[:3] for row in old])
        self._insert(counter_runs, new)

    def one(self, chain: str, rule: str, part: str) -> Watch | None:
        """Return one watch."""
        key = (watches.c.chain == chain, watches.c.rule == rule, watches.c.part == part)
        return self._one(select(watches).where(*key), Watch)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the rules and kinds of which there are watches."""
        query = select(watches.c.rule, watches.c.kinds).distinct()
        return [(str(rule), str(kinds)) for rule, kinds in self.connection.execute(query)]


def merged(runs: Iterable[Run]) -> list[Run]:
    """Return runs of one device as few as can be, by their numbers. A number that came twice keeps its first record."""
    made: list[Run] = []
    for run in sorted(runs, key=lambda one: (one.first, one.first_idx)):
        last = made[-1] if made else None
        if last is None or run.first > last.last + 1:
            made.append(run)
        elif run.last > last.last:
            made[-1] = last._replace(last=run.last, last_idx=run.last_idx)
    return made


def _drop(source: Source) -> Executable:
    return delete(watches).where(watches.c.chain == source["chain"], watches.c.rule != _STATIC)


def _drop_resting(source: Source) -> Executable:
    key = (watches.c.chain == source["chain"], watches.c.part == source["part"])
    return delete(watches).where(*key, watches.c.rule == _STATIC)


def _drop_run(source: Source) -> Executable:
    names = ("org", "device", "first")
    return delete(counter_runs).where(*[counter_runs.c[name] == source[name] for name in names])


_DROP = Plan({"chain": plain_type(watches, "chain")}, _drop)
_DROP_RESTING = Plan({name: plain_type(watches, name) for name in ("chain", "part")}, _drop_resting)
_DROP_RUN = Plan({name: plain_type(counter_runs, name) for name in ("org", "device", "first")}, _drop_run)
