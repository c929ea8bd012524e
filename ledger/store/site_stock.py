"""Stock by place and product, for findings on what lies where."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from ledger.rules.jurisdiction import Jurisdiction
from ledger.rules.watching import STATIC
from ledger.store.found import Wanted
from ledger.store.repository import Repository
from ledger.store.scopes import Everything, Own, Scope, Ward, batches_in, sites_in
from ledger.store.tables import deals, holdings, links, places, records, search, watches


class Lying(NamedTuple):
    """A product at a place: of a site, or on the vehicle of a shipment; ``chain`` is that site or shipment.

    ``since_ms``: since when some of it lies there untouched; 0 on a vehicle.
    """

    chain: str
    place: str
    product: str
    since_ms: int


class Heap(NamedTuple):
    """Milligrams of a product in a place of a site."""

    site: str
    place: str
    product: str
    mg: int


class Change(NamedTuple):
    """A record of a site's chain and what it did to a batch: ``effects`` as disclosed, with its postings."""

    idx: int
    recorded_at_ms: int
    batch: str
    effects: bytes


class SiteStock(Repository):
    """Sums and pairs of stock."""

    __slots__ = ()

    def lying_together(self) -> list[Lying]:
        """Return what lies at places at which there is more than one product, by chain, place and product."""
        chain = case((holdings.c.site == "", holdings.c.custodian), else_=holdings.c.site)
        part: ColumnElement[str] = holdings.c.owner
        for name in ("custodian", "place", "container", "status"):
            part = part + literal("|") + holdings.c[name]
        rested = and_(watches.c.chain == holdings.c.batch, watches.c.rule == STATIC, watches.c.part == part)
        crowded = (
            select(holdings.c.place)
            .join(search, and_(search.c.kind == "batch", search.c.id == holdings.c.batch))
            .group_by(holdings.c.place)
            .having(func.min(search.c.product) != func.max(search.c.product))
        )
        query = (
            select(chain, holdings.c.place, search.c.product, func.coalesce(func.min(watches.c.anchor_ms), 0))
            .join(search, and_(search.c.kind == "batch", search.c.id == holdings.c.batch))
            .join(watches, rested, isouter=True)
            .where(holdings.c.place.in_(crowded))
            .group_by(chain, holdings.c.place, search.c.product)
            .order_by(chain, holdings.c.place, search.c.product)
        )
        return [Lying(*row) for row in self.connection.execute(query)]

    def heaps(self) -> list[Heap]:
        """Return what lies at sites, by site, place and product."""
        query = (
            select(holdings.c.site, holdings.c.place, search.c.product, func.sum(holdings.c.mg))
            .join(search, and_(search.c.kind == "batch", search.c.id == holdings.c.batch))
            .where(holdings.c.site != "")
            .group_by(holdings.c.site, holdings.c.place, search.c.product)
        )
        return [Heap(str(a), str(b), str(c), int(mg)) for a, b, c, mg in self.connection.execute(query)]

    def changes(self, site: str, *, limit: int) -> list[Change]:
        """Return what the newest ``limit`` records of a site's chain did to batches, newest first."""
        newest = (
            select(links.c.idx, records.c.recorded_at_ms)
            .join(records, records.c.idx == links.c.idx)
            .where(links.c.chain == site)
            .order_by(links.c.seq.desc())
            .limit(limit)
            .subquery()
        )
        query = (
            select(newest.c.idx, newest.c.recorded_at_ms, links.c.chain, links.c.effects)
            .join(links, links.c.idx == newest.c.idx)
            .where(links.c.chain > "batch:", links.c.chain < "batch;")
            .order_by(newest.c.idx.desc())
        )
        return [Change(int(a), int(b), str(c), bytes(d)) for a, b, c, d in self.connection.execute(query)]

    def products_of(self, batches: Iterable[str]) -> dict[str, str]:
        """Return the product of each batch."""
        rows = self._by_keys(search, ("kind", "id"), ("id", "product"), [("batch", one) for one in sorted(batches)])
        return {str(batch): str(product) for batch, product in rows}

    def seen(self, scope: Scope, wanted: Wanted) -> frozenset[str]:
        """Return the sites and shipments of a scope in the region and park that are looked for."""
        bounds = [Jurisdiction(regions=(wanted.region,))] if wanted.region else []
        bounds += [Jurisdiction(parks=(wanted.park,))] if wanted.park else []
        sets = [_within(one) for one in bounds]
        match scope:
            case Own(org):
                own = select(places.c.place).where(places.c.org == org)
                found = own.union(select(deals.c.ref).where(deals.c.org == org)).subquery()
                sets.append(select(found.c[0]))
            case Ward(_, ward, shown):
                sets.append(_within(ward, shown))
            case Everything():
                pass
        refs = [frozenset(str(ref) for ref in self.connection.execute(query).scalars()) for query in sets]
        return frozenset.intersection(*refs)


def _within(bounds: Jurisdiction, shown: tuple[str, ...] = ()) -> Select[tuple[str]]:
    batches = select(batches_in(bounds, shown).subquery().c[0])
    aboard = select(holdings.c.custodian).where(holdings.c.site == "", holdings.c.batch.in_(batches))
    stocked = select(holdings.c.site).where(holdings.c.site.in_(sites_in(bounds, shown)), holdings.c.batch.in_(batches))
    found = aboard.union(stocked).subquery()
    return select(found.c[0])
