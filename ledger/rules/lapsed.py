"""What was done under a licence that had ended at the stated time: a finding of its own name (``licence_expired@1``).

It stands beside the objection of the rule that asks for the licence, and tells an ended paper from none at all. The
paper named is the one that ended last.
"""

from collections.abc import Callable, Iterable
from typing import Final

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.rules.aggregates import LicenceState, ProductState
from ledger.rules.draft import Draft
from ledger.rules.licences import DAY, in_scope

RULE: Final = "licence_expired@1"
Fits = Callable[[LicenceState], bool]


def would_cover(kinds: Iterable[str], product: ProductState | None, mg: int) -> Fits:
    """Whether a licence is of one of these kinds and its scope covers product and mass, whenever it is in force."""
    named = frozenset(kinds)
    return lambda one: one.kind in named and not one.most_mg_exceeded(mg) and in_scope(one, product)


def note_lapsed(draft: Draft, org: str, licences: Iterable[LicenceState], fits: Fits, chain: str) -> None:
    """Note on a chain which licence of an organisation would have fitted, had it not ended before the stated time."""
    at_ms = draft.event.occurred_ms
    ended = [one for one in licences if one.valid_to + DAY <= at_ms and fits(one)]
    if not ended:
        return
    last = max(ended, key=lambda one: (one.valid_to, one.id))
    data: dict[str, Json] = {
        "organisation": org,
        "licence": last.id,
        "kind": last.kind,
        "number": last.number,
        "valid_to": format_utc(last.valid_to)[:10],
    }
    draft.note(chain, RULE, data)
