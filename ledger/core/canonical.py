"""Canonical JSON (RFC 8785) in a closed value domain, and the strict way into it.

Domain: null, booleans, integers below 2**53 in size, text, lists, and objects with printable ASCII
keys. There every rule of RFC 8785 that is hard falls away: no floats (section 3.2.2.3), and the
order by UTF-16 code units (section 3.2.3) is the order of the bytes.
"""

import hashlib
import json
import re
from typing import Any, Final, cast

import orjson

from ledger.core.b64 import b64u
from ledger.core.domain import Bounds, Json, Unreadable, check, is_ascii_key, is_name, pointer, readable, writable
from ledger.errors import FormatError

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_ITEMS",
    "Json",
    "decode",
    "digest",
    "digest_text",
    "encode",
    "encode_sound",
    "parse",
    "pointer",
]

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 16
MAX_ITEMS: Final = 20_000

_ENCODE_DEPTH: Final = 64
_MAX_INT_CHARACTERS: Final = 17
_BOM: Final = b"\xef\xbb\xbf"
# A quote always starts a match, so that the scan stays linear on unterminated strings.
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_OPENING: Final = frozenset(b"[{")


def encode(value: Json) -> bytes:
    """Return the canonical bytes of a value of the domain; keys may be any printable ASCII.

    FormatError with a JSON pointer: the value is outside the domain. Of the text rules only the
    ban on surrogates holds here: the others are for what comes in (`parse`, `decode`).
    """
    if not writable(value, _ENCODE_DEPTH):
        check(value, Bounds(_ENCODE_DEPTH, names=False, texts=False))
    return encode_sound(value)


def encode_sound(value: object) -> bytes:
    """Return the canonical bytes of a value that its maker has already held to the domain."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS)


def digest(tag: str, body: bytes) -> bytes:
    """Return SHA-256(tag, line feed, body): 32 bytes."""
    return hashlib.sha256(tag.encode("ascii") + b"\n" + body).digest()


def digest_text(tag: str, body: bytes) -> str:
    """Return `digest` as base64url text."""
    return b64u(digest(tag, body))


def parse(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
    names: bool = True,
) -> Json:
    """Read JSON that a stranger wrote, formatted freely; size, depth and count are bounded before they cost.

    `names`: keys must be names `[a-z][a-z0-9_]*`; else any printable ASCII. FormatError: what is
    wrong and, where it can be told, at which field.
    """
    if len(data) <= max_bytes and _surely_few(data, max_items):
        quick = _loads(data)
        # Written again as it came: no key was there twice, and no number or text in a second spelling.
        if readable(quick, max_depth, is_name if names else is_ascii_key) and orjson.dumps(quick) == data:
            return cast("Json", quick)
    text = _read_text(data, max_bytes)
    _check_extent(data, max_depth, max_items)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_float=_float, parse_constant=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        raise FormatError("json_malformed", None, {"position": error.pos}) from None
    if not readable(value, max_depth, is_name if names else is_ascii_key):
        check(value, Bounds(max_depth, names=names, texts=True))
    return cast("Json", value)


def decode(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
    names: bool = True,
) -> Json:
    """Read stored or signed bytes: what `parse` takes, in its one canonical spelling.

    FormatError: a code of `parse`, or `json_not_canonical`.
    """
    if len(data) <= max_bytes and _surely_few(data, max_items):
        value = _loads(data)
        if readable(value, max_depth, is_name if names else is_ascii_key) and encode_sound(value) == data:
            return cast("Json", value)
    parsed = parse(data, max_bytes=max_bytes, max_depth=max_depth, max_items=max_items, names=names)
    if encode(parsed) != data:
        raise FormatError("json_not_canonical")
    return parsed


def _surely_few(data: bytes, max_items: int) -> bool:
    """Whether there cannot be too many values: every one but the first follows a comma or an opening bracket."""
    return data.count(b",") + data.count(b"[") + data.count(b"{") < max_items


def _loads(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return Unreadable("json_malformed")


def _read_text(data: bytes, max_bytes: int) -> str:
    if len(data) > max_bytes:
        raise FormatError("json_too_large", None, {"most": max_bytes})
    if data.startswith(_BOM):
        raise FormatError("json_byte_order_mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError("utf8_invalid", None, {"position": error.start}) from None


def _check_extent(data: bytes, max_depth: int, max_items: int) -> None:
    bare = _STRING.sub(b"", data)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") >= max_items:
        raise FormatError("json_too_many_values", None, {"most": max_items})
    depth = 0
    for byte in bare.translate(None, _NOT_BRACKETS):
        depth += 1 if byte in _OPENING else -1
        if depth > max_depth:
            raise FormatError("nesting_too_deep", None, {"most": max_depth})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Unreadable:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    keys = [key for key, _ in pairs]
    return Unreadable("duplicate_key", next(key for key in keys if keys.count(key) > 1))


def _float(_: str) -> Unreadable:
    return Unreadable("number_not_integer")


def _int(text: str) -> int | Unreadable:
    if len(text) > _MAX_INT_CHARACTERS:
        return Unreadable("number_too_large")
    return Unreadable("number_not_integer") if text == "-0" else int(text)
