"""The stored bytes about one index of the log, each compared with the commitment that stands over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.b64 import b64u
from ledger.core.canonical import Json
from ledger.core.effects import Effects
from ledger.core.events import Header, Signature, event_hash, parse_signatures, signatures_digest
from ledger.core.records import Link, Record, record_hash
from ledger.core.sections import Disclosure
from ledger.rules.event import Entry, Event
from ledger.services.audit_findings import Findings
from ledger.services.stored import WITHHELD
from ledger.store import rows

BATCH: Final = "batch:"


@dataclass(frozen=True, slots=True)
class Checked:
    """An entry whose bytes could be read; ``erased``: sections (and "auth") whose content is gone."""

    entry: Entry
    record: Record
    record_hash: str
    header_bytes: bytes
    signatures: tuple[Signature, ...]
    links: tuple[Link, ...]
    erased: tuple[str, ...]


def check_entry(stored: rows.Entry, origin: str | None, before_ms: int, findings: Findings) -> Checked | None:
    """Check everything stored about one index; None if it cannot be read. ``origin``: None at leaf 0."""
    index = stored.idx
    if stored.record is None:
        findings.add("record_missing", index=index)
        return None
    if len(stored.events) != 1:
        findings.add("event_missing" if not stored.events else "event_twice", index=index)
        return None
    read: list[Checked] = []
    with findings.catching("bytes_not_of_form", index=index):
        read.append(_read(stored, stored.record, origin, before_ms, findings))
    return read[0] if read else None


def _read(stored: rows.Entry, row: rows.RecordRow, origin: str | None, before_ms: int, findings: Findings) -> Checked:
    erased: list[str] = []
    record = _record(row, origin, before_ms, findings)
    header = _event(stored.events[0], record, stored.idx, findings)
    signatures = _signatures(stored.events[0], header, record, stored.idx, findings)
    contents = _sections(stored, header, erased, findings)
    _auth(row, record, erased, findings)
    links, effects = _links(stored, record, findings)
    entry = Entry(stored.idx, record.recorded_at_ms, Event(record.event, header, contents), effects)
    return Checked(entry, record, record_hash(row.body), stored.events[0].header, signatures, links, tuple(erased))


def _record(row: rows.RecordRow, origin: str | None, before_ms: int, findings: Findings) -> Record:
    record = Record.parse(row.body)
    if record_hash(row.body) != b64u(row.hash):
        findings.add("record_hash_wrong", index=row.idx)
    if record.index != row.idx:
        findings.add("record_index_wrong", f"it says {record.index}", index=row.idx)
    if origin is not None and record.origin != origin:
        findings.add("origin_differs", record.origin, index=row.idx)
    if record.recorded_at_ms != row.recorded_at_ms:
        findings.add("recorded_time_wrong", index=row.idx)
    if record.recorded_at_ms < before_ms:
        findings.add("time_runs_backwards", index=row.idx)
    return record


def _event(row: rows.EventRow, record: Record, index: int, findings: Findings) -> Header:
    header = Header.parse(row.header)
    if not event_hash(row.header) == b64u(row.hash) == record.event:
        findings.add("event_hash_wrong", index=index)
    if (header.actor, header.id) != (row.actor, row.id):
        findings.add("event_key_wrong", index=index)
    if header.origin != record.origin:
        findings.add("origin_differs", header.origin, index=index)
    return header


def _signatures(
    row: rows.EventRow, header: Header, record: Record, index: int, findings: Findings
) -> tuple[Signature, ...]:
    signatures = () if row.signatures is None else parse_signatures(row.signatures)
    if signatures_digest(signatures) != record.signatures:
        findings.add("signatures_digest_wrong", index=index)
    if tuple(item.key for item in signatures) != header.keys:
        findings.add("signatures_not_as_listed", index=index)
    return signatures


def _sections(
    stored: rows.Entry, header: Header, erased: list[str], findings: Findings
) -> Mapping[str, Mapping[str, Json]]:
    contents: dict[str, Mapping[str, Json]] = {}
    for name in sorted(header.sections.keys() ^ {row.name for row in stored.disclosures}):
        findings.add("section_missing" if name in header.sections else "section_not_listed", name, index=stored.idx)
    for row in stored.disclosures:
        if row.body is None:
            erased.append(row.name)
            if row.name != WITHHELD:
                findings.add("section_missing", row.name, index=stored.idx)
            continue
        opened = Disclosure.parse(row.body)
        if opened.name != row.name or opened.digest != header.sections.get(row.name):
            findings.add("section_digest_wrong", row.name, index=stored.idx)
        if row.name != WITHHELD:
            contents[row.name] = opened.content
    return contents


def _auth(row: rows.RecordRow, record: Record, erased: list[str], findings: Findings) -> None:
    if row.auth is None:
        erased.append("auth")
    elif Disclosure.parse(row.auth, ("auth",)).digest != record.auth:
        findings.add("auth_digest_wrong", index=row.idx)


def _links(stored: rows.Entry, record: Record, findings: Findings) -> tuple[tuple[Link, ...], dict[str, Effects]]:
    links: list[Link] = []
    effects: dict[str, Effects] = {}
    opened = [Disclosure.parse(row.link, ("link",)) for row in stored.links]
    if tuple(sorted(link.digest for link in opened)) != record.links:
        findings.add("links_digest_wrong", index=stored.idx)
    for row, disclosed in zip(stored.links, opened, strict=True):
        link = Link.parse(disclosed.content)
        links.append(link)
        if (link.chain, link.seq) != (row.chain, row.seq):
            findings.add("link_place_wrong", index=stored.idx, chain=row.chain)
        effect = Disclosure.parse(row.effects, ("effects",))
        if effect.digest != link.effects:
            findings.add("effects_digest_wrong", index=stored.idx, chain=row.chain)
        effects[link.chain] = Effects.parse(effect.content)
        _postings(link.chain, effects[link.chain], stored.idx, findings)
    return tuple(links), effects


def _postings(chain: str, effects: Effects, index: int, findings: Findings) -> None:
    if effects.balance_mg != 0:
        findings.add("postings_not_zero", f"{effects.balance_mg} mg", index=index, chain=chain)
    if effects.postings and not chain.startswith(BATCH):
        findings.add("postings_outside_batch", index=index, chain=chain)
    for posting in effects.postings:
        if not isinstance(posting.account, str) and posting.account[0] != chain:
            findings.add("posting_of_another_batch", posting.account[0], index=index, chain=chain)
