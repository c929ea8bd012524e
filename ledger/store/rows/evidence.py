"""Everything that is evidence, and the log over it."""

from typing import NamedTuple


class EventRow(NamedTuple):
    """What an actor stated. ``hash``: 32 bytes; ``header``: canonical bytes; ``signatures``: JCS list or None."""

    actor: str
    id: str
    idx: int
    hash: bytes
    header: bytes
    signatures: bytes | None


class DisclosureRow(NamedTuple):
    """A section with its salt; ``body`` is None once erased."""

    idx: int
    name: str
    body: bytes | None


class RecordRow(NamedTuple):
    """What the ledger stated; ``auth`` is a disclosure, None once erased."""

    idx: int
    hash: bytes
    body: bytes
    auth: bytes | None
    recorded_at_ms: int


class LinkRow(NamedTuple):
    """A record's place in one chain; ``link`` and ``effects`` are disclosures."""

    chain: str
    seq: int
    idx: int
    link: bytes
    effects: bytes


class Head(NamedTuple):
    """The latest record of a chain: its place in the chain, its index in the log and its record hash."""

    chain: str
    seq: int
    idx: int
    hash: bytes


class HeadMove(NamedTuple):
    """A head's new place, and ``was``: the ``seq`` it must have had; None for a chain that begins."""

    chain: str
    seq: int
    idx: int
    hash: bytes
    was: int | None


class Tile(NamedTuple):
    """A complete tile: 256 hashes of 32 bytes."""

    level: int
    n: int
    data: bytes


class CheckpointRow(NamedTuple):
    """The signed checkpoint: tree size, root (32 bytes) and the signed note that says both."""

    size: int
    root: bytes
    note: bytes


class PublishedRow(NamedTuple):
    """A checkpoint as published at some time."""

    size: int
    note: bytes
    at_ms: int


class ReadRow(NamedTuple):
    """What a regulator or park read. ``subject``: the reference, or the list.

    ``idx``, ``salt``, ``hash``: its place in the log of reads, and what its leaf is made of; None before it has one.
    """

    org: str
    id: str
    at_ms: int
    user: str
    credential: str
    action: str
    subject: str
    purpose: str
    idx: int | None = None
    salt: bytes | None = None
    hash: bytes | None = None


class ReadHeadRow(NamedTuple):
    """The head of the log of reads: its size, and size, root and note of what was signed last (note b'': nothing)."""

    size: int
    signed: int
    root: bytes
    note: bytes


class AttachmentRow(NamedTuple):
    """A record that states the hash of a photographed paper of its actor."""

    actor: str
    hash: str
    idx: int


class PaperRow(NamedTuple):
    """A photographed paper without its bytes; ``erased``: they are gone."""

    org: str
    hash: str
    media_type: str
    size: int
    uploaded_at_ms: int
    erased: bool


class Entry(NamedTuple):
    """Everything stored about one index of the log. In a sound store there is one event and a record.

    A store that was tampered with may lack them, or hold two events for one index; the audit must see that.
    """

    idx: int
    record: RecordRow | None
    events: tuple[EventRow, ...]
    disclosures: tuple[DisclosureRow, ...]
    links: tuple[LinkRow, ...]

    @property
    def event(self) -> EventRow | None:
        """The event, or None when there is none."""
        return self.events[0] if self.events else None


class CosignatureRow(NamedTuple):
    """A witness's signature line on the published checkpoint of a size; ``witness``: its vkey. POSIX seconds."""

    witness: str
    size: int
    line: bytes
    time_s: int


class TimestampRow(NamedTuple):
    """A day (UTC, "2026-11-22"), a published checkpoint, and an RFC 3161 response about it; ``at_ms``: as it states."""

    day: str
    size: int
    note: bytes
    response: bytes
    at_ms: int


class WitnessViewRow(NamedTuple):
    """What a witness (by its vkey) knows of this log, and what the last try came to."""

    witness: str
    size: int
    failures: int
    due_at_ms: int
    tried_at_ms: int
    outcome: str


class PinRow(NamedTuple):
    """A checkpoint that an organisation pinned. ``id``: hex SHA-256 of the note's text."""

    org: str
    id: str
    size: int
    note: bytes
    user: str
    at_ms: int
