"""The stored bytes about one index of the log, each compared with the commitment that stands over it."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json
from ledger.core.events import Header, Signature, event_hash, parse_signatures, signatures_digest
from ledger.core.records import Link, Record, record_hash
from ledger.core.sections import Disclosure, content_bytes
from ledger.rules.event import Event
from ledger.services.audit_findings import Findings
from ledger.services.audit_run import Place, Run, Sound
from ledger.services.stored import WITHHELD
from ledger.store import rows


@dataclass(frozen=True, slots=True)
class Checked:
    """What an index says, where its bytes could be read.

    ``effects``: canonical bytes by chain, not yet held to their form; ``erased``: sections (and "auth") whose content
    is gone.
    """

    idx: int
    recorded_at_ms: int
    record_hash: bytes
    origin: str
    rules: str
    reference: str
    event: Event
    header_bytes: bytes
    signatures: tuple[Signature, ...]
    places: tuple[Place, ...]
    effects: Mapping[str, bytes]
    erased: tuple[str, ...]

    @property
    def run(self) -> Run:
        """The same as a run of one record."""
        return Run.alone(self.idx, self.recorded_at_ms, self.record_hash, self.places, (self.rules, self.reference))


def open_sound(stored: rows.Entry, sound: Sound) -> Checked:
    """Return what an index says whose bytes were all found sound: they are read without being judged again."""
    [row] = stored.events
    header = Header.sound(orjson.loads(row.header))
    contents = {
        section.name: orjson.loads(content_bytes(section.name, section.body))
        for section in stored.disclosures
        if section.body is not None and section.name != WITHHELD
    }
    return Checked(
        idx=sound.idx,
        recorded_at_ms=sound.recorded_at_ms,
        record_hash=sound.record_hash,
        origin=header.origin,
        rules=sound.rules,
        reference=sound.reference,
        event=Event(b64u(row.hash), header, contents),
        header_bytes=row.header,
        signatures=() if row.signatures is None else parse_signatures(row.signatures),
        places=sound.places,
        effects={link.chain: content_bytes("effects", link.effects) for link in stored.links},
        erased=(),
    )


def check_entry(stored: rows.Entry, origin: str | None, findings: Findings) -> Checked | None:
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
        read.append(_read(stored, stored.record, origin, findings))
    return read[0] if read else None


def _read(stored: rows.Entry, row: rows.RecordRow, origin: str | None, findings: Findings) -> Checked:
    erased: list[str] = []
    record = _record(row, origin, findings)
    header = _event(stored.events[0], record, stored.idx, findings)
    signatures = _signatures(stored.events[0], header, record, stored.idx, findings)
    contents = _sections(stored, header, erased, findings)
    _auth(row, record, erased, findings)
    links, effects = _links(stored, record, findings)
    return Checked(
        idx=stored.idx,
        recorded_at_ms=record.recorded_at_ms,
        record_hash=unb64u(record_hash(row.body)),
        origin=record.origin,
        rules=record.rules,
        reference=record.reference,
        event=Event(record.event, header, contents),
        header_bytes=stored.events[0].header,
        signatures=signatures,
        places=tuple((link.chain, link.seq, link.prev) for link in links),
        effects=effects,
        erased=tuple(erased),
    )


def _record(row: rows.RecordRow, origin: str | None, findings: Findings) -> Record:
    record = Record.parse(row.body)
    if record_hash(row.body) != b64u(row.hash):
        findings.add("record_hash_wrong", index=row.idx)
    if record.index != row.idx:
        findings.add("record_index_wrong", f"it says {record.index}", index=row.idx)
    if origin is not None and record.origin != origin:
        findings.add("origin_differs", record.origin, index=row.idx)
    if record.recorded_at_ms != row.recorded_at_ms:
        findings.add("recorded_time_wrong", index=row.idx)
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


def _links(stored: rows.Entry, record: Record, findings: Findings) -> tuple[list[Link], dict[str, bytes]]:
    links: list[Link] = []
    effects: dict[str, bytes] = {}
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
        effects[link.chain] = content_bytes("effects", row.effects)
    return links, effects
