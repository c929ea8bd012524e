"""What overviews stand on: stock by site and product, and what ends when. Part of the projector."""

from ledger.rules.accounts import Holding
from ledger.rules.aggregates import BatchState
from ledger.rules.event import Entry
from ledger.services.concern import Lookup
from ledger.store.rows import ExpiryRow, SearchRow, SiteStockRow
from ledger.store.unit_of_work import Unit

REGISTERED = "governance.licence_registered"


class Standing:
    """Changes of these since the last flush."""

    def __init__(self) -> None:
        """Start with none."""
        self._stock: dict[tuple[str, str, str, str], tuple[int, int]] = {}
        self._expiries: dict[tuple[str, str], ExpiryRow] = {}

    def move(self, holding: Holding, mg: int, index: int, lookup: Lookup) -> None:
        """Take up a posting to a holding."""
        batch = lookup(holding.batch) if holding.site is not None else None
        if holding.site is None or not isinstance(batch, BatchState):
            return
        key = (holding.site, batch.product, holding.owner, holding.custodian)
        self._stock[key] = (self._stock.get(key, (0, 0))[0] + mg, index)

    def born(self, batch: BatchState, index: int) -> None:
        """Take up a batch in the record by which it came to be: what was stated of it then stays."""
        if batch.born != index:
            return
        for kind, day in (("batch", batch.expires_on), ("retest", batch.retest_on)):
            if day is not None:
                self._expiries[batch.id, kind] = ExpiryRow(batch.id, kind, batch.producer or "", day, index)

    def licensed(self, entry: Entry) -> SearchRow | None:
        """Take up a licence and return the row by which it is found; None: the record registers none."""
        if entry.event.header.type != REGISTERED:
            return None
        stated = entry.event.contents["licence"]
        ref, org = str(stated["licence"]), str(stated["organisation"])
        self._expiries[ref, "licence"] = ExpiryRow(ref, "licence", org, str(stated["valid_to"]), entry.index)
        subject = str(stated.get("subject", ""))
        return SearchRow(
            "licence", ref, org, label=str(stated["number"]), zh="" if subject.startswith("user:") else subject
        )

    def flush(self, unit: Unit) -> None:
        """Write everything collected, start anew."""
        unit.projections.move_site_stock(SiteStockRow(*key, *told) for key, told in self._stock.items())
        unit.projections.put_expiries(self._expiries.values())
        self._stock, self._expiries = {}, {}
