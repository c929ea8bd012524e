"""The closed domain of JSON values in the ledger, and the search for the first value outside it."""

import functools
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from ledger.core.text import flaw, surrogate_at
from ledger.errors import FormatError

Json: TypeAlias = None | bool | int | str | list["Json"] | dict[str, "Json"]

MAX_INT: Final = 2**53 - 1
MAX_NAME: Final = 64
MAX_KEY: Final = 512

_NAME: Final = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a reader leaves in place of a value it cannot take; `key` names the member that is wrong."""

    code: str
    key: str | None = None


_KINDS: Final = frozenset({str, dict, list, int, bool, type(None), Unreadable})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What to demand: containers nested at most `depth` deep; keys that are names; texts that pass `flaw`."""

    depth: int
    names: bool
    texts: bool


def sound(value: object, depth: int, names: bool, texts: bool) -> bool:  # noqa: FBT001 - hot path
    """Tell whether a value is of the domain within `Bounds(depth, names, texts)`; `check` says why not."""
    kind = type(value)
    if kind is str:
        return _is_text(value, texts)  # type: ignore[arg-type]
    if kind is dict:
        if depth <= 0:
            return False
        for key, item in value.items():  # type: ignore[attr-defined]
            if not _is_key(key, names) or not sound(item, depth - 1, names, texts):
                return False
        return True
    if kind is list:
        if depth <= 0:
            return False
        for item in value:  # type: ignore[attr-defined]
            if not sound(item, depth - 1, names, texts):
                return False
        return True
    if kind is int:
        return -MAX_INT <= value <= MAX_INT  # type: ignore[operator]
    return value is None or kind is bool


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
            for key, item in value.items():
                place = pointer(field, str(key))
                if not _is_key(key, bounds.names):
                    raise FormatError("name_not_of_form", place)
                check(item, inner, place)
        case list():
            inner = _inner(bounds, field)
            for position, item in enumerate(value):
                check(item, inner, pointer(field, position))
        case int() if not -MAX_INT <= value <= MAX_INT:
            raise FormatError("number_too_large", field or None)
        case Unreadable(code, key):
            raise FormatError(code, (field if key is None else pointer(field, key)) or None)


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


def is_name(text: str) -> bool:
    """Tell whether `text` is a name: `[a-z][a-z0-9_]*`, at most 64 characters."""
    return len(text) <= MAX_NAME and _matches_name(text)


@functools.lru_cache(maxsize=4096)
def _matches_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_key(key: object, names: bool) -> bool:  # noqa: FBT001 - hot path
    if type(key) is not str:
        return False
    if names:
        return len(key) <= MAX_NAME and _matches_name(key)
    return len(key) <= MAX_KEY and key.isascii() and key.isprintable()


def _inner(bounds: Bounds, field: str) -> Bounds:
    if bounds.depth <= 0:
        raise FormatError("nesting_too_deep", field or None)
    return Bounds(bounds.depth - 1, bounds.names, bounds.texts)


def _is_text(text: str, texts: bool) -> bool:  # noqa: FBT001 - hot path
    if text.isascii():
        return not texts or text.isprintable() or flaw(text) is None
    return flaw(text) is None if texts else surrogate_at(text) is None


def _check_text(text: str, bounds: Bounds, field: str) -> None:
    at = surrogate_at(text)
    found = flaw(text) if bounds.texts else at is not None and ("text_surrogate", at)
    if found:
        raise FormatError(found[0], field or None, {"position": found[1]})
