"""From moves to postings: balances are kept, nothing is drawn that is not there.

Postings of one batch sum to zero and name each account once. An over-draw refuses an act; a report draws the
shortfall from ``unexplained`` and says so.
"""

from collections.abc import Mapping

from ledger.core.quantity import kg
from ledger.core.records import Posting
from ledger.errors import Problem
from ledger.rules.accounts import Account, Holding
from ledger.rules.draft import Draft, check_mass


def settle(draft: Draft) -> Mapping[str, tuple[Posting, ...]]:
    """The postings of each batch. Shortfalls object (acts) and are drawn from ``unexplained`` (reports)."""
    draft.state.require(
        account.key for move in draft.moves for account in (move.source, move.target) if isinstance(account, Holding)
    )
    sums: dict[str, dict[Account, int]] = {}
    for move in draft.moves:
        posted = sums.setdefault(move.batch, {})
        taken = move.mg
        if isinstance(move.source, Holding):
            there = draft.state.balance(move.source) + posted.get(move.source, 0)
            taken = min(move.mg, max(there, 0))
            if taken < move.mg:
                _short(draft, move.batch, move.mg - taken, there, move.field)
                posted["unexplained"] = posted.get("unexplained", 0) - (move.mg - taken)
        posted[move.source] = posted.get(move.source, 0) - taken
        posted[move.target] = posted.get(move.target, 0) + move.mg
    for batch, posted in sums.items():
        _check_bounds(draft, batch, posted)
    return {batch: _postings(posted) for batch, posted in sums.items()}


def _check_bounds(draft: Draft, batch: str, posted: Mapping[Account, int]) -> None:
    """No account of a batch, and not what is on hand of it, grows beyond what can be written."""
    known = draft.state.batch(batch)
    totals = known.totals if known is not None else {}
    held = known.on_hand if known is not None else 0
    for account, mg in posted.items():
        if isinstance(account, Holding):
            held += mg
        else:
            check_mass(totals.get(account, 0) + mg, "/sections")
    check_mass(held, "/sections")


def _short(draft: Draft, batch: str, missing: int, there: int, at: str) -> None:
    known = draft.state.batch(batch)
    assert known is not None
    code = "batch_consumed" if known.on_hand == 0 else "holding_overdrawn"
    params: dict[str, str | int] = {"available_kg": kg(max(there, 0)), "missing_kg": kg(missing), "batch": batch}
    draft.objections.append(("overdraw@1", Problem(code, at + "/amount", params)))
    if draft.report:
        draft.note(batch, "unexplained@1", {"kg": kg(missing)})


def _postings(posted: Mapping[Account, int]) -> tuple[Posting, ...]:
    return tuple(Posting(account, mg) for account, mg in posted.items() if mg)
