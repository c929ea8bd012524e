"""What lines of stock are looked for: by word, by what they are of, or one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, or_, select, tuple_

from ledger.store.queries import matching
from ledger.store.scopes import batches_of_class
from ledger.store.tables import holdings, places, search

NAMED: Final = ("batch", "container", "place", "owner", "status")
"""What names a line within the stock of one organisation's world."""


@dataclass(frozen=True, slots=True)
class StockWanted:
    """Bounds of a list of stock; what is empty bounds nothing.

    ``text``: part of a product's name, UN or CAS number, of a lot, or of what is painted on a container, or the code
    that container or lot bears. ``batches`` and ``products``: lines of one of these. ``lines``: these alone, each by
    ``NAMED``. ``region``: at sites that lie there, a prefix of 2, 4 or 6 digits; ``product_class``: of a transport
    class or list; ``status``: in this state. ``largest``: the most kilograms first, not by cell.
    """

    text: str = ""
    batches: Sequence[str] = ()
    products: Sequence[str] = ()
    lines: Sequence[tuple[str, ...]] = ()
    region: str = ""
    product_class: str = ""
    status: str = ""
    largest: bool = False


def stock_bounds(wanted: StockWanted) -> Iterator[ColumnElement[bool]]:
    """What a line has to meet, a condition for each bound."""
    batch = select(search.c.id).where(search.c.kind == "batch")
    if wanted.text:
        products = matching(select(search.c.id).where(search.c.kind == "product"), wanted.text)
        vessels = matching(select(search.c.id).where(search.c.kind == "container"), wanted.text, printed=True)
        yield or_(
            holdings.c.batch.in_(matching(batch, wanted.text, printed=True)),
            holdings.c.batch.in_(batch.where(search.c.product.in_(products))),
            holdings.c.container.in_(vessels),
        )
    if wanted.batches or wanted.products:
        of_products = batch.where(search.c.product.in_(wanted.products))
        yield or_(holdings.c.batch.in_(wanted.batches), holdings.c.batch.in_(of_products))
    if wanted.region:
        there = select(places.c.place).where(places.c.region.startswith(wanted.region, autoescape=True))
        yield holdings.c.site.in_(there)
    if wanted.product_class:
        yield holdings.c.batch.in_(batches_of_class(wanted.product_class))
    if wanted.status:
        yield holdings.c.status == wanted.status
    if wanted.lines:
        yield tuple_(*[holdings.c[name] for name in NAMED]).in_(wanted.lines)
