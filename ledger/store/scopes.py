"""Whose world is read: an organisation's own, what a regulator or park supervises, or all there is.

Each scope is turned into queries here, so that lists of thousands are bounded in the database. They agree with the
policy (``ledger.services.policy``), which decides about single things; a test compares the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, union

from ledger.rules.jurisdiction import Jurisdiction, region_prefix
from ledger.store.tables import events, findings, holdings, links, places, presence, product_classes, search, site_stock

_BATCH: Final = "batch:"
_END: Final = "batch;"


@dataclass(frozen=True, slots=True)
class Own:
    """What an organisation has to do with."""

    org: str


@dataclass(frozen=True, slots=True)
class Ward:
    """What an organisation supervises; ``shown``: batches, sites and organisations that others show it for a time."""

    org: str
    bounds: Jurisdiction
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Everything:
    """All there is."""


EVERYTHING: Final = Everything()
Scope = Own | Ward | Everything

Query = Select[tuple[str]]


def of_kind(scope: Scope, kind: str) -> Query | None:
    """References of the things of a kind in a scope; None: all of them."""
    match scope:
        case Own(org):
            return _DEALT[kind](org)
        case Ward():
            return _SUPERVISED[kind](scope) if kind in _SUPERVISED else None
        case _:
            return None


def stock_in(scope: Scope) -> ColumnElement[bool]:
    """Holdings of a scope: owned or in custody; of a supervised batch and at a supervised place, or on a vehicle."""
    match scope:
        case Own(org):
            return or_(holdings.c.owner == org, holdings.c.custodian == org)
        case Ward(_, bounds, shown):
            there = or_(holdings.c.site == "", holdings.c.site.in_(sites_in(bounds, shown)))
            return or_(and_(there, holdings.c.batch.in_(batches_in(bounds, shown))), holdings.c.batch.in_(shown))
        case _:
            return true()


def site_stock_in(scope: Scope) -> ColumnElement[bool]:
    """The same of stock as it is summed by site and product: what is at a site was there, and is of its product."""
    match scope:
        case Own(org):
            return or_(site_stock.c.owner == org, site_stock.c.custodian == org)
        case Ward(_, bounds, shown):
            return and_(site_stock.c.site.in_(sites_in(bounds, shown)), of_classes(bounds, site_stock.c.product))
        case _:
            return true()


def holders_in(bounds: Jurisdiction) -> Query:
    """Organisations that lie, or have a site, where a jurisdiction is."""
    return select(places.c.org).where(here(bounds))


def _licences_in(bounds: Jurisdiction) -> Query:
    return select(search.c.id).where(search.c.kind == "licence", search.c.org.in_(holders_in(bounds)))


def _licences_of(org: str) -> Query:
    return select(search.c.id).where(search.c.kind == "licence", search.c.org == org)


def stated_in(bounds: Jurisdiction) -> ColumnElement[bool]:
    """Findings on no batch, of organisations that lie where the jurisdiction is."""
    local = select(places.c.org).where(here(bounds))
    return and_(findings.c.batch.is_(None), findings.c.org.in_(local))


# --- supervised -------------------------------------------------------------------------------------------------------


def batches_in(bounds: Jurisdiction, shown: tuple[str, ...] = ()) -> Query:
    """Batches that are, were or are about to be where the jurisdiction is, of its classes; and those that are shown."""
    own = _batches_of_bounds(bounds)
    if not shown:
        return own
    found = union(own, _shown(shown)).subquery()
    return select(found.c[0])


def _shown(things: tuple[str, ...]) -> Query:
    """Batches that are among these things, or are, were or are about to be at one of them."""
    bound = or_(places.c.place.in_(things), places.c.org.in_(things))
    there = select(presence.c.batch).join(places, places.c.place == presence.c.place).where(bound)
    coming = select(presence.c.batch).where(presence.c.place.in_(things))
    named = select(search.c.id).where(search.c.kind == "batch", search.c.id.in_(things))
    found = union(there, coming, named).subquery()
    return select(found.c[0])


def _batches_of_bounds(bounds: Jurisdiction) -> Query:
    query = select(search.c.id).where(search.c.kind == "batch", of_classes(bounds, search.c.product))
    if not (bounds.regions or bounds.parks):
        return query
    bound = here(bounds)
    where = union(select(places.c.place).where(bound), select(places.c.org).where(bound)).subquery()
    there = select(presence.c.batch).where(presence.c.place.in_(select(where.c[0])))
    return query.where(search.c.id.in_(there))


def here(bounds: Jurisdiction) -> ColumnElement[bool]:
    """Places where a jurisdiction is; everywhere for one without bounds."""
    if not (bounds.regions or bounds.parks):
        return true()
    regions = [places.c.region.startswith(region_prefix(region), autoescape=True) for region in bounds.regions]
    return or_(*regions, places.c.park.in_(bounds.parks))


def of_classes(bounds: Jurisdiction, product: ColumnElement[str]) -> ColumnElement[bool]:
    """Products of one of the classes, or of none at all."""
    if not bounds.classes:
        return true()
    own = product_classes.c.product == product
    named = or_(*[product_classes.c.name.startswith(name, autoescape=True) for name in bounds.classes])
    known = select(product_classes.c.product).where(own)
    return or_(known.where(named).exists(), ~known.exists())


def batches_of_class(name: str) -> Query:
    """Batches of products of a transport class ("6" covers "6.1") or list."""
    known = select(product_classes.c.product).where(product_classes.c.name.startswith(name, autoescape=True))
    return select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(known))


def sites_in(bounds: Jurisdiction, shown: tuple[str, ...] = ()) -> Query:
    """Sites that lie where the jurisdiction is; and those that are shown, or whose organisation is."""
    bound = here(bounds)
    if shown:
        bound = or_(bound, places.c.place.in_(shown), places.c.org.in_(shown))
    return select(places.c.place).where(bound, places.c.place != places.c.org)


def _containers_in(ward: Ward) -> Query:
    """Containers with something supervised in them, and those of organisations that lie there."""
    filled = select(holdings.c.container).where(holdings.c.batch.in_(batches_in(ward.bounds, ward.shown)))
    local = select(places.c.org).where(here(ward.bounds))
    own = select(search.c.id).where(search.c.kind == "container", search.c.org.in_(local))
    found = union(filled, own).subquery()
    return select(found.c[0])


_SUPERVISED: Final[Mapping[str, Callable[[Ward], Query]]] = {
    "batch": lambda ward: batches_in(ward.bounds, ward.shown),
    "container": _containers_in,
    "licence": lambda ward: _licences_in(ward.bounds),
    "site": lambda ward: sites_in(ward.bounds, ward.shown),
}
"""Other kinds, organisations and products, are master data: who supervises sees all of them."""

# --- an organisation's own --------------------------------------------------------------------------------------------


def _batches_of(org: str) -> Query:
    """Batches that an organisation owns, holds, produced or stated something about."""
    held = select(holdings.c.batch).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
    made = select(search.c.id).where(search.c.kind == "batch", search.c.org == org)
    stated = (
        select(links.c.chain)
        .join(events, events.c.idx == links.c.idx)
        .where(events.c.actor == org, links.c.chain > _BATCH, links.c.chain < _END)
    )
    found = union(held, made, stated, _carried_by(org)).subquery()
    return select(found.c[0])


def _carried_by(org: str) -> Query:
    """Batches in a record of a shipment that an organisation arranged."""
    trips = select(search.c.id).where(search.c.kind == "shipment", search.c.org == org)
    moved = select(links.c.idx).where(links.c.chain.in_(trips))
    return select(links.c.chain).where(links.c.idx.in_(moved), links.c.chain > _BATCH, links.c.chain < _END)


def _containers_of(org: str) -> Query:
    """Containers that an organisation owns, or in which it owns or holds something."""
    held = select(holdings.c.container).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
    own = select(search.c.id).where(search.c.kind == "container", search.c.org == org)
    found = union(held, own).subquery()
    return select(found.c[0])


def _sites_of(org: str) -> Query:
    """Sites that an organisation runs or keeps stock at."""
    held = select(holdings.c.site).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
    own = select(search.c.id).where(search.c.kind == "site", search.c.org == org)
    found = union(held, own).subquery()
    return select(found.c[0])


def _organisations_of(org: str) -> Query:
    """The organisation itself and those with whom it shares stock now, as owner and custodian."""
    theirs = select(holdings.c.owner).where(holdings.c.custodian == org)
    mine = select(holdings.c.custodian).where(holdings.c.owner == org)
    made = (
        select(search.c.org)
        .where(search.c.kind == "batch")
        .where(
            search.c.id.in_(select(holdings.c.batch).where(or_(holdings.c.owner == org, holdings.c.custodian == org)))
        )
    )
    own = select(search.c.id).where(search.c.kind == "org", search.c.id == org)
    found = union(theirs, mine, made, own).subquery()
    return select(found.c[0])


def _products_of(org: str) -> Query:
    """Products that an organisation registered, and those of its batches."""
    dealt = select(search.c.product).where(search.c.kind == "batch", search.c.id.in_(_batches_of(org)))
    own = select(search.c.id).where(search.c.kind == "product", search.c.org == org)
    found = union(dealt, own).subquery()
    return select(found.c[0])


_DEALT: Final[Mapping[str, Callable[[str], Query]]] = {
    "batch": _batches_of,
    "container": _containers_of,
    "site": _sites_of,
    "org": _organisations_of,
    "product": _products_of,
    "licence": _licences_of,
}
