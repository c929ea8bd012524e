"""Stock, batches and containers as tables."""

from collections.abc import Iterator
from typing import Final

from api.deal_ports import DealSearch
from api.exports import Column, Row
from api.wiring.codes import fill_of
from api.wiring.exported import LAST, NAME, PAGE, REF, Listing, anew, party, product_cells, things, times_of
from api.wiring.known import Known
from ledger.core.times import format_utc
from ledger.rules.aggregates import BatchState, ContainerState
from ledger.rules.jurisdiction import region_prefix
from ledger.store.overview import Overview
from ledger.store.scopes import Scope
from ledger.store.stock_search import StockWanted

GOODS: Final = (*NAME, Column("un", "UN 编号", "UN number"), Column("class", "危险类别", "Transport class"))


def _stock(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    status = search.statuses[0] if search.statuses else ""
    region = region_prefix(search.region) if search.region else ""
    wanted = StockWanted(text=search.text, region=region, product_class=search.product_class, status=status)
    after: tuple[str, ...] | None = None
    while True:
        here = anew(known)
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
                    *product_cells(here, batch.product),
                    here.lot(row.batch),
                    row.batch,
                    place.name.zh,
                    place.location or "",
                    label,
                    party(here, row.owner),
                    party(here, custodian),
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
        here = anew(known)
        rows = here.related.batches(scope, text=search.text or None, after=after, limit=PAGE)
        here.load(ref for ref, _ in rows)
        times = times_of(here, [idx for _, idx in rows])
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
                    *product_cells(here, state.product),
                    party(here, state.producer),
                    *dates,
                    held.get(ref, 0),
                    times[idx],
                )
            )
        yield page
        if len(rows) < PAGE:
            return
        after = (rows[-1][1], rows[-1][0])


def _containers(known: Known, scope: Scope, search: DealSearch) -> Iterator[list[Row]]:
    for here, refs in things(known, scope, "container", search.text):
        page: list[Row] = []
        for ref in refs:
            state = here.must(ref, ContainerState)
            page.append(
                (
                    here.label(ref),
                    ref,
                    state.kind,
                    party(here, state.org),
                    fill_of(state),
                    sum(state.contents.values()),
                    state.cycle,
                    state.inspection_due or "",
                )
            )
        yield page


STOCK: Final = Listing(
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
)
BATCHES: Final = Listing(
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
)
CONTAINERS: Final = Listing(
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
)
