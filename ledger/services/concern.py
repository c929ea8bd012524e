"""Whom a record concerns: who stated it, who is named as a party, who owns or holds what it moves.

A carrier is concerned by what its shipment carries, the parties of a transfer by every step of it. What is concerned
is written as a projection with the record itself, so that nobody waits for a notice that a crash has lost.
"""

from collections.abc import Callable, Iterable

from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import ContainerState, ShipmentState, SiteState, TransferState
from ledger.rules.event import Entry
from ledger.rules.state import Value
from ledger.store.rows import DealRow

Lookup = Callable[[str], Value]
"""The value of a key after the record."""

ORG, SHIPMENT, SITE, TRANSFER = "org:", "shipment:", "site:", "transfer:"
CONTAINER = "container:"
HOLDS = frozenset({"hold_placed", "hold_released"})


def concerned(entry: Entry, lookup: Lookup) -> tuple[str, ...]:
    """Return the organisations that a record concerns, sorted."""
    found = {entry.event.header.actor}
    found.update(_named(entry))
    found.update(_held(entry, lookup))
    for chain, effects in entry.effects.items():
        found.update(_of_chain(chain, lookup))
        for posting in effects.postings:
            account = account_of(posting.account)
            if isinstance(account, Holding):
                found.add(account.owner)
                found.update(_of_chain(account.custodian, lookup))
    return tuple(sorted(found))


def _named(entry: Entry) -> Iterable[str]:
    """The organisations that the sections name as parties."""
    for section in ("parties", "licence", "organisation"):
        for value in entry.event.contents.get(section, {}).values():
            if isinstance(value, str) and value.startswith(ORG):
                yield value


def _held(entry: Entry, lookup: Lookup) -> Iterable[str]:
    """Whose the containers are that a hold names, and who has what is in them."""
    if entry.event.verb not in HOLDS:
        return
    for chain in entry.effects:
        state = lookup(chain) if chain.startswith(CONTAINER) else None
        if isinstance(state, ContainerState):
            yield state.org
            yield from _of_chain(state.holder, lookup)


def _of_chain(chain: str, lookup: Lookup) -> Iterable[str]:
    if chain.startswith(ORG):
        return (chain,)
    if chain.startswith((SHIPMENT, SITE, TRANSFER)):
        return parties(lookup(chain))
    return ()


def parties(state: Value) -> tuple[str, ...]:
    """Return the organisations behind a transfer, a shipment or a site, sorted; none for anything else."""
    match state:
        case TransferState() | ShipmentState():
            return tuple(sorted(state.parties))
        case SiteState():
            return (state.org,)
        case _:
            return ()


def deals_of(key: str, state: Value, index: int) -> tuple[DealRow, ...]:
    """Return a transfer or shipment as each of its parties lists it; none for anything else."""
    match state:
        case TransferState():
            sides = {org: _side(state, org) for org in parties(state)}
            return tuple(DealRow(org, key, "transfer", side, state.status, index) for org, side in sides.items())
        case ShipmentState():
            found = {org: _place(state, org) for org in parties(state)}
            return tuple(DealRow(org, key, "shipment", side, state.step, index) for org, side in found.items())
        case _:
            return ()


def goods_of(key: str, state: Value, lookup: Lookup) -> tuple[tuple[str, str], ...]:
    """Return the batches that a transfer or shipment is about, as (reference, batch); none for anything else.

    A shipment is about what it has aboard, and what was agreed in the transfers that it is planned for.
    """
    match state:
        case TransferState():
            found = {*state.goods, *(batch for tally in state.tallies.values() for batch in tally)}
        case ShipmentState():
            carried = (deal for name in state.transfers if isinstance(deal := lookup(name), TransferState))
            found = {*state.cargo, *(batch for deal in carried for batch in deal.goods)}
        case _:
            return ()
    return tuple((key, batch) for batch in sorted(found))


def _side(transfer: TransferState, org: str) -> str:
    if org in transfer.givers and org in transfer.takers:
        return "both"
    return "giver" if org in transfer.givers else "taker"


def _place(shipment: ShipmentState, org: str) -> str:
    if org in shipment.carriers:
        return "carrier"
    return "giver" if org == shipment.consignor else "taker" if org == shipment.consignee else "arranger"
