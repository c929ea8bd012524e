"""Units of GB 18218-2018 as a site's page shows them: by design, and what is on hand beside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from api.standard_names import of_row
from api.views import Words
from api.views.site import HazardLine, HazardSum, HazardUnit
from api.wiring.known import Known
from ledger.rules.aggregates import MaximumState, ProductState, SiteState, UnitState
from ledger.rules.major_hazards import Basis, Part, Weighed, basis_of, basis_of_maximum, weigh

LEVELS: Final[Mapping[str, Words]] = {
    "一级": Words("一级", "level I"),
    "二级": Words("二级", "level II"),
    "三级": Words("三级", "level III"),
    "四级": Words("四级", "level IV"),
}
DIGITS: Final = 1_000


@dataclass
class _Line:
    """What counts under one row, gathered."""

    basis: Basis
    design: int | None = None
    on_hand: int = 0
    products: list[str] = field(default_factory=list)


def units_of(known: Known, site: SiteState, masses: Mapping[str, Mapping[str, int]]) -> tuple[HazardUnit, ...]:
    """Return the units of a site; ``masses``: milligrams by location and product.

    What lies in no registered unit comes last, weighed as one.
    """
    known.load(item.product for unit in site.units for item in unit.maximum if item.product)
    found = [_unit(known, unit, _in(masses, unit.locations), registered=True) for unit in site.units]
    named = {location for unit in site.units for location in unit.locations}
    rest = [location for location in masses if location not in named]
    left = _in(masses, rest)
    if left or not found:
        found.append(_unit(known, UnitState("", "", tuple(sorted(rest)), ()), left, registered=False))
    return tuple(found)


def _in(masses: Mapping[str, Mapping[str, int]], locations: Iterable[str]) -> dict[str, int]:
    """Milligrams by product in some locations."""
    found: dict[str, int] = {}
    for location in locations:
        for product, mg in masses.get(location, {}).items():
            found[product] = found.get(product, 0) + mg
    return found


def _unit(known: Known, unit: UnitState, masses: Mapping[str, int], *, registered: bool) -> HazardUnit:
    major = known.reference.gb18218
    lines: dict[tuple[str, Fraction], _Line] = {}
    for item, basis in _designed(known, unit.maximum):
        line = lines.setdefault((basis.name, basis.beta), _Line(basis))
        line.design = (line.design or 0) + item.mg
    uncounted = []
    for product, mg in masses.items():
        state = known.get(product, ProductState)
        live = None if state is None else basis_of(major, state, unit.maximum)
        if live is None:
            uncounted.append(known.product(product))
            continue
        line = _matching(lines, live) or lines.setdefault((live.name, live.beta), _Line(live))
        line.on_hand += mg
        line.products.append(product)
    designed = weigh(major, (Part(n, x.design, x.basis) for (n, _), x in lines.items() if x.design), unit.people)
    on_hand = weigh(major, (Part(n, x.on_hand, x.basis) for (n, _), x in lines.items()), unit.people)
    return HazardUnit(
        unit=unit.unit,
        name=unit.name,
        locations=unit.locations,
        people=unit.people,
        alpha=None if on_hand.alpha is None else _cut(on_hand.alpha),
        design=_sum(designed) if registered and designed.parts else None,
        on_hand=_sum(on_hand),
        lines=tuple(_line(known, line) for line in _sorted(lines.values())),
        uncounted=tuple(uncounted),
    )


def _designed(known: Known, maximum: Sequence[MaximumState]) -> Iterator[tuple[MaximumState, Basis]]:
    for item in maximum:
        product = known.get(item.product, ProductState) if item.product else None
        basis = basis_of_maximum(known.reference.gb18218, item, product)
        if basis is not None:
            yield item, basis


def _matching(lines: Mapping[tuple[str, Fraction], _Line], basis: Basis) -> _Line | None:
    """The line of the same row, whichever beta it was stated with."""
    return next((line for (name, _), line in lines.items() if name == basis.name), None)


def _sorted(lines: Iterable[_Line]) -> list[_Line]:
    """What weighs most by design first, then what is on hand."""

    def weight(line: _Line, mg: int) -> Fraction:
        return line.basis.beta * mg / line.basis.threshold_mg

    return sorted(lines, key=lambda x: (-weight(x, x.design or 0), -weight(x, x.on_hand), x.basis.name))


def _line(known: Known, line: _Line) -> HazardLine:
    basis = line.basis
    found = basis.row or basis.category
    assert found is not None
    threshold = basis.threshold_mg
    return HazardLine(
        row=None if basis.row is None else str(basis.row.no),
        category=None if basis.category is None else basis.category.symbol,
        name=of_row(basis.name, found.name_zh),
        threshold=threshold,
        beta=_cut(basis.beta),
        design=line.design,
        design_share=None if line.design is None else _cut(Fraction(line.design, threshold)),
        on_hand=line.on_hand,
        on_hand_share=_cut(Fraction(line.on_hand, threshold)),
        products=tuple(dict.fromkeys(known.product(product) for product in line.products)),
        doubts=basis.doubts,
        stated=basis.stated,
    )


def _sum(weighed: Weighed) -> HazardSum:
    return HazardSum(
        s=_cut(weighed.s),
        r=None if weighed.r is None else _cut(weighed.r),
        reaches=weighed.reaches,
        level=None if weighed.level is None else LEVELS[weighed.level.name_zh],
    )


def _cut(value: Fraction) -> str:
    """A decimal text of at most three places, cut: what is below 1 never reads as 1."""
    cut = value.numerator * DIGITS // value.denominator
    if not cut and value:
        return "< 0.001"
    return f"{cut // DIGITS:,}.{cut % DIGITS:03d}".rstrip("0").rstrip(".")
