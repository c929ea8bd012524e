"""From records to projections: the append path, a rebuild and the audit write them with this one class.

``add`` collects what records change; ``flush`` writes it into the unit's transaction. What is written depends on the
records alone, not on how they were batched.
"""

from collections.abc import Mapping

from ledger.core.b64 import unb64u
from ledger.core.canonical import decode, encode
from ledger.core.effects import Effects
from ledger.core.events import Header
from ledger.core.scanned import own_code
from ledger.core.shape import object_at
from ledger.rules import codec
from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import (
    Aggregate,
    BatchState,
    CodeState,
    ContainerState,
    GrantState,
    OrgState,
    ProductState,
    RequestState,
    ShipmentState,
    SiteState,
    TransferState,
)
from ledger.rules.event import Entry, FormerEvent
from ledger.rules.names import RULES
from ledger.rules.papers import CONFIRMED, DOCUMENTS, ON_PAPER, UNSIGNED, photographs
from ledger.rules.state import CODE, Value
from ledger.services.concern import Lookup, concerned, deals_of, goods_of
from ledger.services.recalling import Passage, ends_a_stretch, follow
from ledger.services.standing import Standing
from ledger.services.watching import Watcher
from ledger.services.withholding import Withholding, settle
from ledger.services.withholding import ends_a_stretch as changes_a_hold
from ledger.store.rows import (
    ALIAS,
    ROLL,
    AttachmentRow,
    CodeRow,
    DealRow,
    EdgeRow,
    FindingRow,
    GrantRow,
    PlaceRow,
    PresenceRow,
    RequestRow,
    SearchRow,
)
from ledger.store.unit_of_work import Unit

RESOLVED = "governance.finding_resolved"
BROUGHT = frozenset({"operation", "transport"})
"""Stages in which a consignee is somebody to whom goods will come."""
UNDECIDED = frozenset({"transfer_offered", "transfer_declined", "transfer_cancelled"})
_BATCH = "batch:"
DEALS = ("shipment:", "transfer:")


class Projector:
    """Changes of records since the last flush, in stretches: whom a recall or hold reaches is settled at once."""

    def __init__(self) -> None:
        """Start with none."""
        self._stretches = [Stretch()]

    def add(self, entry: Entry, changes: Mapping[str, Value], lookup: Lookup) -> None:
        """Take up one record and what ``evolve`` says it changes."""
        self._stretches[-1].add(entry, changes, lookup)
        if ends_a_stretch(entry) or changes_a_hold(entry):
            self._stretches.append(Stretch())

    def flush(self, unit: Unit, evidence: Unit | None = None) -> None:
        """Write everything collected, start anew. ``evidence``: where events are looked up, if not in ``unit``."""
        for stretch in self._stretches:
            stretch.flush(unit, evidence)
        self._stretches = [Stretch()]


class Stretch:
    """Changes of records between two that say whom a recall or a hold reaches."""

    def __init__(self) -> None:
        """Start with none."""
        self._states: dict[str, Aggregate] = {}
        self._holdings: dict[str, int] = {}
        self._totals: dict[tuple[str, str], int] = {}
        self._edges: list[EdgeRow] = []
        self._findings: list[FindingRow] = []
        self._resolved: list[tuple[str, str, int]] = []
        self._signed: list[tuple[str, Header, int]] = []
        self._concerns: list[tuple[str, int]] = []
        self._attachments: list[AttachmentRow] = []
        self._deals: dict[tuple[str, str], DealRow] = {}
        self._goods: set[tuple[str, str]] = set()
        self._codes: dict[str, CodeRow] = {}
        self._search: dict[tuple[str, str], SearchRow] = {}
        self._presence: dict[tuple[str, str], PresenceRow] = {}
        self._places: dict[str, PlaceRow] = {}
        self._classes: dict[str, frozenset[str]] = {}
        self._standing = Standing()
        self._requests: dict[str, RequestRow] = {}
        self._grants: dict[str, tuple[GrantRow, ...]] = {}
        self._passage = Passage()
        self._withholding = Withholding()
        self._watcher = Watcher()

    def add(self, entry: Entry, changes: Mapping[str, Value], lookup: Lookup) -> None:
        """Take up one record and what ``evolve`` says it changes."""
        for key, value in changes.items():
            if value is not None and not isinstance(value, int | FormerEvent):
                self._states[key] = value
                if isinstance(value, CodeState):
                    self._codes[key] = _code_row(key.removeprefix(CODE), value)
                self._deals.update({(row.org, row.ref): row for row in deals_of(key, value, entry.index)})
                self._goods.update(goods_of(key, value, lookup))
                row = _search_row(key, value, lookup)
                if row is not None:
                    self._search[row.kind, row.id] = row
                self._locate(key, value)
                self._ask(key, value, entry.index)
                if isinstance(value, BatchState):
                    self._standing.born(value, entry.index)
        licence = self._standing.licensed(entry)
        if licence is not None:
            self._search[licence.kind, licence.id] = licence
        for chain, effects in entry.effects.items():
            self._post(chain, effects, entry.index, lookup)
        self._expect(entry, lookup)
        self._concerns.extend((org, entry.index) for org in concerned(entry, lookup))
        self._edges.extend(_edges(entry))
        self._passage.ends(entry)
        self._withholding.ends(entry, lookup)
        self._findings.extend(_findings(entry))
        self._attach(entry)
        self._watcher.add(entry, changes, lookup)
        if entry.event.header.type == RESOLVED:
            stated = entry.event.contents["finding"]
            self._resolved.append((str(stated["event"]), str(stated["rule"]), entry.index))
        elif entry.event.header.type == CONFIRMED:
            named = (ref.hash for ref in entry.event.header.refs if ref.rel == "counterpart")
            self._resolved.extend((event, UNSIGNED, entry.index) for event in named)
        elif entry.event.header.type in ON_PAPER:
            chains = [chain for chain in sorted(entry.effects) if chain.startswith(DEALS)]
            self._signed.extend((chain, entry.event.header, entry.index) for chain in chains)

    def _locate(self, key: str, value: Aggregate) -> None:
        if isinstance(value, OrgState):
            self._places[key] = PlaceRow(key, key, value.region, value.park)
        elif isinstance(value, SiteState):
            self._places[key] = PlaceRow(key, value.org, value.region, value.park)
        elif isinstance(value, ProductState):
            self._classes[key] = frozenset((*value.classes, *value.lists))

    def _ask(self, key: str, value: Aggregate, index: int) -> None:
        if isinstance(value, RequestState):
            own = (value.id, value.kind, value.by, value.to, value.status, value.due, value.asked)
            self._requests[key] = RequestRow(*own, index)
        elif isinstance(value, GrantState):
            rest = (value.by, value.to, value.until, value.granted, value.withdrawn)
            self._grants[key] = tuple(GrantRow(value.id, thing, *rest) for thing in value.things)

    def _attach(self, entry: Entry) -> None:
        documents = entry.event.contents.get(DOCUMENTS)
        if documents is not None:
            actor, stated = entry.event.header.actor, {hashed for _, hashed in photographs(documents)}
            self._attachments += [AttachmentRow(actor, hashed, entry.index) for hashed in sorted(stated)]

    def _at(self, batch: str, place: str, index: int) -> None:
        self._presence.setdefault((batch, place), PresenceRow(batch, place, index))

    def _expect(self, entry: Entry, lookup: Lookup) -> None:
        """Note to whom batches are planned or on their way."""
        if entry.event.stage not in BROUGHT or entry.event.verb in UNDECIDED:
            return
        consignee = _consignee(entry, lookup)
        if consignee is not None:
            for batch in sorted(_batches(entry, lookup)):
                if lookup(batch) is not None:
                    self._at(batch, consignee, entry.index)

    def _post(self, chain: str, effects: Effects, index: int, lookup: Lookup) -> None:
        for posting in effects.postings:
            account = account_of(posting.account)
            if isinstance(account, Holding):
                self._holdings[account.key] = self._holdings.get(account.key, 0) + posting.mg
                self._standing.move(account, posting.mg, index, lookup)
                if account.site is not None:
                    self._at(chain, account.site, index)
                if posting.mg > 0:
                    self._passage.arrived(index, account, lookup)
                    self._withholding.arrived(index, account, lookup)
            else:
                self._totals[chain, account] = self._totals.get((chain, account), 0) + posting.mg

    def flush(self, unit: Unit, evidence: Unit | None = None) -> None:
        """Write everything collected. ``evidence``: where events are looked up, if not in ``unit``."""
        projections = unit.projections
        projections.put_states({key: codec.dump(value) for key, value in self._states.items()})
        projections.move_holdings({key: mg for key, mg in self._holdings.items() if mg})
        # An account that comes back to nought keeps its row, however its records were batched.
        projections.add_totals(self._totals)
        projections.add_concerns(self._concerns)
        projections.add_edges(self._edges)
        projections.add_findings(self._findings)
        projections.add_attachments(self._attachments)
        projections.put_deals(self._deals.values())
        projections.add_deal_goods(self._goods)
        projections.put_search(self._search.values())
        projections.put_places(self._places.values())
        projections.put_product_classes(self._classes)
        projections.add_presence(self._presence.values())
        self._standing.flush(unit)
        projections.put_requests(self._requests.values())
        projections.put_grants(row for _, rows in sorted(self._grants.items()) for row in rows)
        projections.put_codes(row for _, row in sorted(self._codes.items()))
        self._watcher.flush(unit.watching)
        for event, rule, by in self._resolved:
            _resolve(unit, evidence or unit, event, rule, by)
        for chain, header, by in self._signed:
            _sign(unit, evidence or unit, chain, header, by)
        self._passage.edges = self._edges
        follow(unit, self._passage)
        settle(unit, self._withholding)


def _consignee(entry: Entry, lookup: Lookup) -> str | None:
    """To whom an event's goods will come: as it says, as was agreed, or as its shipment was planned."""
    stated = entry.event.contents.get("parties", {}).get("consignee")
    if isinstance(stated, str):
        return stated
    deal = _deal(entry, lookup)
    if deal is not None and deal.consignee is not None:
        return deal.consignee
    shipment = entry.event.contents.get("transport", {}).get("shipment")
    known = lookup(shipment) if isinstance(shipment, str) else None
    return known.consignee if isinstance(known, ShipmentState) else None


def _deal(entry: Entry, lookup: Lookup) -> TransferState | None:
    named = entry.event.contents.get("parties", {}).get("transfer")
    known = lookup(named) if isinstance(named, str) else None
    return known if isinstance(known, TransferState) else None


def _batches(entry: Entry, lookup: Lookup) -> set[str]:
    """The batches that an event moves, plans to, or agrees on."""
    deal = _deal(entry, lookup) if entry.event.verb == "transfer_agreed" else None
    agreed = set() if deal is None else set(deal.goods)
    lines = entry.event.contents.get("inputs", {}).get("lines", [])
    listed = {str(line["batch"]) for line in lines if isinstance(line, dict)} if isinstance(lines, list) else set()
    return agreed | listed | {chain for chain in entry.effects if chain.startswith(_BATCH)}


def _code_row(text: str, value: CodeState) -> CodeRow:
    kind = value.target.partition(":")[0] or ROLL
    return CodeRow(text, kind if own_code(text) == text else ALIAS, value.target, value.issued, value.voided)


def _resolve(unit: Unit, evidence: Unit, event: str, rule: str, by: int) -> None:
    row = evidence.events.by_hash(unb64u(event, 32))
    if row is None:
        return
    for found in unit.queries.findings(after=(row.idx - 1, 2**53), rule=rule, unresolved=True, limit=4096):
        if found.idx != row.idx:
            break
        unit.projections.resolve_finding(found.idx, found.n, by=by)


def _sign(unit: Unit, evidence: Unit, chain: str, header: Header, by: int) -> None:
    """A step that its own party states closes what was found when another had reported the same step from paper."""
    for found in unit.queries.findings(chain=chain, rule=UNSIGNED, unresolved=True, limit=4096):
        if found.idx >= by or object_at(decode(found.data)).get("party") != header.actor:
            continue
        row = evidence.events.at(found.idx)
        if row is not None and Header.parse(row.header).type == header.type:
            unit.projections.resolve_finding(found.idx, found.n, by=by)


def _edges(entry: Entry) -> list[EdgeRow]:
    """Who went into whom: what an event transforms goes into what it produces."""
    parents: dict[str, int] = {}
    children: list[str] = []
    for chain, effects in sorted(entry.effects.items()):
        if not chain.startswith(_BATCH):
            continue
        for posting in effects.postings:
            if posting.account == "transformed" and posting.mg > 0:
                parents[chain] = posting.mg
            elif posting.account == "produced" and posting.mg < 0 and effects.shares:
                children.append(chain)
    return [EdgeRow(child, parent, entry.index, mg) for child in children for parent, mg in parents.items()]


def _findings(entry: Entry) -> list[FindingRow]:
    rows: list[FindingRow] = []
    for chain, effects in sorted(entry.effects.items()):
        ordered = sorted(effects.findings, key=lambda finding: (finding.rule, encode(dict(finding.data))))
        for finding in ordered:
            known = RULES.get(finding.rule)
            severity = "warning" if known is None else known.severity
            batch = chain if chain.startswith(_BATCH) else None
            data = encode(dict(finding.data))
            actor = entry.event.header.actor
            rows.append(FindingRow(entry.index, len(rows), chain, finding.rule, severity, data, batch, actor))
    return rows


def _search_row(key: str, value: Aggregate, lookup: Lookup) -> SearchRow | None:
    match value:
        case OrgState():
            return SearchRow("org", key, key, value.region, label=value.uscc, zh=value.name_zh, en=value.name_en)
        case SiteState():
            return SearchRow("site", key, value.org, value.region, zh=value.name_zh, en=value.name_en)
        case ProductState():
            return _product_row(key, value)
        case BatchState():
            product = lookup(value.product) if value.product else None
            zh, en = (product.name_zh, product.name_en) if isinstance(product, ProductState) else ("", "")
            return SearchRow("batch", key, value.producer or "", product=value.product, label=value.lot, zh=zh, en=en)
        case ContainerState():
            return SearchRow("container", key, value.org, label=value.serial)
        case ShipmentState():
            return SearchRow("shipment", key, value.arranger, label=value.vehicle, zh=value.waybill or "")
        case _:
            return None


def _product_row(key: str, value: ProductState) -> SearchRow:
    components = value.statement.get("components", [])
    stated = components if isinstance(components, list) else []
    cas = [str(item["cas"]) for item in stated if isinstance(item, dict) and "cas" in item]
    return SearchRow(
        "product",
        key,
        value.org,
        product=key,
        zh=value.name_zh,
        en=value.name_en,
        un=" ".join(f"UN{number.removeprefix('UN')}" for number in value.un),
        cas=" ".join(cas),
    )
