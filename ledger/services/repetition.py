"""Idempotency per (actor, id): the same statement again gets the same answer, another one is a conflict."""

from collections.abc import Mapping
from dataclasses import replace

from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.services.intake import Submission


def is_same(submission: Submission, header_bytes: bytes, sections: Mapping[str, bytes | None]) -> bool:
    """Whether a statement is the one that was recorded, as its header and sections (erased ones None) say.

    A signed one has equal header bytes, which its sections were checked against. A simple one is committed to again
    with the stored salts; what was erased cannot be compared and is taken as equal.
    """
    if not submission.simple:
        return submission.header_bytes == header_bytes
    stored = Header.parse(header_bytes)
    if stored.sections.keys() != {section.name for section in submission.disclosures}:
        return False
    for section in submission.disclosures:
        body = sections.get(section.name)
        if body is None:
            continue
        salt = Disclosure.parse(body).salt
        if Disclosure(salt, section.name, section.content).digest != stored.sections[section.name]:
            return False
    return replace(submission.header, sections=stored.sections).encode() == header_bytes
