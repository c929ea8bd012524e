"""When an act may be stated: close to when it is recorded. A report may be late, and says by how much."""

from ledger.core.times import parse_stated
from ledger.errors import Problem
from ledger.rules.draft import Draft, stop

SECOND, DAY = 1000, 86_400_000


def check_times(draft: Draft) -> None:
    """Nothing from the future, nothing past its ``not_after``; acts within the skew, reports late or backdated."""
    occurred, recorded = draft.event.occurred_ms, draft.recorded_at_ms
    skew = draft.rules.parameter("occurred_skew@1", "seconds") * SECOND
    until = draft.event.header.not_after
    if until is not None and recorded > parse_stated(until):
        raise stop("not_after_passed", "/not_after", not_after=until)
    if occurred > recorded + skew:
        raise stop("occurred_in_future", "/occurred_at", seconds=(occurred - recorded) // SECOND)
    late = recorded - occurred
    if not draft.report:
        if late > skew:
            draft.object("occurred_skew@1", Problem("act_too_late", "/occurred_at", {"seconds": late // SECOND}))
        return
    for rule in ("backdated@1", "late_report@1"):
        if late > draft.rules.parameter(rule, "days") * DAY:
            draft.note("*", rule, {"days": late // DAY})
            return
