"""The records of a chain, opened, newest first; and who had the matter that they moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from api.wiring.known import Known
from ledger.core.effects import Effects
from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.rules.accounts import Holding, account_of
from ledger.store.related import LifeRow

CHUNK: Final = 500
MOST_READ: Final = 5_000


@dataclass(frozen=True)
class Step:
    """A record of a chain, opened."""

    row: LifeRow

    @cached_property
    def header(self) -> Header:
        """The event's header."""
        return Header.parse(self.row.header)

    @cached_property
    def effects(self) -> Effects:
        """What the record did to this chain."""
        return Effects.parse(Disclosure.parse(self.row.effects, ("effects",)).content)

    @cached_property
    def holdings(self) -> tuple[tuple[Holding, int], ...]:
        """The holdings posted to, with milligrams."""
        found = ((account_of(posting.account), posting.mg) for posting in self.effects.postings)
        return tuple((account, mg) for account, mg in found if isinstance(account, Holding))

    @cached_property
    def pools(self) -> tuple[tuple[str, int], ...]:
        """The sources and sinks posted to, with milligrams."""
        found = ((account_of(posting.account), posting.mg) for posting in self.effects.postings)
        return tuple((account, mg) for account, mg in found if isinstance(account, str))


def steps(known: Known, chain: str, before: int | None = None, most: int = MOST_READ) -> Iterable[Step]:
    """Yield the records of a chain, newest first, at most so many."""
    left = most
    while left > 0:
        page = known.related.life(chain, before=before, limit=min(CHUNK, left))
        yield from map(Step, page)
        if len(page) < min(CHUNK, left):
            return
        before, left = page[-1].seq, left - len(page)


def is_party(known: Known, org: str, holding: Holding) -> bool:
    """Whether an organisation owns or has in custody what is in a holding, a carrier through its shipment."""
    return org in (holding.owner, holding.custodian) or known.carrier(holding.custodian) == org
