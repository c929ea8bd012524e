"""What is due: computed from what is known and an as-of time when somebody reads it, never stored.

``due`` takes one transfer, shipment, organisation or batch. A rule that is not in force for the organisation finds
nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.core.quantity import kg
from ledger.core.times import date_ms, format_utc
from ledger.rules.aggregates import SHIPMENT_STEPS, BatchState, LicenceState, OrgState, RequestState, ShipmentState
from ledger.rules.licences import DAY, same_paper
from ledger.rules.manifest import RuleSet
from ledger.rules.transfer_state import FilingState, TransferState

Subject = TransferState | ShipmentState | OrgState | BatchState | RequestState


@dataclass(frozen=True, slots=True)
class Due:
    """A finding of time: the rule, what it is about, whose it is to act, and since when (epoch milliseconds).

    ``since_ms`` lies in the future only for what expires soon.
    """

    rule: str
    chain: str
    org: str
    since_ms: int
    data: Mapping[str, Json] = field(default_factory=dict)


def due(subject: Subject, as_of_ms: int, rules: RuleSet) -> tuple[Due, ...]:
    """What is due of a transfer, shipment, organisation, batch or request at a time, by the rules then in force."""
    if isinstance(subject, TransferState):
        found = _of_transfer(subject, as_of_ms, rules)
    elif isinstance(subject, ShipmentState):
        found = _of_shipment(subject, as_of_ms)
    elif isinstance(subject, RequestState):
        found = _of_request(subject, as_of_ms)
    elif isinstance(subject, BatchState):
        found = _of_batch(subject, as_of_ms)
    else:
        found = _of_org(subject, as_of_ms, rules)
    return tuple(item for item in found if rules.level(item.rule, item.org, as_of_ms) is not None)


def _of_transfer(transfer: TransferState, as_of_ms: int, rules: RuleSet) -> Iterator[Due]:
    until = transfer.answer_by
    if transfer.status == "offered" and until is not None and until < as_of_ms:
        yield Due("answer_overdue@1", transfer.id, str(transfer.answerer), until, {"answer_by": format_utc(until)})
    planned, left = transfer.planned_to, awaited_mg(transfer)
    if left and planned is not None and planned < as_of_ms:
        data: dict[str, Json] = {"planned_to": format_utc(planned), "kg": kg(left)}
        yield Due("overdue@1", transfer.id, str(transfer.consignor), planned, data)
    for org, filing in sorted(transfer.filings.items()):
        yield from _filing(transfer, org, filing, as_of_ms, rules)


def awaited_mg(transfer: TransferState) -> int:
    """Milligrams that the consignor still has to bring; nought for a transfer that moves nothing, or not now."""
    if transfer.status != "agreed" or transfer.standing is not None or transfer.consignor is None:
        return 0
    return max(transfer.most_mg - transfer.received_mg - transfer.returned_mg, 0)


def file_by(filing: FilingState, rules: RuleSet) -> int:
    """Until when a sale or purchase has to be filed: the shortest term of the lists that its goods stand on."""
    days = [rules.parameter("filing@1", name) for name in filing.lists]
    return filing.sold_at + min(days, default=0) * DAY


def _filing(transfer: TransferState, org: str, filing: FilingState, as_of_ms: int, rules: RuleSet) -> Iterator[Due]:
    until = file_by(filing, rules)
    if filing.filed is None and until < as_of_ms:
        data: dict[str, Json] = {
            "side": filing.side,
            "lists": list(filing.lists),
            "sold_at": format_utc(filing.sold_at),
        }
        yield Due("filing@1", transfer.id, org, until, data)


def _of_shipment(shipment: ShipmentState, as_of_ms: int) -> Iterator[Due]:
    planned = shipment.planned_to
    if planned is not None and planned < as_of_ms and on_its_way(shipment):
        yield Due("overdue@1", shipment.id, shipment.carrier, planned, {"planned_to": format_utc(planned)})


def on_its_way(shipment: ShipmentState) -> bool:
    """Whether it is waited for: until it arrived, or all that it carried is handed over or received."""
    under_way = SHIPMENT_STEPS.index(shipment.step) < SHIPMENT_STEPS.index("arrived")
    return under_way and (shipment.step == "planned" or bool(shipment.cargo))


def _of_request(request: RequestState, as_of_ms: int) -> Iterator[Due]:
    until = request.due
    if request.status == "open" and until is not None and until < as_of_ms:
        data: dict[str, Json] = {"request": request.id, "kind": request.kind, "by": request.by}
        yield Due("request_overdue@1", request.to, request.to, until, {**data, "answer_by": format_utc(until)})


def _of_org(org: OrgState, as_of_ms: int, rules: RuleSet) -> Iterator[Due]:
    ahead = rules.parameter("licence_expiring@1", "days") * DAY
    for licence in org.licences:
        until = licence.valid_to + DAY
        if until <= as_of_ms + ahead and not followed(org, licence):
            data: dict[str, Json] = {"licence": licence.id, "kind": licence.kind, "number": licence.number}
            rule = "licence_expiring@1" if as_of_ms < until else "licence_ended@1"
            yield Due(rule, org.id, org.id, until, {**data, "valid_to": format_utc(licence.valid_to)[:10]})


def expires_ms(batch: BatchState) -> int | None:
    """When the last day of a batch is over, in epoch milliseconds; None for one that does not expire."""
    return None if batch.expires_on is None else date_ms(batch.expires_on) + DAY


def _of_batch(batch: BatchState, as_of_ms: int) -> Iterator[Due]:
    """What is in stock of an expired batch; whoever holds some of it disposes of it."""
    until = expires_ms(batch)
    if until is not None and until <= as_of_ms and batch.on_hand > 0:
        data: dict[str, Json] = {"expires_on": batch.expires_on, "kg": kg(batch.on_hand)}
        yield Due("expired_stock@1", batch.id, batch.producer or "", until, data)


def followed(org: OrgState, licence: LicenceState) -> bool:
    """Whether the same paper was renewed, or a licence of the same kind, subject and scope outlasts it."""
    scope = (licence.kind, licence.subject, licence.products, licence.classes)
    return any(
        other.valid_to > licence.valid_to
        and (same_paper(other, licence) or (other.kind, other.subject, other.products, other.classes) == scope)
        for other in org.licences
    )
