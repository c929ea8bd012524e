"""A signed audit report said to a person: by whose key, what was found, how much, and what was not read."""

import pytest

from ledger.core.audit_report import SPEC, sign_report
from ledger.core.b64 import b64u
from ledger.core.bundle import Policy
from ledger.core.canonical import Json
from ledger.core.keys import private_key
from ledger.core.note import Signer
from ledger.errors import VerificationError
from ledger.verify import audit_text, verify_report

SIGNER = Signer("audit.example/log", private_key(bytes(32)))
OTHER = Signer("audit.example/log", private_key(bytes(31) + b"\x01"))
REPORT: dict[str, Json] = {
    "spec": SPEC,
    "origin": "audit.example/log",
    "ok": False,
    "kind": "since",
    "log_size": 7,
    "kilograms": {"produced": "-5", "holding": "5"},
    "findings": {"count": 2, "by_kind": {"record_missing": 2}},
    "not_read": ["records before 3"],
}


def policy(signer: Signer) -> Policy:
    return Policy(origin=signer.name, log_keys=(signer.verifier().vkey(),), genesis=b64u(bytes(32)))


def test_a_report_says_what_was_found_and_what_was_not_read() -> None:
    signed = verify_report(sign_report(REPORT, SIGNER), policy(SIGNER))
    english, chinese = audit_text.lines(signed, "en", pinned=True), audit_text.lines(signed, "zh", pinned=True)
    assert english == [
        "audit.example/log: something is wrong",
        "  signed by a log key of the policy",
        "  kind: since",
        "  log size: 7",
        "  holding: 5 kg",
        "  produced: -5 kg",
        "  record_missing: 2",
        "  count: 2",
        "  not read: records before 3",
    ]
    assert (len(chinese), chinese[0]) == (len(english), "audit.example/log: 发现问题")


def test_a_report_without_figures_is_said_shortly_and_not_pinned_without_a_policy() -> None:
    plain: dict[str, Json] = {"spec": SPEC, "origin": "audit.example/log", "ok": True}
    signed = verify_report(sign_report(plain, SIGNER))
    assert audit_text.lines(signed, "en", pinned=False) == [
        "audit.example/log: nothing wrong in what was read",
        "  the signature holds, but the log key is not pinned by a policy",
    ]


def test_a_report_by_another_key_than_the_policys_is_refused() -> None:
    with pytest.raises(VerificationError):
        verify_report(sign_report(REPORT, OTHER), policy(SIGNER))
