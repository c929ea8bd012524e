"""Keyset cursors: opaque to clients, strict when they come back.

A cursor is base64url of the canonical JSON list [list name, *key]. It carries no authority: whatever it
says, a port shows a viewer only what that viewer may see.
"""

from typing import Final

from api.views import Key
from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import decode, encode
from ledger.errors import FormatError

MAX_LENGTH: Final = 1_024
MAX_PARTS: Final = 8
MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50


def write_cursor(listing: str, key: Key) -> str:
    """Return the cursor that goes on after `key` in a list."""
    return b64u(encode([listing, *key]))


def read_cursor(listing: str, text: str | None) -> Key | None:
    """Return the key of a cursor, None without one. FormatError `cursor_invalid`: any other text, or another list's."""
    if text is None:
        return None
    if len(text) > MAX_LENGTH:
        raise FormatError("cursor_invalid", "/cursor")
    try:
        parts = decode(unb64u(text))
    except FormatError:
        raise FormatError("cursor_invalid", "/cursor") from None
    if not isinstance(parts, list) or not 1 < len(parts) <= MAX_PARTS or parts[0] != listing:
        raise FormatError("cursor_invalid", "/cursor")
    key: list[str | int] = []
    for part in parts[1:]:
        if isinstance(part, bool) or not isinstance(part, str | int):
            raise FormatError("cursor_invalid", "/cursor")
        key.append(part)
    return tuple(key)


def index_of(after: Key | None) -> int | None:
    """Return the key of a list that goes by one number. FormatError `cursor_invalid`: another list's."""
    match after:
        case None:
            return None
        case (int(index),):
            return index
        case _:
            raise FormatError("cursor_invalid", "/cursor")


def place_of(after: Key | None) -> tuple[int, str] | None:
    """Return the key of a list that goes by a number and a reference. FormatError `cursor_invalid`: another list's."""
    match after:
        case None:
            return None
        case (int(index), str(ref)):
            return index, ref
        case _:
            raise FormatError("cursor_invalid", "/cursor")


def text_of(after: Key | None) -> str | None:
    """Return the key of a list that goes by one reference. FormatError `cursor_invalid`: another list's."""
    match after:
        case None:
            return None
        case (str(ref),):
            return ref
        case _:
            raise FormatError("cursor_invalid", "/cursor")
