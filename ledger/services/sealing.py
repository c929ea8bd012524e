"""From an accepted statement to the bytes of its record: auth, links, effects, record, and the rows that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.core.b64 import b64u, unb64u
from ledger.core.effects import Effects
from ledger.core.events import encode_signatures, signatures_digest
from ledger.core.records import Link, Record, record_hash
from ledger.core.sections import SALT_SIZE, Disclosure
from ledger.rules.event import Entry
from ledger.services.entropy import Entropy, draw
from ledger.services.intake import Submission
from ledger.store.rows import DisclosureRow, EventRow, Head, LinkRow, RecordRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record comes to stand: origin, index, time, and the hashes of the manifests that decided."""

    origin: str
    index: int
    recorded_at_ms: int
    rules: str
    reference: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record with everything that is stored about it."""

    submission: Submission
    entry: Entry
    record: RecordRow
    links: tuple[LinkRow, ...]

    @property
    def event_row(self) -> EventRow:
        """The row of the event."""
        made = self.submission
        signatures = encode_signatures(made.signatures) if made.signatures else None
        event = unb64u(made.event.hash, 32)
        return EventRow(made.header.actor, made.header.id, self.entry.index, event, made.header_bytes, signatures)

    @property
    def disclosure_rows(self) -> list[DisclosureRow]:
        """The rows of the sections."""
        return [DisclosureRow(self.entry.index, part.name, part.body) for part in self.submission.disclosures]

    @property
    def heads(self) -> list[Head]:
        """The heads of the record's chains after it."""
        return [Head(row.chain, row.seq, row.idx, self.record.hash) for row in self.links]


def seal(
    submission: Submission,
    effects: Mapping[str, Effects],
    place: Place,
    heads: Mapping[str, Head],
    entropy: Entropy,
) -> Sealed:
    """Make the record of an accepted statement; ``heads`` are those of the chains that exist already."""
    salts = iter(draw(entropy, 1 + 2 * len(effects), SALT_SIZE))
    auth = Disclosure(next(salts), "auth", submission.auth.content())
    links: list[tuple[Link, Disclosure, Disclosure]] = []
    for chain in sorted(effects):
        opened = Disclosure(next(salts), "effects", effects[chain].content())
        head = heads.get(chain)
        link = (
            Link(chain, 0, None, opened.digest)
            if head is None
            else Link(chain, head.seq + 1, b64u(head.hash), opened.digest)
        )
        links.append((link, Disclosure(next(salts), "link", link.content()), opened))
    record = Record(
        origin=place.origin,
        index=place.index,
        event=submission.event.hash,
        recorded_at_ms=place.recorded_at_ms,
        signatures=signatures_digest(submission.signatures),
        auth=auth.digest,
        rules=place.rules,
        reference=place.reference,
        links=tuple(sorted(opened.digest for _, opened, _ in links)),
    )
    body = record.encode()
    row = RecordRow(place.index, unb64u(record_hash(body), 32), body, auth.body, place.recorded_at_ms)
    rows = tuple(LinkRow(link.chain, link.seq, place.index, opened.body, effect.body) for link, opened, effect in links)
    return Sealed(submission, Entry(place.index, place.recorded_at_ms, submission.event, effects), row, rows)
