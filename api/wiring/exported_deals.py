"""Transfers and trips as tables."""

from collections.abc import Iterator
from typing import Final

from api.deal_ports import DealSearch
from api.exports import Column, Row
from api.wiring.deal_lists import products_of
from api.wiring.exported import LAST, NAME, PAGE, REF, Listing, anew, party, times_of
from api.wiring.known import Known
from ledger.rules.aggregates import ShipmentState, TransferState
from ledger.store.dealings import Wanted
from ledger.store.scopes import Scope

DEALS: Final = frozenset({"region", "park", "class", "status"})


def _deals(
    known: Known, scope: Scope, kind: str, search: DealSearch
) -> Iterator[tuple[Known, list[str], dict[str, int]]]:
    before: tuple[int, str] | None = None
    wanted = Wanted((), search.statuses, search.text, search.region, search.park, search.product_class)
    while True:
        here = anew(known)
        rows = here.dealings.page(scope, kind, wanted, before=before, limit=PAGE)
        here.load(row.ref for row in rows)
        times = times_of(here, [row.idx for row in rows])
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
                    *[party(here, org) for org in parties],
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
                    *[party(here, org) for org in parties],
                    sum(state.cargo.values()),
                    times[ref],
                )
            )
        yield page


TRANSFERS: Final = Listing(
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
)
SHIPMENTS: Final = Listing(
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
)
