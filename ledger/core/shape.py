"""Small checks of JSON values, shared by the records of this package; each names the field it refuses."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from ledger.core.b64 import check_hash, is_hash
from ledger.core.domain import Json, pointer
from ledger.errors import FormatError


def closed_object(value: Json, names: Collection[str], field: str = "") -> dict[str, Json]:
    """Return `value` if it is an object of exactly these names.

    FormatError: `wrong_kind`, `unknown_name`, `name_missing`.
    """
    members = object_at(value, field)
    if len(members) == len(names) and all(name in members for name in names):
        return members
    for name in members:
        if name not in names:
            raise FormatError("unknown_name", pointer(field, name))
    missing = next(name for name in names if name not in members)
    raise FormatError("name_missing", pointer(field, missing))


def object_at(value: Json, field: str = "") -> dict[str, Json]:
    """Return `value` if it is an object. FormatError: `wrong_kind`."""
    if not isinstance(value, dict):
        raise _wrong("object", field)
    return value


def list_at(value: Json, most: int, field: str = "") -> list[Json]:
    """Return `value` if it is a list of at most `most` items. FormatError: `wrong_kind`, `list_length`."""
    if not isinstance(value, list):
        raise _wrong("list", field)
    if len(value) > most:
        raise FormatError("list_length", field or None, {"least": 0, "most": most})
    return value


def text_at(value: Json, field: str = "") -> str:
    """Return `value` if it is text. FormatError: `wrong_kind`."""
    if not isinstance(value, str):
        raise _wrong("text", field)
    return value


def int_at(value: Json, least: int, most: int, field: str = "") -> int:
    """Return `value` if it is an integer of `least`..`most`. FormatError: `wrong_kind`, `number_out_of_range`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong("integer", field)
    if not least <= value <= most:
        raise FormatError("number_out_of_range", field or None, {"least": least, "most": most})
    return value


def texts_at(values: list[Json], field: str) -> tuple[str, ...]:
    """Return the values if each is text. FormatError: `wrong_kind` at the first that is not."""
    return tuple([item if type(item) is str else text_at(item, f"{field}/{at}") for at, item in enumerate(values)])


def hash_at(value: Json, field: str = "") -> str:
    """Return `value` if it is base64url text of 32 bytes. FormatError: `wrong_kind` or those of `unb64u`."""
    return check_hash(text_at(value, field), field=field)


def one_of(value: Json, choices: Collection[str], field: str = "") -> str:
    """Return `value` if it is one of the texts. FormatError: `not_a_choice`."""
    if not isinstance(value, str) or value not in choices:
        raise FormatError("not_a_choice", field or None, {"choices": ", ".join(sorted(choices))})
    return value


def spec_at(members: Mapping[str, Json], spec: str) -> None:
    """Demand the spec of a format. FormatError: `spec_unknown`."""
    if members["spec"] != spec:
        raise FormatError("spec_unknown", "/spec", {"expected": spec})


def sorted_hashes(hashes: tuple[str, ...], field: str) -> None:
    """Demand hashes in ascending order without duplicates. Errors: those of `unb64u` and `ascending`."""
    for at, item in enumerate(hashes):
        if not is_hash(item):
            check_hash(item, field=f"{field}/{at}")
    ascending(hashes, field)


def ascending(keys: Sequence[str] | Sequence[bytes], field: str = "") -> None:
    """Demand ascending order by code points, no duplicates. FormatError: `duplicate_item`, `not_sorted`."""
    listed = cast("Sequence[str]", keys)
    for position in range(1, len(listed)):
        before, item = listed[position - 1 : position + 1]
        if before >= item:
            raise FormatError("duplicate_item" if before == item else "not_sorted", pointer(field, position))


def _wrong(expected: str, field: str) -> FormatError:
    return FormatError("wrong_kind", field or None, {"expected": expected})
