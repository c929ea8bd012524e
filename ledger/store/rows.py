"""What goes into the tables and comes out: plain tuples with names, in the order of the tables' columns."""

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


class HoldingRow(NamedTuple):
    """A holding that is not empty, in milligrams."""

    batch: str
    owner: str
    custodian: str
    place: str
    container: str
    status: str
    site: str
    mg: int


class EdgeRow(NamedTuple):
    """In record ``idx``, ``mg`` of ``parent`` went into ``child``."""

    child: str
    parent: str
    idx: int
    mg: int


class RecalledRow(NamedTuple):
    """The recall of ``lot`` by the order at index ``recall`` reaches a batch: the lot, or one made of it."""

    batch: str
    recall: int
    lot: str


class RecallHolderRow(NamedTuple):
    """The recall reaches an organisation by ``batch`` in record ``idx``; ``acknowledged_idx``: where it says so."""

    org: str
    recall: int
    lot: str
    batch: str
    idx: int
    acknowledged_idx: int | None = None


class FindingRow(NamedTuple):
    """The ``n``-th finding of record ``idx``; ``data``: canonical JSON; ``resolved_idx``: what settled it."""

    idx: int
    n: int
    chain: str
    rule: str
    severity: str
    data: bytes
    batch: str | None
    org: str | None
    resolved_idx: int | None = None


ALIAS = "alias"
ROLL = "roll"


class CodeRow(NamedTuple):
    """A printed code, the ref it resolves to and the record that issued it.

    ``kind``: of the thing; ``ROLL`` while the code stands for nothing yet, ``ALIAS`` for a code of another system.
    """

    code: str
    kind: str
    target: str
    idx: int
    voided_idx: int | None = None


class SearchRow(NamedTuple):
    """A thing people look for. ``id`` is its full ref; '' where a column does not apply."""

    kind: str
    id: str
    org: str = ""
    region: str = ""
    product: str = ""
    label: str = ""
    zh: str = ""
    en: str = ""
    un: str = ""
    cas: str = ""


class RefusalRow(NamedTuple):
    """An act that was refused; ``problems``: JSON list."""

    actor: str
    at_ms: int
    id: str
    type: str
    principal: str
    header: bytes | None
    problems: bytes


class ApiKeyRow(NamedTuple):
    """An API key by the SHA-256 of its secret."""

    hash: bytes
    id: str
    org: str
    role: str
    label: str
    created_at_ms: int
    expires_at_ms: int | None
    revoked_at_ms: int | None


class LoginLinkRow(NamedTuple):
    """A login link by the SHA-256 of its secret; ``uses_left`` None: as often as wanted."""

    hash: bytes
    user: str
    org: str
    role: str
    created_at_ms: int
    expires_at_ms: int | None
    uses_left: int | None


class StepLinkRow(NamedTuple):
    """A one-time link by the SHA-256 of its secret; ``steps`` it may take, ``done`` as "step=event id"."""

    hash: bytes
    pin: bytes
    id: str
    issuer: str
    org: str
    shipment: str
    transfer: str
    steps: str
    done: str
    created_at_ms: int
    expires_at_ms: int
    attempts_left: int


class ScanRow(NamedTuple):
    """A scan with its outcome; ``statement`` is what was signed, ``answer`` JSON. See the table ``scans``."""

    org: str
    id: str
    device: str
    counter: int
    at_ms: int
    received_at_ms: int
    action: str
    item: str
    outcome: str
    statement: bytes
    signature: bytes | None
    answer: bytes
    undone_by: str = ""


class ScanFindingRow(NamedTuple):
    """What scans show to an organisation. See the table ``scan_findings``."""

    org: str
    id: str
    rule: str
    item: str
    found_at_ms: int
    data: bytes
    resolved_at_ms: int | None = None
    resolved_by: str = ""


class AuditRow(NamedTuple):
    """An audit that was asked for, or a round of the scrub; ``wanted`` and ``result``: JSON."""

    id: str
    org: str
    user: str
    kind: str
    wanted: str
    state: str
    started_at_ms: int
    ended_at_ms: int | None
    done: int
    total: int
    result: bytes | None = None


class IncidentRow(NamedTuple):
    """An incident code by its hash; issued by a ``user``, else by the program of ``credential``, as ``role``."""

    hash: bytes
    id: str
    org: str
    user: str
    credential: str
    role: str
    reason: str
    created_at_ms: int
    expires_at_ms: int
    ended_at_ms: int | None = None


class SessionRow(NamedTuple):
    """A logged-in browser by the SHA-256 of its cookie. ``user`` empty: a demo's link, which bears ``role``."""

    hash: bytes
    id: str
    user: str
    org: str
    role: str
    factor: str
    csrf: str
    purpose: str
    label: str
    created_at_ms: int
    seen_at_ms: int
    expires_at_ms: int


class UserRow(NamedTuple):
    """A person of an organisation; ``roles``: words with a space between them."""

    id: str
    org: str
    login: str
    name: str
    password: str | None
    roles: str
    created_at_ms: int
    disabled_at_ms: int | None = None


class PasskeyRow(NamedTuple):
    """A WebAuthn credential of a user; ``public_key`` is COSE."""

    id: bytes
    user: str
    public_key: bytes
    sign_count: int
    name: str
    created_at_ms: int
    used_at_ms: int | None = None


class DeviceRow(NamedTuple):
    """A device of an organisation, perhaps of one person."""

    id: str
    org: str
    name: str
    user: str | None
    created_at_ms: int
    revoked_at_ms: int | None = None


class BadgeRow(NamedTuple):
    """A badge of a person, by the hash of its secret (32 bytes); ``created_by``: the user who issued it."""

    hash: bytes
    id: str
    org: str
    user: str
    created_by: str
    created_at_ms: int
    revoked_at_ms: int | None = None


class KeyRequestRow(NamedTuple):
    """A public key of a person that waits to be endorsed; ``key`` and ``proof`` (of possession) in base64url."""

    id: str
    org: str
    user: str
    key: str
    proof: str
    created_at_ms: int
    expires_at_ms: int


class DraftRow(NamedTuple):
    """A statement that waits for signatures. ``body``: its header without keys, and its disclosures, canonical JSON.

    ``signers``: how many people sign it; ``signing``: the first one's signatures, canonical JSON; ``made_by``: who made
    the draft, ``user:...`` or a program's id; ``onward``: the page that a browser goes to once it is stated.
    ``done_at_ms``: when it was recorded; then ``body`` is empty.
    """

    org: str
    id: str
    type: str
    body: bytes
    signers: int
    signing: bytes | None
    made_by: str
    onward: str
    created_at_ms: int
    expires_at_ms: int
    done_at_ms: int | None = None


class ImportJobRow(NamedTuple):
    """An import of a file; see the table ``import_jobs``."""

    org: str
    id: str
    kind: str
    name: str
    body: bytes
    phase: str
    done: int
    total: int
    all_or_nothing: int
    outcome: bytes
    created_at_ms: int
    changed_at_ms: int
    expires_at_ms: int


class InvitationRow(NamedTuple):
    """A one-time link by the SHA-256 of its secret; ``user``: whose password it sets, None for somebody new."""

    hash: bytes
    id: str
    org: str
    user: str | None
    login: str
    name: str
    roles: str
    created_by: str
    created_at_ms: int
    expires_at_ms: int
    used_at_ms: int | None = None


class ApiClientRow(NamedTuple):
    """A program of an organisation; ``hash``: SHA-256 of its secret."""

    id: str
    org: str
    hash: bytes
    roles: str
    label: str
    purpose: str
    created_by: str
    created_at_ms: int
    revoked_at_ms: int | None = None


class TokenRow(NamedTuple):
    """An access token by its SHA-256."""

    hash: bytes
    client: str
    org: str
    roles: str
    created_at_ms: int
    expires_at_ms: int


class AttemptsRow(NamedTuple):
    """Failed logins since the first of a window, by the SHA-256 of a login name."""

    hash: bytes
    failures: int
    since_ms: int


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


class PresenceRow(NamedTuple):
    """A place at which a batch is, was or is about to be; ``idx``: the record that first said so."""

    batch: str
    place: str
    idx: int


class SiteStockRow(NamedTuple):
    """What of a product somebody has at a site, for whom; ``idx``: the newest record that moved some of it."""

    site: str
    product: str
    owner: str
    custodian: str
    mg: int
    idx: int


class ExpiryRow(NamedTuple):
    """A licence, or a date of a batch ("batch", "retest"), that ends on ``day``; ``org``: its holder or producer."""

    ref: str
    kind: str
    org: str
    day: str
    idx: int


class PlaceRow(NamedTuple):
    """A site, or an organisation at its own address."""

    place: str
    org: str
    region: str
    park: str


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


class WebhookRow(NamedTuple):
    """Where an organisation wants to be told; ``types``: prefixes set apart by blanks; ``cursor``: taken up so far."""

    org: str
    id: str
    url: str
    types: str
    label: str
    secret_number: int
    created_at_ms: int
    disabled_at_ms: int | None
    cursor: int


class DeliveryRow(NamedTuple):
    """A message to a webhook; ``due_at_ms`` None: delivered or given up; ``outcome``: what the last try came to."""

    webhook: str
    idx: int
    attempts: int
    due_at_ms: int | None
    tried_at_ms: int | None
    outcome: str


class DealRow(NamedTuple):
    """A transfer or shipment of one party; ``side``: giver, taker, both, carrier, arranger; ``idx``: newest record."""

    org: str
    ref: str
    kind: str
    side: str
    status: str
    idx: int


class RequestRow(NamedTuple):
    """What ``asker`` asked of ``asked`` with an event; ``moved_idx``: the newest record that changed its status."""

    event: str
    kind: str
    asker: str
    asked: str
    status: str
    due_ms: int | None
    idx: int
    moved_idx: int


class GrantRow(NamedTuple):
    """One thing that ``giver`` shows to ``getter`` until a time; ``withdrawn_idx``: the record that ended it before."""

    event: str
    thing: str
    giver: str
    getter: str
    until_ms: int
    idx: int
    withdrawn_idx: int | None


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
