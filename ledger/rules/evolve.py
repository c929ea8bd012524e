"""What a record changes: the aggregates after it. Pure; the append path, rebuild and audit call the same function."""

from collections.abc import Mapping
from dataclasses import replace

from ledger.core.effects import SOURCES, Effects
from ledger.rules import moving
from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import Aggregate, BatchState, BayState, VoidedState
from ledger.rules.cargo import carried
from ledger.rules.event import Entry
from ledger.rules.grants import GRANTS
from ledger.rules.labels import LABELS
from ledger.rules.master import MASTER
from ledger.rules.permits import drawn
from ledger.rules.products import product_of_new
from ledger.rules.requests import REQUESTS
from ledger.rules.state import BAY, State

Changes = dict[str, Aggregate | int]
_GOVERNED = {**MASTER, **REQUESTS, **GRANTS}


def evolve(state: State, entry: Entry) -> Changes:
    """The keys that the record changes, with their new values (cells in milligrams). Raises ``NotLoaded``."""
    changes: Changes = {}
    for chain, effects in entry.effects.items():
        if chain.startswith("batch:"):
            _batch(state, entry, chain, effects, changes)
    _fill(state, entry, changes)
    _stored(state, entry, changes)
    verb = entry.event.verb
    if entry.event.stage == "governance":
        change = _GOVERNED.get(verb)
        if change is not None:
            change(state, entry, changes)
    elif verb == "cleaned":
        _cleaned(state, entry, changes)
    elif verb == "inspected":
        _inspected(state, entry, changes)
    elif verb in LABELS:
        LABELS[verb](state, entry, changes)
    moving.changed(state, entry, changes)
    carried(state, entry, changes)
    drawn(state, entry, changes)
    for ref in entry.event.header.refs:
        if ref.rel == "voids" and verb == "event_corrected":
            changes["voided:" + ref.hash] = VoidedState(entry.index)
    return changes


def _batch(state: State, entry: Entry, chain: str, effects: Effects, changes: Changes) -> None:
    known = state.batch(chain)
    if known is None:
        known = _born(state, entry, chain, effects)
    totals = dict(known.totals)
    on_hand = known.on_hand
    for posting in effects.postings:
        account = account_of(posting.account)
        if isinstance(account, Holding):
            on_hand += posting.mg
            changes[account.key] = state.balance(account) + posting.mg
        else:
            totals[account] = totals.get(account, 0) + posting.mg
    voided = entry.event.verb == "event_corrected"
    changes[chain] = replace(
        known,
        totals={account: mg for account, mg in totals.items() if mg},
        on_hand=on_hand,
        corrected=(*known.corrected, entry.index) if voided else known.corrected,
    )


def _born(state: State, entry: Entry, chain: str, effects: Effects) -> BatchState:
    contents = entry.event.contents
    product = contents.get("product", {})
    time = contents.get("time", {})
    parents = tuple(
        sorted(
            other
            for other, side in entry.effects.items()
            if any(posting.account == "transformed" for posting in side.postings)
        )
    )
    source = next(str(posting.account) for posting in effects.postings if posting.account in SOURCES)
    made_here = source == "produced"
    producer = product.get("producer", entry.event.header.actor if made_here else None)
    expires, retest = time.get("expires_on"), time.get("retest_on")
    return BatchState(
        id=chain,
        product=product_of_new(state, contents),
        lot=str(product.get("lot", "")),
        source=source,
        producer=None if producer is None else str(producer),
        born=entry.index,
        born_at=entry.event.occurred_ms,
        expires_on=None if expires is None else str(expires),
        retest_on=None if retest is None else str(retest),
        estimate=product.get("estimate") is True,
        shares={share.batch: share.ppb for share in effects.shares},
        parents=parents,
        founder=entry.event.header.actor,
    )


def _fill(state: State, entry: Entry, changes: Changes) -> None:
    """What each container holds afterwards. A fill cycle begins when nothing of the former fill is left."""
    fills: dict[str, dict[str, int]] = {}
    holders: dict[str, str] = {}
    for batch, effects in entry.effects.items():
        for posting in effects.postings:
            account = account_of(posting.account)
            if isinstance(account, Holding) and account.vessel is not None:
                fill = fills.setdefault(account.vessel, {})
                fill[batch] = fill.get(batch, 0) + posting.mg
                if posting.mg > 0:
                    holders[account.vessel] = account.custodian
    state.require(fills)
    for vessel, fill in fills.items():
        known = state.container(vessel)
        assert known is not None
        sums = {batch: known.contents.get(batch, 0) + mg for batch, mg in fill.items()}
        contents = {batch: mg for batch, mg in {**known.contents, **sums}.items() if mg}
        fresh = bool(contents) and not contents.keys() & known.contents.keys()
        changes[vessel] = replace(
            known, contents=contents, cycle=known.cycle + fresh, clean=False, holder=holders.get(vessel, known.holder)
        )


def _stored(state: State, entry: Entry, changes: Changes) -> None:
    """What lies at each location of a site afterwards, by product."""
    moved: dict[str, dict[str, int]] = {}
    for batch, effects in entry.effects.items():
        for posting in effects.postings:
            account = account_of(posting.account)
            if isinstance(account, Holding) and account.site is not None:
                known = changes[batch]
                assert isinstance(known, BatchState)
                lot = moved.setdefault(account.place, {})
                lot[known.product] = lot.get(known.product, 0) + posting.mg
    state.require(BAY + place for place in moved)
    for place, goods in moved.items():
        there = state.bay(place)
        before = {} if there is None else there.stored
        sums = {product: before.get(product, 0) + mg for product, mg in goods.items()}
        changes[BAY + place] = BayState({product: mg for product, mg in {**before, **sums}.items() if mg})


def _items(entry: Entry) -> list[Mapping[str, object]]:
    items = entry.event.contents.get("containers", {}).get("items", [])
    assert isinstance(items, list)
    return [item for item in items if isinstance(item, dict)]


def _cleaned(state: State, entry: Entry, changes: Changes) -> None:
    for item in _items(entry):
        known = state.container(str(item["container"]))
        assert known is not None
        changes[known.id] = replace(known, clean=True)


def _inspected(state: State, entry: Entry, changes: Changes) -> None:
    for item in _items(entry):
        known = state.container(str(item["container"]))
        due = item.get("inspection_due")
        assert known is not None
        if due is not None:
            changes[known.id] = replace(known, inspection_due=str(due))
