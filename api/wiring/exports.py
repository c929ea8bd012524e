"""Lists as tables to be written to a file: stock, batches, containers, trips, transfers, licences, findings.

A list is read in one state of the store, page by page; what a page loaded is let go before the next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from api.deal_ports import DealSearch
from api.exports import Column, Row, Table
from api.ports import Action
from api.views import Principal, Words
from api.wiring.codes import fill_of
from api.wiring.deal_lists import products_of
from api.wiring.goods import row_in_force
from api.wiring.known import Known, hidden
from api.wiring.life import finding
from api.wiring.reading import Reading
from api.wiring.sight import scope_of, subject_of
from ledger.core.times import format_utc
from ledger.errors import FormatError
from ledger.rules.aggregates import (
    BatchState,
    ContainerState,
    LicenceState,
    OrgState,
    ProductState,
    ShipmentState,
    TransferState,
)
from ledger.rules.jurisdiction import region_prefix
from ledger.rules.licences import DAY
from ledger.services.findings import MOST, Findings
from ledger.store.dealings import Wanted
from ledger.store.found import Mark
from ledger.store.found import Wanted as Looked
from ledger.store.overview import Overview
from ledger.store.scopes import Scope
from ledger.store.stock_search import StockWanted

PAGE: Final = 500
NAME: Final = (Column("product_zh", "产品", "Product (zh)"), Column("product_en", "产品（英文）", "Product (en)"))
REF: Final = Column("ref", "编号", "Reference")
LAST: Final = Column("last_at", "最近变动", "Last change", "instant")


class Listing(NamedTuple):
    """A list: what its reader must be allowed, the stage of events that tell of it, its columns, and its pages."""

    action: Action
    stage: str
    columns: tuple[Column, ...]
    pages: Callable[[Known, Scope, DealSearch], Iterator[list[Row]]]
    filters: frozenset[str] = frozenset()


class LedgerExports:
    """Tables over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    @contextmanager
    def table(self, viewer: Principal, name: str, search: DealSearch) -> Iterator[Table]:
        """Yield a list as a table, to be written before it is left.

        NotFoundError: no such list; FormatError: it is not filtered so.
        """
        listing = LISTINGS.get(name)
        if listing is None:
            raise hidden(name)
        for asked in _asked(search) - listing.filters:
            raise FormatError("form_not_of_form", f"/{asked}", {"name": asked})
        with self._reading.known() as known:
            scope = scope_of(subject_of(known, viewer), listing.action, listing.stage)
            pages = listing.pages(known, scope, search)
            yield Table(name, listing.columns, (row for page in pages for row in page))


def _asked(search: DealSearch) -> set[str]:
    """By what a list is filtered beside its text."""
    given = {"region": search.region, "park": search.park, "class": search.product_class, "status": search.statuses}
    return {name for name, value in given.items() if value}


def _anew(known: Known) -> Known:
    """The same state of the store with nothing loaded yet."""
    return Known(known.unit, known.reference, known.now_ms)


def _names(words: Words) -> tuple[str, str]:
    return words.zh, words.en


def _party(known: Known, org: str | None) -> str:
    return "" if org is None else known.party(org).name.zh


def _product(known: Known, ref: str) -> tuple[str, str, str, str]:
    """Names, UN number and class."""
    state = known.get(ref, ProductState)
    row = None if state is None else row_in_force(known, state)
    un, hazard = ("", "") if row is None else (f"UN{row['un']}", str(row["class"]))
    return *_names(known.product(ref)), un, hazard


def _times(known: Known, indices: Sequence[int]) -> dict[int, int]:
    return Overview(known.unit.connection, known.unit.backend).recorded(indices)


# --- stock, batches, containers ---------------------------------------------------------------------------------------


def _stock(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    status = search.statuses[0] if search.statuses else ""
    region = region_prefix(search.region) if search.region else ""
    wanted = StockWanted(text=search.text, region=region, product_class=search.product_class, status=status)
    after: tuple[str, ...] | None = None
    while True:
        here = _anew(known)
        rows = here.related.stock(scope, wanted=wanted, after=after, limit=PAGE)
        here.load({row.batch for row in rows} | {row.owner for row in rows} | {row.custodian for row in rows})
        here.load({state.product for row in rows if (state := here.get(row.batch, BatchState)) is not None})
        page: list[Row] = []
        for row in rows:
            place = here.place(row.place)
            batch = here.must(row.batch, BatchState)
            label = "" if row.container == "-" else here.label(row.container)
            custodian = here.carrier(row.custodian)
            page.append(
                (
                    *_product(here, batch.product),
                    here.lot(row.batch),
                    row.batch,
                    place.name.zh,
                    place.location or "",
                    label,
                    _party(here, row.owner),
                    _party(here, custodian),
                    row.status,
                    row.mg,
                )
            )
        yield page
        if len(rows) < PAGE:
            return
        after = tuple(rows[-1][:6])


def _batches(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    after: tuple[int, str] | None = None
    while True:
        here = _anew(known)
        rows = here.related.batches(scope, text=search.text or None, after=after, limit=PAGE)
        here.load(ref for ref, _ in rows)
        times = _times(here, [idx for _, idx in rows])
        held = Overview(here.unit.connection, here.unit.backend).held(scope, [ref for ref, _ in rows])
        page: list[Row] = []
        for ref, idx in rows:
            state = here.must(ref, BatchState)
            born = format_utc(state.born_at)[:10] if state.source == "produced" else ""
            dates = (born, state.expires_on or "", state.retest_on or "")
            page.append(
                (
                    here.lot(ref),
                    ref,
                    *_product(here, state.product),
                    _party(here, state.producer),
                    *dates,
                    held.get(ref, 0),
                    times[idx],
                )
            )
        yield page
        if len(rows) < PAGE:
            return
        after = (rows[-1][1], rows[-1][0])


def _things(known: Known, scope: Scope, kind: str, text: str) -> Iterator[tuple[Known, list[str]]]:
    after: tuple[str, str] | None = None
    while True:
        here = _anew(known)
        rows = here.related.things(kind, scope, text=text or None, after=after, limit=PAGE)
        here.load(ref for _, ref in rows)
        yield here, [ref for _, ref in rows]
        if len(rows) < PAGE:
            return
        after = rows[-1]


def _containers(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    for here, refs in _things(known, scope, "container", search.text):
        page: list[Row] = []
        for ref in refs:
            state = here.must(ref, ContainerState)
            page.append(
                (
                    here.label(ref),
                    ref,
                    state.kind,
                    _party(here, state.org),
                    fill_of(state),
                    sum(state.contents.values()),
                    state.cycle,
                    state.inspection_due or "",
                )
            )
        yield page


# --- transfers, trips -------------------------------------------------------------------------------------------------


def _deals(
    known: Known, scope: Scope, kind: str, search: DealSearch
) -> Iterator[tuple[Known, list[str], dict[str, int]]]:
    before: tuple[int, str] | None = None
    wanted = Wanted((), search.statuses, search.text, search.region, search.park, search.product_class)
    while True:
        here = _anew(known)
        rows = here.dealings.page(scope, kind, wanted, before=before, limit=PAGE)
        here.load(row.ref for row in rows)
        times = _times(here, [row.idx for row in rows])
        yield here, [row.ref for row in rows], {row.ref: times[row.idx] for row in rows}
        if len(rows) < PAGE:
            return
        before = (rows[-1].idx, rows[-1].ref)


def _transfers(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    for here, refs, times in _deals(known, scope, "transfer", search):
        page: list[Row] = []
        for ref in refs:
            state = here.must(ref, TransferState)
            named = [here.product(product) for product in products_of(here, state)]
            parties = (state.seller, state.buyer, state.consignor, state.consignee)
            page.append(
                (
                    ref,
                    state.status,
                    "; ".join(words.zh for words in named),
                    "; ".join(words.en for words in named),
                    *[_party(here, org) for org in parties],
                    state.most_mg,
                    state.received_mg,
                    state.planned_to or 0,
                    times[ref],
                )
            )
        yield page


def _shipments(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    for here, refs, times in _deals(known, scope, "shipment", search):
        page: list[Row] = []
        for ref in refs:
            state = here.must(ref, ShipmentState)
            parties = (state.carrier, state.consignor, state.consignee)
            page.append(
                (
                    state.vehicle,
                    state.waybill or "",
                    ref,
                    state.step,
                    *[_party(here, org) for org in parties],
                    sum(state.cargo.values()),
                    times[ref],
                )
            )
        yield page


# --- licences, findings -----------------------------------------------------------------------------------------------


def _licences(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    for here, refs in _things(known, scope, "licence", search.text):
        holders = {ref: row.org for ref in refs if (row := here.unit.queries.thing("licence", ref)) is not None}
        here.load(holders.values())
        known_to = {
            item.id: (org, item)
            for org in dict.fromkeys(holders.values())
            if (state := here.get(org, OrgState)) is not None
            for item in state.licences
        }
        yield [_licence(here, *known_to[ref]) for ref in refs if ref in known_to]


def _licence(known: Known, org: str, item: LicenceState) -> Row:
    ended = known.now_ms >= item.valid_to + DAY
    standing = "expired" if ended else "suspended" if item.suspended else "in_force"
    return (
        item.number,
        item.id,
        item.kind,
        _party(known, org),
        "" if item.subject.startswith("user:") else item.subject,
        item.authority,
        format_utc(item.valid_from)[:10],
        format_utc(item.valid_to)[:10],
        standing,
        "attested" if item.attested else "declared",
    )


def _findings(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    """Open findings, as the page lists them: of records, and those that time and stock make."""
    found = Findings(known.unit, known.rules, known.reference, known.now_ms)
    after: Mark | None = None
    while True:
        here = _anew(known)
        listed = found.page(scope, Looked(), after=after, limit=MOST)
        here.load({one.org for one in listed.findings if one.org})
        page: list[Row] = []
        for one in listed.findings:
            text = finding(one.rule, one.data, one.index or 0, one.since_ms, one.chain).text
            told = (one.rule, one.severity, text.zh, text.en)
            if not search.text or any(search.text.casefold() in part.casefold() for part in told):
                record = "" if one.index is None else str(one.index)
                page.append((*told, one.batch or one.chain, _party(here, one.org or None), record, one.since_ms))
        yield page
        after = listed.more
        if after is None:
            return


DEALS: Final = frozenset({"region", "park", "class", "status"})
GOODS: Final = (*NAME, Column("un", "UN 编号", "UN number"), Column("class", "危险类别", "Transport class"))
LISTINGS: Final[Mapping[str, Listing]] = {
    "stock": Listing(
        "stock.read",
        "storage",
        (
            *GOODS,
            Column("lot", "批号", "Batch number"),
            Column("batch", "批次", "Batch"),
            Column("site", "场所或车辆", "Site or vehicle"),
            Column("location", "库位", "Location"),
            Column("container", "容器编号", "Container number"),
            Column("owner", "所有人", "Owner"),
            Column("custodian", "保管人", "Custodian"),
            Column("status", "状态", "Status"),
            Column("kg", "数量（千克）", "Amount (kg)", "kg"),
        ),
        _stock,
        frozenset({"region", "class", "status"}),
    ),
    "batches": Listing(
        "batch.read",
        "storage",
        (
            Column("lot", "批号", "Batch number"),
            REF,
            *GOODS,
            Column("producer", "生产企业", "Producer"),
            Column("produced_on", "生产日期", "Produced on"),
            Column("expires_on", "有效期至", "Expires on"),
            Column("retest_on", "复验日期", "Retest on"),
            Column("kg", "存量（千克）", "In stock (kg)", "kg"),
            LAST,
        ),
        _batches,
    ),
    "containers": Listing(
        "master.read",
        "governance",
        (
            Column("number", "容器编号", "Container number"),
            REF,
            Column("kind", "种类", "Kind"),
            Column("owner", "所有人", "Owner"),
            Column("condition", "状态", "Condition"),
            Column("kg", "内装（千克）", "Content (kg)", "kg"),
            Column("fills", "充装次数", "Fills", "whole"),
            Column("inspection_due", "检验到期", "Inspection due"),
        ),
        _containers,
    ),
    "transfers": Listing(
        "transfer.read",
        "operation",
        (
            REF,
            Column("status", "状态", "Status"),
            *NAME,
            Column("seller", "卖方", "Seller"),
            Column("buyer", "买方", "Buyer"),
            Column("consignor", "托运人", "Consignor"),
            Column("consignee", "收货人", "Consignee"),
            Column("kg", "数量（千克）", "Amount (kg)", "kg"),
            Column("received_kg", "已收（千克）", "Received (kg)", "kg"),
            Column("planned_to", "计划完成", "Planned until", "instant"),
            LAST,
        ),
        _transfers,
        DEALS,
    ),
    "shipments": Listing(
        "shipment.read",
        "transport",
        (
            Column("vehicle", "车牌", "Number plate"),
            Column("waybill", "运单号", "Waybill"),
            REF,
            Column("step", "进度", "Step"),
            Column("carrier", "承运人", "Carrier"),
            Column("consignor", "托运人", "Consignor"),
            Column("consignee", "收货人", "Consignee"),
            Column("kg", "在车（千克）", "Aboard (kg)", "kg"),
            LAST,
        ),
        _shipments,
        DEALS,
    ),
    "licences": Listing(
        "master.read",
        "governance",
        (
            Column("number", "许可证编号", "Licence number"),
            REF,
            Column("kind", "种类", "Kind"),
            Column("holder", "持有人", "Holder"),
            Column("vehicle", "车辆", "Vehicle"),
            Column("authority", "发证机关", "Issued by"),
            Column("valid_from", "起始日", "Valid from"),
            Column("valid_to", "截止日", "Last day"),
            Column("standing", "状态", "Condition"),
            Column("told_by", "登记方式", "Told by"),
        ),
        _licences,
    ),
    "findings": Listing(
        "finding.read",
        "storage",
        (
            Column("rule", "规则", "Rule"),
            Column("severity", "严重程度", "Severity"),
            Column("text_zh", "内容", "Text (zh)"),
            Column("text_en", "内容（英文）", "Text (en)"),
            Column("about", "对象", "About"),
            Column("org", "应处理单位", "Whose it is to act"),
            Column("record", "记录", "Record"),
            Column("since", "自何时起", "Since", "instant"),
        ),
        _findings,
    ),
}
"""The lists that go out as files, by name."""
