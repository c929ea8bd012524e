"""The offline verifier: what the ledger hands out, judged with nothing but the file and a policy.

It imports `ledger.core` and `ledger.errors` alone and does no I/O. Read it in this order: `report`,
`checks`, `receipt`, `shown`, `evidence`, `identity`, `mass`, `quorum`, `misbehaviour`. The formats: docs/formats.md.
"""

from ledger.core.bundle import Evidence, Policy
from ledger.core.misbehaviour import Misbehaviour, read_shown
from ledger.verify.checks import step
from ledger.verify.evidence import judge_evidence
from ledger.verify.misbehaviour import judge_misbehaviour
from ledger.verify.receipt import judge_receipt
from ledger.verify.report import Part, RecordLine, Report, Step

__all__ = [
    "Part",
    "Policy",
    "RecordLine",
    "Report",
    "Step",
    "judge_evidence",
    "judge_misbehaviour",
    "judge_receipt",
    "read_policy",
    "verify",
]


def verify(data: bytes, policy: Policy | None = None) -> Report:
    """Verify evidence, a receipt or a proof of misbehaviour, as `data` says. VerificationError: what broke, and where.

    A proof of misbehaviour that holds is a report too: see `Report.misbehaviour`.
    """
    with step("form"):
        shown = read_shown(data)
    if isinstance(shown, Misbehaviour):
        return judge_misbehaviour(shown, policy)
    return judge_evidence(shown, policy) if isinstance(shown, Evidence) else judge_receipt(shown, policy)


def read_policy(data: bytes) -> Policy:
    """Read a policy file. VerificationError of step "policy": it is not of the form."""
    with step("policy"):
        return Policy.parse(data)
