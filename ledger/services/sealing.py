"""From an accepted statement to the bytes of its record: auth, links, effects, record, and the rows that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import encode
from ledger.core.effects import Effects
from ledger.core.events import encode_signatures, signatures_digest
from ledger.core.sealed import disclosure_body, link_content, raw_record_hash, record_body
from ledger.core.sections import SALT_SIZE, section_digest
from ledger.rules.event import Entry
from ledger.services.entropy import Entropy, draw
from ledger.services.intake import Auth, Submission
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
    salts = draw(entropy, 1 + 2 * len(effects), SALT_SIZE)
    auth = disclosure_body(salts[0], "auth", _auth(submission.auth))
    links: list[LinkRow] = []
    digests: list[str] = []
    for at, chain in enumerate(sorted(effects)):
        effect = disclosure_body(salts[1 + 2 * at], "effects", effects[chain].encode())
        head = heads.get(chain)
        seq, prev = (0, None) if head is None else (head.seq + 1, b64u(head.hash))
        content = link_content(chain, seq, prev, section_digest(effect))
        link = disclosure_body(salts[2 + 2 * at], "link", content)
        links.append(LinkRow(chain, seq, place.index, link, effect))
        digests.append(section_digest(link))
    body = record_body(
        origin=place.origin,
        index=place.index,
        event=submission.event.hash,
        recorded_at_ms=place.recorded_at_ms,
        signatures=signatures_digest(submission.signatures),
        auth=section_digest(auth),
        manifests=(place.rules, place.reference),
        links=digests,
    )
    row = RecordRow(place.index, raw_record_hash(body), body, auth, place.recorded_at_ms)
    return Sealed(submission, Entry(place.index, place.recorded_at_ms, submission.event, effects), row, tuple(links))


@lru_cache(maxsize=1024)
def _auth(auth: Auth) -> bytes:
    """The same few come in again and again."""
    return encode(auth.content())
