"""Statements about others' transfers and shipments: answered as if there were no such thing, before the rules see them.

The rules would refuse a stranger's act and record a stranger's report with a finding: both tell that the thing exists,
and a report would stand on its chain. Who supervises states under rules of its own.
"""

from collections.abc import Iterator
from typing import Final

from api.views import Principal
from api.wiring.known import Known, hidden
from api.wiring.sight import plain_subject
from ledger.rules.aggregates import OrgState, ShipmentState, TransferState
from ledger.rules.event import Event

FOUNDING: Final = {"transfer": "transfer_offered", "shipment": "shipment_planned"}
MOST_SUCCESSIONS: Final = 8


def names_deals(event: Event) -> bool:
    """Whether an event is about a transfer or a shipment."""
    return any(True for _ in _named(event))


def check_known(known: Known, viewer: Principal, event: Event, *, alone: bool) -> None:
    """Refuse a statement about a transfer or shipment of others. NotFoundError.

    A consignor loads goods of its own transfer on any trip that it was told of. ``alone``: nothing that was sent just
    before can be on its way yet, so that what is not on record is not there at all.
    """
    if viewer.org is None or "enterprise" not in plain_subject(viewer).groups:
        return
    own = False
    for kind, ref in _named(event):
        parties = _parties(known, ref)
        if parties is None:
            if alone and event.verb != FOUNDING[kind]:
                raise hidden(ref)
        elif not any(_acts_for(known, viewer.org.ref, party) for party in parties):
            if not (own and event.verb == "loaded"):
                raise hidden(ref)
        else:
            own = True


def _named(event: Event) -> Iterator[tuple[str, str]]:
    """The transfer, then the shipment, that an event names."""
    for kind, section in (("transfer", "parties"), ("shipment", "transport")):
        ref = event.contents.get(section, {}).get(kind)
        if isinstance(ref, str):
            yield kind, ref


def _parties(known: Known, ref: str) -> frozenset[str] | None:
    """Everybody who may know of a transfer or shipment by being party to it; None: there is none."""
    shipment, transfer = known.get(ref, ShipmentState), known.get(ref, TransferState)
    if shipment is not None:
        aboard = [one for name in shipment.transfers if (one := known.get(name, TransferState)) is not None]
        return frozenset(shipment.parties).union(*(one.parties for one in aboard))
    if transfer is not None:
        trips = [trip for name in transfer.shipments if (trip := known.get(name, ShipmentState)) is not None]
        return frozenset(transfer.parties).union(*(trip.parties for trip in trips))
    return None


def _acts_for(known: Known, org: str, party: str) -> bool:
    """Whether an organisation is a party, or has succeeded it."""
    named: str | None = party
    for _ in range(MOST_SUCCESSIONS):
        if named is None or named == org:
            return named is not None
        state = known.get(named, OrgState)
        named = None if state is None else state.successor
    return False
