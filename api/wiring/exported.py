"""What the lists that go out as files share: their shape, pages that let go of what they loaded, and cells."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from api.deal_ports import DealSearch
from api.exports import Column, Row
from api.ports import Action
from api.views import Words
from api.wiring.goods import row_in_force
from api.wiring.known import Known
from ledger.rules.aggregates import ProductState
from ledger.store.overview import Overview
from ledger.store.scopes import Scope

PAGE: Final = 500
NAME: Final = (Column("product_zh", "产品", "Product (zh)"), Column("product_en", "产品（英文）", "Product (en)"))
REF: Final = Column("ref", "编号", "Reference")
LAST: Final = Column("last_at", "最近变动", "Last change", "instant")


class Listing(NamedTuple):
    """A list: what its reader must be allowed, the stage of events that tell of it, its columns, and its pages."""

    action: Action
    stage: str
    columns: tuple[Column, ...]
    pages: Callable[[Known, Scope, DealSearch], Iterator[list[Row]]]
    filters: frozenset[str] = frozenset()


def anew(known: Known) -> Known:
    """The same state of the store with nothing loaded yet."""
    return Known(known.unit, known.reference, known.now_ms)


def names(words: Words) -> tuple[str, str]:
    """Words as two cells."""
    return words.zh, words.en


def party(known: Known, org: str | None) -> str:
    """The Chinese name of an organisation, "" of none."""
    return "" if org is None else known.party(org).name.zh


def product_cells(known: Known, ref: str) -> tuple[str, str, str, str]:
    """Names, UN number and class."""
    state = known.get(ref, ProductState)
    row = None if state is None else row_in_force(known, state)
    un, hazard = ("", "") if row is None else (f"UN{row['un']}", str(row["class"]))
    return *names(known.product(ref)), un, hazard


def times_of(known: Known, indices: Sequence[int]) -> dict[int, int]:
    """When records were made, by index."""
    return Overview(known.unit.connection, known.unit.backend).recorded(indices)


def things(known: Known, scope: Scope, kind: str, text: str) -> Iterator[tuple[Known, list[str]]]:
    """Pages of references of a kind, each with what was loaded for it."""
    after: tuple[str, str] | None = None
    while True:
        here = anew(known)
        rows = here.related.things(kind, scope, text=text or None, after=after, limit=PAGE)
        here.load(ref for _, ref in rows)
        yield here, [ref for _, ref in rows]
        if len(rows) < PAGE:
            return
        after = rows[-1]
