"""How GB 18218-2018 weighs what a unit holds: S of clause 4.2, R and the level of clause 4.3.

    S = sum(q / Q)                   a major hazard installation from 1 on
    R = alpha x sum(beta x q / Q)    its level

The standard's q is the most that a unit can hold by its design. The same sum over what lies there now says how near
the stock is to the limits; it is not the S of the standard, and nobody may call it so.

A product's row is looked for in table 1 by CAS number, then in table 2 by its hazard statements. Where these leave a
choice, the strictest is taken and the doubt is said; the site may have stated the row, which ends the doubt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from ledger.reference.gb18218 import Category, HazardLevel, MajorHazards, Threshold
from ledger.rules.aggregates import MaximumState, ProductState

Doubt = Literal["transcription", "several_rows", "category_assumed"]
AGREED: Final = "two transcriptions agree on CAS and Q"
"""What the data say of a row of table 1 on which both transcriptions agree; anything else is a doubt."""

MAIN_PERCENT: Final = Fraction(70)
"""A mixture counts as the substance that makes up so much of it (4.2.3 asks for the same hazard classes)."""
MAIN_PERCENT_OF: Final[Mapping[int, Fraction]] = {8: Fraction(90)}
"""Rows of table 1 that name a content of their own: formaldehyde above 90 %."""
SURE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("H200", "H201"), "W1.1"),
    **dict.fromkeys(("H202", "H203", "H205"), "W1.2"),
    "H204": "W1.3",
    **dict.fromkeys(("H220", "H221"), "W2"),
    **dict.fromkeys(("H222", "H223"), "W3"),
    "H224": "W5.1",
    "H225": "W5.3",
    "H226": "W5.4",
    "H250": "W8",
    "H260": "W11",
    "H270": "W4",
    "H271": "W9.1",
    "H272": "W9.2",
}
"""Hazard statement -> category of table 2, where the statement alone says it.

Flammable liquids are taken as stored below their boiling point: W5.1 and W5.2 of categories 2 and 3 are about
processes, which the site states.
"""
DEADLY: Final = frozenset({"H300", "H310", "H330"})
"""Statements of acute toxicity of category 1 and of category 2 alike."""
REACTIVE: Final[Mapping[str, str]] = {"H240": "1", "H241": "1", "H242": "2"}


@dataclass(frozen=True, slots=True)
class Basis:
    """By which row a product is weighed: of table 1 (``row``), or else of table 2 (``category``); and in what doubt.

    ``stated``: the site named the row itself.
    """

    beta: Fraction
    row: Threshold | None = None
    category: Category | None = None
    doubts: tuple[Doubt, ...] = ()
    stated: bool = False

    @property
    def threshold_mg(self) -> int:
        """Q in milligrams."""
        found = self.row or self.category
        assert found is not None
        return found.threshold_mg

    @property
    def name(self) -> str:
        """The number in table 1 or the symbol in table 2."""
        return str(self.row.no) if self.row is not None else "" if self.category is None else self.category.symbol


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing adds; ``name`` says to who asks what it is.

    ``basis`` None: the standard names no threshold for it, and it adds nothing.
    """

    name: str
    mg: int
    basis: Basis | None

    @property
    def share(self) -> Fraction:
        """How often Q goes into q."""
        return Fraction(0) if self.basis is None else Fraction(self.mg, self.basis.threshold_mg)

    @property
    def weight(self) -> Fraction:
        """The share times beta."""
        return Fraction(0) if self.basis is None else self.basis.beta * self.share


@dataclass(frozen=True, slots=True)
class Weighed:
    """A unit weighed, the part that adds most first.

    ``alpha``, ``r``: None where nobody stated how many people are exposed. ``level``: from ``s`` = 1 on, with an ``r``.
    """

    parts: tuple[Part, ...]
    s: Fraction
    alpha: Fraction | None
    r: Fraction | None
    level: HazardLevel | None

    @property
    def reaches(self) -> bool:
        """Whether the sum of shares reaches 1."""
        return self.s >= 1


def weigh(major: MajorHazards, parts: Iterable[Part], people: int | None) -> Weighed:
    """Weigh the parts of a unit; ``people``: exposed within 500 m of its edge, None: not stated."""
    sorted_parts = tuple(sorted(parts, key=lambda part: (-part.weight, part.name)))
    s = sum((part.share for part in sorted_parts), Fraction(0))
    alpha = None if people is None else major.alpha(people)
    r = None if alpha is None else alpha * sum((part.weight for part in sorted_parts), Fraction(0))
    level = None if r is None or s < 1 else major.level(r)
    return Weighed(sorted_parts, s, alpha, r, level)


# --- which row --------------------------------------------------------------------------------------------------------


def basis_of_maximum(major: MajorHazards, maximum: MaximumState, product: ProductState | None) -> Basis | None:
    """By which row a design maximum counts: as stated, or else as its product does.

    NotFoundError: it states a row or category that the tables lack.
    """
    categories = [] if product is None else _categories(major, product)[0]
    if maximum.category:
        categories = [major.category(maximum.category)]
    if maximum.row is not None:
        return _by_row(major, major.substance(maximum.row), categories, (), stated=True)
    if maximum.category:
        return Basis(categories[0].beta, category=categories[0], stated=True)
    return None if product is None else basis_of(major, product)


def basis_of(major: MajorHazards, product: ProductState, maximum: Sequence[MaximumState] = ()) -> Basis | None:
    """By which row a product in a unit counts; None: by none.

    ``maximum``: the unit's. What names the product there decides; else what names one of several rows that could be
    meant. NotFoundError: a row stated there is none of the tables.
    """
    named = next((item for item in maximum if item.product == product.id), None)
    if named is not None:
        return basis_of_maximum(major, named, product)
    categories, assumed = _categories(major, product)
    rows = _rows(major, product)
    if rows:
        stated = {item.row for item in maximum}
        chosen = [row for row in rows if row.no in stated]
        strictest = min(chosen or rows, key=lambda row: (row.threshold_mg, row.no))
        open_choice = len(rows) > 1 and len(chosen) != 1
        return _by_row(major, strictest, categories, ("several_rows",) if open_choice else (), stated=len(chosen) == 1)
    if not categories:
        return None
    lowest = min(categories, key=lambda item: (item.threshold_mg, -item.beta))
    beta = max(item.beta for item in categories)
    return Basis(beta, category=lowest, doubts=("category_assumed",) if assumed else ())


def _by_row(
    major: MajorHazards,
    row: Threshold,
    categories: Iterable[Category],
    doubts: tuple[Doubt, ...],
    *,
    stated: bool,
) -> Basis:
    """Beta is that of table 3 for the gases it names, else the largest of table 4 among the product's categories."""
    names = (row.name_zh.partition("(")[0], *row.aliases_zh)
    toxic = next((major.beta_toxic_gas[name] for name in names if name in major.beta_toxic_gas), None)
    beta = toxic if toxic is not None else max((item.beta for item in categories), default=Fraction(1))
    if row.agreement != AGREED:
        doubts = (*doubts, "transcription")
    return Basis(beta, row=row, doubts=doubts, stated=stated)


def _rows(major: MajorHazards, product: ProductState) -> list[Threshold]:
    """Rows of table 1 whose substances make up the product."""
    components: Any = product.statement.get("components", ())
    found: list[Threshold] = []
    for no in sorted({row.no for item in components if "cas" in item for row in major.by_cas(str(item["cas"]))}):
        row = major.substance(no)
        content = sum((_percent(item) for item in components if item.get("cas") in row.cas), Fraction(0))
        if content >= MAIN_PERCENT_OF.get(no, MAIN_PERCENT):
            found.append(row)
    return found


def _percent(component: Mapping[str, Any]) -> Fraction:
    """The middle of what is stated of a component's content; all of it where nothing is."""
    most = Fraction(str(component.get("most_percent", "100")))
    return (Fraction(str(component.get("least_percent", most))) + most) / 2


def _categories(major: MajorHazards, product: ProductState) -> tuple[list[Category], bool]:
    """Categories of table 2 that the hazard statements come to, and whether one of them was assumed."""
    ghs: Any = product.statement.get("ghs", {})
    codes = frozenset(str(code)[:4] for code in ghs.get("statements", ()))
    group = _packing_groups(product)
    symbols = {SURE[code] for code in codes if code in SURE}
    symbols |= {f"W{7 if '5.2' in product.classes else 6}.{REACTIVE[code]}" for code in codes if code in REACTIVE}
    if "H228" in codes and group != {"III"}:
        symbols.add("W10")
    if "H261" in codes and group != {"III"}:
        symbols.add("W11")
    toxic, assumed = _toxic(product, codes, group)
    known = [major.category(symbol) for symbol in sorted(symbols | toxic)]
    return known, assumed or (bool(codes & {"H228", "H261"}) and not group)


def _toxic(product: ProductState, codes: frozenset[str], group: set[str]) -> tuple[set[str], bool]:
    """Acute toxicity: packing group I of class 6.1 goes with category 1, II with category 2; else 1 is assumed."""
    if product.state == "gas":
        if "H330" in codes:
            return {"J1"}, True
        return ({"J3"}, False) if "H331" in codes else (set(), False)
    if not codes & DEADLY:
        return set(), False
    if "6.1" in product.classes and group == {"II"}:
        return {"J5"}, False
    return {"J2"}, not ("6.1" in product.classes and group == {"I"})


def _packing_groups(product: ProductState) -> set[str]:
    rows: Any = product.statement.get("un", ())
    return {str(row["packing_group"]) for row in rows if row.get("packing_group")}
