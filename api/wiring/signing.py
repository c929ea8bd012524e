"""Who stood for the steps of a handover, and how: by key, by link and PIN, on paper, or by the ledger's word alone."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from api.views import OnPaper, StepSignature
from api.views.deals import Backing
from api.wiring.known import Known
from api.wiring.life import flagged
from api.wiring.steps import Step
from ledger.core.b64 import b64u
from ledger.core.canonical import decode
from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.core.shape import object_at
from ledger.core.times import parse_stated
from ledger.rules.papers import CONFIRMED, UNSIGNED

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
MOST_FINDINGS: Final = 200


def signatures_of(known: Known, life: Iterable[Step]) -> tuple[StepSignature, ...]:
    """Return the latest step of each party that stands for the handover, in the order of consignor, carrier, consignee.

    ``life``: the records of the chain, newest first.
    """
    found: dict[Role, StepSignature] = {}
    confirmed: dict[str, Step] = {}
    for step in life:
        if step.header.type == CONFIRMED:
            confirmed |= {ref.hash: step for ref in step.header.refs if ref.rel == "counterpart"}
        role = STEPS.get(step.header.type.rpartition(".")[2])
        if role is not None and role not in found:
            found[role] = _signature(known, step, role, confirmed.get(b64u(step.row.event_hash)))
    order: tuple[Role, ...] = ("consignor", "carrier", "consignee")
    return tuple(found[role] for role in order if role in found)


def _signature(known: Known, step: Step, role: Role, confirmed: Step | None) -> StepSignature:
    """Who stood for a step; one that was signed on paper and ``confirmed`` since, by whoever did that."""
    party = None if confirmed is not None else _on_paper(known, step.row.idx)
    if confirmed is not None:
        step = confirmed
    return StepSignature(
        role=role,
        party=known.party(party or step.header.actor),
        type=step.header.type,
        at=parse_stated(step.header.occurred_at),
        backing="paper" if party else _backing(known, step),
        index=step.row.idx,
        flagged=flagged(known, step.header, step.row.recorded_at_ms),
    )


def to_confirm(known: Known, org: str, chain: str) -> tuple[OnPaper, ...]:
    """Return the steps of an organisation on a chain that others reported from paper and nobody confirmed yet."""
    found: list[OnPaper] = []
    for row in known.unit.queries.findings(chain=chain, rule=UNSIGNED, unresolved=True, limit=MOST_FINDINGS):
        event = known.unit.events.at(row.idx)
        if event is None or object_at(decode(row.data)).get("party") != org:
            continue
        header = Header.parse(event.header)
        at = parse_stated(header.occurred_at)
        found.append(OnPaper(b64u(event.hash), row.idx, header.type, known.party(header.actor), at))
    return tuple(found)


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
