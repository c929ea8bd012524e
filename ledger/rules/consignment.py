"""What a statement does to the transfer it names, in milligrams: the same functions for ``decide`` and ``evolve``.

A statement's tallies follow from its sections and the transfer's parties alone. A correction takes back what the
event it voids had added and adds what it states anew; a correction that is itself voided gives both back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ledger.core.canonical import Json
from ledger.core.effects import Effects
from ledger.rules.draft import mass_of, stop
from ledger.rules.event import Content, Event
from ledger.rules.state import State
from ledger.rules.transfer_state import TransferState

Tallies = dict[str, dict[str, int]]
SHIPPED = "shipment:"
DIFFERENCE = "difference"
MAX_DEPTH = 64
RESTATED = ("inputs", "outputs", "product", "place", "parties", "transport")


def transfer_named(event: Event) -> str | None:
    """The transfer that an event names, or None."""
    stated = event.contents.get("parties", {}).get("transfer")
    return None if stated is None else str(stated)


def lines_of(content: Content, section: str = "inputs") -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Each line of a section of matter, with the pointer to it."""
    stated = content.get("lines", [])
    assert isinstance(stated, list)
    for place, item in enumerate(stated):
        assert isinstance(item, dict)
        yield f"/sections/{section}/lines/{place}", item


def masses(event: Event) -> dict[str, int]:
    """Milligrams by batch of the lines of an event's inputs."""
    return _masses(event, lambda _item: True)


def receiver_of(event: Event) -> str:
    """Who receives: the party that the statement names as ``to``, else its actor."""
    return str(event.contents.get("parties", {}).get("to", event.header.actor))


def tallies_of(event: Event, transfer: TransferState) -> Tallies:
    """What a statement adds to the tallies of the transfer it names."""
    match event.verb:
        case "sold":
            return {"sold": masses(event)}
        case "returned":
            return {"given_back": masses(event)}
        case "loaded" | "refused":
            return {event.verb: masses(event)}
        case "received" if receiver_of(event) != transfer.consignee:
            return {"returned": masses(event)}
        case "received" | "exported":
            # What never was aboard a shipment leaves the consignor and is received in one step.
            direct = _masses(event, lambda item: not str(item.get("custodian", "")).startswith(SHIPPED))
            return {"received": masses(event), "loaded": direct}
        case _:
            return {}


def _masses(event: Event, wanted: Callable[[Mapping[str, Json]], bool]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, item in lines_of(event.contents.get("inputs", {})):
        if wanted(item):
            name = "booked" if "booked" in item else "amount"
            batch = str(item["batch"])
            found[batch] = found.get(batch, 0) + mass_of(item, at, name)
    return found


def restated(former: Event, correction: Event) -> Event | None:
    """The event as a correction states it anew, or None when the correction only voids it."""
    given = {name: content for name, content in correction.contents.items() if name in RESTATED}
    return replace(former, contents={**former.contents, **given}) if given else None


def history(state: State, event: Event, voided: str) -> Iterator[tuple[int, Event]]:
    """What a correction amounts to: signed statements, -1 taken back and 1 stated anew. Raises ``NotLoaded``.

    ``voided`` is the hash that the correction voids. A correction of a correction is followed down to what it is about.
    """
    sign = 1
    for _ in range(MAX_DEPTH):
        former = state.former(voided)
        assert former is not None
        earlier = former.entry.event
        if earlier.verb != "event_corrected":
            anew = restated(earlier, event)
            yield -sign, earlier
            if anew is not None:
                yield sign, anew
            return
        sign, event = -sign, earlier
        voided = voided_by(earlier)
    raise stop("not_correctable", "/refs", type=event.header.type)


def voided_by(correction: Event) -> str:
    """The hash of the event that a correction voids."""
    return next(ref.hash for ref in correction.header.refs if ref.rel == "voids")


def added(transfer: TransferState, change: Mapping[str, Mapping[str, int]], sign: int = 1) -> TransferState:
    """The transfer with tallies added; what is nought is not kept."""
    tallies = {name: dict(item) for name, item in transfer.tallies.items()}
    for name, item in change.items():
        tally = tallies.setdefault(name, {})
        for batch, mg in item.items():
            tally[batch] = tally.get(batch, 0) + sign * mg
    kept = {name: {batch: mg for batch, mg in item.items() if mg} for name, item in tallies.items()}
    return replace(transfer, tallies={name: item for name, item in kept.items() if item})


def differing(transfer: TransferState, effects: Mapping[str, Effects]) -> TransferState:
    """The transfer with what an event posted to ``difference``. A changed difference voids a proposal about it."""
    difference = dict(transfer.difference)
    for batch, item in effects.items():
        for posting in item.postings:
            if posting.account == DIFFERENCE:
                difference[batch] = difference.get(batch, 0) + posting.mg
    difference = {batch: mg for batch, mg in difference.items() if mg}
    if difference == transfer.difference:
        return transfer
    return replace(transfer, difference=difference, settle=None)


def settled_status(transfer: TransferState) -> TransferState:
    """The transfer as ``closed`` when nothing is left to do, as ``agreed`` when something is again."""
    if transfer.standing is not None or transfer.status not in ("agreed", "closed"):
        return transfer
    return replace(transfer, status="closed" if transfer.complete() else "agreed")


def cut_back(transfer: TransferState) -> TransferState:
    """The transfer without what was neither sold nor loaded: what is left of it when the rest is cancelled."""
    sold, loaded = transfer.tally("sold"), transfer.tally("loaded")
    if transfer.goods:
        goods = {batch: max(sold.get(batch, 0), loaded.get(batch, 0)) for batch in transfer.goods}
        return replace(transfer, goods={b: mg for b, mg in goods.items() if mg}, most_mg=sum(goods.values()))
    return replace(transfer, most_mg=max(transfer.sold_mg, transfer.loaded_mg))
