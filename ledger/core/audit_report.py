"""An audit's report as the ledger signs it: `hazledger/audit-report@1` in an envelope, alone or attached to a PDF.

The log's key signs a note whose first line is no origin, so that no report can be taken for a checkpoint:

    hazledger/audit-report@1 LF origin LF b64u(H("hazledger/audit-report@1" || LF || JCS(report))) LF

A signed report says what an audit of this ledger told, not that it is true: whoever trusts neither audits again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json, digest, encode, parse
from ledger.core.note import Signer, Verifier, open_note, sign_note
from ledger.core.shape import closed_object, object_at, spec_at, text_at
from ledger.errors import FormatError

SPEC: Final = "hazledger/audit-report@1"
ENVELOPE: Final = "hazledger/signed-report@1"
FILE_NAME: Final = "audit-report.json"
_NAMES: Final = ("spec", "report", "note", "key")
_OPENING: Final = b'{"key":'
_ATTACHED: Final = re.compile(rb"stream\r?\n(\{\"key\":[^\r\n]*\})\r?\nendstream")


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report whose signature by `key` holds. `report`: the members of `hazledger/audit-report@1`."""

    report: Mapping[str, Json]
    origin: str
    key: Verifier


def note_text(origin: str, report: Mapping[str, Json]) -> bytes:
    """Return the note text that the log's key signs."""
    return f"{SPEC}\n{origin}\n{b64u(digest(SPEC, encode(dict(report))))}\n".encode()


def sign_report(report: Mapping[str, Json], signer: Signer) -> bytes:
    """Return the envelope: canonical JSON in one line. `report` has a member "origin", the signer's name."""
    note = sign_note(note_text(signer.name, report), [signer])
    return encode({"spec": ENVELOPE, "report": dict(report), "note": b64u(note), "key": signer.verifier().vkey()})


def may_hold_report(head: bytes) -> bool:
    """Whether a file that begins so may be a signed report, or a PDF that one is attached to."""
    return head.startswith((_OPENING, b"%PDF-"))


def find_report(data: bytes) -> bytes | None:
    """Return the envelope in a file: the file itself, or what is attached to a PDF; None where there is none."""
    if data.startswith(_OPENING):
        return data.rstrip()
    found = _ATTACHED.search(data) if data.startswith(b"%PDF-") else None
    return None if found is None else found[1]


def open_report(envelope: bytes, trusted: Sequence[Verifier] | None = None) -> SignedReport:
    """Check the signature of a report: by one of the trusted keys, without them by the key that it names.

    FormatError: not of the form, of another log than its key, another report than the note's.
    VerificationError: not signed by such a key.
    """
    members = closed_object(parse(envelope), _NAMES)
    spec_at(members, ENVELOPE)
    report = object_at(members["report"], "/report")
    if report.get("spec") != SPEC:
        raise FormatError("spec_unknown", "/report/spec", {"expected": SPEC})
    key = Verifier.parse(text_at(members["key"], "/key"))
    note = unb64u(text_at(members["note"], "/note"), field="/note")
    text, signatures = open_note(note, [key] if trusted is None else trusted)
    origin = text_at(report.get("origin"), "/report/origin")
    if text != note_text(origin, report) or key.name != origin:
        raise FormatError("report_not_of_note", "/note")
    return SignedReport(report, origin, signatures[0].verifier)
