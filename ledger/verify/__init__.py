"""The offline verifier: what the ledger hands out, judged with nothing but the file and a policy.

It imports `ledger.core` and `ledger.errors` alone and does no I/O. Read it in this order: `report`, `checks`,
`receipt`, `shown`, `evidence`, `identity`, `mass`, `quorum`, `proof`, `misbehaviour`. The formats: docs/formats.md.
The same as a page for any browser: `browser`.
"""

from collections.abc import Iterable
from io import BytesIO
from itertools import chain

from ledger.core.audit_report import SignedReport, find_report, may_hold_report, open_report
from ledger.core.bundle import Policy, Receipt
from ledger.core.misbehaviour import Misbehaviour
from ledger.core.note import Verifier
from ledger.core.proof import SPAN, Span, is_proof, read_document
from ledger.verify.checks import step
from ledger.verify.evidence import judge_evidence, judge_span
from ledger.verify.misbehaviour import judge_misbehaviour
from ledger.verify.proof import judge_proof
from ledger.verify.receipt import judge_receipt
from ledger.verify.report import Part, RecordLine, Report, Step

__all__ = [
    "Part",
    "Policy",
    "RecordLine",
    "Report",
    "SignedReport",
    "Step",
    "find_report",
    "judge_evidence",
    "judge_misbehaviour",
    "judge_proof",
    "judge_receipt",
    "may_hold_report",
    "read_policy",
    "verify",
    "verify_lines",
    "verify_report",
]


def verify(data: bytes, policy: Policy | None = None) -> Report:
    """Verify evidence, a proof, a receipt or a proof of misbehaviour, as `data` says.

    A proof of misbehaviour that holds is a report too: see `Report.misbehaviour`. VerificationError: what broke, where.
    """
    if is_proof(data):
        return judge_proof(BytesIO(data), policy)
    with step("form"):
        document = read_document(data)
    match document:
        case Misbehaviour():
            return judge_misbehaviour(document, policy)
        case Receipt():
            return judge_receipt(document, policy)
        case Span():
            return judge_span(document, policy, spec=SPAN)[0]
        case _:
            return judge_evidence(document, policy)


def verify_lines(lines: Iterable[bytes], policy: Policy | None = None) -> Report:
    """Verify a file given line by line, so that a long proof is never in memory whole. VerificationError."""
    rest = iter(lines)
    first = next(rest, b"")
    return judge_proof(chain((first,), rest), policy) if is_proof(first) else verify(first + b"".join(rest), policy)


def verify_report(envelope: bytes, policy: Policy | None = None) -> SignedReport:
    """Verify an audit's signed report. VerificationError of step "form" or "signature".

    Without a policy the signature is held to the key that the report names: whole, but anybody could have made it.
    """
    with step("form"):
        trusted = None if policy is None else [Verifier.parse(key) for key in policy.log_keys]
        return open_report(envelope, trusted)


def read_policy(data: bytes) -> Policy:
    """Read a policy file. VerificationError of step "policy": it is not of the form."""
    with step("policy"):
        return Policy.parse(data)
