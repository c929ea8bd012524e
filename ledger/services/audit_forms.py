"""Canonical bytes recognised without reading them: patterns of the closed formats, and contents that are plainly sound.

Each answers yes only where the strict reading would; no means "not plainly so", never "wrong".
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import orjson

from ledger.core.canonical import MAX_BYTES, MAX_DEPTH, MAX_ITEMS, encode_sound
from ledger.core.domain import MAX_INT, is_name, readable
from ledger.core.events import RELATIONS, SPEC
from ledger.core.ids import CHAIN_KINDS
from ledger.core.sections import SECTION_NAMES
from ledger.core.text import flaw

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID7: Final = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_HASH: Final = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
_HASHES: Final = f'"{_HASH}"(?:,"{_HASH}")*'
_REF: Final = rf'\{{"hash":"{_HASH}","origin":"[^"]*","rel":"(?:{"|".join(sorted(RELATIONS))})"\}}'
_SIGNATURE: Final = rf'\{{"key":"({_HASH})","sig":"[A-Za-z0-9_-]{{85}}[AQgw]"\}}'


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode("ascii"))


SALT_END: Final = 26
"""Where the name of a disclosure begins, behind the comma after the salt."""

_DATED: Final = (
    r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"\+(?:0[0-9]|1[0-3]):[0-5][0-9]"
)

header_parts: Final = _pattern(
    rf'\{{"actor":"(org:{_UUID})","id":"({_UUID7})","keys":\[((?:{_HASHES})?)\],"mode":"(?:act|report)",'
    rf'"not_after":(null|"{_DATED}"),"occurred_at":"({_DATED})","origin":"([^"]*)",'
    rf'"refs":\[((?:{_REF}(?:,{_REF})*)?)\],"sections":\{{([^}}]*)\}},'
    rf'"spec":"{SPEC}","type":"([a-z][a-z0-9_]{{0,39}}\.[a-z][a-z0-9_]{{0,38}})"\}}'
).fullmatch
"""A header's actor, id, keys, not_after, occurred_at, origin, refs, sections and type.

The times are of the form, but their days may be too late for their months: see ``is_early_day``.
"""

origins_of_refs: Final = _pattern(r'"origin":"([^"]*)"').findall
are_signatures: Final = _pattern(rf"\[{_SIGNATURE}(?:,{_SIGNATURE})*\]").fullmatch
keys_of_signatures: Final = _pattern(_SIGNATURE).findall
is_ref: Final = re.compile(rf"(?:{'|'.join(sorted(CHAIN_KINDS))}):{_UUID}").fullmatch
"""Whether a text names a chain."""

MOST_BYTES: Final = min(MAX_BYTES, MAX_ITEMS)
"""So short that it cannot hold too many values either."""


_BASE64URL: Final = bytes(sorted(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
# 22 and 86 characters carry four spare bits, 43 carry two: they must be zero in the last one.
_LAST_OF_FOUR, _LAST_OF_TWO = b"AQgw", b"AEIMQUYcgkosw048"


def are_salts(openings: Collection[bytes]) -> bool:
    """Whether these are the first ``SALT_END`` bytes of disclosures, each with a salt in its one spelling."""
    return _are_framed(openings, b'["', SALT_END - 4, _LAST_OF_FOUR, b'",')


def are_hashes(quoted: Collection[bytes]) -> bool:
    """Whether these are hashes in their one spelling, in quotation marks."""
    return _are_framed(quoted, b'"', 43, _LAST_OF_TWO, b'"')


_SIGNED: Final = b'[{"key":%b,"sig":"'
_SIG_AT: Final = len(_SIGNED % b"") + 45
ALONE: Final = _SIG_AT + 86 + len(b'"}]')
"""How long the list of a single signature is."""


def are_alone(keys: Collection[bytes], signatures: Collection[bytes]) -> bool:
    """Whether these, each of ``ALONE`` bytes, are single signatures by these keys (of the form, in quotation marks)."""
    if [signature[:_SIG_AT] for signature in signatures] != [*map(_SIGNED.__mod__, keys)]:
        return False
    return _are_framed([signature[_SIG_AT:] for signature in signatures], b"", 86, _LAST_OF_FOUR, b'"}]')


def _are_framed(texts: Collection[bytes], before: bytes, size: int, last: bytes, after: bytes) -> bool:
    """Whether each is base64url of so many characters, the last one of ``last``, in its frame.

    What is left without the letters are the frames, and each byte of a frame stands at its place in every text: so
    nothing but letters stands at the others.
    """
    count, joined = len(texts), b"".join(texts)
    width = len(before) + size + len(after)
    if {*map(len, texts)} - {width} or joined.translate(None, _BASE64URL) != (before + after) * count:
        return False
    end = len(before) + size
    places = [*enumerate(before), *enumerate(after, end)]
    return not joined[end - 1 :: width].translate(None, last) and all(
        joined[place::width] == bytes((byte,)) * count for place, byte in places
    )


def is_early_day(time: bytes) -> bool:
    """Whether a stated time of the form is of a day that every month has."""
    return time[8:10] <= b"28"


# --- contents --------------------------------------------------------------------------------------------------------

_PLAIN: Final = bytes(code for code in range(0x20, 0x7F) if code != 0x5C)
_MOST_NAMES: Final = 4_096

_names: Final[set[str]] = set()


def is_content(data: bytes, depth: int = MAX_DEPTH - 1) -> bool:
    """Tell whether these are the canonical bytes of an object, so deep at most, that may stand in a disclosure."""
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
        return readable(value, depth, is_name)
    return _is_plain(value, depth)


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


# --- disclosures -----------------------------------------------------------------------------------------------------

_SELDOM: Final = frozenset({"log", "rule", "heads"})
_NAMES: Final[Mapping[bytes, str]] = {
    f'"{name}"'.encode(): name for name in (SECTION_NAMES - _SELDOM) | {"auth", "effects"}
}
# Assigned for long, and never composed with what stands beside it (UAX #15 section 9: NFC_QC=Yes, ccc=0).
_is_han: Final = re.compile("[\u3001-\u3015\u4e00-\u9fa5\uff01-\uff5e]*").fullmatch


def are_readable(datas: Collection[bytes]) -> bool:
    """Tell whether these, which begin and end with ASCII, are text without flaw; escapes are not looked into."""
    joined = b"".join(datas)
    try:
        text = joined.decode()
    except UnicodeDecodeError:
        return False
    return _is_han(joined.translate(None, _PLAIN).decode()) is not None or flaw(text) is None


_MOST_KNOWN, _LONGEST_KNOWN = 8_192, 256
_MOST_SHAPES, _LONGEST_SHAPE = 4_096, 1_024

_REPEATED: Final = frozenset({"auth", "condition", "effects", "parties", "place", "reason", "time", "transport"})
"""Sections whose contents come again: an agent's counter, a lot or goods never do, and are not worth remembering."""

_TEXT: Final = r'"[^"\\\x00-\x1f\x7f]*"'
_emptied: Final = _pattern(rf'":(?:{_TEXT}|\[{_TEXT}(?:,{_TEXT})*\]|0|-?[1-9][0-9]{{0,14}})').sub
"""Replaces what differs between disclosures of a kind: texts, lists of such, and numbers behind a name."""


class Disclosed:
    """Judges disclosures; remembers, within bounds, their bytes and their shapes.

    A shape is what is left of a disclosure where an empty text stands for every text without an escape, list of such
    texts and number that is a member of an object. Where a shape is sound and the whole is readable, so is the
    disclosure: in sound bytes two quotation marks side by side, the first one not escaped, open and close an empty
    text; that is a value, for no name is empty; and anything of the three kinds may stand in the place of a value, a
    list if one level more may be there.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[bytes, str] = {}
        self._shapes: dict[bytes, str] = {}

    def are_sound(self, names: Sequence[str], bodies: Sequence[bytes]) -> bool:
        """Tell whether these are the bytes of disclosures of these names."""
        rests = [body[SALT_END:] for body in bodies]
        found = [*map(self._known.get, rests)]
        if None in found:
            named = iter(self._judge([rest for rest, name in zip(rests, found, strict=True) if name is None]))
            found = [name or next(named) for name in found]
        return found == [*names] and are_salts([body[:SALT_END] for body in bodies])

    def _judge(self, rests: list[bytes]) -> list[str | None]:
        """Return the name of each, None where it is not sound."""
        shapes = _emptied(b'":""', b"\n".join(rests)).split(b"\n")
        if len(shapes) != len(rests) or max(map(len, rests)) > MOST_BYTES:  # a line feed in one of them, or too long
            return [None] * len(rests)
        found = [*map(self._shapes.get, shapes)]
        if None in found:
            found = [name or self._new_shape(shape) for name, shape in zip(found, shapes, strict=True)]
        if not are_readable([rest for rest in rests if not rest.isascii()]):
            return [None] * len(rests)
        short = [
            (rest, name)
            for rest, name in zip(rests, found, strict=True)
            if name in _REPEATED and len(rest) <= _LONGEST_KNOWN
        ]
        if len(self._known) + len(short) > _MOST_KNOWN:
            self._known.clear()
        self._known.update(short)
        return found

    def _new_shape(self, shape: bytes) -> str | None:
        opening, _, rest = shape.partition(b",")
        name = _NAMES.get(opening)
        if name is None or rest[-1:] != b"]" or not is_content(rest[:-1], MAX_DEPTH - 2):
            return None
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        if len(shape) <= _LONGEST_SHAPE:
            self._shapes[shape] = name
        return name
