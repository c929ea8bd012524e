"""Identifiers of the outside world with their check digits. Each check returns the text it accepts.

Errors are FormatError: the form is wrong, or `check_digit_wrong`.
"""

import re
from typing import Final

from ledger.errors import FormatError

_CAS: Final = re.compile(r"[1-9][0-9]{1,6}-[0-9]{2}-[0-9]")
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC: Final = re.compile(f"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_RESIDENT: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_UN: Final = re.compile(r"[0-9]{4}")
_GTIN_SIZES: Final = (8, 12, 13, 14)
_GLN_SIZE: Final = 13
_SSCC_SIZE: Final = 18
_DIGITS: Final = re.compile(r"[0-9]+")


def check_cas(text: str, field: str = "") -> str:
    """A CAS registry number, such as 7664-41-7. The check misses some typos: compare the name too."""
    if _CAS.fullmatch(text) is None:
        raise FormatError("cas_not_of_form", field or None)
    digits = text.replace("-", "")
    total = sum(place * int(digit) for place, digit in enumerate(reversed(digits[:-1]), start=1))
    return _demand(text, total % 10 == int(digits[-1]), field)


def check_uscc(text: str, field: str = "") -> str:
    """A unified social credit code of 18 characters (GB 32100), such as 91110000600037341L."""
    if _USCC.fullmatch(text) is None:
        raise FormatError("uscc_not_of_form", field or None)
    total = sum(
        weight * _USCC_ALPHABET.index(character) for weight, character in zip(_USCC_WEIGHTS, text[:-1], strict=True)
    )
    return _demand(text, _USCC_ALPHABET[-total % 31] == text[-1], field)


def check_resident_id(text: str, field: str = "") -> str:
    """A number of a Chinese resident identity card (GB 11643): 17 digits and a check character, 0-9 or X."""
    if _RESIDENT.fullmatch(text) is None:
        raise FormatError("resident_id_not_of_form", field or None)
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(text[:-1]))
    return _demand(text, "10X98765432"[total % 11] == text[-1], field)


def check_gtin(text: str, field: str = "") -> str:
    """A GTIN of 8, 12, 13 or 14 digits (GS1 General Specifications 7.9)."""
    return _check_gs1(text, _GTIN_SIZES, "gtin_not_of_form", field)


def check_gln(text: str, field: str = "") -> str:
    """A GLN of 13 digits."""
    return _check_gs1(text, (_GLN_SIZE,), "gln_not_of_form", field)


def check_sscc(text: str, field: str = "") -> str:
    """An SSCC of 18 digits."""
    return _check_gs1(text, (_SSCC_SIZE,), "sscc_not_of_form", field)


def check_un_number(text: str, field: str = "") -> str:
    """A UN number: four digits, leading zeros kept, without the letters UN. It has no check digit."""
    if _UN.fullmatch(text) is None:
        raise FormatError("un_number_not_of_form", field or None)
    return text


def _check_gs1(text: str, sizes: tuple[int, ...], code: str, field: str) -> str:
    if len(text) not in sizes or _DIGITS.fullmatch(text) is None:
        raise FormatError(code, field or None)
    total = sum((3, 1)[place % 2] * int(digit) for place, digit in enumerate(reversed(text[:-1])))
    return _demand(text, -total % 10 == int(text[-1]), field)


def _demand(text: str, correct: bool, field: str) -> str:  # noqa: FBT001
    if not correct:
        raise FormatError("check_digit_wrong", field or None)
    return text
