"""Rows that fill every table, for tests that need a store with something in it."""

import hashlib

from ledger.rules.watching import Watch
from ledger.store.rows import (
    ApiClientRow,
    ApiKeyRow,
    AttachmentRow,
    AttemptsRow,
    AuditRow,
    BadgeRow,
    CheckpointRow,
    CodeRow,
    CosignatureRow,
    DealRow,
    DeliveryRow,
    DeviceRow,
    DisclosureRow,
    DraftRow,
    EdgeRow,
    EventRow,
    ExpiryRow,
    FindingRow,
    GrantRow,
    HeadMove,
    HoldReachRow,
    ImportJobRow,
    IncidentRow,
    InvitationRow,
    KeyRequestRow,
    LinkRow,
    LoginLinkRow,
    PaperRow,
    PasskeyRow,
    PinRow,
    PlaceRow,
    PresenceRow,
    PublishedRow,
    ReadHeadRow,
    ReadRow,
    RecalledRow,
    RecallHolderRow,
    RecordRow,
    RefusalRow,
    RequestRow,
    ScanFindingRow,
    ScanRow,
    SearchRow,
    SessionRow,
    SiteStockRow,
    StepLinkRow,
    Tile,
    TimestampRow,
    TokenRow,
    UserRow,
    WebhookRow,
    WitnessViewRow,
)
from ledger.store.unit_of_work import Store, WriteUnit
from ledger.store.watching import Run

ORG = "org:0190a000-0000-7000-8000-000000000001"
OTHER = "org:0190a000-0000-7000-8000-000000000002"
BATCH = "batch:0190a000-0000-7000-8000-00000000000a"
CHILD = "batch:0190a000-0000-7000-8000-00000000000b"
GRANDCHILD = "batch:0190a000-0000-7000-8000-00000000000c"
SITE = "site:0190a000-0000-7000-8000-00000000000f"
TANK = f"holding:{BATCH}|{ORG}|{ORG}|{SITE}/tank-1|-|free"
TRUCK = f"holding:{BATCH}|{ORG}|{OTHER}|vehicle:A·12345|-|free"
EVIDENCE_ROWS = 3


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def event(idx: int, *, actor: str = ORG) -> EventRow:
    return EventRow(actor, f"id-{idx:04}", idx, digest(f"event {idx}"), b'{"n":%d}' % idx, b"[]" if idx % 2 else None)


def record(idx: int) -> RecordRow:
    return RecordRow(idx, digest(f"record {idx}"), b'{"index":%d}' % idx, b'["salt","auth",{}]', 1_000 + 10 * idx)


def link(idx: int, *, chain: str = BATCH, seq: int | None = None) -> LinkRow:
    return LinkRow(chain, idx if seq is None else seq, idx, b'["salt","link",{}]', b'["salt","effects",{}]')


def checkpoint(size: int) -> CheckpointRow:
    return CheckpointRow(size, digest(f"root {size}"), b"note %d" % size)


def append(unit: WriteUnit, start: int, stop: int) -> None:
    """Append entries to the one chain of a batch, as the append path does."""
    indexes = range(start, stop)
    unit.events.insert([event(idx) for idx in indexes])
    sections = [
        DisclosureRow(idx, name, b'["salt","%s",{}]' % name.encode())
        for idx in indexes
        for name in ("agent", "personal")
    ]
    unit.events.insert_disclosures(sections)
    unit.log.insert_records([record(idx) for idx in indexes])
    unit.chains.insert([link(idx) for idx in indexes])
    last = stop - 1
    unit.chains.advance([HeadMove(BATCH, last, last, digest(f"record {last}"), start - 1 if start else None)])
    unit.log.swap_checkpoint(checkpoint(start) if start else None, checkpoint(stop))


def session(name: str = "session", user: str = "user:1", *, seen_ms: int = 1, expires_ms: int = 10_000) -> SessionRow:
    return SessionRow(
        digest(name), f"id of {name}", user, ORG, "", "password", "csrf", "", "Firefox", 1, seen_ms, expires_ms
    )


SCAN = ScanRow(ORG, "s1", "device:1", 4, 5, 6, "move", "container:1", "ok", b"{}", None, b"{}")
STEP_LINK = StepLinkRow(
    digest("step link"), digest("pin"), "l1", ORG, OTHER, "shipment:1", "transfer:1", "accept", "", 1, 20_000, 5
)


PAPER = PaperRow(ORG, "paper-hash", "image/jpeg", 10, 5, erased=False)
INCIDENT = IncidentRow(digest("incident"), "in1", ORG, "user:1", "s1", "responder", "fire", 1, 20_000)
KEY_REQUEST = KeyRequestRow("kr1", ORG, "user:1", "A" * 43, "A" * 86, 1, 20_000)
DRAFT = DraftRow(ORG, "d1", "storage.moved", b"{}", 2, b"{}", "user:1", "/transfers/1", 1, 20_000)
IMPORT_JOB = ImportJobRow(ORG, "ij1", "products", "a.csv", b"a,b", "checked", 1, 2, 1, b"{}", 1, 2, 20_000)


def fill_identity(unit: WriteUnit) -> None:
    """Put a row into every table of people and programs."""
    unit.key_requests.add(KEY_REQUEST)
    unit.drafts.put(DRAFT)
    unit.import_jobs.add(IMPORT_JOB)
    unit.people.add_user(UserRow("user:1", ORG, "li.wei", "李伟", None, "admin operator", 1))
    unit.people.add_passkey(PasskeyRow(b"credential", "user:1", b"cose", 3, "laptop", 2))
    unit.people.add_device(DeviceRow("device:1", ORG, "Scanner 1", None, 3))
    unit.badges.add(BadgeRow(digest("badge"), "b1", ORG, "user:1", "user:1", 3))
    unit.people.add_invitation(
        InvitationRow(digest("invitation"), "i1", ORG, None, "wang", "王芳", "viewer", "user:1", 1, 20_000)
    )
    unit.people.put_attempts(AttemptsRow(digest("somebody"), 2, 5))
    unit.sessions.add_client(ApiClientRow("client:1", ORG, digest("client"), "operator", "ERP", "", "user:1", 1))
    unit.sessions.add_token(TokenRow(digest("token"), "client:1", ORG, "operator", 1, 15_000), most=10)
    unit.sessions.add_read(ReadRow(ORG, "r1", 9, "user:1", "s1", "batch.read", BATCH, "inspection"))


def fill_reach(unit: WriteUnit) -> None:
    """Put rows into the tables of whom recalls and holds reach."""
    unit.recalls.add_marks([RecalledRow(CHILD, 2, CHILD), RecalledRow(GRANDCHILD, 2, CHILD)])
    unit.recalls.add_holders([RecallHolderRow(ORG, 2, CHILD, CHILD, 2)])
    unit.withheld.add([HoldReachRow(ORG, 3, BATCH, OTHER, 3), HoldReachRow(OTHER, 3, BATCH, OTHER, 3, 4)])


def fill(store: Store) -> None:
    """Put at least one row into every table."""
    with store.write() as unit:
        append(unit, 0, EVIDENCE_ROWS)
        unit.log.insert_tiles([Tile(0, 0, bytes(8192))])
        unit.log.publish(PublishedRow(3, b"note 3", 1_030))
        unit.manifests.put(digest("rules"), "rules", b"{}")
        unit.projections.put_states({BATCH: b'{"kind":"batch"}', ORG: b'{"kind":"org"}'})
        unit.projections.move_holdings({TANK: 70, TRUCK: 30})
        unit.projections.add_totals({(BATCH, "produced"): -100})
        unit.projections.add_edges([EdgeRow(CHILD, BATCH, 1, 40), EdgeRow(GRANDCHILD, CHILD, 2, 10)])
        unit.projections.add_findings([FindingRow(1, 0, BATCH, "variance@1", "warning", b"{}", BATCH, ORG)])
        unit.projections.put_codes([CodeRow("0123456789ABCDEF", "batch", BATCH, 1)])
        unit.projections.put_search(
            [SearchRow("batch", BATCH, org=ORG, label="LOT-7", zh="甲醇", en="Methanol", un="UN1230")]
        )
        unit.operations.add_refusals([RefusalRow(ORG, 5, "id-r", "use.consumed", "user:1", None, b"[]")])
        unit.operations.add_api_key(ApiKeyRow(digest("key"), "k1", ORG, "warehouse", "till", 1, None, None))
        unit.operations.add_login_link(LoginLinkRow(digest("link"), "user:1", ORG, "warehouse", 1, None, 1))
        unit.sessions.add(session())
        unit.projections.add_concerns([(ORG, 1), (OTHER, 2)])
        unit.projections.put_deals([DealRow(ORG, "transfer:1", "transfer", "giver", "agreed", 1)])
        unit.projections.add_deal_goods([("transfer:1", BATCH)])
        unit.webhooks.add(WebhookRow(ORG, "w1", "https://erp.example.cn/", "storage", "ERP", 0, 1, None, 2))
        unit.webhooks.queue([DeliveryRow("w1", 2, 0, 5, None, "")])
        unit.step_links.add(STEP_LINK)
        unit.papers.add(PAPER, b"photograph")
        unit.projections.add_attachments([AttachmentRow(ORG, PAPER.hash, 2)])
        unit.scans.add(SCAN)
        unit.scans.put_key(ORG, "device:1", digest("device key"))
        unit.incidents.add(INCIDENT)
        unit.witnesses.keep(CosignatureRow("w1.example+12345678+BA==", 3, b"line", 9))
        unit.witnesses.note_view(WitnessViewRow("w1.example+12345678+BA==", 3, 0, 9, 9, "cosigned"))
        unit.witnesses.keep_timestamp(TimestampRow("2026-11-22", 3, b"note 3", b"answer", 9))
        unit.witnesses.pin([PinRow(ORG, "0" * 64, 3, b"note 3", "user:1", 9)])
        unit.audits.add(AuditRow("a1", ORG, "user:1", "full", "{}", "clean", 1, 2, 3, 3, b"{}"))
        unit.reads.insert_tiles([Tile(0, 0, bytes(8192))])
        unit.reads.move(None, ReadHeadRow(1, 1, digest("root"), b"note"))
        unit.operations.set_fact("origin", "trace.example/log")
        unit.projections.add_presence([PresenceRow(BATCH, SITE, 0)])
        unit.projections.put_places([PlaceRow(SITE, ORG, "310116", "")])
        unit.projections.put_product_classes({"product:1": frozenset({"3"})})
        unit.projections.move_site_stock([SiteStockRow(SITE, "product:1", ORG, ORG, 70, 1)])
        unit.projections.put_requests([RequestRow("e1", "inspection", ORG, OTHER, "open", None, 1, 1)])
        unit.projections.put_grants([GrantRow("e2", BATCH, ORG, OTHER, 9, 1, None)])
        unit.scans.add_finding(ScanFindingRow(ORG, "gap/1", "counter_gap@1", "", 9, b"{}"))
        fill_reach(unit)
        unit.projections.put_expiries([ExpiryRow(BATCH, "batch", ORG, "2028-06-30", 1)])
        unit.watching.put([], [Watch("transfer:1", "overdue@1", "", ORG, "", 5)], {})
        unit.watching.replace_runs([], [Run(ORG, "pda-1", 1, 4, 0, 2, 1_000)])
        fill_identity(unit)
        unit.projections.mark_current()
