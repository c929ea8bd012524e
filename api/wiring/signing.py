"""Who stood for the steps of a handover, and how: by key, by link and PIN, on paper, or by the ledger's word alone."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from api.views import StepSignature
from api.views.deals import Backing
from api.wiring.known import Known
from api.wiring.life import flagged
from api.wiring.steps import Step
from ledger.core.canonical import decode
from ledger.core.sections import Disclosure
from ledger.core.shape import object_at
from ledger.core.times import parse_stated

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
MOST_FINDINGS: Final = 200


def signatures_of(known: Known, life: Iterable[Step]) -> tuple[StepSignature, ...]:
    """Return the latest step of each party that stands for the handover, in the order of consignor, carrier, consignee.

    ``life``: the records of the chain, newest first.
    """
    found: dict[Role, StepSignature] = {}
    for step in life:
        role = STEPS.get(step.header.type.rpartition(".")[2])
        if role is not None and role not in found:
            found[role] = _signature(known, step, role)
    order: tuple[Role, ...] = ("consignor", "carrier", "consignee")
    return tuple(found[role] for role in order if role in found)


def _signature(known: Known, step: Step, role: Role) -> StepSignature:
    party = _on_paper(known, step.row.idx)
    return StepSignature(
        role=role,
        party=known.party(party or step.header.actor),
        type=step.header.type,
        at=parse_stated(step.header.occurred_at),
        backing="paper" if party else _backing(known, step),
        index=step.row.idx,
        flagged=flagged(known, step.header, step.row.recorded_at_ms),
    )


def _on_paper(known: Known, index: int) -> str | None:
    """The party that signed a step on paper, on whichever of the record's chains that was found; None: no such."""
    for row in known.unit.queries.findings(after=(index - 1, 2**53), limit=MOST_FINDINGS):
        if row.idx != index:
            break
        if row.rule == UNSIGNED:
            party = object_at(decode(row.data)).get("party")
            return party if isinstance(party, str) else None
    return None


def _backing(known: Known, step: Step) -> Backing:
    if step.row.signatures is not None:
        return "signed"
    record = known.unit.log.record(step.row.idx)
    if record is None or record.auth is None:
        return "attested"
    return "link" if Disclosure.parse(record.auth, ("auth",)).content.get("method") == LINK else "attested"
