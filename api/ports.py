"""What the HTTP edge asks of the services below it: small protocols over the views.

Rules for whoever implements them:

* Errors are the families of `ledger.errors`; the edge turns them into RFC 9457 answers. What a viewer may
  not know of is `NotFoundError`, never `ForbiddenError`: a foreign object answers 404.
* `viewer` is who asks. A port decides what that viewer may see and leaves out the rest; the edge
  shows all that it is given, but for protected places (`QrView.for_public`).
* Methods without `async` may read the database; the edge calls them on worker threads, several at once.
  The exceptions, called on the event loop, say "from memory" and must not block.
* Lists are keyset pages: `after` is the `next_key` of the page before, or None; `limit` is 1 to 200.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from api.audit_ports import Audits
from api.authority_ports import Authorities
from api.compliance_ports import Compliance
from api.deal_ports import Deals, Papers, StepLinks, Waybills
from api.draft_ports import Drafts
from api.finding_ports import FindingsPort
from api.gs1_ports import Gs1
from api.import_ports import Imports
from api.key_ports import Keys
from api.notice_ports import Notices, Webhooks
from api.overview_ports import Exports, Overviews
from api.people_ports import Account, Badges, Entry, People
from api.proof_ports import Proofs
from api.recall_ports import Recalls
from api.scan_ports import Scans
from api.tracing_ports import Tracing
from api.views import (
    BatchLine,
    BatchView,
    ContainerView,
    DeskView,
    IncidentCode,
    IncidentView,
    Key,
    LabelLine,
    LoginOffer,
    LogState,
    Moment,
    OrganisationView,
    Outcome,
    Page,
    Principal,
    ProductView,
    PublishedHeads,
    QrView,
    Readiness,
    Session,
    SiteView,
    StockLine,
    Words,
)
from api.witness_ports import Witnesses
from labels.forms import Print
from ledger.errors import HazledgerError
from ledger.store.stock_search import StockWanted

Action = Literal[
    "event.append",
    "receipt.read",
    "batch.read",
    "stock.read",
    "finding.read",
    "evidence.read",
    "master.read",
    "desk.read",
    "self.read",
    "heads.publish",
    "stream.read",
    "transfer.read",
    "shipment.read",
    "webhook.manage",
    "account.manage",
    "users.read",
    "users.manage",
    "clients.manage",
    "devices.manage",
    "badge.manage",
    "reads.read",
    "incident.manage",
    "pin.manage",
    "audit.run",
    "audit.read",
]


class Clock(Protocol):
    """The time of the server."""

    def now_ms(self) -> int:
        """Return epoch milliseconds."""


class Access(Protocol):
    """Who asks and what they may do. Secrets arrive as given and are compared only as hashes."""

    def by_key(self, secret: str) -> Principal | None:
        """Return the principal of an API key or access token, None if it is unknown or revoked. From memory."""

    def by_session(self, secret: str) -> Principal | None:
        """Return the principal of a session, None once it has expired or ended. From memory."""

    def allow(self, viewer: Principal, action: Action) -> None:
        """Return if the viewer's role may try this at all; else ForbiddenError. From memory, deny by default."""

    def offer(self, token: str) -> LoginOffer:
        """Return what a login link would open, using nothing up. NotFoundError: unknown, used or expired."""

    def watched(self, viewer: Principal, action: Action) -> bool:
        """Whether this read is recorded with a purpose: a regulator's or park's. From memory."""

    def note(self, viewer: Principal, action: Action, subject: str) -> None:
        """Record a watched read before it is shown. UnavailableError: it cannot be recorded now."""

    def csrf(self, secret: str) -> str | None:
        """Return what the forms of a session carry, None for a session that is not good. From memory."""

    def with_purpose(self, viewer: Principal, purpose: str) -> Principal:
        """Return a program's principal that reads for this purpose. FormatError. From memory."""

    def open_session(self, token: str, former: str | None = None) -> Session:
        """Use the link up, open a session and end the one the browser had. NotFoundError: unknown, used or expired."""

    def end_session(self, secret: str) -> None:
        """End a session; an unknown one is no error."""


class Intake(Protocol):
    """Events in. Both ways of stating one arrive as raw JSON bytes: the service parses, strictly."""

    async def submit(self, viewer: Principal, body: bytes) -> Outcome:
        """Append one event and wait for its receipt.

        FormatError, RefusedError, ConflictError (same id, other bytes), ForbiddenError (not the viewer's actor),
        UnavailableError (queue full, no writer, or a commit whose outcome is unknown: same id again is safe).
        """

    async def submit_many(self, viewer: Principal, bodies: Sequence[bytes]) -> Sequence[Outcome | HazledgerError]:
        """Append events in their order; one result a body, in the same order. A refused one stops no other."""

    async def publish_heads(self) -> PublishedHeads:
        """Publish the heads of all chains, or return the newest if nothing was recorded since.

        UnavailableError: too soon after the last time, no writer.
        """

    def receipt(self, viewer: Principal, event_id: str) -> bytes:
        """Return the receipt (JSON bytes) of the viewer's own event with this UUID. NotFoundError."""


class LogReader(Protocol):
    """The public log, exactly as C2SP tlog-tiles serves it."""

    def checkpoint(self) -> bytes:
        """Return the newest published signed note. From memory; it advances at most once a second."""

    def tile(self, path: str) -> bytes:
        """Return a tile or entry bundle.

        `path` is what follows `tile/`: "0/x001/067", "1/000.p/5", "entries/000.p/70". NotFoundError: not
        a path of the form or not part of any published tree.
        """

    def state(self) -> LogState:
        """Return size, root, key and counts as of the newest checkpoint. From memory."""


class Codes(Protocol):
    """What a printed code leads to."""

    def find(self, text: str) -> str:
        """Return the code that leads to what was scanned or typed, ours or bound to it. FormatError, NotFoundError."""

    def resolve(self, viewer: Principal, code: str) -> QrView:
        """Return the view of a code: 16 characters of Crockford base32 in upper case. NotFoundError.

        Anybody may ask. `matter` is filled only if the viewer has a relation. `place_private` is set for a
        location with 剧毒, 易制爆 or explosives (`hides_place`): then the edge shows a viewer without a
        relation nothing but classes and the phone.
        """


class Incidents(Protocol):
    """Codes with which whoever was told one sees, for hours, what its issuer may see of a place or vehicle."""

    def listing(self, viewer: Principal) -> tuple[IncidentView, ...]:
        """Return its organisation's good codes, then the newest 50, each with its uses; no code itself."""

    def issue(self, viewer: Principal, reason: str, hours: int) -> IncidentCode:
        """Make a code and show it, once. FormatError (reason, hours), ConflictError (too many)."""

    def end(self, viewer: Principal, incident: str) -> None:
        """End a code before its time. NotFoundError: the organisation has no such one that is good."""

    def open(self, code: str, incident_code: str, purpose: str) -> QrView:
        """Return a place or vehicle with its quantities; the use is recorded with its purpose before.

        NotFoundError `incident_code_unusable`: no such code, not one of this place, over, or ended: all the same.
        FormatError (purpose), NotFoundError `code_unknown`.
        """


class Batches(Protocol):
    """Batches, each for viewers with a relation. References are "batch:<uuid>"; NotFoundError otherwise."""

    def listing(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[BatchLine]:
        """Return batches, newest change first; `text` filters by the start of a number or a product name."""

    def one(self, viewer: Principal, ref: str) -> BatchView:
        """Return a batch with its present state and the newest 50 moments of its life."""

    def history(self, viewer: Principal, ref: str, after: Key | None, limit: int) -> Page[Moment]:
        """Return the life of a batch, newest first, without end."""

    def stock(self, viewer: Principal, ref: str, as_of: int | None) -> tuple[StockLine, ...]:
        """Return where its matter is, or was at instant `as_of` (epoch milliseconds)."""

    def evidence(self, viewer: Principal, ref: str) -> bytes:
        """Return the evidence bundle (hazledger/evidence@1) of a batch, as much as the viewer may see."""


class Registry(Protocol):
    """Master data and stock of the viewer's world."""

    def containers(
        self, viewer: Principal, after: Key | None, limit: int, text: str | None = None
    ) -> Page[ContainerView]:
        """Return containers the viewer owns or holds, by label; `text`: part of it."""

    def container(self, viewer: Principal, ref: str) -> ContainerView:
        """Return one container. NotFoundError."""

    def sites(self, viewer: Principal, after: Key | None, limit: int, text: str | None = None) -> Page[SiteView]:
        """Return sites the viewer runs, keeps stock at or supervises, by name; `text`: part of it."""

    def site(self, viewer: Principal, ref: str) -> SiteView:
        """Return one site. NotFoundError."""

    def organisations(self, viewer: Principal, after: Key | None, limit: int) -> Page[OrganisationView]:
        """Return organisations the viewer deals with, by name."""

    def organisation(self, viewer: Principal, ref: str) -> OrganisationView:
        """Return one organisation. NotFoundError."""

    def products(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[ProductView]:
        """Return products, by name; `text` filters by the start of a name, a UN number or a CAS number."""

    def product(self, viewer: Principal, ref: str) -> ProductView:
        """Return one product. NotFoundError."""

    def stock(
        self, viewer: Principal, after: Key | None, limit: int, wanted: StockWanted | None = None
    ) -> Page[StockLine]:
        """Return the viewer's holdings: owned or in custody; for a regulator those in its region."""

    def region(self, code: str) -> Words:
        """Return the full name of a region of GB/T 2260. NotFoundError `unknown_region`. From memory."""

    def desk(self, viewer: Principal) -> DeskView:
        """Return the desk of the viewer's organisation: up to 50 stock lines, 20 events, 10 findings."""


class Labels(Protocol):
    """Labels of things to which the viewer has a relation. NotFoundError: none such, or none that it may know of.

    ConflictError `label_is_void`; FormatError: what is asked for does not exist, or the text does not fit the size.
    """

    def named(self, viewer: Principal, code: str) -> LabelLine:
        """Return what a code that the viewer may print stands for."""

    def listing(self, viewer: Principal, batch: str) -> tuple[LabelLine, ...]:
        """Return the codes of the containers with matter of a batch, by what is painted on them."""

    def one(self, viewer: Principal, code: str, how: Print, base_url: str) -> bytes:
        """Return one label in the form that is asked for."""

    def of_batch(self, viewer: Principal, batch: str, how: Print, base_url: str) -> bytes:
        """Return the labels of a batch in one file, PDF or ZPL."""


class Status(Protocol):
    """What the server knows of its own condition."""

    def readiness(self) -> Readiness:
        """Return whether reads and writes go on, and why not. From memory."""

    def metrics(self) -> str:
        """Return metrics in the Prometheus text format, version 0.0.4. From memory."""


@dataclass(frozen=True, slots=True)
class Services:
    """All ports, as `create_app` takes them.

    `schemas`: JSON Schemas of what events may state, by name, for the API description.
    """

    clock: Clock
    access: Access
    intake: Intake
    log: LogReader
    codes: Codes
    audits: Audits
    incidents: Incidents
    batches: Batches
    tracing: Tracing
    recalls: Recalls
    proofs: Proofs
    registry: Registry
    overviews: Overviews
    exports: Exports
    findings: FindingsPort
    entry: Entry
    account: Account
    people: People
    badges: Badges
    keys: Keys
    drafts: Drafts
    deals: Deals
    waybills: Waybills
    papers: Papers
    links: StepLinks
    notices: Notices
    webhooks: Webhooks
    imports: Imports
    compliance: Compliance
    authorities: Authorities
    scans: Scans
    labels: Labels
    gs1: Gs1
    witnesses: Witnesses
    status: Status
    schemas: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
