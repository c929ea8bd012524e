"""Major hazard installations of hazardous chemicals, GB 18218-2018.

S = sum(q / Q) over what a unit can hold at most; S >= 1 makes it a major hazard installation.
R = alpha x sum(beta x q / Q) gives its level. Masses are whole milligrams, factors exact fractions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ledger.errors import NotFoundError
from ledger.reference.files import malformed, parse_csv, parse_json

SUBSTANCES: Final = "gb18218_substances"
CATEGORIES: Final = "gb18218_categories"
FACTORS: Final = "gb18218_factors"
MG_PER_TONNE: Final = 10**9


@dataclass(frozen=True, slots=True)
class Threshold:
    """One substance of table 1. `agreement` says how far the two transcriptions behind the row agree."""

    no: int
    name_zh: str
    aliases_zh: tuple[str, ...]
    cas: tuple[str, ...]
    threshold_mg: int
    agreement: str


@dataclass(frozen=True, slots=True)
class Category:
    """One hazard category of tables 2 and 4, for substances that table 1 does not name."""

    symbol: str
    name_zh: str
    threshold_mg: int
    beta: Fraction


@dataclass(frozen=True, slots=True)
class Exposure:
    """One band of table 5: alpha for the people exposed within 500 m, `most` None where open."""

    least: int
    most: int | None
    alpha: Fraction


@dataclass(frozen=True, slots=True)
class HazardLevel:
    """One level of table 6: R from `least` to below `below` (None where open)."""

    name_zh: str
    least: Fraction
    below: Fraction | None


@dataclass(frozen=True, slots=True)
class MajorHazards:
    """Tables 1 to 6."""

    effective: str
    substances: Mapping[int, Threshold]
    categories: Mapping[str, Category]
    beta_toxic_gas: Mapping[str, Fraction]
    exposures: tuple[Exposure, ...]
    levels: tuple[HazardLevel, ...]

    def by_cas(self, cas: str) -> tuple[Threshold, ...]:
        """Return the rows of table 1 for a CAS number; several where the row depends on the composition."""
        return tuple(row for row in self.substances.values() if cas in row.cas)

    def substance(self, no: int) -> Threshold:
        """Return a row of table 1. NotFoundError: no such number."""
        if no not in self.substances:
            raise NotFoundError("unknown_threshold", params={"threshold": str(no)})
        return self.substances[no]

    def category(self, symbol: str) -> Category:
        """Return a category of table 2. NotFoundError: no such symbol."""
        if symbol not in self.categories:
            raise NotFoundError("unknown_threshold", params={"threshold": symbol})
        return self.categories[symbol]

    def alpha(self, people: int) -> Fraction:
        """Return alpha of table 5 for a number of people, not negative, exposed within 500 m."""
        return max(band.alpha for band in self.exposures if band.least <= people)

    def level(self, r: Fraction) -> HazardLevel:
        """Return the level of table 6 for a value of R, not negative."""
        return next(level for level in self.levels if level.least <= r and (level.below is None or r < level.below))


def milligrams(tonnes: str) -> int:
    """Return whole milligrams of a decimal text in tonnes. FormatError: not a decimal of that fineness."""
    try:
        mg = Fraction(tonnes) * MG_PER_TONNE
    except ValueError:
        raise malformed(SUBSTANCES, tonnes) from None
    if mg.denominator != 1 or mg <= 0:
        raise malformed(SUBSTANCES, tonnes)
    return int(mg)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _substances(data: bytes) -> dict[int, Threshold]:
    columns = ("no", "name_zh", "alias_zh", "cas", "threshold_t", "agreement")
    return {
        int(no): Threshold(int(no), name, _split(alias), _split(cas), milligrams(tonnes), agreement)
        for no, name, alias, cas, tonnes, agreement in parse_csv(data, SUBSTANCES, columns)
    }


def _categories(data: bytes) -> dict[str, Category]:
    columns = ("symbol", "category_zh", "threshold_t_table2", "beta_table4")
    return {
        symbol: Category(symbol, name, milligrams(tonnes), Fraction(beta))
        for symbol, name, tonnes, beta in parse_csv(data, CATEGORIES, columns)
    }


def parse(substances: bytes, categories: bytes, factors: bytes, effective: str) -> MajorHazards:
    """Read tables 1 (CSV), 2 and 4 (CSV), 3, 5 and 6 (JSON). FormatError: not of that form."""
    try:
        known: dict[str, Any] = parse_json(factors, FACTORS)
        return MajorHazards(
            effective=effective,
            substances=_substances(substances),
            categories=_categories(categories),
            beta_toxic_gas={name: Fraction(beta) for name, beta in known["table3_beta_toxic_gas"].items()},
            exposures=tuple(Exposure(least, most, Fraction(alpha)) for least, most, alpha in known["table5_alpha"]),
            levels=tuple(
                HazardLevel(name, Fraction(least), None if below is None else Fraction(below))
                for name, least, below in known["table6_level"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise malformed(FACTORS, "-") from None
