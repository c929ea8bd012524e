"""What a label's symbol says: a code of 80 random bits and the address that leads to it.

The code is 16 characters of Crockford's base32, upper case; the address is upper case as a whole, so that the
symbol needs only the alphanumeric mode (ISO/IEC 18004, 7.3.4). Readers forgive case and the letters I, L and O.
"""

import re
from typing import Final

from ledger.core.base32 import ALPHABET, READ, spell
from ledger.errors import FormatError

CODE_LENGTH: Final = 16
RANDOM_BYTES: Final = 10
MAX_TEXT: Final = 300

_ADDRESS: Final = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?/q/([0-9a-z]{16})", re.IGNORECASE | re.ASCII)
_BASE: Final = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/?", re.IGNORECASE | re.ASCII)


def new_code(rand10: bytes) -> str:
    """Return the code for ten random bytes: five bits a character, the most significant first.

    FormatError: not ten bytes.
    """
    if len(rand10) != RANDOM_BYTES:
        raise FormatError("label_code_bytes", params={"expected": RANDOM_BYTES, "given": len(rand10)})
    return spell(int.from_bytes(rand10, "big"), CODE_LENGTH)


def parse_code(text: str) -> str:
    """Return the code in its one spelling, from what was typed or scanned: the code, or its whole address.

    Case does not matter; I and L are read as 1, O as 0; blanks around are dropped. The host is not compared.
    FormatError: anything else.
    """
    given = text.strip(" \t\r\n")
    if len(given) > MAX_TEXT:
        raise FormatError("label_code_not_of_form", params={"given": given[:40]})
    address = _ADDRESS.fullmatch(given)
    plain = address.group(1) if address else given
    if not plain.isascii():
        raise FormatError("label_code_not_of_form", params={"given": given[:40]})
    code = plain.upper().translate(READ)
    if len(code) != CODE_LENGTH or any(character not in ALPHABET for character in code):
        raise FormatError("label_code_not_of_form", params={"given": given[:40]})
    return code


def qr_url(base_url: str, code: str) -> str:
    """Return `HTTPS://HOST[:PORT]/Q/<code>`, upper case; `base_url` is scheme, host and port alone.

    FormatError: another base, or no code.
    """
    if _BASE.fullmatch(base_url) is None:
        raise FormatError("label_base_url", params={"given": base_url[:80]})
    return f"{base_url.rstrip('/').upper()}/Q/{parse_code(code)}"
