"""One search for everything: things of a kind in a scope by any of their words, the best first, a few of each."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select

from ledger.store.queries import ascii_lower, matching
from ledger.store.repository import Repository
from ledger.store.scopes import Own, Scope, Ward, batches_in, of_kind
from ledger.store.tables import codes, deal_goods, deals, search

KINDS: Final = ("product", "batch", "container", "site", "org", "shipment", "licence")
LEAST_OF_CODE: Final = 4


class Hit(NamedTuple):
    """A thing that was found. ``rank``: 0 where a word of it is what was asked, 1 where one begins so, else 2."""

    kind: str
    id: str
    org: str
    product: str
    label: str
    zh: str
    en: str
    un: str
    cas: str
    rank: int


class Lookup(Repository):
    """Searching."""

    __slots__ = ()

    def hits(self, scope: Scope, kind: str, text: str, *, limit: int) -> list[Hit]:
        """Return things of a kind that bear the text, ASCII letters in either case; newest first where they are alike.

        Batches are found by what their product is called and numbered, too.
        """
        wanted = ascii_lower(text)
        rank = _rank(wanted)
        query = select(*[search.c[name] for name in Hit._fields[:-1]], rank).where(search.c.kind == kind)
        bounds = _BOUNDS[kind](scope) if kind in _BOUNDS else of_kind(scope, kind)
        if bounds is not None:
            query = query.where(search.c.id.in_(bounds))
        found = matching(select(search.c.id).where(search.c.kind == kind), text)
        if kind == "batch":
            products = matching(select(search.c.id).where(search.c.kind == "product"), text)
            query = query.where(or_(search.c.id.in_(found), search.c.product.in_(products)))
        else:
            query = matching(query, text)
        return self._all(query.order_by(rank, search.c.id.desc()).limit(limit), Hit)

    def visible(self, scope: Scope, kind: str, ref: str) -> list[Hit]:
        """Return the one thing of a kind if it is in the scope."""
        query = select(*[search.c[name] for name in Hit._fields[:-1]], literal(0))
        query = query.where(search.c.kind == kind, search.c.id == ref)
        bounds = _BOUNDS[kind](scope) if kind in _BOUNDS else of_kind(scope, kind)
        return self._all(query if bounds is None else query.where(search.c.id.in_(bounds)), Hit)

    def codes(self, text: str, *, limit: int) -> list[tuple[str, str, str]]:
        """Return (code, kind, target) of printed codes that begin with the text; none for fewer than four letters."""
        if len(text) < LEAST_OF_CODE:
            return []
        query = select(codes.c.code, codes.c.kind, codes.c.target)
        query = query.where(codes.c.code.startswith(text.upper(), autoescape=True)).order_by(codes.c.code).limit(limit)
        return [(str(code), str(kind), str(target)) for code, kind, target in self.connection.execute(query)]


def _rank(wanted: str) -> ColumnElement[int]:
    columns = [func.lower(search.c[name]) for name in ("label", "zh", "en", "un", "cas")]
    number = search.c.un == f"UN{wanted}" if wanted.isdecimal() else None
    same = [column == wanted for column in columns]
    begins = [column.startswith(wanted, autoescape=True) for column in columns]
    return case((or_(*same, *([] if number is None else [number])), 0), (or_(*begins), 1), else_=2)


def _shipments(scope: Scope) -> Select[Any] | None:
    """Trips of a party, or about what is supervised."""
    match scope:
        case Own(org):
            return select(deals.c.ref).where(deals.c.org == org, deals.c.kind == "shipment")
        case Ward(_, bounds):
            return select(deal_goods.c.ref).where(deal_goods.c.batch.in_(batches_in(bounds)))
        case _:
            return None


_BOUNDS: Final[Mapping[str, Callable[[Scope], Select[Any] | None]]] = {"shipment": _shipments}
