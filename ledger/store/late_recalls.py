"""Who has not acknowledged a recall yet, searched and bounded in the database."""

from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, or_, select

from ledger.rules.jurisdiction import Jurisdiction
from ledger.store.found import Wanted, narrowed
from ledger.store.repository import Repository
from ledger.store.rows import RecallHolderRow
from ledger.store.scopes import Everything, Own, Scope, Ward, batches_in
from ledger.store.tables import recall_holders, records, search

MOST: Final = 10_000


class Waiting(NamedTuple):
    """A holder that has not acknowledged, and when the recall reached it (epoch milliseconds)."""

    holder: RecallHolderRow
    reached_at_ms: int


class LateRecalls(Repository):
    """Reading who is waited for."""

    __slots__ = ()

    def waiting(self, scope: Scope, wanted: Wanted, *, limit: int = MOST) -> list[Waiting]:
        """Return who has not acknowledged: the organisation itself, who made the lot, who supervises lot or goods."""
        if wanted.site:
            return []
        query = (
            select(*recall_holders.columns, records.c.recorded_at_ms)
            .join(records, records.c.idx == recall_holders.c.idx)
            .where(recall_holders.c.acknowledged_idx.is_(None), *_seen(scope), *_bounds(wanted))
            .order_by(recall_holders.c.idx.desc(), recall_holders.c.org, recall_holders.c.lot)
            .limit(limit)
        )
        rows = self.connection.execute(query)
        return [Waiting(RecallHolderRow(*row[:-1]), int(row[-1])) for row in rows]


def _seen(scope: Scope) -> list[ColumnElement[bool]]:
    match scope:
        case Own(org):
            made = select(search.c.id).where(search.c.kind == "batch", search.c.org == org)
            return [or_(recall_holders.c.org == org, recall_holders.c.lot.in_(made))]
        case Ward(_, bounds, shown):
            return [_among(bounds, shown)]
        case Everything():
            return []


def _among(bounds: Jurisdiction, shown: tuple[str, ...] = ()) -> ColumnElement[bool]:
    batches = select(batches_in(bounds, shown).subquery().c[0])
    return or_(recall_holders.c.lot.in_(batches), recall_holders.c.batch.in_(batches))


def _bounds(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_among(bounds) for bounds in narrowed(wanted)]
    if wanted.org:
        found.append(recall_holders.c.org == wanted.org)
    if wanted.batch:
        found.append(or_(recall_holders.c.lot == wanted.batch, recall_holders.c.batch == wanted.batch))
    if wanted.product:
        of_product = select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(wanted.products))
        found.append(recall_holders.c.lot.in_(of_product))
    return found
