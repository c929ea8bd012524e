"""A signed report is the one that was signed, by the key that is trusted."""

from typing import Any

import pytest

from ledger.core.audit_report import SPEC, find_report, may_hold_report, note_text, open_report, sign_report
from ledger.core.b64 import b64u
from ledger.core.canonical import Json, encode, parse
from ledger.core.keys import private_key
from ledger.core.note import Signer, sign_note
from ledger.errors import FormatError, VerificationError

SIGNER = Signer("audit.example/log", private_key(bytes(32)))
OTHER = Signer("audit.example/log", private_key(bytes(31) + b"\x01"))
FOREIGN = Signer("other.example/log", private_key(bytes(32)))
REPORT: dict[str, Any] = {"spec": SPEC, "origin": "audit.example/log", "ok": True, "log_size": 7}


def changed(**members: Json) -> bytes:
    envelope: Any = parse(sign_report(REPORT, SIGNER))
    return encode({**envelope, **members})


def test_what_was_signed_is_read_back() -> None:
    envelope = sign_report(REPORT, SIGNER)
    for trusted in (None, [SIGNER.verifier()], [OTHER.verifier(), SIGNER.verifier()]):
        signed = open_report(envelope, trusted)
        assert (signed.report, signed.origin, signed.key) == (REPORT, SIGNER.name, SIGNER.verifier())


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        (changed(report={**REPORT, "ok": False}), "report_not_of_note"),
        (changed(report={**REPORT, "origin": "other.example/log"}), "report_not_of_note"),
        (changed(report={**REPORT, "spec": "hazledger/audit-report@2"}), "spec_unknown"),
        (changed(spec="hazledger/receipt@1"), "spec_unknown"),
        (changed(more=1), "unknown_name"),
        (
            changed(note=b64u(sign_note(note_text(SIGNER.name, {**REPORT, "ok": False}), [SIGNER]))),
            "report_not_of_note",
        ),
        (sign_report({**REPORT, "origin": SIGNER.name}, FOREIGN), "report_not_of_note"),
    ],
)
def test_another_report_than_the_signed_one_is_refused(envelope: bytes, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        open_report(envelope)
    assert caught.value.code == code


def test_another_key_in_the_envelope_does_not_make_it_that_keys() -> None:
    with pytest.raises(VerificationError):
        open_report(changed(key=OTHER.verifier().vkey()))


def test_a_key_that_is_not_trusted_signs_nothing() -> None:
    with pytest.raises(VerificationError):
        open_report(sign_report(REPORT, OTHER), [SIGNER.verifier()])


def test_the_note_can_be_no_checkpoint() -> None:
    assert note_text(SIGNER.name, REPORT).splitlines()[0] == SPEC.encode()
    assert "@" in SPEC  # an origin has none


def test_a_report_is_found_alone_and_in_a_pdf_and_nowhere_else() -> None:
    envelope = sign_report(REPORT, SIGNER)
    assert find_report(envelope + b"\n") == envelope
    pdf = b"%PDF-1.4\n1 0 obj\n<< >>\nstream\nbinary\nendstream\nstream\n" + envelope + b"\nendstream\n"
    assert find_report(pdf) == envelope
    assert may_hold_report(pdf[:16])
    assert may_hold_report(envelope[:16])
    assert not may_hold_report(b'{"spec":')
    assert find_report(b"%PDF-1.4\nno attachment") is None
    assert find_report(b'{"spec":"hazledger/receipt@1"}') is None
