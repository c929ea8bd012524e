"""Whether what lies at a site is too much: by GB 18218's thresholds, its registered design maximum, its own locations.

Live stock is weighed as the standard weighs a design maximum; it is not the S of the standard. A unit that registered a
design maximum of 1 or more may hold that much: only more than it registered is a finding there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ledger.core.canonical import Json
from ledger.core.quantity import kg
from ledger.reference.gb18218 import MajorHazards
from ledger.rules.aggregates import MaximumState, ProductState, SiteState, UnitState
from ledger.rules.major_hazards import Part, basis_of, basis_of_maximum, weigh

THRESHOLD: Final = "over_threshold@1"
MAXIMUM: Final = "over_maximum@1"
CAPACITY: Final = "over_capacity@1"
RULES: Final = (THRESHOLD, MAXIMUM, CAPACITY)
REST: Final = "-"
"""The part of a site that is in no registered unit: all of a site that registered none."""
MILLION: Final = 10**6

Stock = Mapping[tuple[str, str], int]
"""Milligrams by location and product."""


@dataclass(frozen=True, slots=True)
class Over:
    """Too much: the rule, the unit or location, the products that lie there, and the figures."""

    rule: str
    part: str
    products: frozenset[str]
    data: Mapping[str, Json]


def overloads(
    site: SiteState, stock: Stock, products: Mapping[str, ProductState], major: MajorHazards, ppm: int
) -> tuple[Over, ...]:
    """What is too much at a site. ``ppm``: the share of the threshold from which on it is told."""
    return (*_of_locations(site, stock), *_of_units(site, stock, products, major, ppm))


def _of_locations(site: SiteState, stock: Stock) -> Iterator[Over]:
    for name, location in sorted(site.locations.items()):
        if location.most_mg is None:
            continue
        there = {product: mg for (at, product), mg in stock.items() if at == name and mg > 0}
        total = sum(there.values())
        if total > location.most_mg:
            data: dict[str, Json] = {"place": f"{site.id}/{name}", "kg": kg(total), "limit_kg": kg(location.most_mg)}
            yield Over(CAPACITY, name, frozenset(there), data)


def _of_units(
    site: SiteState, stock: Stock, products: Mapping[str, ProductState], major: MajorHazards, ppm: int
) -> Iterator[Over]:
    inside = {location for unit in site.units for location in unit.locations}
    rest = UnitState(REST, "", tuple(sorted(set(site.locations) - inside)), ())
    for unit in (*site.units, rest):
        there: dict[str, int] = {}
        for (location, product), mg in stock.items():
            if location in unit.locations and product in products:
                there[product] = there.get(product, 0) + mg
        live = _live(there, products, unit.maximum, major)
        design = _design(unit, products, major)
        data: dict[str, Json] = {"unit": unit.name or unit.unit, "kg": kg(sum(there.values())), "share": _text(live)}
        if unit.maximum and live > design:
            yield Over(MAXIMUM, unit.unit, frozenset(there), {**data, "registered": _text(design)})
        if design < 1 and live >= Fraction(ppm, MILLION) and live > 0:
            yield Over(THRESHOLD, unit.unit, frozenset(there), data)


def _live(
    there: Mapping[str, int],
    products: Mapping[str, ProductState],
    maximum: tuple[MaximumState, ...],
    major: MajorHazards,
) -> Fraction:
    parts = [Part(name, mg, basis_of(major, products[name], maximum)) for name, mg in there.items() if mg > 0]
    return weigh(major, parts, None).s


def _design(unit: UnitState, products: Mapping[str, ProductState], major: MajorHazards) -> Fraction:
    parts = [
        Part(item.name, item.mg, basis_of_maximum(major, item, products.get(item.product))) for item in unit.maximum
    ]
    return weigh(major, parts, None).s


def _text(share: Fraction) -> str:
    thousandths = share.numerator * 1000 // share.denominator
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
