"""What a shipment carries, and what was said of the trip: the part of ``evolve`` that waybill and crew rest on."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Final

from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import Aggregate, ShipmentState
from ledger.rules.event import Entry
from ledger.rules.state import State

SHIPMENT: Final = "shipment:"
SAYS: Final = frozenset({"shipment_planned", "loaded", "dispatched"})
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
    if entry.event.stage == "transport" and entry.event.verb in SAYS:
        moved.setdefault(str(said["shipment"]), {})
    for key, goods in moved.items():
        held = changes.get(key)
        known = held if isinstance(held, ShipmentState) else state.shipment(key)
        assert known is not None
        sums = {batch: known.cargo.get(batch, 0) + mg for batch, mg in goods.items()}
        cargo = {batch: mg for batch, mg in {**known.cargo, **sums}.items() if mg}
        changes[key] = replace(known, cargo=cargo, statement=_statement(known, entry, key))


def _statement(known: ShipmentState, entry: Entry, key: str) -> dict[str, object]:
    said = entry.event.contents.get("transport", {})
    if entry.event.stage != "transport" or entry.event.verb not in SAYS or said["shipment"] != key:
        return dict(known.statement)
    told = {name: value for name, value in said.items() if name not in NOT_KEPT}
    parties = entry.event.contents.get("parties", {})
    return {**known.statement, **told, **{name: parties[name] for name in ("loader",) if name in parties}}
