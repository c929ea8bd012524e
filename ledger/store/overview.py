"""Sums for overviews: what is where, what rides, what ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, literal, or_, select

from ledger.rules.jurisdiction import Jurisdiction
from ledger.store.repository import Repository
from ledger.store.scopes import (
    Own,
    Scope,
    Ward,
    batches_in,
    here,
    holders_in,
    site_stock_in,
    stock_in,
)
from ledger.store.tables import expiries, holdings, places, records, search, site_stock

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Narrow:
    """What part of a scope is looked at; what is empty bounds nothing. ``region``: a prefix of 2, 4 or 6 digits.

    ``products``: of these alone, such as all that firms registered under one name.
    """

    region: str = ""
    park: str = ""
    products: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[Jurisdiction, ...]:
        """The places, each to be met."""
        regions = (Jurisdiction(regions=(self.region,)),) if self.region else ()
        return (*regions, Jurisdiction(parks=(self.park,))) if self.park else regions


class SiteSum(NamedTuple):
    """A site with its stock; ``idx``: the newest record that moved some of it, None for none ever."""

    site: str
    org: str
    region: str
    park: str
    zh: str
    en: str
    mg: int
    idx: int | None


class ProductSum(NamedTuple):
    """Products of one name and UN number with their stock at sites, how many these are, and the newest record.

    ``product``: one of them.
    """

    product: str
    mg: int
    sites: int
    idx: int


class Ending(NamedTuple):
    """What ends: "licence", or "batch" or "retest" of a batch; ``label``: its number; ``org``: holder or producer."""

    ref: str
    kind: str
    org: str
    day: str
    label: str


class SiteCell(NamedTuple):
    """What of a product is at a place of a site in one state, and how many containers it is in."""

    place: str
    product: str
    status: str
    mg: int
    containers: int


class Overview(Repository):
    """Reading sums."""

    __slots__ = ()

    def sites(self, scope: Scope, narrow: Narrow, *, limit: int) -> list[SiteSum]:
        """Return the sites of a scope with what of its stock is there, empty ones too, by region and name."""
        name, stock = search.alias(), _told(scope, narrow)
        query = (
            select(
                places.c.place,
                places.c.org,
                places.c.region,
                places.c.park,
                name.c.zh,
                name.c.en,
                func.coalesce(stock.c.mg, 0),
                stock.c.idx,
            )
            .join(name, and_(name.c.kind == "site", name.c.id == places.c.place))
            .outerjoin(stock, stock.c.site == places.c.place)
            .where(places.c.place != places.c.org, *map(here, narrow.bounds))
        )
        if isinstance(scope, Ward):
            query = query.where(here(scope.bounds))
        elif isinstance(scope, Own):
            query = query.where(or_(places.c.org == scope.org, stock.c.site.is_not(None)))
        if narrow.products:
            query = query.where(stock.c.site.is_not(None))
        return self._all(query.order_by(places.c.region, name.c.zh, places.c.place).limit(limit), SiteSum)

    def products(self, scope: Scope, narrow: Narrow, *, limit: int) -> list[ProductSum]:
        """Return the products of a scope that are in stock at sites, most kilograms first."""
        mg = _sum(site_stock.c.mg)
        query = (
            select(
                func.min(site_stock.c.product),
                mg.label("mg"),
                func.count(site_stock.c.site.distinct()),
                func.max(site_stock.c.idx),
            )
            .join(search, and_(search.c.kind == "product", search.c.id == site_stock.c.product))
            .where(site_stock_in(scope), site_stock.c.mg > 0, *_narrowed(narrow))
            .group_by(search.c.zh, search.c.un)
            .order_by(mg.desc(), search.c.zh)
        )
        return self._all(query.limit(limit), ProductSum)

    def namesakes(self, product: str, *, limit: int = 500) -> tuple[str, ...]:
        """Return the products that firms registered under the same name and UN number as this one."""
        one = search.alias()
        query = (
            select(search.c.id)
            .join(one, and_(one.c.kind == "product", one.c.zh == search.c.zh, one.c.un == search.c.un))
            .where(search.c.kind == "product", one.c.id == product)
        )
        return tuple(str(ref) for ref in self.connection.execute(query.order_by(search.c.id).limit(limit)).scalars())

    def aboard(self, scope: Scope, narrow: Narrow) -> tuple[int, int]:
        """Return milligrams on vehicles, and on how many trips: of a region or park what is, was or will be there."""
        query = select(func.coalesce(_sum(holdings.c.mg), 0), func.count(holdings.c.custodian.distinct()))
        query = query.where(holdings.c.site == "", stock_in(scope))
        for bounds in narrow.bounds:
            query = query.where(holdings.c.batch.in_(batches_in(bounds)))
        if narrow.products:
            query = query.where(holdings.c.batch.in_(_batches_of(narrow.products)))
        mg, trips = self.connection.execute(query).one()
        return int(mg), int(trips)

    def ending(
        self, scope: Scope, narrow: Narrow, since: str, until: str, *, limit: int, newest: bool = False
    ) -> list[Ending]:
        """Return licences, and batches of which there is stock, that end from one day until before another, by day.

        Days are "YYYY-MM-DD"; ``newest``: the last first.
        """
        order = (expiries.c.day.desc() if newest else expiries.c.day, expiries.c.ref, expiries.c.kind)
        query = (
            select(expiries.c.ref, expiries.c.kind, expiries.c.org, expiries.c.day, func.coalesce(search.c.label, ""))
            .outerjoin(
                search,
                and_(
                    search.c.id == expiries.c.ref,
                    search.c.kind == case((expiries.c.kind == "licence", "licence"), else_="batch"),
                ),
            )
            .where(expiries.c.day >= since, expiries.c.day < until)
            .where(or_(_licences(scope, narrow), _batches(scope, narrow)))
            .order_by(*order)
        )
        return self._all(query.limit(limit), Ending)

    def at_site(self, scope: Scope, site: str) -> list[SiteCell]:
        """Return what of a scope is at the places of a site, by place and product."""
        boxes = func.count(case((holdings.c.container != "-", holdings.c.container)).distinct())
        keys = (holdings.c.place, search.c.product, holdings.c.status)
        query = (
            select(*keys, _sum(holdings.c.mg), boxes)
            .join(search, and_(search.c.kind == "batch", search.c.id == holdings.c.batch))
            .where(holdings.c.site == site, stock_in(scope))
            .group_by(*keys)
            .order_by(*keys)
        )
        return self._all(query, SiteCell)

    def held(self, scope: Scope, batches: Sequence[str]) -> dict[str, int]:
        """Return the milligrams of batches within a scope, those in stock."""
        query = select(holdings.c.batch, _sum(holdings.c.mg)).where(holdings.c.batch.in_(batches), stock_in(scope))
        rows = self.connection.execute(query.group_by(holdings.c.batch)) if batches else ()
        return {str(batch): int(mg) for batch, mg in rows}

    def recorded(self, indices: Iterable[int]) -> dict[int, int]:
        """Return when records were made, epoch milliseconds by index."""
        wanted = sorted(set(indices))
        query = select(records.c.idx, records.c.recorded_at_ms).where(records.c.idx.in_(wanted))
        return {int(idx): int(at) for idx, at in self.connection.execute(query)} if wanted else {}


def _sum(mg: ColumnElement[int]) -> ColumnElement[int]:
    """A sum as a whole number on either database: 64 bits hold nine million million kilograms."""
    return cast(func.sum(mg), BigInteger)


def _narrowed(narrow: Narrow) -> Sequence[ColumnElement[bool]]:
    """Bounds of stock at sites."""
    there = [site_stock.c.site.in_(select(places.c.place).where(here(bounds))) for bounds in narrow.bounds]
    return [*there, site_stock.c.product.in_(narrow.products)] if narrow.products else there


def _told(scope: Scope, narrow: Narrow) -> Any:  # noqa: ANN401 - a subquery: site, mg, idx
    query = select(
        site_stock.c.site,
        _sum(site_stock.c.mg).label("mg"),
        func.max(site_stock.c.idx).label("idx"),
    ).where(site_stock_in(scope), *_narrowed(Narrow(products=narrow.products)))
    return query.group_by(site_stock.c.site).subquery()


def _batches_of(products: Sequence[str]) -> Select[Any]:
    return select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(products))


def _licences(scope: Scope, narrow: Narrow) -> ColumnElement[bool]:
    """Licences of who is in the scope; about no product in particular."""
    if narrow.products:
        return literal(value=False)
    bounds: list[ColumnElement[bool]] = [expiries.c.org.in_(holders_in(part)) for part in narrow.bounds]
    if isinstance(scope, Own):
        bounds.append(expiries.c.org == scope.org)
    elif isinstance(scope, Ward):
        bounds.append(expiries.c.org.in_(holders_in(scope.bounds)))
    return and_(expiries.c.kind == "licence", *bounds)


def _batches(scope: Scope, narrow: Narrow) -> ColumnElement[bool]:
    """Batches of which some is still in stock."""
    stock = select(holdings.c.batch).where(holdings.c.batch == expiries.c.ref, stock_in(scope))
    bounds = [expiries.c.ref.in_(batches_in(part)) for part in narrow.bounds]
    if narrow.products:
        bounds.append(expiries.c.ref.in_(_batches_of(narrow.products)))
    return and_(expiries.c.kind != "licence", stock.exists(), *bounds)
