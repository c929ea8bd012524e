"""The kilograms of a finding as people say them: more or less than the books have, never a bare sign."""

from collections.abc import Mapping
from typing import Final

from api.views import Words
from ledger.core.canonical import Json

MINUS: Final = "\N{MINUS SIGN}"
SURPLUS: Final = "surplus@1"
COMPARED: Final = frozenset({"tolerance@1", "variance_in_sum@1", "difference@1"})
"""Rules whose `kg` is what the books have and the scales do not: less than nothing where more was found."""


def amount_of(rule: str, data: Mapping[str, Json], name: str = "kg") -> Words | None:
    """Return an amount in kilograms that a finding states under a name; None: it states none."""
    amount = data.get(name)
    if not isinstance(amount, str):
        return None
    size = grouped(amount.removeprefix("-"))
    less = not amount.startswith("-")
    if name == "kg" and rule in COMPARED:
        return Words(f"{'少' if less else '多'} {size} kg", f"{size} kg {'less' if less else 'more'}")
    sign = "" if less or (name == "kg" and rule == SURPLUS) else MINUS
    return Words(f"{sign}{size} kg", f"{sign}{size} kg")


def grouped(amount: str) -> str:
    """Return a decimal as a figure for reading: thousands apart, every digit kept."""
    whole, point, part = amount.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.isdecimal() else amount
