"""The closed domain of JSON values in the ledger, and the search for the first value outside it.

`writable` and `readable` are the hot path of every append and audit: they walk once, judge leaves
in place and only say yes or no. `check` walks again, with names of fields, to say why not.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from ledger.core.text import flaw, surrogate_at
from ledger.errors import FormatError

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None

MAX_INT: Final = 2**53 - 1
MAX_NAME: Final = 64
MAX_KEY: Final = 512

_NAME: Final = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a reader leaves in place of a value it cannot take; `key` names the member that is wrong."""

    code: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What to demand: containers nested at most `depth` deep, keys that are names, texts without flaw."""

    depth: int
    names: bool
    texts: bool


def is_name(key: object) -> bool:
    """Tell whether a key is a name: `[a-z][a-z0-9_]*`, at most 64 characters."""
    return type(key) is str and len(key) <= MAX_NAME and _matches_name(key)


def is_ascii_key(key: object) -> bool:
    """Tell whether a key is printable ASCII, at most 512 characters."""
    return type(key) is str and key.isascii() and key.isprintable() and len(key) <= MAX_KEY


def writable(value: object, depth: int) -> bool:
    """Tell whether `check` with `Bounds(depth, names=False, texts=False)` passes."""
    if type(value) is dict:
        if depth <= 0:
            return False
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not key.isprintable() or len(key) > MAX_KEY:
                return False
            if not (type(item) is str and item.isascii()) and not writable(item, depth - 1):
                return False
        return True
    if type(value) is list:
        if depth <= 0:
            return False
        for item in value:  # noqa: SIM110 - a generator would cost a frame for each item of the hot path
            if not (type(item) is str and item.isascii()) and not writable(item, depth - 1):
                return False
        return True
    return _is_scalar(value) or (type(value) is str and surrogate_at(value) is None)


def readable(value: object, depth: int, is_key: Callable[[object], bool]) -> bool:
    """Tell whether `check` with texts, and with names if `is_key` is `is_name`, passes."""
    if type(value) is dict:
        if depth <= 0:
            return False
        for key, item in value.items():
            if not is_key(key):
                return False
            if not (type(item) is str and item.isascii() and item.isprintable()) and not readable(
                item, depth - 1, is_key
            ):
                return False
        return True
    if type(value) is list:
        if depth <= 0:
            return False
        for item in value:
            if not (type(item) is str and item.isascii() and item.isprintable()) and not readable(
                item, depth - 1, is_key
            ):
                return False
        return True
    return _is_scalar(value) or (type(value) is str and flaw(value) is None)


def check(value: object, bounds: Bounds, field: str = "") -> None:
    """Raise FormatError at the first value that is not of the domain; `field` is the place of `value`.

    Codes: `nesting_too_deep`, `name_not_of_form`, `number_too_large`, `value_not_json`, those of
    `flaw`, and what an `Unreadable` says.
    """
    if type(value) not in _KINDS:
        raise FormatError("value_not_json", field or None)
    match value:
        case str():
            _check_text(value, bounds, field)
        case dict():
            inner = _inner(bounds, field)
            is_key = is_name if bounds.names else is_ascii_key
            for key, item in value.items():
                place = pointer(field, str(key))
                if not is_key(key):
                    raise FormatError("name_not_of_form", place)
                check(item, inner, place)
        case list():
            inner = _inner(bounds, field)
            for position, item in enumerate(value):
                check(item, inner, pointer(field, position))
        case int() if not -MAX_INT <= value <= MAX_INT:
            raise FormatError("number_too_large", field or None)
        case Unreadable(code, wrong):
            raise FormatError(code, (field if wrong is None else pointer(field, wrong)) or None)


def pointer(field: str, key: str | int) -> str:
    """Return the JSON pointer of a member of `field` (RFC 6901 section 3), fit to be shown.

    What is not printable ASCII is escaped and long keys are cut, for a key may be hostile.
    """
    if isinstance(key, int):
        return f"{field}/{key}"
    shown = key[:MAX_NAME]
    if not (shown.isascii() and shown.isprintable()):
        shown = shown.encode("unicode_escape").decode("ascii")
    return f"{field}/{shown.replace('~', '~0').replace('/', '~1')}"


_KINDS: Final = frozenset({str, dict, list, int, bool, type(None), Unreadable})


@functools.lru_cache(maxsize=4096)
def _matches_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_scalar(value: object) -> bool:
    if type(value) is int:
        return -MAX_INT <= value <= MAX_INT
    return value is None or type(value) is bool


def _inner(bounds: Bounds, field: str) -> Bounds:
    if bounds.depth <= 0:
        raise FormatError("nesting_too_deep", field or None)
    return Bounds(bounds.depth - 1, bounds.names, bounds.texts)


def _check_text(text: str, bounds: Bounds, field: str) -> None:
    at = surrogate_at(text)
    found = flaw(text) if bounds.texts else at is not None and ("text_surrogate", at)
    if found:
        raise FormatError(found[0], field or None, {"position": found[1]})
