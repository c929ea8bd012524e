"""Which classes never lie together: by a site's approved table, which refuses; by the 177.848 grid, which warns."""

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.reference import Reference
from ledger.reference.dangerous_goods import DangerousGood
from ledger.rules.aggregates import ProductState, SiteState

Pair = tuple[str, str]
USE = "use"
FORBIDDEN = ("X", "O")
"""Cells of the grid: not together; only where they are separated."""


def pairs(stated: Iterable[Mapping[str, Any]]) -> tuple[Pair, ...]:
    """The pairs of a table, each in order and once."""
    return tuple(sorted({_pair(str(item["one"]), str(item["other"])) for item in stated}))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)


def has_table(site: SiteState, at_ms: int) -> bool:
    """Whether an approved table of the site is in force."""
    return site.apart_from is not None and at_ms >= site.apart_from


def apart(site: SiteState, coming: Iterable[str], there: Iterable[str]) -> Pair | None:
    """The first pair, a class that comes and a class that is there, which the site's table keeps apart; None: none.

    A class of the table covers its divisions: "2" is every gas, "2.3" the toxic ones alone.
    """
    resident = sorted(set(there))
    for new in sorted(set(coming)):
        for old in resident:
            if any(_pair(a, b) in site.apart for a in _covering(new) for b in _covering(old)):
                return new, old
    return None


def clash(site: SiteState, place: str, coming: ProductState, there: Iterable[ProductState]) -> Pair | None:
    """The first pair of classes, of what comes and of another product there, that the table keeps apart; or None.

    Points of use are no storage: what reacts with each other is brought together there.
    """
    location = site.locations.get(place.partition("/")[2])
    if location is not None and location.kind == USE:
        return None
    return apart(site, coming.classes, (name for item in there if item.id != coming.id for name in item.classes))


def _covering(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name, name[:3], name[:1])))


def by_grid(reference: Reference, coming: ProductState, there: Iterable[ProductState], day: str) -> Pair | None:
    """The first pair of classes that the grid of 177.848(d) forbids or only allows separated; None: none."""
    for new in _goods(reference, coming, day):
        for known in there:
            for old in _goods(reference, known, day):
                liquids = (coming.state == "liquid", known.state == "liquid")
                if reference.segregation.between(new, old, liquids=liquids) in FORBIDDEN:
                    return new.hazard_class, old.hazard_class
    return None


def _goods(reference: Reference, product: ProductState, day: str) -> list[DangerousGood]:
    """The rows of the dangerous goods table under which a product travels on a day."""
    found: list[DangerousGood] = []
    rows: Any = product.statement.get("un", ())
    for row in rows:
        if not str(row["from"]) <= day < str(row.get("until", "9999")):
            continue
        key = (row["class"], row.get("packing_group", ""))
        listed = reference.dangerous_goods.rows(str(row["un"]))
        found += [good for good in listed if (good.hazard_class, good.packing_group) == key][:1]
    return found
