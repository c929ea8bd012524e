"""How many findings a scope has, by severity and age: those of ``Findings``, without making each of them."""

from typing import Final

from ledger.services.findings import SEVERITIES, Findings, plain, severity_of
from ledger.store.found import Turn, Wanted
from ledger.store.found_counts import AGES, Ages, FoundCounts, ages_of
from ledger.store.scopes import Scope

NONE: Final[Ages] = (0,) * (len(AGES) + 1)


class FindingCounts(Findings):
    """Findings at a time, counted."""

    def by_severity(self, scope: Scope, wanted: Wanted) -> dict[str, Ages]:
        """Return how many findings there are, the gravest first; every severity is there."""
        scope = plain(scope)
        counts = FoundCounts(self._unit.connection, self._unit.backend)
        found: dict[str, list[int]] = {severity: list(NONE) for severity in SEVERITIES}
        for severity, ages in counts.stored(scope, wanted, self._as_of).items():
            _add(found[severity], ages)
        for rule, ages in counts.due(scope, wanted, self._spans(wanted), self._as_of).items():
            _add(found[severity_of(rule)], ages)
        for one in self._few(scope, wanted, Turn()):
            found[one.severity][ages_of(one.since_ms, self._as_of)] += 1
        return {severity: tuple(ages) for severity, ages in found.items()}


def _add(sums: list[int], ages: Ages) -> None:
    for place, many in enumerate(ages):
        sums[place] += many
