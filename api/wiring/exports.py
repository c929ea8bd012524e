"""Lists as tables to be written to a file: stock, batches, containers, trips, transfers, licences, findings.

A list is read in one state of the store, page by page; what a page loaded is let go before the next.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from api.deal_ports import DealSearch
from api.exports import Table
from api.views import Principal
from api.wiring.exported import Listing
from api.wiring.exported_deals import SHIPMENTS, TRANSFERS
from api.wiring.exported_goods import BATCHES, CONTAINERS, STOCK
from api.wiring.exported_papers import FINDINGS, LICENCES
from api.wiring.known import hidden
from api.wiring.reading import Reading
from api.wiring.sight import scope_of, subject_of
from ledger.errors import FormatError

LISTINGS: Final[Mapping[str, Listing]] = {
    "stock": STOCK,
    "batches": BATCHES,
    "containers": CONTAINERS,
    "transfers": TRANSFERS,
    "shipments": SHIPMENTS,
    "licences": LICENCES,
    "findings": FINDINGS,
}
"""The lists that go out as files, by name."""


class LedgerExports:
    """Tables over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    @contextmanager
    def table(self, viewer: Principal, name: str, search: DealSearch) -> Iterator[Table]:
        """Yield a list as a table, to be written before it is left.

        NotFoundError: no such list; FormatError: it is not filtered so.
        """
        listing = LISTINGS.get(name)
        if listing is None:
            raise hidden(name)
        for asked in _asked(search) - listing.filters:
            raise FormatError("form_not_of_form", f"/{asked}", {"name": asked})
        with self._reading.known() as known:
            scope = scope_of(subject_of(known, viewer), listing.action, listing.stage)
            pages = listing.pages(known, scope, search)
            yield Table(name, listing.columns, (row for page in pages for row in page))


def _asked(search: DealSearch) -> set[str]:
    """By what a list is filtered beside its text."""
    given = {"region": search.region, "park": search.park, "class": search.product_class, "status": search.statuses}
    return {name for name, value in given.items() if value}
