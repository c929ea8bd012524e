"""Base64url text without padding and with zero spare bits (RFC 4648 sections 3.5 and 5)."""

import binascii
import re
from collections.abc import Iterable
from typing import Final

from ledger.errors import FormatError

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_+/", b"+/??")
# 43 characters carry 258 bits: the last one must leave its two low bits zero.
_HASH: Final = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")

HASH_SIZE: Final = 32


def b64u(data: bytes) -> str:
    """Return the one base64url spelling of `data`."""
    return b64u_bytes(data).decode("ascii")


def b64u_bytes(data: bytes) -> bytes:
    """Return the same spelling as ASCII bytes, to stand in other bytes."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL, b"=")


def b64u_hashes(hashes: Iterable[bytes]) -> list[bytes]:
    """Return that of each of many hashes of 32 bytes, in one go."""
    # A zero byte behind each makes it 33 bytes, which are 44 characters: the 43 of the hash, and one of the zero byte.
    text = binascii.b2a_base64(b"".join([data + b"\0" for data in hashes]), newline=False).translate(_TO_URL)
    return [text[at : at + 43] for at in range(0, len(text), 44)]


def unb64u(text: str, size: int | None = None, *, field: str = "") -> bytes:
    """Return the bytes of a base64url text, `size` of them if given.

    FormatError: `base64_not_canonical` (padding, foreign characters, a second spelling) or
    `base64_wrong_size`.
    """
    try:
        data = binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"==")
    except (UnicodeEncodeError, binascii.Error):
        raise FormatError("base64_not_canonical", field or None) from None
    if b64u(data) != text:
        raise FormatError("base64_not_canonical", field or None)
    if size is not None and len(data) != size:
        raise FormatError("base64_wrong_size", field or None, {"expected": size, "actual": len(data)})
    return data


def is_hash(text: str) -> bool:
    """Tell whether `text` is the base64url spelling of 32 bytes."""
    return _HASH.fullmatch(text) is not None


def check_hash(text: str, *, field: str = "") -> str:
    """Return `text` if it is the base64url spelling of 32 bytes. Errors: those of `unb64u`."""
    if not is_hash(text):
        unb64u(text, HASH_SIZE, field=field)
    return text
