"""What a page says about a chain: intact, complete as of n, in the log. The offline verifier itself judges."""

from dataclasses import dataclass

from ledger.core.bundle import Policy
from ledger.errors import VerificationError
from ledger.verify import Report, verify


@dataclass(frozen=True, slots=True)
class Verdict:
    """``intact``: every record verified under the log's own key and genesis; else ``step`` and ``code`` say what broke.

    ``records`` of the chain; ``complete_n``: the log size as of which published heads show the chain complete, None if
    none do yet; ``complete_at``: when that was; ``newer``: records of the chain after that; ``signed``: how many are
    signed by their makers; ``included``: the size of the log under whose checkpoint all of it was proven.
    """

    intact: bool
    records: int = 0
    complete_n: int | None = None
    complete_at: str | None = None
    newer: int = 0
    signed: int = 0
    included: int = 0
    step: str | None = None
    code: str | None = None


def judge(evidence: bytes, policy: Policy) -> Verdict:
    """Return the verdict on evidence of a chain."""
    try:
        report = verify(evidence, policy)
    except VerificationError as error:
        return Verdict(intact=False, step=error.step, code=error.code)
    return _read(report)


def _read(report: Report) -> Verdict:
    facts = {step.name: step.facts for step in report.steps}
    heads = facts.get("heads", {})
    n, time = heads.get("n"), heads.get("time")
    return Verdict(
        intact=report.genuine,
        records=len(report.records),
        complete_n=n if isinstance(n, int) else None,
        complete_at=time if isinstance(time, str) else None,
        newer=int(heads.get("newer", 0)),
        signed=sum(line.standing in ("ledger", "registrar") for line in report.records),
        included=int(facts.get("checkpoint", {}).get("size", 0)),
    )
