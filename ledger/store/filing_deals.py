"""Transfers of controlled goods that organisations in a jurisdiction have to file, found in the database."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select, tuple_

from ledger.rules.watching import FILING
from ledger.store.repository import Repository
from ledger.store.scopes import Ward, batches_in, holders_in
from ledger.store.tables import deal_goods, deals, product_classes, search, watches


class FilingDeal(NamedTuple):
    """A transfer and the record of its newest change."""

    idx: int
    ref: str


class FilingDeals(Repository):
    """Reading which transfers may have to be filed."""

    __slots__ = ()

    def transfers(
        self,
        ward: Ward,
        lists: Collection[str],
        *,
        unfiled: bool = False,
        before: tuple[int, str] | None = None,
        limit: int = 100,
    ) -> list[FilingDeal]:
        """Return transfers of goods on these lists with a party that lies in the ward, newest change first.

        ``unfiled``: only those of which a party still has something to file.
        """
        goods = (
            select(deal_goods.c.ref)
            .join(search, (search.c.kind == "batch") & (search.c.id == deal_goods.c.batch))
            .join(product_classes, product_classes.c.product == search.c.product)
            .where(product_classes.c.name.in_(sorted(lists)))
            .where(deal_goods.c.batch.in_(select(batches_in(ward.bounds, ward.shown).subquery().c[0])))
        )
        idx = func.max(deals.c.idx)
        query = (
            select(idx, deals.c.ref)
            .where(deals.c.kind == "transfer", deals.c.org.in_(holders_in(ward.bounds)), deals.c.ref.in_(goods))
            .group_by(deals.c.ref)
            .order_by(idx.desc(), deals.c.ref.desc())
            .limit(limit)
        )
        if unfiled:
            query = query.where(deals.c.ref.in_(select(watches.c.chain).where(watches.c.rule == FILING)))
        if before is not None:
            query = query.having(tuple_(idx, deals.c.ref) < before)
        return [FilingDeal(int(row[0]), str(row[1])) for row in self.connection.execute(query)]

    def there(self, ward: Ward, orgs: Collection[str]) -> frozenset[str]:
        """Return those of these organisations that lie, or have a site, in the ward."""
        found = self.connection.execute(holders_in(ward.bounds)).scalars() if orgs else ()
        return frozenset(orgs) & {str(org) for org in found}
