"""What the service keeps for its own work."""

from typing import NamedTuple


class RefusalRow(NamedTuple):
    """An act that was refused; ``problems``: JSON list."""

    actor: str
    at_ms: int
    id: str
    type: str
    principal: str
    header: bytes | None
    problems: bytes


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
