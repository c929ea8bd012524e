"""Canonical bytes recognised without reading them: patterns of the closed formats, and contents that are plainly sound.

Each answers yes only where the strict reading would; no means "not plainly so", never "wrong".
"""

import re
from typing import Final

import orjson

from ledger.core.canonical import MAX_BYTES, MAX_DEPTH, MAX_ITEMS, encode_sound
from ledger.core.domain import MAX_INT, is_name, readable
from ledger.core.events import RELATIONS, SPEC
from ledger.core.ids import CHAIN_KINDS
from ledger.core.text import flaw

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID7: Final = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_HASH: Final = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_HASHES: Final = f'"{_HASH}"(?:,"{_HASH}")*'
_REF: Final = rf'\{{"hash":"{_HASH}","origin":"[^"]*","rel":"(?:{"|".join(sorted(RELATIONS))})"\}}'
_SIGNATURE: Final = rf'\{{"key":"({_HASH})","sig":"[A-Za-z0-9_-]{{85}}[AQgw]"\}}'


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode("ascii"))


# 22 characters carry 132 bits: the last one must leave its four low bits zero.
is_salted: Final = _pattern(r'\["[A-Za-z0-9_-]{21}[AQgw]",').match
"""Whether bytes begin like a disclosure, with a salt in its one spelling."""

SALT_END: Final = 26
"""Where the name of a disclosure begins, behind the comma after the salt."""

header_parts: Final = _pattern(
    rf'\{{"actor":"(org:{_UUID})","id":"({_UUID7})","keys":\[((?:{_HASHES})?)\],"mode":"(?:act|report)",'
    rf'"not_after":(null|"[0-9T:+-]{{25}}"),"occurred_at":"([0-9T:+-]{{25}})","origin":"([^"]*)",'
    rf'"refs":\[((?:{_REF}(?:,{_REF})*)?)\],"sections":\{{([^}}]*)\}},'
    rf'"spec":"{SPEC}","type":"([a-z][a-z0-9_]{{0,39}}\.[a-z][a-z0-9_]{{0,38}})"\}}'
).fullmatch
"""A header's actor, id, keys, not_after, occurred_at, origin, refs, sections and type; the times are not judged."""

is_plain_time: Final = _pattern(
    r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"\+(?:0[0-9]|1[0-3]):[0-5][0-9]"
).fullmatch
"""Whether a stated time is one of a day that every month has."""

origins_of_refs: Final = _pattern(r'"origin":"([^"]*)"').findall
are_signatures: Final = _pattern(rf"\[{_SIGNATURE}(?:,{_SIGNATURE})*\]").fullmatch
keys_of_signatures: Final = _pattern(_SIGNATURE).findall
is_hash: Final = _pattern(_HASH).fullmatch
is_ref: Final = re.compile(rf"(?:{'|'.join(sorted(CHAIN_KINDS))}):{_UUID}").fullmatch
"""Whether a text names a chain."""

MOST_BYTES: Final = min(MAX_BYTES, MAX_ITEMS)
"""So short that it cannot hold too many values either."""

_PLAIN: Final = bytes(code for code in range(0x20, 0x7F) if code != 0x5C)
_MOST_NAMES: Final = 4_096

_names: Final[set[str]] = set()


def is_content(data: bytes) -> bool:
    """Tell whether these are the canonical bytes of an object that may stand in a disclosure."""
    if len(data) > MOST_BYTES:
        return False
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    if type(value) is not dict or encode_sound(value) != data:
        return False
    # Where nothing is escaped and the whole is without flaw, so is each text in it (substrings of NFC are NFC, UAX #15
    # section 3): only names, numbers and depth are left to judge.
    if data.translate(None, _PLAIN) and (b"\\" in data or flaw(data.decode()) is not None):
        return readable(value, MAX_DEPTH - 1, is_name)
    return _is_plain(value, MAX_DEPTH - 1)


def _is_plain(value: object, depth: int) -> bool:
    if type(value) is dict:
        for name, item in value.items():
            if not (name in _names or _is_new_name(name)):
                return False
            if type(item) is not str and not (depth > 0 and _is_plain(item, depth - 1)):
                return False
        return depth > 0
    if type(value) is list:
        for item in value:
            if type(item) is not str and not (depth > 0 and _is_plain(item, depth - 1)):
                return False
        return depth > 0
    return value is None or type(value) is bool or (type(value) is int and -MAX_INT <= value <= MAX_INT)


def _is_new_name(name: str) -> bool:
    if len(_names) >= _MOST_NAMES:
        _names.clear()
    if is_name(name):
        _names.add(name)
        return True
    return False
