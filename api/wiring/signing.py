"""Who stood for the steps of a handover, and how: by key, by link and PIN, on paper, or by the ledger's word alone."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from api.views import StepSignature
from api.views.deals import Backing
from api.wiring.known import Known
from api.wiring.life import flagged
from api.wiring.steps import Step
from ledger.core.sections import Disclosure
from ledger.core.times import parse_stated
from ledger.rules.aggregates import ShipmentState, TransferState

Role = Literal["consignor", "carrier", "consignee"]
STEPS: Final[Mapping[str, Role]] = {
    "loaded": "consignor",
    "dispatched": "consignor",
    "carrier_accepted": "carrier",
    "delivered": "carrier",
    "received": "consignee",
    "refused": "consignee",
}
LINK: Final = "link"
UNSIGNED: Final = "unsigned_counterpart@1"


def signatures_of(
    known: Known, about: TransferState | ShipmentState, life: Iterable[Step]
) -> tuple[StepSignature, ...]:
    """Return the latest step of each party that stands for the handover, in the order of consignor, carrier, consignee.

    ``life``: the records of the chain, newest first.
    """
    found: dict[Role, StepSignature] = {}
    for step in life:
        role = STEPS.get(step.header.type.rpartition(".")[2])
        if role is not None and role not in found:
            found[role] = _signature(known, about, step, role)
    order: tuple[Role, ...] = ("consignor", "carrier", "consignee")
    return tuple(found[role] for role in order if role in found)


def _signature(known: Known, about: TransferState | ShipmentState, step: Step, role: Role) -> StepSignature:
    on_paper = any(item.rule == UNSIGNED for item in step.effects.findings)
    party = _expected(about, role) if on_paper else None
    return StepSignature(
        role=role,
        party=known.party(party or step.header.actor),
        type=step.header.type,
        at=parse_stated(step.header.occurred_at),
        backing="paper" if on_paper else _backing(known, step),
        index=step.row.idx,
        flagged=flagged(known, step.header, step.row.recorded_at_ms),
    )


def _expected(about: TransferState | ShipmentState, role: Role) -> str | None:
    if role == "carrier":
        return about.carrier if isinstance(about, ShipmentState) else None
    return about.consignor if role == "consignor" else about.consignee


def _backing(known: Known, step: Step) -> Backing:
    if step.row.signatures is not None:
        return "signed"
    record = known.unit.log.record(step.row.idx)
    if record is None or record.auth is None:
        return "attested"
    return "link" if Disclosure.parse(record.auth, ("auth",)).content.get("method") == LINK else "attested"
