"""Corrections: void by reference, post only the difference, where the matter still lies.

What is no longer there goes to ``unexplained`` with a finding. An event is voided at most once; what came of it is
flagged on reading, never rewritten.
"""

from dataclasses import replace
from types import MappingProxyType

from ledger.rules.accounts import Account, account_of
from ledger.rules.consignment import RESTATED as STATEMENT
from ledger.rules.draft import Draft, Move, reference, stop
from ledger.rules.event import Entry
from ledger.rules.moving import AGREEMENT
from ledger.rules.statements import check_statement
from ledger.rules.verbs import VERBS
from ledger.rules.verbs.consigned import check_corrected

NOT_RESTATED = frozenset({"counted", "emptied", "event_corrected"})


def corrected(draft: Draft) -> None:
    """Void the event that the one ``voids`` ref names; sections given here replace its own."""
    voided, at = reference(draft, "voids")
    former = draft.state.former(voided)
    if former is None:
        raise stop("unknown_event", at + "/hash", event=voided)
    if draft.state.voided(voided) is not None:
        raise stop("already_voided", at + "/hash", event=voided)
    entry = former.entry
    if entry.event.header.actor != draft.actor:
        raise stop("not_for_this_actor", "/actor")
    if entry.event.stage == "governance" or entry.event.verb in AGREEMENT:
        raise stop("not_correctable", at + "/hash", type=entry.event.header.type)
    check_corrected(draft, voided)
    wanted = _restated(draft, entry)
    posted = _posted(entry)
    draft.state.require(wanted)
    for batch in sorted(wanted.keys() | posted.keys()):
        if draft.state.batch(batch) is None:
            raise stop("unknown_batch", "/sections/outputs/lines/0/batch", batch=batch)
        _difference(draft, batch, posted.get(batch, {}), wanted.get(batch, {}), at)
        draft.chains.add(batch)
        draft.note(batch, "corrected@1", {"event": voided})
    draft.chains.update(entry.effects)


def _posted(entry: Entry) -> dict[str, dict[Account, int]]:
    return {
        chain: {account_of(posting.account): posting.mg for posting in effects.postings}
        for chain, effects in entry.effects.items()
        if effects.postings
    }


def _restated(draft: Draft, entry: Entry) -> dict[str, dict[Account, int]]:
    given = {name: content for name, content in draft.event.contents.items() if name in STATEMENT}
    if not given:
        return {}
    if entry.event.verb in NOT_RESTATED:
        raise stop("not_restatable", "/sections", type=entry.event.header.type)
    contents = {**entry.event.contents, **given}
    header = replace(entry.event.header, mode="report")
    kind = check_statement(header.type, "report", frozenset(contents), contents)
    event = replace(entry.event, header=header, contents=MappingProxyType(contents))
    sheet = replace(draft, event=event, kind=kind, moves=[], births={}, chains=set(), findings=[], objections=[])
    sheet.restating = True
    sheet.transfer = draft.transfer
    VERBS[kind.verb](sheet)
    return _sums(sheet.moves)


def _sums(moves: list[Move]) -> dict[str, dict[Account, int]]:
    sums: dict[str, dict[Account, int]] = {}
    for move in moves:
        posted = sums.setdefault(move.batch, {})
        posted[move.source] = posted.get(move.source, 0) - move.mg
        posted[move.target] = posted.get(move.target, 0) + move.mg
    return sums


def _difference(draft: Draft, batch: str, before: dict[Account, int], after: dict[Account, int], at: str) -> None:
    gaps = {account: after.get(account, 0) - before.get(account, 0) for account in {**before, **after}}
    giving = [account for account, gap in gaps.items() if gap < 0]
    for target in [account for account, gap in gaps.items() if gap > 0]:
        while gaps[target]:
            source = giving[-1]
            mg = min(-gaps[source], gaps[target])
            draft.moves.append(Move(batch, source, target, mg, at))
            gaps[source] += mg
            gaps[target] -= mg
            if not gaps[source]:
                giving.pop()
