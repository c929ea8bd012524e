"""What lines of stock are looked for: by word, by what they are of, or one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, or_, select, tuple_

from ledger.store.queries import matching
from ledger.store.tables import holdings, search

NAMED: Final = ("batch", "container", "place", "owner", "status")
"""What names a line within the stock of one organisation's world."""


@dataclass(frozen=True, slots=True)
class StockWanted:
    """Bounds of a list of stock; what is empty bounds nothing.

    ``text``: part of a product's name, UN or CAS number, of a lot, or of what is painted on a container. ``batches``
    and ``products``: lines of one of these. ``lines``: these alone, each by ``NAMED``.
    """

    text: str = ""
    batches: Sequence[str] = ()
    products: Sequence[str] = ()
    lines: Sequence[tuple[str, ...]] = ()


def stock_bounds(wanted: StockWanted) -> Iterator[ColumnElement[bool]]:
    """What a line has to meet, a condition for each bound."""
    batch = select(search.c.id).where(search.c.kind == "batch")
    if wanted.text:
        products = matching(select(search.c.id).where(search.c.kind == "product"), wanted.text)
        vessels = matching(select(search.c.id).where(search.c.kind == "container"), wanted.text)
        yield or_(
            holdings.c.batch.in_(matching(batch, wanted.text)),
            holdings.c.batch.in_(batch.where(search.c.product.in_(products))),
            holdings.c.container.in_(vessels),
        )
    if wanted.batches or wanted.products:
        of_products = batch.where(search.c.product.in_(wanted.products))
        yield or_(holdings.c.batch.in_(wanted.batches), holdings.c.batch.in_(of_products))
    if wanted.lines:
        yield tuple_(*[holdings.c[name] for name in NAMED]).in_(wanted.lines)
