"""What lies at a place or rides in a vehicle now, to who may be told how much of it, and what clashes there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from api.views import Advice, Band, ClashView, Goods, Here, HereLine, Words, hides_place
from api.views.goods import classes_alone
from api.views.here import Why
from api.wiring.advice import advice_of
from api.wiring.freshness import Fresh
from api.wiring.goods import goods_of, row_in_force
from api.wiring.known import Known
from ledger.reference.mixing import Lot, clashes, row_of
from ledger.rules.aggregates import BatchState, ProductState, SiteState
from ledger.rules.costorage import apart, has_table
from ledger.store.rows import HoldingRow

KG: Final = 1_000_000
BANDS: Final = (100, 1_000, 10_000, 100_000)
"""Kilograms at which a rough quantity goes over into the next."""
MOST_LINES: Final = 60

Told = Callable[[HoldingRow], bool]
"""Whether somebody is told exactly how much a holding is."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is there, to one viewer: `goods` as it may know them, those it may not by their classes alone."""

    goods: tuple[Goods, ...]
    advice: Advice | None
    here: Here | None
    private: bool
    all_told: bool


def content(
    known: Known, rows: Sequence[HoldingRow], told: Told, fresh: Fresh, site: SiteState | None = None
) -> Content:
    """Return what is there. Of a protected place nobody is told of a product of which it is not told how much.

    `here` is None where that leaves nothing to tell.
    """
    by_product = _by_product(known, rows)
    all_goods = {product: goods_of(known, product) for product in by_product}
    private = hides_place(tuple(all_goods.values()))
    exact = {product: all(map(told, held)) for product, held in by_product.items()}
    shown = [product for product in by_product if exact[product] or not private]
    hidden = dict.fromkeys(classes_alone(all_goods[product]) for product in by_product if product not in shown)
    by_class = sorted(hidden, key=lambda item: item.hazards.transport_class or "")
    goods = (*(all_goods[product] for product in shown), *by_class)
    advice = _advice(known, goods)
    if hidden and not shown:
        return Content(goods, advice, None, private, all_told=False)
    lines = [_line(all_goods[product], by_product[product], exact=exact[product]) for product in shown]
    found, unjudged = _clashes(known, shown, site)
    here = Here(
        as_of_index=known.unit.log.size() - 1,
        as_of=known.unit.log.last_recorded_at_ms() or 0,
        lines=tuple(lines[:MOST_LINES]),
        clashes=tuple(found[:MOST_LINES]),
        unjudged=unjudged,
        site_table=site is not None and has_table(site, known.now_ms),
        last_event=fresh.event,
        last_count=fresh.count,
        since=fresh.since,
        more=len(lines) > MOST_LINES,
    )
    return Content(goods, advice, here, private, all_told=not hidden and all(exact.values()))


def _advice(known: Known, goods: Sequence[Goods]) -> Advice | None:
    """What to do first about all of it, from no more than is told: of what is hidden the classes are."""
    main = [item.hazards.transport_class for item in goods if item.hazards.transport_class]
    return advice_of(
        known.reference,
        [item.hazards.un for item in goods if item.hazards.un],
        [*main, *(name for item in goods for name in item.hazards.subsidiary)],
        {item.physical_state or "" for item in goods},
    )


def _by_product(known: Known, rows: Iterable[HoldingRow]) -> dict[str, list[HoldingRow]]:
    """Rows by product, the most dangerous class first: as the classes are numbered."""
    held = list(rows)
    known.load(row.batch for row in held)
    found: dict[str, list[HoldingRow]] = {}
    for row in held:
        batch = known.get(row.batch, BatchState)
        if batch is not None and known.get(batch.product, ProductState) is not None:
            found.setdefault(batch.product, []).append(row)
    return dict(sorted(found.items(), key=lambda item: (_classes(known, item[0]), known.product(item[0]).en)))


def _classes(known: Known, product: str) -> tuple[str, ...]:
    state = known.get(product, ProductState)
    return ("~",) if state is None or not state.classes else tuple(state.classes)


def _line(goods: Goods, rows: Sequence[HoldingRow], *, exact: bool) -> HereLine:
    mg = sum(row.mg for row in rows)
    return HereLine(
        name=goods.name,
        un=goods.hazards.un,
        transport_class=goods.hazards.transport_class,
        subsidiary=goods.hazards.subsidiary,
        regulated=goods.hazards.regulated,
        mass=mg if exact else None,
        band=None if exact else band(mg),
        containers=len({row.container for row in rows if row.container != "-"}) if exact else None,
    )


def band(mg: int) -> Band:
    """Return a quantity told roughly."""
    least = max((edge for edge in BANDS if mg >= edge * KG), default=None)
    below = min((edge for edge in BANDS if mg < edge * KG), default=None)
    return Band(least, below)


# --- what clashes -----------------------------------------------------------------------------------------------------


Apart = Mapping[tuple[str, str], tuple[tuple[str, str], Why]]
"""Two products, in the order in which they were given -> their classes that clash, and why."""


def _clashes(
    known: Known, products: Sequence[str], site: SiteState | None
) -> tuple[list[ClashView], tuple[Words, ...]]:
    """Pairs that must not be together, and products that cannot be judged."""
    found, unjudged = clashing(known, products, site, poison_first=True)
    views = [
        ClashView(known.product(one), known.product(other), classes, why)
        for (one, other), (classes, why) in found.items()
    ]
    return views, tuple(known.product(product) for product in unjudged)


def clashing(
    known: Known, products: Sequence[str], site: SiteState | None, *, poison_first: bool = False
) -> tuple[Apart, tuple[str, ...]]:
    """Return products that must not be together, by the site's table before the grid, and those without a class.

    `poison_first`: of what frees a deadly gas that is said, and not that a table forbids it, too.
    """
    lots = {product: _lot(known, product) for product in products}
    judged = [lot for lot in lots.values() if lot is not None]
    found: dict[tuple[str, str], tuple[tuple[str, str], Why]] = {
        (pair.one.name, pair.other.name): (_pair(pair.one, pair.other), pair.why)
        for pair in clashes(known.reference.segregation, judged)
    }
    if site is not None and has_table(site, known.now_ms):
        for one, other in combinations(products, 2):
            classes = apart(site, _classes(known, one), _classes(known, other))
            deadly = poison_first and (one, other) in found and found[one, other][1] == "cyanide_acid"
            if classes is not None and not deadly:
                found[one, other] = (classes, "site_table")
    return found, tuple(product for product, lot in lots.items() if lot is None)


def _pair(one: Lot, other: Lot) -> tuple[str, str]:
    return one.good.hazard_class, other.good.hazard_class


def _lot(known: Known, product: str) -> Lot | None:
    state = known.get(product, ProductState)
    row: Mapping[str, Any] | None = None if state is None else row_in_force(known, state)
    if state is None or row is None:
        return None
    good = row_of(
        known.reference.dangerous_goods, f"UN{row['un']}", str(row["class"]), str(row.get("packing_group") or "")
    )
    return None if good is None else Lot(product, good, state.state == "liquid")
