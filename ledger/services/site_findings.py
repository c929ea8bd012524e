"""Findings that the stock of the moment makes at a site: too much of it, or what must not lie together.

They are made for the whole ledger at once, for a scope looks at few sites and a page asks often: ``SiteMemo`` keeps
them until a record is added.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import ClassVar, Final

from ledger.core.canonical import Json
from ledger.core.effects import Effects
from ledger.core.sections import Disclosure
from ledger.core.times import format_utc
from ledger.reference import Reference
from ledger.rules import codec, loads
from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import Aggregate, MaximumState, ProductState, ShipmentState, SiteState
from ledger.rules.costorage import apart, by_grid, has_table
from ledger.rules.licences import DAY
from ledger.rules.manifest import RuleSet
from ledger.store.found import Wanted
from ledger.store.scopes import Everything, Scope
from ledger.store.site_stock import Change, Lying, SiteStock
from ledger.store.unit_of_work import Unit

TOGETHER: Final = "stored_together@1"
GRID: Final = "grid_conflict@1"
LOOKED_BACK: Final = 400


@dataclass(frozen=True, slots=True)
class SiteFinding:
    """A finding on stock. ``chain``: the site, or the shipment it is aboard; ``part``: the place there.

    ``products``: what it is about; ``at_least``: the stock that makes it was last touched at ``since_ms``, and may have
    lain there longer.
    """

    rule: str
    chain: str
    part: str
    org: str
    since_ms: int
    data: Mapping[str, Json]
    site: str = ""
    products: frozenset[str] = field(default_factory=frozenset)
    at_least: bool = True


class SiteFindings:
    """The findings on stock within one read."""

    RULES: ClassVar = (TOGETHER, GRID, *loads.RULES)

    def __init__(self, unit: Unit, rules: RuleSet, reference: Reference, as_of_ms: int) -> None:
        """Read within this unit."""
        self._stock = SiteStock(unit.connection, unit.backend)
        self._unit = unit
        self._rules = rules
        self._reference = reference
        self._as_of = as_of_ms

    def listed(self, scope: Scope, wanted: Wanted) -> list[SiteFinding]:
        """Return those of a scope that are looked for."""
        found = [one for one in self.everywhere() if _looked_for(one, wanted)]
        if isinstance(scope, Everything) and not (wanted.region or wanted.park):
            return found
        seen = self._stock.seen(scope, wanted)
        return [one for one in found if one.chain in seen]

    def everywhere(self) -> Sequence[SiteFinding]:
        """Return every one of the ledger."""
        return (*self._mixed(), *self._heavy())

    def _states(self, keys: Iterable[str]) -> dict[str, Aggregate]:
        bodies = self._unit.projections.load_states(dict.fromkeys(keys))
        return {key: codec.load(key, body) for key, body in bodies.items() if body is not None}

    # --- what lies together -----------------------------------------------------------------------------------------

    def _mixed(self) -> Iterator[SiteFinding]:
        """Places with more than one product whose classes the site's table, or else the grid, keeps apart."""
        places: dict[tuple[str, str], list[Lying]] = {}
        for row in self._stock.lying_together():
            places.setdefault((row.chain, row.place), []).append(row)
        states = self._states(
            {chain for chain, _ in places} | {row.product for rows in places.values() for row in rows}
        )
        pairs = _Pairs(self._reference, format_utc(self._as_of)[:10])
        for (chain, place), rows in sorted(places.items()):
            goods = [(row, known) for row in rows if isinstance(known := states.get(row.product), ProductState)]
            owner = states.get(chain)
            if isinstance(owner, SiteState) and has_table(owner, self._as_of):
                yield from _by_table(owner, place, goods)
            elif isinstance(owner, SiteState):
                yield from _by_grid(chain, place, owner.org, chain, goods, pairs)
            elif isinstance(owner, ShipmentState):
                yield from _by_grid(chain, place, owner.carrier, "", goods, pairs)

    # --- how much lies there ----------------------------------------------------------------------------------------

    def _heavy(self) -> Iterator[SiteFinding]:
        """Units and locations of sites that hold more than a threshold, a design maximum or a capacity."""
        stock: dict[str, dict[tuple[str, str], int]] = {}
        for heap in self._stock.heaps():
            stock.setdefault(heap.site, {})[heap.place.partition("/")[2], heap.product] = heap.mg
        states = self._states({*stock, *(product for there in stock.values() for _, product in there)})
        stated = {item.product for one in states.values() if isinstance(one, SiteState) for item in _maxima(one)}
        states |= self._states(stated - states.keys())
        products = {key: one for key, one in states.items() if isinstance(one, ProductState)}
        for key, there in sorted(stock.items()):
            site = states.get(key)
            if isinstance(site, SiteState):
                found = self._over(site, there, products)
                since = self._since(site, there, products, {(one.rule, one.part) for one in found})
                for one in found:
                    at, at_least = since[one.rule, one.part]
                    yield SiteFinding(one.rule, key, one.part, site.org, at, one.data, key, one.products, at_least)

    def _over(
        self, site: SiteState, there: loads.Stock, products: Mapping[str, ProductState]
    ) -> tuple[loads.Over, ...]:
        ppm = self._rules.parameter(loads.THRESHOLD, "ppm")
        return loads.overloads(site, there, products, self._reference.gb18218, ppm)

    def _since(
        self,
        site: SiteState,
        there: loads.Stock,
        products: Mapping[str, ProductState],
        left: set[tuple[str, str]],
    ) -> dict[tuple[str, str], tuple[int, bool]]:
        """Since when each is too much: the site's records are taken back, newest first, until it was not.

        At most ``LOOKED_BACK`` of them; what lasts longer has been there at least since the oldest one.
        """
        since: dict[tuple[str, str], tuple[int, bool]] = {}
        if not left:
            return since
        changes = self._stock.changes(site.id, limit=LOOKED_BACK)
        of_batch = self._stock.products_of({change.batch for change in changes})
        before, at = dict(there), 0
        for _, group in groupby(changes, key=lambda change: change.idx):
            for change in group:
                at = change.recorded_at_ms
                for place, mg in _at(site.id, change):
                    key = place, of_batch.get(change.batch, "")
                    before[key] = before.get(key, 0) - mg
            still = {(one.rule, one.part) for one in self._over(site, before, products)}
            since |= dict.fromkeys(left - still, (at, False))
            left &= still
            if not left:
                break
        return since | dict.fromkeys(left, (at, True))


def _maxima(site: SiteState) -> Iterator[MaximumState]:
    for unit in site.units:
        yield from (item for item in unit.maximum if item.product)


def _at(site: str, change: Change) -> Iterator[tuple[str, int]]:
    """What a record put to locations of a site, or took away."""
    for posting in Effects.parse(Disclosure.parse(change.effects, ("effects",)).content).postings:
        account = account_of(posting.account)
        if isinstance(account, Holding) and account.site == site:
            yield account.place.partition("/")[2], posting.mg


Goods = Sequence[tuple[Lying, ProductState]]


def _by_table(site: SiteState, place: str, goods: Goods) -> Iterator[SiteFinding]:
    for at, (one, coming) in enumerate(goods):
        for other, there in goods[at + 1 :]:
            pair = apart(site, coming.classes, there.classes)
            if pair is not None:
                yield _conflict(TOGETHER, site.id, place, site.org, site.id, (one, other), pair)
                return


class _Pairs:
    """What the grid says of two products, asked once for each pair of kinds."""

    def __init__(self, reference: Reference, day: str) -> None:
        self._reference = reference
        self._day = day
        self._known: dict[tuple[object, object], tuple[str, str] | None] = {}

    def of(self, one: ProductState, other: ProductState) -> tuple[str, str] | None:
        key = (_kind(one), _kind(other))
        if key not in self._known:
            self._known[key] = by_grid(self._reference, one, [other], self._day)
        return self._known[key]


def _kind(product: ProductState) -> object:
    return product.un, product.classes, product.state


def _by_grid(chain: str, place: str, org: str, site: str, goods: Goods, pairs: _Pairs) -> Iterator[SiteFinding]:
    for at, (one, coming) in enumerate(goods):
        for other, there in goods[at + 1 :]:
            pair = pairs.of(coming, there)
            if pair is not None:
                yield _conflict(GRID, chain, place, org, site, (one, other), pair)
                return


def _conflict(
    rule: str, chain: str, place: str, org: str, site: str, both: tuple[Lying, Lying], pair: tuple[str, str]
) -> SiteFinding:
    data: dict[str, Json] = {
        "place": place,
        "classes": list(pair),
        "products": [row.product for row in both],
    }
    since = max(row.since_ms for row in both)
    return SiteFinding(rule, chain, place, org, since, data, site, frozenset(row.product for row in both))


def _looked_for(one: SiteFinding, wanted: Wanted) -> bool:
    if wanted.batch or (wanted.org and one.org != wanted.org) or (wanted.site and one.site != wanted.site):
        return False
    return not wanted.product or not one.products.isdisjoint(wanted.products)


class SiteMemo:
    """Keeps what was made of a state of the store until another record is added, or the day changes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._of: tuple[int, int, str] = (-1, -1, "")
        self._found: tuple[SiteFinding, ...] = ()

    def __call__(self, unit: Unit, rules: RuleSet, reference: Reference, as_of_ms: int) -> SiteFindings:
        """Return the findings of a unit, remembered where they can be."""
        return _Remembered(self, unit, rules, reference, as_of_ms)

    def get(self, of: tuple[int, int, str], make: Callable[[], Sequence[SiteFinding]]) -> tuple[SiteFinding, ...]:
        """Return what was made of a state, or have it made."""
        with self._lock:
            if of != self._of:
                self._found, self._of = tuple(make()), of
            return self._found


class _Remembered(SiteFindings):
    def __init__(self, memo: SiteMemo, unit: Unit, rules: RuleSet, reference: Reference, as_of_ms: int) -> None:
        super().__init__(unit, rules, reference, as_of_ms)
        self._memo = memo

    def everywhere(self) -> Sequence[SiteFinding]:
        of = (self._unit.log.size(), self._as_of // DAY, self._rules.hash)
        return self._memo.get(of, super().everywhere)
