"""How transfers and shipments change by what is stated of them (part of ``evolve``)."""

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from ledger.core.quantity import milligrams
from ledger.core.times import date_ms, parse_stated
from ledger.rules import consignment
from ledger.rules.aggregates import SHIPMENT_STEPS, Aggregate, LegState, ShipmentState
from ledger.rules.draft import mass_of
from ledger.rules.event import Entry, Event
from ledger.rules.state import State
from ledger.rules.transfer_state import FilingState, SettlementState, StandingState, TransferState

Changes = MutableMapping[str, Aggregate | int]
AGREEMENT = frozenset(
    {"transfer_offered", "transfer_agreed", "transfer_declined", "transfer_cancelled", "difference_settled"}
)
STEPS = {
    "loaded": "loaded",
    "dispatched": "dispatched",
    "departed": "departed",
    "diverted": "departed",
    "arrived": "arrived",
    "unloaded": "unloaded",
}
FILED_LISTS = frozenset(
    {"highly_toxic", "explosive_precursor", "drug_precursor_1", "drug_precursor_2", "drug_precursor_3"}
)
OF_SHIPMENTS = frozenset({*STEPS, "shipment_planned", "carrier_accepted", "handed_over", "delivered", "refused"})
PER_VEHICLE = frozenset({"dispatched", "departed", "diverted", "arrived"})
"""Steps of a whole shipment; every other one is about the consignment that it names."""


def step_key(step: str, transfer: str | None) -> str:
    """The key of a step in ``ShipmentState.steps``."""
    return step if transfer is None or step in PER_VEHICLE else f"{step}|{transfer}"


def changed(state: State, entry: Entry, changes: Changes) -> None:
    """Write what a record changes of transfers and shipments."""
    event = entry.event
    key = consignment.transfer_named(event)
    if event.verb in OF_SHIPMENTS:
        _shipment(state, entry, changes)
    elif event.verb == "received" and key is not None:
        _landed(state, event, key, changes)
    if event.verb == "event_corrected":
        _corrected(state, entry, changes)
    elif key is not None and event.verb == "transfer_offered":
        _offered(state, entry, key, changes)
    elif key is not None:
        _stepped(state, entry, key, changes)


# --- agreements


def goods_of(event: Event) -> tuple[dict[str, int], int]:
    """The chosen batches of an offer with their milligrams, and the sum; for goods not chosen yet only the sum."""
    goods = consignment.masses(event)
    if "quantity" in event.contents and not goods:
        return {}, mass_of(event.contents["quantity"], "/sections/quantity")
    return goods, sum(goods.values())


def standing_of(event: Event) -> StandingState | None:
    """The terms of a standing agreement, as an offer states them."""
    stated: Any = event.contents.get("commercial", {}).get("standing")
    if stated is None:
        return None
    return StandingState(date_ms(stated["from"]), date_ms(stated["to"]), milligrams(stated["most_kg"], "kg"))


def called_off(state: State, event: Event) -> str | None:
    """The standing agreement that an offer names by its ``order`` ref to an event of this ledger, or None."""
    for ref in event.header.refs:
        if ref.rel == "order" and ref.origin == event.header.origin:
            former = state.former(ref.hash)
            return None if former is None else consignment.transfer_named(former.entry.event)
    return None


def product_of(state: State, event: Event, goods: Mapping[str, int]) -> str | None:
    """The one product of an offer, or None where the chosen batches are of several."""
    stated = event.contents.get("product", {}).get("product")
    if stated is not None:
        return str(stated)
    state.require(goods)
    products = {known.product for batch in goods if (known := state.batch(batch)) is not None}
    return products.pop() if len(products) == 1 else None


def _text(content: Mapping[str, Any], name: str) -> str | None:
    value = content.get(name)
    return None if value is None else str(value)


def _time(event: Event, name: str) -> int | None:
    stated = event.contents.get("time", {}).get(name)
    return None if stated is None else parse_stated(str(stated))


def _offered(state: State, entry: Entry, key: str, changes: Changes) -> None:
    event = entry.event
    parties = event.contents["parties"]
    goods, most = goods_of(event)
    terms = standing_of(event)
    frame = called_off(state, event)
    at = event.occurred_ms
    changes[key] = TransferState(
        id=key,
        offered_by=event.header.actor,
        seller=_text(parties, "seller"),
        buyer=_text(parties, "buyer"),
        consignor=_text(parties, "consignor"),
        consignee=_text(parties, "consignee"),
        product=product_of(state, event, goods),
        status="offered" if frame is None else "agreed",
        offered=entry.index,
        last=event.hash,
        last_at=at,
        answer_by=_time(event, "answer_by"),
        planned_to=_time(event, "planned_to"),
        goods=goods,
        most_mg=most if terms is None else terms.most_mg,
        standing=terms,
        standing_of=frame,
        steps={"offered": at} if frame is None else {"offered": at, "agreed": at},
    )
    if frame is not None:
        _call(state, frame, most, changes)


def _call(state: State, frame: str, mg: int, changes: Changes) -> None:
    known = state.transfer(frame)
    assert known is not None
    assert known.standing is not None
    changes[frame] = replace(known, standing=replace(known.standing, called_mg=known.standing.called_mg + mg))


def _agreement(state: State, entry: Entry, known: TransferState, changes: Changes) -> TransferState:
    event = entry.event
    known = replace(known, last=event.hash, last_at=event.occurred_ms)
    match event.verb:
        case "transfer_agreed":
            return replace(known, status="agreed")
        case "transfer_declined":
            return replace(known, status="declined")
        case "transfer_cancelled":
            left = consignment.cut_back(known)
            if known.standing_of is not None:
                _call(state, known.standing_of, left.most_mg - known.most_mg, changes)
            return left if left.most_mg else replace(known, status="cancelled")
        case _:
            posted = consignment.differing(known, entry.effects)
            return posted if posted is not known else replace(known, settle=proposal(event, known))


def proposal(event: Event, transfer: TransferState) -> SettlementState:
    """What an event proposes for the open difference: all of it, or the part that it states."""
    whole = sum(transfer.difference.values())
    if "quantity" in event.contents:
        part = mass_of(event.contents["quantity"], "/sections/quantity")
        whole = part if whole > 0 else -part
    return SettlementState(event.hash, event.header.actor, str(event.contents["reason"]["kind"]), whole)


# --- steps


def _stepped(state: State, entry: Entry, key: str, changes: Changes) -> None:
    event = entry.event
    known = state.transfer(key)
    assert known is not None
    step = event.verb.removeprefix("transfer_")
    known = replace(known, steps={**known.steps, step: event.occurred_ms})
    if event.verb in AGREEMENT:
        known = _agreement(state, entry, known, changes)
    else:
        tallies = consignment.tallies_of(event, known)
        known = consignment.differing(consignment.added(known, tallies), entry.effects)
        known = _filing(state, entry, known)
        known = _tied(event, known)
    changes[key] = consignment.settled_status(known)


def _tied(event: Event, known: TransferState) -> TransferState:
    transport = event.contents["transport"] if event.verb in OF_SHIPMENTS else {}
    named = [str(transport[name]) for name in ("shipment", "to_shipment") if name in transport]
    return replace(known, shipments=tuple(dict.fromkeys((*known.shipments, *named))))


def _filing(state: State, entry: Entry, known: TransferState) -> TransferState:
    event = entry.event
    filings = dict(known.filings)
    if event.verb == "sold":
        lists = _lists(state, consignment.masses(event))
        for org, side in ((known.seller, "sale"), (known.buyer, "purchase")) if lists else ():
            before = filings.get(str(org))
            if before is None or before.filed is not None:
                before = FilingState(side, (), event.occurred_ms)
            filings[str(org)] = replace(
                before,
                lists=tuple(sorted({*before.lists, *lists})),
                sold_at=min(before.sold_at, event.occurred_ms),
            )
    elif event.verb == "filed_with_authority" and event.header.actor in filings:
        filings[event.header.actor] = replace(filings[event.header.actor], filed=entry.index)
    return replace(known, filings=filings)


def _lists(state: State, batches: Mapping[str, int]) -> set[str]:
    state.require(batches)
    products = {known.product for batch in batches if (known := state.batch(batch)) is not None}
    state.require(products)
    return {name for key in products if (item := state.product(key)) for name in item.lists} & FILED_LISTS


def _corrected(state: State, entry: Entry, changes: Changes) -> None:
    event = entry.event
    for sign, stated in consignment.history(state, event, consignment.voided_by(event)):
        if sign < 0:
            _undone(state, stated, changes)
        key = consignment.transfer_named(stated)
        if key is None:
            continue
        held = changes.get(key)
        known = held if isinstance(held, TransferState) else state.transfer(key)
        assert known is not None
        if key not in changes:
            known = consignment.differing(known, entry.effects)
        known = consignment.added(known, consignment.tallies_of(stated, known), sign)
        changes[key] = consignment.settled_status(_redated(known, stated, sign))


def _undone(state: State, stated: Event, changes: Changes) -> None:
    """A step of a shipment that is taken back is no longer taken: nobody accepted what was not accepted."""
    transport = stated.contents.get("transport", {}) if stated.verb in OF_SHIPMENTS else {}
    known = state.shipment(str(transport["shipment"])) if transport else None
    if known is None:
        return
    key, at = step_key(stated.verb, consignment.transfer_named(stated)), stated.occurred_ms
    actor = stated.header.actor
    steps = {name: ms for name, ms in known.steps.items() if (name, ms) != (key, at)}
    accepted = dict(known.accepted)
    if stated.verb == "carrier_accepted" and accepted.get(actor) == at:
        del accepted[actor]
    changes[known.id] = replace(known, steps=steps, accepted=accepted)


def _redated(known: TransferState, stated: Event, sign: int) -> TransferState:
    """A step that is taken back is no longer taken; a sale of which nothing is left needs no filing."""
    steps = dict(known.steps)
    if sign > 0:
        steps[stated.verb] = stated.occurred_ms
    elif steps.get(stated.verb) == stated.occurred_ms:
        del steps[stated.verb]
    known = replace(known, steps=steps)
    if known.sold_mg or stated.verb != "sold":
        return _tied(stated, known) if sign > 0 else known
    return replace(known, filings={org: item for org, item in known.filings.items() if item.filed is not None})


# --- shipments


def _shipment(state: State, entry: Entry, changes: Changes) -> None:
    event = entry.event
    stated, parties = event.contents["transport"], event.contents.get("parties", {})
    key = str(stated["shipment"])
    known = state.shipment(key)
    transfer = consignment.transfer_named(event)
    if known is None:
        known = _planned(state, event, key, parties)
    elif event.verb in STEPS:
        step = max(known.step, STEPS[event.verb], key=SHIPMENT_STEPS.index)
        known = replace(known, step=step, at=max(known.at, event.occurred_ms))
    known = _carried(known, event, stated)
    changes[key] = _consigned(known, event, transfer)
    onward = _text(stated, "to_shipment")
    if onward is not None and event.verb == "handed_over":
        after = state.shipment(onward)
        assert after is not None
        changes[key] = replace(_consigned(known, event, transfer), onward=_with(known.onward, onward))
        after = _consigned(after, event, transfer, "loaded")
        if event.header.actor == after.carrier:
            after = replace(after, accepted={**after.accepted, after.carrier: event.occurred_ms})
        changes[onward] = after


def _landed(state: State, event: Event, transfer: str, changes: Changes) -> None:
    aboard = {str(item.get("custodian", "")) for _, item in consignment.lines_of(event.contents["inputs"])}
    for key in sorted(aboard):
        known = state.shipment(key) if key.startswith(consignment.SHIPPED) else None
        if known is not None:
            changes[key] = replace(known, steps={**known.steps, step_key("received", transfer): event.occurred_ms})


def _with(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    return items if item in items else (*items, item)


def _planned(state: State, event: Event, key: str, parties: Mapping[str, Any]) -> ShipmentState:
    stated = event.contents["transport"]
    named = consignment.transfer_named(event)
    transfer = None if named is None else state.transfer(named)
    return ShipmentState(
        id=key,
        arranger=event.header.actor,
        carrier=str(parties["carrier"]),
        vehicle=str(stated["vehicle"]),
        consignor=_text(parties, "consignor") or (transfer.consignor if transfer else None),
        consignee=_text(parties, "consignee") or (transfer.consignee if transfer else None),
        step="planned",
        at=event.occurred_ms,
    )


def _consigned(known: ShipmentState, event: Event, transfer: str | None, step: str = "") -> ShipmentState:
    steps = {**known.steps, step_key(step or event.verb, transfer): event.occurred_ms}
    transfers = known.transfers if transfer is None else _with(known.transfers, transfer)
    return replace(known, steps=steps, transfers=transfers)


def _carried(known: ShipmentState, event: Event, stated: Mapping[str, Any]) -> ShipmentState:
    """Who carries it with what: stated at the plan, and again by whoever arranges or carries it."""
    actor = event.header.actor
    if actor != known.arranger and actor not in known.carriers:
        return known
    planned = _time(event, "planned_to")
    known = replace(
        known,
        planned_to=known.planned_to if planned is None else planned,
        legs=_legs(known, stated),
    )
    if event.verb == "carrier_accepted" and actor in known.carriers:
        known = replace(known, accepted={**known.accepted, actor: event.occurred_ms})
    return known


def _legs(known: ShipmentState, stated: Mapping[str, Any]) -> tuple[LegState, ...]:
    if "legs" in stated:
        return tuple(
            LegState(
                mode=str(item["mode"]),
                carrier=str(item["carrier"]),
                **{name: _text(item, name) for name in ("vehicle", "trailer", "driver", "escort")},
            )
            for item in stated["legs"]
        )
    first = known.legs[0] if known.legs else LegState("road", known.carrier, known.vehicle)
    given = {name: str(stated[name]) for name in ("mode", "trailer", "driver", "escort") if name in stated}
    return (replace(first, **given), *known.legs[1:])
