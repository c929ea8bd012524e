from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.canonical import Json
from ledger.core.quantity import (
    DENSITY_UNITS,
    MAX_DIGITS,
    MAX_MG,
    UNITS,
    Density,
    kg,
    milligrams,
    parse_amount,
    parse_kg,
)
from ledger.errors import FormatError
from tests.core.refusals import refused
from tests.core.values import vectors

# Milligrams per unit, written down again as exact fractions.
MASS = {
    "mg": Fraction(1),
    "g": Fraction(1000),
    "kg": Fraction(10**6),
    "t": Fraction(10**9),
    "lb": Fraction("0.45359237") * 10**6,
}
LITRES = {"mL": Fraction(1, 1000), "L": Fraction(1), "m3": Fraction(1000)}
KG_PER_LITRE = {
    "kg/L": Fraction(1),
    "g/mL": Fraction(1),
    "g/cm3": Fraction(1),
    "t/m3": Fraction(1),
    "kg/m3": Fraction(1, 1000),
}
METHANOL: dict[str, Json] = {"value": "0.79", "unit": "kg/L", "temperature_c": "20.0"}

amounts = st.from_regex(r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,10})?", fullmatch=True)


def test_the_vectors_of_mass() -> None:
    for vector in vectors()["mass"]:
        assert milligrams(vector["amount"], vector["unit"]) == vector["milligrams"]


def test_every_unit_is_tested() -> None:
    assert MASS.keys() | LITRES.keys() == UNITS
    assert KG_PER_LITRE.keys() == DENSITY_UNITS


@given(amounts, st.sampled_from(sorted(MASS)), st.booleans())
def test_mass_is_exact_then_rounded_half_even_once(text: str, unit: str, minus: bool) -> None:  # noqa: FBT001
    # `round` of a Fraction is exact and half to even.
    exact = Fraction(text) * MASS[unit]
    if round(exact) > MAX_MG:
        with refused("amount_too_large"):
            milligrams(text, unit)
        return
    if minus and exact:
        assert milligrams("-" + text, unit, signed=True) == round(-exact)
    else:
        assert milligrams(text, unit) == round(exact)


@given(amounts, st.sampled_from(sorted(LITRES)), amounts, st.sampled_from(sorted(KG_PER_LITRE)))
def test_a_volume_is_converted_by_its_own_density(text: str, unit: str, value: str, per: str) -> None:
    exact = Fraction(text) * LITRES[unit] * Fraction(value) * KG_PER_LITRE[per] * 10**6
    if not Fraction(value) or round(exact) > MAX_MG:
        return
    assert milligrams(text, unit, density=Density(value, per, "20")) == round(exact)


def test_known_volumes() -> None:
    assert milligrams("200", "L", density=METHANOL) == 158_000_000
    assert milligrams("1.5", "m3", density=Density("790", "kg/m3", "-5.5")) == 1_185_000_000
    assert milligrams("1", "kg", density=METHANOL) == 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+1",
        "01",
        "00",
        ".5",
        "1.",
        "1e3",
        "1E3",
        "1e400",
        "NaN",
        "Infinity",
        "1,000",
        " 1",
        "1 ",
        "1\n",
        "--1",
        "１",
        "0x1",
        "1_0",
        "-",
    ],
)
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with refused("amount_not_decimal", "/sections/quantity/amount"):
        milligrams(text, "kg", field="/sections/quantity/amount")


@pytest.mark.parametrize("text", ["1" * 30, "0." + "0" * 30, "1" + "0" * 5000, "-" + "9" * 30])
def test_a_thirty_digit_amount_is_refused(text: str) -> None:
    with refused("amount_too_long", "/amount"):
        milligrams(text, "kg", field="/amount", signed=True)


def test_a_minus_stands_only_where_a_field_is_signed() -> None:
    assert milligrams("-0.0000015", "kg", signed=True) == -2
    assert milligrams("-2.5", "mg", signed=True) == -2
    assert milligrams("-3.5", "mg", signed=True) == -4
    with refused("amount_negative", "/amount"):
        milligrams("-1", "kg", field="/amount")
    with refused("amount_minus_zero", "/amount"):
        milligrams("-0.00", "kg", field="/amount", signed=True)


@pytest.mark.parametrize(("text", "unit"), [("1000000000000", "kg"), ("1000000000", "t"), ("9" * MAX_DIGITS, "mg")])
def test_an_amount_beyond_the_accounts_is_refused(text: str, unit: str) -> None:
    with refused("amount_too_large", "/amount"):
        milligrams(text, unit, field="/amount")


@pytest.mark.parametrize("unit", ["", "KG", "T", "ton", "gal", "pcs", "千克", "l"])
def test_an_unknown_unit_is_refused(unit: str) -> None:
    with refused("unit_unknown", "/amount"):
        milligrams("1", unit, field="/amount")


def test_a_volume_without_density_is_refused() -> None:
    with refused("volume_without_density", "/amount"):
        milligrams("1", "L", field="/amount")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": "0"}, "density_zero"),
        ({"value": "0.000"}, "density_zero"),
        ({"value": "-1"}, "amount_negative"),
        ({"value": "x"}, "amount_not_decimal"),
        ({"value": 1}, "density_not_of_form"),
        ({"unit": "lb/gal"}, "density_unit_unknown"),
        ({"unit": None}, "density_not_of_form"),
        ({"temperature_c": "warm"}, "amount_not_decimal"),
        ({"temperature_c": None}, "density_not_of_form"),
        ({"source": "table"}, "density_not_of_form"),
    ],
)
def test_a_bad_density_is_refused_at_the_amount(change: dict[str, Json], code: str) -> None:
    with refused(code, "/amount"):
        milligrams("1", "L", density=METHANOL | change, field="/amount")


def test_a_density_without_temperature_is_refused() -> None:
    with refused("density_not_of_form"):
        Density.parse({"value": "0.79", "unit": "kg/L"})


@given(st.integers(-MAX_MG, MAX_MG))
def test_kilograms_come_back(mg: int) -> None:
    text = kg(mg)
    assert parse_kg(text) == mg
    assert Fraction(text) == Fraction(mg, 10**6)
    assert milligrams(text, "kg", signed=True) == mg


@pytest.mark.parametrize(
    ("mg", "text"),
    [(0, "0"), (1, "0.000001"), (-1, "-0.000001"), (10, "0.00001"), (12_500_500_000, "12500.5"), (-1_000_000, "-1")],
)
def test_known_kilograms(mg: int, text: str) -> None:
    assert kg(mg) == text


@pytest.mark.parametrize("mg", [MAX_MG + 1, -MAX_MG - 1])
def test_kilograms_beyond_the_accounts_are_not_written(mg: int) -> None:
    with pytest.raises(ValueError, match="beyond"):
        kg(mg)


@pytest.mark.parametrize(
    "text", ["", "-0", "1.0", "0.10", "1.0000001", "01", "+1", ".1", "1.", "-0.0", "1e3", "1\n", "１", "9" * 25]
)
def test_another_spelling_of_kilograms_is_refused(text: str) -> None:
    with refused("kg_not_canonical", "/kg"):
        parse_kg(text, field="/kg")


def test_kilograms_beyond_the_accounts_are_refused() -> None:
    with refused("amount_too_large", "/kg"):
        parse_kg("-1000000000000", field="/kg")


@given(st.text("0123456789.-+eE ", max_size=30))
def test_any_text_raises_nothing_but_format_errors(text: str) -> None:
    try:
        stated = parse_amount(text, signed=True)
    except FormatError:
        return
    assert Fraction(text) == Fraction(stated.digits, 10**stated.scale)


@given(st.text("0123456789.-", max_size=24))
def test_any_kilograms_taken_are_in_their_one_spelling(text: str) -> None:
    try:
        mg = parse_kg(text)
    except FormatError:
        return
    assert kg(mg) == text
