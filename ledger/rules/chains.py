"""The chains an event belongs to (design: the record): every batch touched, every site whose stock changes..."""

from collections.abc import Iterable, Mapping

from ledger.core.records import Posting
from ledger.rules.accounts import Holding, account_of

MAX_CHAINS = 1024


def chains(named: Iterable[str], postings: Mapping[str, tuple[Posting, ...]]) -> tuple[str, ...]:
    """The chains of an event, sorted: those it names, and those its postings touch.

    A batch for its postings; the site, the container and the shipment of every holding posted to.
    """
    found = set(named)
    for batch, posted in postings.items():
        found.add(batch)
        for posting in posted:
            account = account_of(posting.account)
            if isinstance(account, Holding):
                found.update(of_holding(account))
    return tuple(sorted(found))


def of_holding(holding: Holding) -> Iterable[str]:
    """The chains that a holding belongs to besides its batch's: its site, its container, its shipment."""
    if holding.site is not None:
        yield holding.site
    if holding.container != "-":
        yield holding.container
    if holding.custodian.startswith("shipment:"):
        yield holding.custodian
