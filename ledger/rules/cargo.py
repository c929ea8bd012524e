"""What a shipment carries, and what was said of the trip: the part of ``evolve`` that waybill and crew rest on."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Final

from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import Aggregate, ShipmentState
from ledger.rules.event import Entry
from ledger.rules.state import State

SHIPMENT: Final = "shipment:"
SAYS: Final = frozenset({"shipment_planned", "loaded", "dispatched", "carrier_accepted"})
"""Verbs whose ``transport`` section the waybill is made of; what is said later counts."""
NOT_KEPT: Final = frozenset({"shipment", "to_shipment", "compartments"})


def carried(state: State, entry: Entry, changes: MutableMapping[str, Aggregate | int]) -> None:
    """Note in each shipment that the record touches what is in its custody afterwards, and what was said of it."""
    moved: dict[str, dict[str, int]] = {}
    for batch, effects in entry.effects.items():
        for posting in effects.postings:
            account = account_of(posting.account)
            if isinstance(account, Holding) and account.custodian.startswith(SHIPMENT):
                goods = moved.setdefault(account.custodian, {})
                goods[batch] = goods.get(batch, 0) + posting.mg
    said = entry.event.contents.get("transport", {})
    if _says(entry):
        moved.setdefault(str(said["shipment"]), {})
    for key, goods in moved.items():
        held = changes.get(key)
        known = held if isinstance(held, ShipmentState) else state.shipment(key)
        assert known is not None
        sums = {batch: known.cargo.get(batch, 0) + mg for batch, mg in goods.items()}
        cargo = {batch: mg for batch, mg in {**known.cargo, **sums}.items() if mg}
        changes[key] = replace(known, cargo=cargo, statement=_statement(known, entry, key))


def _says(entry: Entry) -> bool:
    return entry.event.stage == "transport" and entry.event.verb in SAYS


def _statement(known: ShipmentState, entry: Entry, key: str) -> dict[str, object]:
    """What was said so far and now. Only who arranges, carries or sends the whole shipment speaks of the trip."""
    said, actor = entry.event.contents.get("transport", {}), entry.event.header.actor
    if entry.event.verb == "handed_over" and said.get("to_shipment") == key:
        return {**known.statement, "loader": actor}  # who puts goods onto the next vehicle loads it
    if not _says(entry) or said["shipment"] != key:
        return dict(known.statement)
    told: dict[str, object] = {}
    if actor in (known.arranger, known.carrier, known.consignor):
        told = {name: value for name, value in said.items() if name not in NOT_KEPT}
    if entry.event.verb == "loaded":
        told["loader"] = entry.event.contents.get("parties", {}).get("loader", actor)
    return {**known.statement, **told}
