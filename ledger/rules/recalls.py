"""When a recall that reaches somebody should have been acknowledged: a pure function of what is known and a time."""

from dataclasses import dataclass
from typing import Final

from ledger.core.times import format_utc
from ledger.rules.deadlines import Due
from ledger.rules.manifest import RuleSet

RULE: Final = "recall_unacknowledged@1"
HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Reached:
    """The recall of ``lot`` by the order at index ``recall`` reached an organisation at a time (epoch milliseconds)."""

    recall: int
    lot: str
    org: str
    reached_at_ms: int
    acknowledged: bool = False


def acknowledge_by(one: Reached, rules: RuleSet) -> int | None:
    """Until when it should be acknowledged; None where no rule in force asks for it."""
    if rules.level(RULE, one.org, one.reached_at_ms) is None:
        return None
    return one.reached_at_ms + rules.parameter(RULE, "hours") * HOUR_MS


def overdue(one: Reached, as_of_ms: int, rules: RuleSet) -> Due | None:
    """The finding that it is overdue at a time; None where it is not."""
    until = acknowledge_by(one, rules)
    if one.acknowledged or until is None or as_of_ms <= until:
        return None
    return Due(RULE, one.lot, one.org, until, {"recall": one.recall, "reached_at": format_utc(one.reached_at_ms)})
