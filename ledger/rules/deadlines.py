"""What is due: computed from what is known and an as-of time when somebody reads it, never stored.

``due`` takes one transfer, shipment or organisation. A rule that is not in force for the organisation finds nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.core.canonical import Json
from ledger.core.quantity import kg
from ledger.core.times import format_utc
from ledger.rules.aggregates import SHIPMENT_STEPS, LicenceState, OrgState, RequestState, ShipmentState
from ledger.rules.licences import DAY, same_paper
from ledger.rules.manifest import RuleSet
from ledger.rules.transfer_state import FilingState, TransferState

Subject = TransferState | ShipmentState | OrgState | RequestState


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
    """What is due of a transfer, a shipment, an organisation or a request at a time, by the rules then in force."""
    if isinstance(subject, TransferState):
        found = _of_transfer(subject, as_of_ms, rules)
    elif isinstance(subject, ShipmentState):
        found = _of_shipment(subject, as_of_ms)
    elif isinstance(subject, RequestState):
        found = _of_request(subject, as_of_ms)
    else:
        found = _of_org(subject, as_of_ms, rules)
    return tuple(item for item in found if rules.level(item.rule, item.org, as_of_ms) is not None)


def _of_transfer(transfer: TransferState, as_of_ms: int, rules: RuleSet) -> Iterator[Due]:
    until = transfer.answer_by
    if transfer.status == "offered" and until is not None and until < as_of_ms:
        yield Due("answer_overdue@1", transfer.id, str(transfer.answerer), until, {"answer_by": format_utc(until)})
    planned, left = transfer.planned_to, transfer.most_mg - transfer.received_mg - transfer.returned_mg
    waits = transfer.status == "agreed" and transfer.standing is None and left > 0
    if waits and transfer.consignor is not None and planned is not None and planned < as_of_ms:
        data: dict[str, Json] = {"planned_to": format_utc(planned), "kg": kg(left)}
        yield Due("overdue@1", transfer.id, transfer.consignor, planned, data)
    for org, filing in sorted(transfer.filings.items()):
        yield from _filing(transfer, org, filing, as_of_ms, rules)


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
    """A shipment is overdue until it arrived, or all that it carried is handed over or received."""
    planned = shipment.planned_to
    under_way = SHIPMENT_STEPS.index(shipment.step) < SHIPMENT_STEPS.index("arrived")
    gone = shipment.step != "planned" and not shipment.cargo
    if planned is not None and planned < as_of_ms and under_way and not gone:
        yield Due("overdue@1", shipment.id, shipment.carrier, planned, {"planned_to": format_utc(planned)})


def _of_request(request: RequestState, as_of_ms: int) -> Iterator[Due]:
    until = request.due
    if request.status == "open" and until is not None and until < as_of_ms:
        data: dict[str, Json] = {"request": request.id, "kind": request.kind, "by": request.by}
        yield Due("request_overdue@1", request.to, request.to, until, {**data, "answer_by": format_utc(until)})


def _of_org(org: OrgState, as_of_ms: int, rules: RuleSet) -> Iterator[Due]:
    ahead = rules.parameter("licence_expiring@1", "days") * DAY
    for licence in org.licences:
        until = licence.valid_to + DAY
        if as_of_ms < until <= as_of_ms + ahead and not _followed(org, licence):
            data: dict[str, Json] = {"licence": licence.id, "kind": licence.kind, "number": licence.number}
            yield Due(
                "licence_expiring@1", org.id, org.id, until, {**data, "valid_to": format_utc(licence.valid_to)[:10]}
            )


def _followed(org: OrgState, licence: LicenceState) -> bool:
    """Whether the same paper was renewed, or a licence of the same kind, subject and scope outlasts it."""
    scope = (licence.kind, licence.subject, licence.products, licence.classes)
    return any(
        other.valid_to > licence.valid_to
        and (same_paper(other, licence) or (other.kind, other.subject, other.products, other.classes) == scope)
        for other in org.licences
    )
