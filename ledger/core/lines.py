"""The grammar that the C2SP text formats share: LF lines, decimals and standard base64.

Signed notes, checkpoints and tlog-proofs use RFC 4648 section 4 base64 *with* padding, unlike the
ledger's own JSON. Only the one canonical spelling is accepted, so a text cannot be altered without
altering what it says.
"""

import binascii
import re
from typing import Final

from ledger.errors import FormatError

MAX_SIZE: Final = 2**63 - 1
"""Largest tree size and largest POSIX time: what a signed 64-bit integer holds."""

_DECIMAL: Final = re.compile("0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


def b64std(data: bytes) -> str:
    """Return the padded standard base64 of `data`."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64std(text: str, code: str, size: int | None = None) -> bytes:
    """Return the bytes of a padded base64 text, `size` of them if given. FormatError `code`."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        raise FormatError(code) from None
    if b64std(data) != text or (size is not None and len(data) != size):
        raise FormatError(code)
    return data


def parse_decimal(text: str, code: str) -> int:
    """Return an ASCII decimal without leading zeros, at most `MAX_SIZE`. FormatError `code`."""
    if _DECIMAL.fullmatch(text) is None or int(text) > MAX_SIZE:
        raise FormatError(code)
    return int(text)


def parse_lines(data: bytes, code: str) -> list[str]:
    """Split LF-terminated UTF-8 without other ASCII control characters into its lines.

    FormatError `code`: no final LF, not UTF-8, or a control character (C2SP signed-note, "Format").
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise FormatError(code) from None
    if not text.endswith("\n") or _CONTROL.search(text):
        raise FormatError(code)
    return text[:-1].split("\n")


def is_line(text: str) -> bool:
    """Whether a text can stand as a line: not empty, encodable, without control characters."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return bool(data) and "\n" not in text and _CONTROL.search(text) is None
