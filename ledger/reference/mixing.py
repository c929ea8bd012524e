"""What must not lie or ride together: the grid of 49 CFR 177.848(d), and what 177.848(c) adds to it.

The grid is about mixed loads in one vehicle. For a store it is a warning, never a permission: what a site may keep
together its own approved table says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from ledger.reference.dangerous_goods import DangerousGood, DangerousGoods
from ledger.reference.segregation import Segregation

Mixing = Literal["apart", "separated", "explosives", "cyanide_acid"]
GRID: Final[dict[str, Mixing]] = {"X": "apart", "O": "separated", "*": "explosives"}


@dataclass(frozen=True, slots=True)
class Lot:
    """Something that lies there: `name` says what it is to who asks; `good`: its row; `liquid`: its state."""

    name: str
    good: DangerousGood
    liquid: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """Two lots that must not be together, and why: "apart" never, "separated" only so that they cannot mingle."""

    one: Lot
    other: Lot
    why: Mixing


def row_of(goods: DangerousGoods, un: str, hazard_class: str, packing_group: str) -> DangerousGood | None:
    """Return the row of a UN number by class and packing group, else its first row of that class; None: no such row."""
    rows = [row for row in goods.rows(un) if row.hazard_class == hazard_class]
    return next((row for row in rows if row.packing_group == packing_group), rows[0] if rows else None)


def clashes(segregation: Segregation, lots: Iterable[Lot]) -> Iterator[Clash]:
    """Yield every pair that the rules keep apart, in the order of the lots."""
    for one, other in combinations(lots, 2):
        why = between(segregation, one, other)
        if why is not None:
            yield Clash(one, other, why)


def between(segregation: Segregation, one: Lot, other: Lot) -> Mixing | None:
    """Return why two lots must not be together; None: these rules do not mind."""
    if _cyanide_and_acid(one, other) or _cyanide_and_acid(other, one):
        return "cyanide_acid"
    return GRID.get(segregation.between(one.good, other.good, liquids=(one.liquid, other.liquid)))


def _cyanide_and_acid(one: Lot, other: Lot) -> bool:
    """Whether hydrogen cyanide could form (177.848(c)): the table names cyanides and acids as such."""
    acid = "acid" in _named(other) and "8" in (other.good.hazard_class, *other.good.subsidiaries)
    return "cyanide" in _named(one) and "6.1" in (one.good.hazard_class, *one.good.subsidiaries) and acid


def _named(lot: Lot) -> str:
    return lot.good.proper_shipping_name.casefold()
