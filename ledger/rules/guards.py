"""What stands against using goods: no licence in force, recall, hold, expiry.

Licences are judged at the stated time with what earlier records knew; recalls and holds when the event is decided.
Recall, hold and expiry block use, sale and packing; counting, quarantine, return, sampling and disposal never.
"""

from ledger.core.times import date_ms
from ledger.errors import Problem
from ledger.rules.aggregates import BatchState, ProductState
from ledger.rules.attribution import FOLDED
from ledger.rules.bays import check_bays
from ledger.rules.departure import check_departure
from ledger.rules.draft import Draft
from ledger.rules.holds import check_holds, rule_of
from ledger.rules.lapsed import note_lapsed, would_cover
from ledger.rules.licences import DAY, covers
from ledger.rules.products import product_of_new
from ledger.rules.sale import check_trade
from ledger.rules.signing import check_signing

DEPARTURES = frozenset({"transport.loaded", "transport.dispatched"})


def check_guards(draft: Draft) -> None:
    """Object for each batch moved that no licence covers, or that is recalled, held or expired."""
    batches = sorted({move.batch for move in draft.moves})
    draft.state.require(batches)
    for batch in batches:
        known = draft.state.batch(batch)
        product_id = known.product if known else product_of_new(draft.state, draft.event.contents)
        if draft.kind.licences:
            _licence(draft, batch, draft.state.product(product_id))
        if draft.kind.blocked and known is not None:
            _blocked(draft, known)
    check_holds(draft)
    if draft.event.header.type in DEPARTURES:
        check_departure(draft)
    check_bays(draft)
    check_trade(draft)
    check_signing(draft)


def _licence(draft: Draft, batch: str, product: ProductState | None) -> None:
    org = draft.state.org(draft.actor)
    assert org is not None
    mass = sum(move.mg for move in draft.moves if move.batch == batch)
    if not any(covers(item, draft.kind.licences, product, mass, draft.event.occurred_ms) for item in org.licences):
        params: dict[str, str | int] = {
            "kinds": ", ".join(draft.kind.licences),
            "product": product.name_zh if product else "",
        }
        draft.object("licence@1", Problem("no_licence", "/actor", params), batch)
        note_lapsed(draft, org.id, org.licences, would_cover(draft.kind.licences, product, mass), batch)


def _blocked(draft: Draft, batch: BatchState) -> None:
    at = "/sections/inputs/lines"
    lots = [lot for lot in batch.shares if lot not in (FOLDED, batch.id)]
    draft.state.require(lots)
    recalled = [lot for lot in (batch.id, *lots) if (known := draft.state.batch(lot)) and known.recalled is not None]
    if recalled:
        problem = Problem("batch_recalled", at, {"batch": batch.id, "lot": recalled[0]})
        draft.object("recall@1", problem, batch.id)
    if batch.holds:
        draft.object(rule_of(draft), Problem("batch_on_hold", at, {"batch": batch.id, "by": batch.holds[0]}), batch.id)
    if batch.expires_on is not None and draft.event.occurred_ms >= date_ms(batch.expires_on) + DAY:
        problem = Problem("batch_expired", at, {"batch": batch.id, "expires_on": batch.expires_on})
        draft.object("expiry@1", problem, batch.id)
