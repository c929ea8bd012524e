"""Stated amounts and mass: decimal text in, integer milligrams inside, kilogram text out.

Conversion is exact in integers and rounds once, half to even, to the milligram.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.domain import Json
from ledger.errors import FormatError

MAX_DIGITS: Final = 24
MAX_MG: Final = 10**18 - 1
MG_PER_KG: Final = 10**6

_AMOUNT: Final = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_KG: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]{0,5}[1-9])?")

# Milligrams per unit as numerator and denominator; 1 lb = 0.45359237 kg (NIST SP 811 appendix B.8).
_MASS: Final = {
    "mg": (1, 1),
    "g": (10**3, 1),
    "kg": (10**6, 1),
    "t": (10**9, 1),
    "lb": (45_359_237, 100),
}
# Cubic millimetres per unit.
_VOLUME: Final = {"mL": 10**3, "L": 10**6, "m3": 10**9}
# Milligrams per cubic millimetre and unit of density, as numerator and denominator.
_DENSITY: Final = {"kg/L": (1, 1), "g/mL": (1, 1), "g/cm3": (1, 1), "t/m3": (1, 1), "kg/m3": (1, 1000)}

UNITS: Final = frozenset(_MASS) | frozenset(_VOLUME)
DENSITY_UNITS: Final = frozenset(_DENSITY)


@dataclass(frozen=True, slots=True)
class Amount:
    """A stated amount, exactly: `digits` / 10**`scale`."""

    digits: int
    scale: int


@dataclass(frozen=True, slots=True)
class Density:
    """A density as it was measured: value, unit, and the temperature in degrees Celsius, as stated texts."""

    value: str
    unit: str
    temperature_c: str

    def __post_init__(self) -> None:
        """Raise FormatError unless the value is above zero, the unit known, the temperature a decimal."""
        if parse_amount(self.value, field="/value").digits == 0:
            raise FormatError("density_zero", "/value")
        if self.unit not in _DENSITY:
            raise FormatError("density_unit_unknown", "/unit", {"units": ", ".join(sorted(_DENSITY))})
        parse_amount(self.temperature_c, signed=True, field="/temperature_c")

    @classmethod
    def parse(cls, content: Mapping[str, Json]) -> "Density":
        """Read `{"value", "unit", "temperature_c"}`. FormatError: another shape, or what the constructor says."""
        value, unit, temperature_c = (content.get(name) for name in ("value", "unit", "temperature_c"))
        if not (isinstance(value, str) and isinstance(unit, str) and isinstance(temperature_c, str)):
            raise FormatError("density_not_of_form")
        if len(content) > len(cls.__slots__):
            raise FormatError("density_not_of_form")
        return cls(value, unit, temperature_c)


def parse_amount(text: str, *, signed: bool = False, field: str = "") -> Amount:
    r"""Read a stated amount `-?(0|[1-9][0-9]*)(\.[0-9]+)?` of at most 24 digits.

    FormatError: `amount_not_decimal`, `amount_too_long`, `amount_negative` (minus where it is not
    `signed`), `amount_minus_zero`.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise FormatError("amount_not_decimal", field or None)
    minus, whole, fraction = found[1], found[2], found[3] or ""
    if len(whole) + len(fraction) > MAX_DIGITS:
        raise FormatError("amount_too_long", field or None, {"most": MAX_DIGITS})
    if minus and not signed:
        raise FormatError("amount_negative", field or None)
    digits = int(whole + fraction)
    if minus and digits == 0:
        raise FormatError("amount_minus_zero", field or None)
    return Amount(-digits if minus else digits, len(fraction))


def milligrams(
    amount: str,
    unit: str,
    *,
    density: Density | Mapping[str, Json] | None = None,
    signed: bool = False,
    field: str = "",
) -> int:
    """Return a stated quantity in milligrams, rounded once, half to even.

    `unit`: mg, g, kg, t, lb; or mL, L, m3 with the `density` measured with it (a `Density` or its
    content). `field`: JSON pointer of the amount. FormatError: those of `parse_amount`,
    `unit_unknown`, `volume_without_density`, `amount_too_large` (beyond `MAX_MG`), or a flaw of the
    density. With a unit of mass the density plays no part.
    """
    stated = parse_amount(amount, signed=signed, field=field)
    numerator, denominator = _mg_per(unit, density, field)
    mg = _half_even(stated.digits * numerator, 10**stated.scale * denominator)
    if abs(mg) > MAX_MG:
        raise FormatError("amount_too_large", field or None, {"most_kg": kg(MAX_MG)})
    return mg


def kg(mg: int) -> str:
    """Return milligrams as kilograms: at most six decimals, no trailing zeros, never -0.

    ValueError: beyond `MAX_MG` in size, which no account can hold.
    """
    if abs(mg) > MAX_MG:
        message = f"{mg} mg is beyond what an account can hold"
        raise ValueError(message)
    whole, rest = divmod(abs(mg), MG_PER_KG)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if mg < 0 else ''}{whole}{fraction}"


def parse_kg(text: str, *, field: str = "") -> int:
    """Return the milligrams of a text that `kg` made. FormatError: `kg_not_canonical`, `amount_too_large`."""
    if len(text) > MAX_DIGITS or _KG.fullmatch(text) is None or text == "-0":
        raise FormatError("kg_not_canonical", field or None)
    whole, _, fraction = text.partition(".")
    mg = int(whole + fraction.ljust(6, "0"))
    if abs(mg) > MAX_MG:
        raise FormatError("amount_too_large", field or None, {"most_kg": kg(MAX_MG)})
    return mg


def _mg_per(unit: str, density: Density | Mapping[str, Json] | None, field: str) -> tuple[int, int]:
    if unit in _MASS:
        return _MASS[unit]
    if unit not in _VOLUME:
        raise FormatError("unit_unknown", field or None, {"units": ", ".join(sorted(UNITS))})
    if density is None:
        raise FormatError("volume_without_density", field or None)
    measured = density if isinstance(density, Density) else _parse_density(density, field)
    value = parse_amount(measured.value)
    numerator, denominator = _DENSITY[measured.unit]
    return _VOLUME[unit] * value.digits * numerator, 10**value.scale * denominator


def _parse_density(content: Mapping[str, Json], field: str) -> Density:
    try:
        return Density.parse(content)
    except FormatError as error:
        raise FormatError(error.code, field or None, error.params) from None


def _half_even(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))
