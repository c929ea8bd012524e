"""Which texts may stand in the ledger: NFC, assigned, and nothing that hides or turns other text."""

import re
import unicodedata
from typing import Final

from ledger.core.assigned import ASSIGNED
from ledger.errors import FormatError

MAX_TEXT: Final = 4096

_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Noncharacters are unassigned (Unicode 14.0 section 23.7), so the table leaves them out.
_UNASSIGNED: Final = re.compile("[^" + "".join(f"{chr(low)}-{chr(high)}" for low, high in ASSIGNED) + "]")


def flaw(text: str) -> tuple[str, int] | None:
    """Return the problem code and the position of the first flaw of `text`, or None.

    Position counts code points. Codes: `text_surrogate`, `text_control`, `text_bidi`,
    `text_unassigned`, `text_not_nfc` (position 0).
    """
    if text.isascii() and text.isprintable():
        return None
    for code, pattern in (
        ("text_surrogate", _SURROGATE),
        ("text_control", _CONTROL),
        ("text_bidi", _BIDI),
        ("text_unassigned", _UNASSIGNED),
    ):
        found = pattern.search(text)
        if found:
            return code, found.start()
    return None if unicodedata.is_normalized("NFC", text) else ("text_not_nfc", 0)


def surrogate_at(text: str) -> int | None:
    """Return the position of the first lone surrogate, which no UTF-8 can write, or None."""
    found = _SURROGATE.search(text)
    return found.start() if found else None


def check_text(text: str, *, field: str = "", max_len: int = MAX_TEXT) -> str:
    """Return `text` if it may stand in the ledger and has at most `max_len` code points.

    FormatError: `text_too_long` or a code of `flaw`.
    """
    if len(text) > max_len:
        raise FormatError("text_too_long", field or None, {"most": max_len})
    found = flaw(text)
    if found is not None:
        raise FormatError(found[0], field or None, {"position": found[1]})
    return text
