"""The ports over the small world: no database, no clock, no keys that matter."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timezone
from pathlib import Path
from typing import Literal, cast

from api.audit_ports import Audits
from api.authority_ports import Authorities
from api.deal_ports import Box, DealSearch, Source
from api.draft_ports import Drafts
from api.finding_ports import FindingSearch
from api.gs1_ports import Gs1
from api.key_ports import Keys
from api.overview_ports import Exports, Overviews
from api.people_ports import Account, Badges, Entry, People
from api.ports import Action, Services
from api.scan_ports import Scans
from api.settings import ApiSettings
from api.views import (
    BatchLine,
    BatchView,
    ContainerView,
    CrewChoices,
    DeliveryView,
    DeskView,
    FlowView,
    Health,
    IncidentCode,
    IncidentView,
    Key,
    LabelLine,
    LinkView,
    LoginOffer,
    LogState,
    Moment,
    OrganisationView,
    Outcome,
    Page,
    PaperView,
    Party,
    PinView,
    Principal,
    ProductView,
    PublishedHeads,
    QrView,
    Readiness,
    Replayed,
    Session,
    ShipmentLine,
    ShipmentView,
    SiteView,
    StepLink,
    StepLinkLine,
    StockLine,
    TimestampView,
    TraceEdge,
    TraceNode,
    TraceView,
    TransferLine,
    TransferView,
    TryView,
    Verdict,
    WaybillView,
    WebhookView,
    WitnessesView,
    WitnessLine,
    Words,
    hides_place,
)
from api.views.compliance import FilingLine, FilingStatus, LicenceLine
from api.views.findings import FindingLine, FindingPage
from api.views.flow import Sense
from api.views.recalls import RecallLine, RecallPreview, RecallView
from api.views.tracing import Direction
from labels.forms import Print
from ledger.core.canonical import Json
from ledger.core.proof import Subject
from ledger.core.scanned import OwnCode
from ledger.core.scanned import read as scan
from ledger.errors import (
    ConflictError,
    ForbiddenError,
    FormatError,
    HazledgerError,
    NotFoundError,
    Problem,
    RefusedError,
    UnavailableError,
)
from ledger.services.feed import Notice
from ledger.services.imports.columns import KINDS, Kind
from ledger.services.imports.jobs import Job
from ledger.services.imports.run import Report, RowResult
from ledger.services.imports.tables import read, single
from ledger.services.proof_jobs import Job as ProofJob
from ledger.store.stock_search import StockWanted
from tests.api import world

KEY = "hz_warehouse_key"
USER_KEY = "hz_user_key"
STRANGER_KEY = "hz_stranger_key"
READER_KEY = "hz_read_only_key"
TOKEN = "link-for-the-warehouse"
SESSION = "session-of-the-warehouse"
CSRF = "token-of-the-warehouses-forms"

RELATED = {world.PRODUCER.ref, world.WAREHOUSE.ref, world.USER.ref}
RECEIPT = b'{"spec":"hazledger/receipt@1","record":{"index":5214}}'


def _principal(org: Party, credential: str) -> Principal:
    return Principal("key", org, ("warehouse",), None, credential)


def _missing(path: str) -> NotFoundError:
    return NotFoundError("page_not_found", None, {"path": path})


class FakeClock:
    def now_ms(self) -> int:
        return world.NOW


class FakeAccess:
    def __init__(self) -> None:
        self.keys = {
            KEY: _principal(world.WAREHOUSE, "k1"),
            USER_KEY: _principal(world.USER, "k2"),
            STRANGER_KEY: _principal(world.STRANGER, "k3"),
            READER_KEY: _principal(world.PRODUCER, "k4"),
        }
        self.sessions: dict[str, Principal] = {}
        self.tokens = {TOKEN}
        self.noted: list[tuple[str, str, str]] = []

    def by_key(self, secret: str) -> Principal | None:
        return self.keys.get(secret)

    def by_session(self, secret: str) -> Principal | None:
        return self.sessions.get(secret)

    def allow(self, viewer: Principal, action: Action) -> None:
        if viewer.credential == "k4" and action == "event.append":
            raise ForbiddenError("action_not_allowed", None, {"action": action})

    def watched(self, viewer: Principal, action: Action) -> bool:
        return "regulator" in viewer.roles and action == "batch.read"

    def note(self, viewer: Principal, action: Action, subject: str) -> None:
        self.noted.append((viewer.purpose, action, subject))

    def csrf(self, secret: str) -> str | None:
        return CSRF if secret in self.sessions else None

    def with_purpose(self, viewer: Principal, purpose: str) -> Principal:
        return dataclasses.replace(viewer, purpose=purpose)

    def offer(self, token: str) -> LoginOffer:
        if token not in self.tokens:
            raise NotFoundError("link_unusable")
        return LoginOffer(world.WAREHOUSE, ("warehouse",), world.NOW + world.DAY)

    def open_session(self, token: str, former: str | None = None) -> Session:
        self.offer(token)
        self.sessions.pop(former or "", None)
        self.tokens.discard(token)
        self.sessions[SESSION] = dataclasses.replace(_principal(world.WAREHOUSE, "s1"), method="session")
        return Session(SESSION, world.NOW + 8 * world.HOUR)

    def end_session(self, secret: str) -> None:
        self.sessions.pop(secret, None)


class FakeEntry:
    """Nobody has a password here: what people do is tested over a real ledger (tests/api/wiring)."""

    def takes_passkeys(self) -> bool:
        return True


class FakeIntake:
    """Reads "ask" from a body to know what to answer; remembers ids."""

    def __init__(self) -> None:
        self.seen: dict[str, bytes] = {}
        self.calls = 0

    async def submit(self, viewer: Principal, body: bytes) -> Outcome:
        (result,) = await self.submit_many(viewer, [body])
        if isinstance(result, HazledgerError):
            raise result
        return result

    async def submit_many(self, viewer: Principal, bodies: Sequence[bytes]) -> Sequence[Outcome | HazledgerError]:
        self.calls += 1
        return [self._one(body) for body in bodies]

    def _one(self, body: bytes) -> Outcome | HazledgerError:
        event = json.loads(body)
        asked = event.get("ask")
        if asked == "crash":
            message = "secret of the inside"
            raise ZeroDivisionError(message)
        if asked == "refuse":
            reasons = [Problem("bulk_empty", "/sections/inputs"), Problem("code_unknown", "/x", {"code": "<b>"})]
            return RefusedError(reasons)
        if asked == "wait":
            return UnavailableError("internal_error", None, {}, retry_after_s=7)
        known = self.seen.setdefault(event["id"], body)
        if known != body:
            return ConflictError("bulk_empty", "/id")
        if asked == "again":
            return Outcome(recorded=False, receipt=RECEIPT)
        return Outcome(recorded=True, receipt=RECEIPT)

    async def publish_heads(self) -> PublishedHeads:
        return PublishedHeads(5213, world.HASHES[0], world.NOW, recorded=True)

    def receipt(self, viewer: Principal, event_id: str) -> bytes:
        if event_id not in self.seen:
            raise _missing(event_id)
        return RECEIPT


class FakeLog:
    def checkpoint(self) -> bytes:
        return world.INCLUSION.checkpoint.encode()

    def tile(self, path: str) -> bytes:
        tiles = {"0/000.p/5": b"h" * 160, "entries/000.p/5": b"e" * 170}
        if path not in tiles:
            raise _missing(path)
        return tiles[path]

    def state(self) -> LogState:
        return LogState(
            origin="trace.example.cn/log",
            size=5213,
            root=world.HASHES[1],
            at=world.NOW - 2 * world.HOUR,
            vkey="trace.example.cn/log+9d6f0b2c+AbCd",
            demo=True,
            events=5214,
            batches=204,
            organisations=14,
        )


class FakeCodes:
    def find(self, text: str) -> str:
        scanned = scan(text)
        if not isinstance(scanned, OwnCode):
            raise NotFoundError("code_unknown", "/code", {"code": text[:60]})
        return scanned.code

    def resolve(self, viewer: Principal, code: str) -> QrView:
        view = world.VIEWS.get(code)
        if view is None:
            raise NotFoundError("code_unknown", None, {"code": code})
        related = viewer.org is not None and viewer.org.ref in RELATED
        if related:
            shown = dataclasses.replace(view, matter=world.MATTER)
            return dataclasses.replace(shown, here=world.HERE_TOLD, told=True) if code == world.BAY_CODE else shown
        return dataclasses.replace(view, place_private=view.kind == "location" and hides_place(view.goods))


class FakeIncidents:
    """One code was issued; it opens the protected bay alone."""

    def listing(self, viewer: Principal) -> tuple[IncidentView, ...]:
        return (world.INCIDENT,)

    def issue(self, viewer: Principal, reason: str, hours: int) -> IncidentCode:
        return IncidentCode(world.INCIDENT.id, world.INCIDENT_CODE, world.NOW + hours * 3_600_000)

    def end(self, viewer: Principal, incident: str) -> None:
        return None

    def open(self, code: str, incident_code: str, purpose: str) -> QrView:
        if code != world.BAY_CODE or incident_code != world.INCIDENT_CODE:
            raise NotFoundError("incident_code_unusable", "/incident_code")
        told = dataclasses.replace(world.BAY_VIEW, here=world.HERE_TOLD, told=True)
        return dataclasses.replace(told, incident=world.INCIDENT.reason)


class FakeWitnesses:
    """One witness is up to date, one is behind, one never answered."""

    def view(self) -> WitnessesView:
        at, checkpoint = world.NOW, "test.example/log\n9\n" + "A" * 43 + "=\n\n\u2014 test.example/log AAAA\n"
        lines = (
            WitnessLine("park", "park.example+aaaaaaaa+BAAA", 9, at, 0, at, 0, "cosigned"),
            WitnessLine("county", "county.example+bbbbbbbb+BAAA", 5, at - 60_000, 4, at, 2, "unreachable"),
            WitnessLine("far", "far.example+cccccccc+BAAA", None, None, None, None, 0, ""),
        )
        return WitnessesView(
            "test.example/log",
            "test.example/log+dddddddd+AAAA",
            9,
            "both",
            5,
            checkpoint,
            lines,
            stamping=True,
            timestamp=TimestampView("2026-11-22", 7, at, "2017"),
        )

    def pin(self, viewer: Principal, checkpoint: str | None) -> PinView:
        if checkpoint is not None and "nonsense" in checkpoint:
            raise FormatError("note_malformed")
        return PinView("0" * 64, 9, world.NOW, "extended", checkpoint or "note\n")

    def pins(self, viewer: Principal) -> tuple[PinView, ...]:
        standings: tuple[Literal["extended", "ahead", "forked"], ...] = ("extended", "ahead", "forked")
        return tuple(PinView(str(n) * 64, n, world.NOW, one, "note\n") for n, one in enumerate(standings))


class FakeBatches:
    def __init__(self) -> None:
        self.line = BatchLine(
            world.BATCH,
            "AN-26-1012-A",
            world.ACRYLONITRILE.name,
            "UN1093",
            world.PRODUCER,
            187_500_000,
            ("free",),
            world.NOW,
        )
        self.asked: list[tuple[object, ...]] = []

    def _check(self, viewer: Principal, ref: str) -> None:
        if ref != world.BATCH or viewer.org is None or viewer.org.ref not in RELATED:
            raise _missing(ref)

    def listing(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[BatchLine]:
        self.asked.append((text, after, limit))
        return Page((self.line,), None if after else (world.NOW, world.BATCH))

    def one(self, viewer: Principal, ref: str) -> BatchView:
        self._check(viewer, ref)
        return world.BATCH_VIEW

    def history(self, viewer: Principal, ref: str, after: Key | None, limit: int) -> Page[Moment]:
        self._check(viewer, ref)
        return Page(world.TIMELINE[:limit], None)

    def stock(self, viewer: Principal, ref: str, as_of: int | None) -> tuple[StockLine, ...]:
        self._check(viewer, ref)
        self.asked.append(("stock", as_of))
        return world.STOCK

    def evidence(self, viewer: Principal, ref: str) -> bytes:
        self._check(viewer, ref)
        return b'{"spec":"hazledger/evidence@1"}'


class FakeTracing:
    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def _check(self, viewer: Principal, ref: str) -> None:
        if ref != world.BATCH or viewer.org is None or viewer.org.ref not in RELATED:
            raise _missing(ref)

    def flow(self, viewer: Principal, ref: str, at_ms: int | None, sense: Sense) -> FlowView:
        self._check(viewer, ref)
        self.asked.append((at_ms, sense))
        return world.FLOW

    def trace(
        self, viewer: Principal, ref: str, direction: Direction, after: Key | None, limit: int
    ) -> tuple[TraceView, Key | None]:
        self._check(viewer, ref)
        edge = TraceEdge(ref, world.BATCH, "production.batch_blended", 50_000_000, 3900)
        view = TraceView(ref, direction, world.TRACED, (world.TRACED,), (edge,), 2, 1)
        return view, None if after else (world.BATCH,)

    def every(self, viewer: Principal, ref: str, direction: Direction) -> Iterator[TraceNode]:
        self._check(viewer, ref)
        yield world.TRACED


class FakeRecalls:
    """Nothing is recalled."""

    def listing(self, viewer: Principal, after: Key | None, limit: int, *, open_only: bool) -> Page[RecallLine]:
        return Page((), None)

    def one(self, viewer: Principal, index: int) -> RecallView:
        raise _missing(str(index))

    def preview(self, viewer: Principal, lots: Sequence[str]) -> RecallPreview:
        raise _missing(lots[0])

    def waiting(self, viewer: Principal) -> int:
        return 0

    def may_order(self, viewer: Principal, lot: str) -> bool:
        return False


class FakeRegistry:
    def __init__(self) -> None:
        self.container_view = ContainerView(
            world.DRUM,
            "D-004217",
            world.words("钢桶", "Steel drum"),
            18_000_000,
            200_000_000,
            "2027-03-01",
            4,
            "filled",
            world.BATCH,
            world.DRUM_CODE,
        )
        self.site_view = SiteView(
            world.STORE.ref.partition("/")[0], world.STORE.name, world.WAREHOUSE, "310115", ("A-01", "B-04")
        )
        self.organisation_view = OrganisationView(
            world.WAREHOUSE.ref, world.WAREHOUSE.name, "91110000600037341L", "310115", ("warehouse",), "registrar"
        )
        self.product_view = ProductView(world.ACRYLONITRILE, world.PRODUCER, "105")
        self.empty = False

    def containers(
        self, viewer: Principal, after: Key | None, limit: int, text: str | None = None
    ) -> Page[ContainerView]:
        return Page((self.container_view,))

    def container(self, viewer: Principal, ref: str) -> ContainerView:
        if ref != self.container_view.ref:
            raise _missing(ref)
        return self.container_view

    def sites(self, viewer: Principal, after: Key | None, limit: int, text: str | None = None) -> Page[SiteView]:
        return Page((self.site_view,))

    def site(self, viewer: Principal, ref: str) -> SiteView:
        if ref != self.site_view.ref:
            raise _missing(ref)
        return self.site_view

    def organisations(self, viewer: Principal, after: Key | None, limit: int) -> Page[OrganisationView]:
        return Page((self.organisation_view,))

    def organisation(self, viewer: Principal, ref: str) -> OrganisationView:
        if ref != self.organisation_view.ref:
            raise _missing(ref)
        return self.organisation_view

    def products(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[ProductView]:
        return Page((self.product_view,))

    def product(self, viewer: Principal, ref: str) -> ProductView:
        if ref != self.product_view.goods.ref:
            raise _missing(ref)
        return self.product_view

    def stock(
        self, viewer: Principal, after: Key | None, limit: int, wanted: StockWanted | None = None
    ) -> Page[StockLine]:
        return Page(world.STOCK[:limit])

    def region(self, code: str) -> Words:
        raise NotFoundError("unknown_region", params={"region": code})

    def desk(self, viewer: Principal) -> DeskView:
        if self.empty:
            return dataclasses.replace(world.DESK, stock=(), recent=(), findings=(), owned=0, held=0, more_stock=False)
        return world.DESK


class FakeFindings:
    def listing(self, viewer: Principal, search: FindingSearch, after: Key | None, limit: int) -> Page[FindingLine]:
        return Page((world.FOUND.line,))

    def one(self, viewer: Principal, id: str) -> FindingPage:
        if id != world.FOUND.line.id:
            raise _missing(id)
        return world.FOUND

    def names(self, viewer: Principal, search: FindingSearch) -> dict[str, str]:
        return {}


class FakeStatus:
    def __init__(self) -> None:
        self.state = Readiness(reads=True, writes=True, checks=(Health("store", ok=True),))

    def readiness(self) -> Readiness:
        return self.state

    def metrics(self) -> str:
        return "# TYPE hazledger_log_size gauge\nhazledger_log_size 5213\n"


class FakeDeals:
    def transfers(
        self, viewer: Principal, box: Box, search: DealSearch, after: Key | None, limit: int
    ) -> Page[TransferLine]:
        return Page(())

    def transfer(self, viewer: Principal, ref: str) -> TransferView:
        raise NotFoundError("page_not_found", None, {"path": ref})

    def shipments(self, viewer: Principal, search: DealSearch, after: Key | None, limit: int) -> Page[ShipmentLine]:
        return Page(())

    def parks(self, viewer: Principal) -> tuple[str, ...]:
        return ("Park",)

    def shipment(self, viewer: Principal, ref: str) -> ShipmentView:
        raise NotFoundError("page_not_found", None, {"path": ref})

    def lines(self, viewer: Principal, items: Sequence[Mapping[str, Json]], source: Source) -> list[dict[str, Json]]:
        return []

    def evidence(self, viewer: Principal, ref: str) -> bytes:
        raise NotFoundError("page_not_found", None, {"path": ref})

    def verdict(self, viewer: Principal, ref: str) -> Verdict:
        return world.INTACT

    def firm(self, viewer: Principal, text: str) -> Party:
        return world.USER

    def firms(self, viewer: Principal) -> tuple[Party, ...]:
        return (world.USER, world.STRANGER)

    def crews(self, viewer: Principal, carriers: Sequence[str]) -> CrewChoices:
        return CrewChoices((), (), ())

    def crew(self, viewer: Principal, carrier: str, kind: str, number: str) -> str:
        return f"user:{world.uuid(0xE1)}"


class FakeWaybills:
    def paper(self, viewer: Principal, ref: str, base_url: str, zone: timezone) -> bytes:
        return b"%PDF-1.7"

    def check(self, viewer: Principal, code: str) -> WaybillView:
        return WaybillView(valid=False, code=code)


class FakePapers:
    def add(self, viewer: Principal, content: bytes) -> PaperView:
        raise _missing("/papers")

    def one(self, viewer: Principal, paper: str) -> tuple[PaperView, bytes]:
        raise _missing(paper)

    def docks(self, viewer: Principal, shipment: str) -> tuple[str, ...]:
        raise _missing(shipment)


class FakeLinks:
    def issue(self, viewer: Principal, shipment: str, side: Literal["carrier", "consignee"]) -> StepLink:
        raise _missing(shipment)

    def listing(self, viewer: Principal, shipment: str) -> tuple[StepLinkLine, ...]:
        raise _missing(shipment)

    def revoke(self, viewer: Principal, link: str) -> StepLinkLine:
        raise _missing(link)

    def open(self, token: str) -> LinkView:
        raise _missing("/d")

    def enter(self, token: str, pin: str, step: str) -> Principal:
        raise _missing("/d")

    def finish(self, token: str, step: str, event: str) -> None:
        return None

    def receipt(self, token: str, step: str) -> bytes:
        raise _missing("/d")

    def paper(self, token: str, base_url: str, zone: timezone) -> bytes:
        raise _missing("/d")


class FakeNotices:
    def after(self, viewer: Principal, index: int, limit: int) -> Sequence[Notice]:
        return []

    def newest(self) -> int:
        return 5_212

    def listen(self, bell: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


class FakeWebhooks:
    def listing(self, viewer: Principal) -> tuple[WebhookView, ...]:
        return (world.WEBHOOK,)

    def add(self, viewer: Principal, url: str, types: Sequence[str], label: str) -> WebhookView:
        return dataclasses.replace(world.WEBHOOK, url=url, types=tuple(types), label=label, secret="whsec_AAAA")

    def one(self, viewer: Principal, webhook: str) -> WebhookView:
        return world.WEBHOOK

    def deliveries(self, viewer: Principal, webhook: str, after: Key | None, limit: int) -> Page[DeliveryView]:
        return Page((DeliveryView(5_200, "delivered", 1, 1, None, "HTTP 204"),))

    def enable(self, viewer: Principal, webhook: str, *, enabled: bool) -> WebhookView:
        return dataclasses.replace(world.WEBHOOK, enabled=enabled)

    def rotate(self, viewer: Principal, webhook: str) -> WebhookView:
        return dataclasses.replace(world.WEBHOOK, secret="whsec_BBBB")

    def remove(self, viewer: Principal, webhook: str) -> None:
        return None

    def replay(self, viewer: Principal, webhook: str, after: int) -> Replayed:
        return Replayed(3)

    def test(self, viewer: Principal, webhook: str) -> TryView:
        return TryView(ok=True, outcome="HTTP 204")


class FakeKeys:
    """Nobody has a key of their own."""

    def own(self, _viewer: Principal) -> tuple[str, ...]:
        return ()


class FakeImports:
    """Reads the table; every row of it would be recorded."""

    def preview(self, viewer: Principal, kind: Kind, body: bytes, media_type: str) -> Report:
        table = read(kind, body, media_type)
        rows = tuple(RowResult(row.number, "", "ready") for row in table.rows)
        return Report(table, rows, counts={"ready": len(rows)})

    def run(self, viewer: Principal, kind: Kind, body: bytes, media_type: str, *, all_or_nothing: bool) -> Report:
        return self.preview(viewer, kind, body, media_type)

    def one(self, _viewer: Principal, kind: Kind, cells: Mapping[str, str]) -> Report:
        return Report(single(kind, cells), (RowResult(1, "", "ready"),), counts={"ready": 1})

    def stated(self, viewer: Principal, kind: Kind, cells: Mapping[str, str]) -> tuple[Report, bytes | None]:
        return self.one(viewer, kind, cells), None

    def kinds(self, _viewer: Principal) -> tuple[Kind, ...]:
        return tuple(KINDS)

    def open(self, _viewer: Principal, _kind: Kind, _name: str, _body: bytes) -> str:
        raise UnavailableError("import_busy", None, {"limit": 0})

    def start(self, _viewer: Principal, _id: str, *, all_or_nothing: bool) -> None:
        del all_or_nothing
        raise NotFoundError("import_gone")

    def job(self, _viewer: Principal, _id: str, _wait_s: float) -> Job:
        raise NotFoundError("import_gone")

    def jobs(self, _viewer: Principal) -> tuple[Job, ...]:
        return ()


class FakeProofs:
    """Nobody is competent for a region, and nothing is kept."""

    def lines(self, _viewer: Principal, _subject: Subject) -> Iterator[bytes]:
        return iter((b"{}\n",))

    def open(self, _viewer: Principal, _subject: Subject) -> str:
        raise UnavailableError("proofs_busy", None, {"limit": 0})

    def job(self, _viewer: Principal, _id: str, _wait_s: float) -> ProofJob:
        raise NotFoundError("proof_gone")

    def file(self, _viewer: Principal, _id: str) -> Path:
        raise NotFoundError("proof_gone")

    def jobs(self, _viewer: Principal) -> tuple[ProofJob, ...]:
        return ()

    def sites(self, _viewer: Principal) -> tuple[SiteView, ...]:
        return ()

    def regions(self, _viewer: Principal) -> tuple[str, ...] | None:
        return None


class FakeCompliance:
    """Nothing is to be filed, and no licence is held."""

    def filings(
        self, _viewer: Principal, _after: Key | None, _limit: int, _status: FilingStatus | None = None
    ) -> Page[FilingLine]:
        return Page((), None)

    def licences(self, _viewer: Principal) -> tuple[LicenceLine, ...]:
        return ()

    def may_state(self, _viewer: Principal, _event_type: str) -> bool:
        return True


class FakeLabels:
    def named(self, viewer: Principal, code: str) -> LabelLine:
        return LabelLine(code, "DR-1")

    def listing(self, viewer: Principal, batch: str) -> tuple[LabelLine, ...]:
        raise _missing(batch)

    def one(self, viewer: Principal, code: str, how: Print, base_url: str) -> bytes:
        return b"%PDF-1.7"

    def of_batch(self, viewer: Principal, batch: str, how: Print, base_url: str) -> bytes:
        raise _missing(batch)


class FakeDrafts:
    def waiting_for(self, viewer: Principal) -> int:
        return 0


@dataclasses.dataclass
class Fakes:
    access: FakeAccess = dataclasses.field(default_factory=FakeAccess)
    intake: FakeIntake = dataclasses.field(default_factory=FakeIntake)
    log: FakeLog = dataclasses.field(default_factory=FakeLog)
    batches: FakeBatches = dataclasses.field(default_factory=FakeBatches)
    tracing: FakeTracing = dataclasses.field(default_factory=FakeTracing)
    registry: FakeRegistry = dataclasses.field(default_factory=FakeRegistry)
    findings: FakeFindings = dataclasses.field(default_factory=FakeFindings)
    status: FakeStatus = dataclasses.field(default_factory=FakeStatus)

    def services(self) -> Services:
        return Services(
            clock=FakeClock(),
            access=self.access,
            intake=self.intake,
            log=self.log,
            codes=FakeCodes(),
            audits=cast("Audits", None),
            incidents=FakeIncidents(),
            witnesses=FakeWitnesses(),
            batches=self.batches,
            tracing=self.tracing,
            recalls=FakeRecalls(),
            registry=self.registry,
            overviews=cast("Overviews", None),
            exports=cast("Exports", None),
            findings=self.findings,
            entry=cast("Entry", FakeEntry()),
            account=cast("Account", None),
            people=cast("People", None),
            badges=cast("Badges", None),
            keys=cast("Keys", FakeKeys()),
            drafts=cast("Drafts", FakeDrafts()),
            deals=FakeDeals(),
            waybills=FakeWaybills(),
            papers=FakePapers(),
            links=FakeLinks(),
            notices=FakeNotices(),
            webhooks=FakeWebhooks(),
            imports=FakeImports(),
            proofs=FakeProofs(),
            compliance=FakeCompliance(),
            authorities=cast("Authorities", None),
            scans=cast("Scans", None),
            labels=FakeLabels(),
            gs1=cast("Gs1", None),
            status=self.status,
            schemas={"storage.moved": {"type": "object"}},
        )


def settings(base_url: str = "http://testserver", **more: object) -> ApiSettings:
    plain = ApiSettings(base_url=base_url, version="0.1.0", demo=True)
    return dataclasses.replace(plain, **more)  # type: ignore[arg-type]
