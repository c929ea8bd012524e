"""Crockford's base32 (https://www.crockford.com/base32.html): characters that are not mistaken for each other."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ: Final = str.maketrans("ILO", "110")
"""What capital letters that are not in it are read as."""


def spell(bits: int, length: int) -> str:
    """Return the lowest ``5 * length`` bits as characters, the most significant first."""
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(5 * (length - 1), -1, -5))
