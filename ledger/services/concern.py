"""Whom a record concerns: who stated it, who is named as a party, who owns or holds what it moves.

A carrier is concerned by what its shipment carries, the parties of a transfer by every step of it. What is concerned
is written as a projection with the record itself, so that nobody waits for a notice that a crash has lost.
"""

from collections.abc import Callable, Iterable

from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import ShipmentState, SiteState
from ledger.rules.event import Entry
from ledger.rules.state import Value

Lookup = Callable[[str], Value]
"""The value of a key after the record."""

ORG, SHIPMENT, SITE = "org:", "shipment:", "site:"


def concerned(entry: Entry, lookup: Lookup) -> tuple[str, ...]:
    """Return the organisations that a record concerns, sorted."""
    found = {entry.event.header.actor}
    found.update(_named(entry))
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


def _of_chain(chain: str, lookup: Lookup) -> Iterable[str]:
    if chain.startswith(ORG):
        return (chain,)
    if chain.startswith((SHIPMENT, SITE)):
        return parties(lookup(chain))
    return ()


def parties(state: Value) -> tuple[str, ...]:
    """Return the organisations behind a shipment or a site; none for anything else."""
    match state:
        case ShipmentState():
            named = (state.arranger, state.carrier, state.consignor, state.consignee)
            return tuple(org for org in named if org is not None)
        case SiteState():
            return (state.org,)
        case _:
            return ()
