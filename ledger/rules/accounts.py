"""Accounts of the double entry in kilograms (design: mass accounts).

An account is either a *pool* (a word: where mass comes from or ends) or a *holding*, the tuple
``(batch, owner, custodian, place, container, status)``. A holding's balance is never negative; a source is never
positive, a sink never negative; ``difference`` and ``variance`` carry either sign.
"""

from typing import NamedTuple, TypeAlias

from ledger.core.effects import BETWEEN, NO_CONTAINER, SINKS, SOURCES

POOLS = SOURCES | SINKS | BETWEEN
CELL_PREFIX = "holding:"


class Holding(NamedTuple):
    """One cell of stock: what of a batch is whose, in whose hands, where, in what, and in which state."""

    batch: str
    owner: str
    custodian: str
    place: str
    container: str = NO_CONTAINER
    status: str = "free"

    @property
    def key(self) -> str:
        """The state key of this cell: ``holding:`` and the six parts joined by ``|``."""
        return CELL_PREFIX + "|".join(self)

    @property
    def site(self) -> str | None:
        """The site this cell lies at, or None when it is on a vehicle."""
        return self.place.partition("/")[0] if self.place.startswith("site:") else None

    @property
    def vessel(self) -> str | None:
        """The container this cell is in, or None when it is in none."""
        return None if self.container == NO_CONTAINER else self.container


Account: TypeAlias = str | Holding


def holding_of_key(key: str) -> Holding:
    """The holding named by a state key ``holding:...`` (the inverse of ``Holding.key``)."""
    return Holding(*key.removeprefix(CELL_PREFIX).split("|"))


def account_of(stated: str | tuple[str, ...]) -> Account:
    """The account of a posting's stated form: a word stays a word, six parts become a holding."""
    return stated if isinstance(stated, str) or type(stated) is Holding else Holding(*stated)
