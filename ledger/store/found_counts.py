"""How many findings there are, by rule and age: the lists of ``ledger.store.found``, counted in the database."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, select

from ledger.rules.watching import Span
from ledger.store.found import Wanted, due_in, of_scope, stored_bounds
from ledger.store.repository import Repository
from ledger.store.scopes import Scope

DAY_MS: Final = 86_400_000
AGES: Final = (1, 7, 30)
"""Days at which a finding goes over into the next age."""

Ages = tuple[int, ...]
"""How many are younger than each of ``AGES``, and how many older than the last: one more than ``AGES`` has."""


def ages_of(since_ms: int, now_ms: int) -> int:
    """Which age a finding is of: an index into ``Ages``."""
    return sum(since_ms <= now_ms - days * DAY_MS for days in AGES)


class FoundCounts(Repository):
    """Counting findings."""

    __slots__ = ()

    def stored(self, scope: Scope, wanted: Wanted, now_ms: int) -> dict[str, Ages]:
        """Return how many stored findings there are, by severity."""
        found = of_scope(scope).where(*stored_bounds(wanted)).subquery()
        return self._counted(found.c.severity, found.c.recorded_at_ms, now_ms)

    def due(
        self, scope: Scope, wanted: Wanted, spans: Sequence[tuple[str, str, Span]], as_of_ms: int
    ) -> dict[str, Ages]:
        """Return how many watches are findings at a time, by rule; ``spans``: (rule, kinds, when)."""
        if not spans:
            return {}
        query, _ = due_in(scope, wanted, spans, as_of_ms)
        found = query.subquery()
        return self._counted(found.c.rule, found.c.since_ms, as_of_ms)

    def _counted(self, by: ColumnElement[str], since: ColumnElement[int], now_ms: int) -> dict[str, Ages]:
        edges = [now_ms - days * DAY_MS for days in AGES]
        ages = [
            since > edges[0],
            *(and_(since <= new, since > old) for new, old in pairwise(edges)),
            since <= edges[-1],
        ]
        query = select(by, *(func.sum(case((age, 1), else_=0)) for age in ages)).group_by(by)
        return {str(row[0]): tuple(int(one) for one in row[1:]) for row in self.connection.execute(query)}
