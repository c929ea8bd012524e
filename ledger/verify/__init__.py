"""The offline verifier: what the ledger hands out, judged with nothing but the file and a policy.

It imports `ledger.core` and `ledger.errors` alone and does no I/O. Read it in this order: `report`,
`checks`, `receipt`, `shown`, `evidence`, `identity`, `mass`, `quorum`. The formats: docs/formats.md.
"""

from ledger.core.bundle import Evidence, Policy, read_bundle
from ledger.verify.checks import step
from ledger.verify.evidence import judge_evidence
from ledger.verify.receipt import judge_receipt
from ledger.verify.report import Part, RecordLine, Report, Step

__all__ = [
    "Part",
    "Policy",
    "RecordLine",
    "Report",
    "Step",
    "judge_evidence",
    "judge_receipt",
    "read_policy",
    "verify",
]


def verify(data: bytes, policy: Policy | None = None) -> Report:
    """Verify evidence or a receipt, as `data` says. VerificationError: which step broke, and where."""
    with step("form"):
        bundle = read_bundle(data)
    if isinstance(bundle, Evidence):
        return judge_evidence(bundle, policy)
    return judge_receipt(bundle, policy)


def read_policy(data: bytes) -> Policy:
    """Read a policy file. VerificationError of step "policy": it is not of the form."""
    with step("policy"):
        return Policy.parse(data)
