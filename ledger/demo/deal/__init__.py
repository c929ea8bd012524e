"""The story of one deal, told step by step with the accounts after each: ``hazledger demo --story transfer``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.canonical import Json
from ledger.demo.build import Plan, admit
from ledger.demo.deal import story
from ledger.demo.deal.stage import Stage, Step
from ledger.demo.dice import Dice
from ledger.services.clock import SetClock
from ledger.services.ledger import Ledger
from ledger.verify import Report, verify

SETTLED_MS: Final = 60_000
HANDOVER: Final = {
    "transport.loaded": "consignor",
    "transport.carrier_accepted": "carrier",
    "storage.received": "consignee",
}
"""The steps that each of the three signs."""


@dataclass(frozen=True, slots=True)
class Told:
    """The story as it was told: its steps, the transfer that ended it, and the evidence that verifies offline."""

    steps: tuple[Step, ...]
    transfer: str
    status: str
    evidence: bytes
    report: Report
    signed: Mapping[str, str]

    def content(self) -> dict[str, Json]:
        """The story as JSON."""
        return {
            "steps": [step.content() for step in self.steps],
            "transfer": self.transfer,
            "status": self.status,
            "genuine": self.report.genuine,
            "records": len(self.report.records),
            "signed": dict(self.signed.items()),
        }


def tell(ledger: Ledger, clock: SetClock, plan: Plan) -> Told:
    """Tell the story to a ledger that has its genesis alone, and verify the evidence of the second sale."""
    world = admit(ledger, clock, plan, ledger.reference)
    stage = Stage(ledger, clock, world, Dice(plan.seed, "deal"))
    _, selling = story.tell(stage)
    ledger.publish_heads()
    clock.set(clock.now_ms() + SETTLED_MS)
    ledger.publish_heads()
    evidence = ledger.evidence(selling)
    report = verify(evidence, ledger.policy())
    return Told(tuple(stage.steps), selling, stage.transfer(selling).status, evidence, report, _signed(stage, report))


def _signed(stage: Stage, report: Report) -> dict[str, str]:
    """Who signed as consignor, carrier and consignee, as the verified evidence shows."""
    found: dict[str, str] = {}
    for line in report.records:
        role = HANDOVER.get(line.type or "")
        if role is not None and line.actor is not None and line.standing in ("ledger", "registrar"):
            found.setdefault(role, stage.names[line.actor])
    return found
