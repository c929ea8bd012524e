"""Transfers and shipments in a scope, searched and bounded in the database, newest change first.

An organisation's are those to which it is a party. Who supervises sees those about a batch that it supervises: the
policy (``ledger.services.policy``) decides so about single ones, and a test compares the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, literal, or_, select, tuple_

from ledger.rules.jurisdiction import Jurisdiction
from ledger.store.queries import matching
from ledger.store.repository import Repository
from ledger.store.scopes import Own, Scope, Ward, batches_in, batches_of_class
from ledger.store.tables import chain_heads, deal_goods, deals, places, search

MOST_PARTS: Final = 200


class Listed(NamedTuple):
    """A transfer or shipment: the side on which the scope's organisation is ("" for none), and the newest record."""

    ref: str
    side: str
    idx: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty bounds nothing.

    ``text``: part of a product's name, UN or CAS number, of a lot, of a party's name or credit code, or of a number
    plate. ``region``, ``park``, ``product_class``: goods that are, were or are about to be there, of that class.
    """

    sides: Sequence[str] = ()
    statuses: Sequence[str] = ()
    text: str = ""
    region: str = ""
    park: str = ""
    product_class: str = ""


class Dealings(Repository):
    """Lists of transfers and shipments."""

    __slots__ = ()

    def page(
        self, scope: Scope, kind: str, wanted: Wanted, *, before: tuple[int, str] | None = None, limit: int = 50
    ) -> list[Listed]:
        """Return those of a kind below ``before``, (index, reference)."""
        if isinstance(scope, Own):
            ref, idx, query = deals.c.ref, deals.c.idx, _of_party(scope.org, kind, wanted)
        else:
            ref, idx, query = chain_heads.c.chain, chain_heads.c.idx, _of_ward(scope, kind, wanted)
        for bound in _bounds(kind, wanted):
            query = query.where(ref.in_(bound))
        if before is not None:
            query = query.where(tuple_(idx, ref) < tuple_(*before))
        rows = self.connection.execute(query.order_by(idx.desc(), ref.desc()).limit(limit))
        return [Listed(str(name), str(side), int(at)) for name, side, at in rows]

    def goods(self, ref: str) -> tuple[str, ...]:
        """Return the batches that a transfer or shipment is or was about."""
        query = select(deal_goods.c.batch).where(deal_goods.c.ref == ref).order_by(deal_goods.c.batch)
        return tuple(str(batch) for batch in self.connection.execute(query).scalars())

    def parks(self) -> tuple[str, ...]:
        """Return the parks in which organisations and sites lie, by name."""
        query = select(places.c.park).where(places.c.park != "").distinct().order_by(places.c.park).limit(MOST_PARTS)
        return tuple(str(park) for park in self.connection.execute(query).scalars())


def _of_party(org: str, kind: str, wanted: Wanted) -> Select[Any]:
    query = select(deals.c.ref, deals.c.side, deals.c.idx).where(deals.c.org == org, deals.c.kind == kind)
    if wanted.sides:
        query = query.where(deals.c.side.in_(wanted.sides))
    return query.where(deals.c.status.in_(wanted.statuses)) if wanted.statuses else query


def _of_ward(scope: Scope, kind: str, wanted: Wanted) -> Select[Any]:
    """Of nobody in particular, hence by the newest record of each chain."""
    ref = chain_heads.c.chain
    query = select(ref, literal(""), chain_heads.c.idx).where(ref > f"{kind}:", ref < f"{kind};")
    if isinstance(scope, Ward):
        query = query.where(ref.in_(_about(batches_in(scope.bounds, scope.shown))))
    if not wanted.statuses:
        return query
    known = select(deals.c.ref).where(deals.c.kind == kind, deals.c.status.in_(wanted.statuses))
    return query.where(ref.in_(known))


def _about(batches: Select[Any]) -> Select[Any]:
    return select(deal_goods.c.ref).where(deal_goods.c.batch.in_(batches))


def _bounds(kind: str, wanted: Wanted) -> Iterator[Select[Any]]:
    """References that a search lets through, a query for each thing that is looked for."""
    if wanted.region:
        yield _about(batches_in(Jurisdiction(regions=(wanted.region,))))
    if wanted.park:
        yield _about(batches_in(Jurisdiction(parks=(wanted.park,))))
    if wanted.product_class:
        yield _about(batches_of_class(wanted.product_class))
    if wanted.text:
        yield _named(kind, wanted.text)


def _named(kind: str, text: str) -> Select[Any]:
    """About goods, of parties or on a vehicle that are called so."""
    products = matching(select(search.c.id).where(search.c.kind == "product"), text)
    lots = matching(select(search.c.id).where(search.c.kind == "batch"), text)
    batch = select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(products))
    firms = matching(select(search.c.id).where(search.c.kind == "org"), text)
    trips = matching(select(search.c.id).where(search.c.kind == "shipment"), text)
    goods = select(deal_goods.c.ref).where(or_(deal_goods.c.batch.in_(lots), deal_goods.c.batch.in_(batch)))
    found = select(deals.c.ref).where(deals.c.kind == kind)
    return found.where(or_(deals.c.ref.in_(goods), deals.c.org.in_(firms), deals.c.ref.in_(trips)))
