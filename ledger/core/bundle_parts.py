"""Pieces that receipt, evidence and policy share: disclosures, paths, keys, and notes as lists of lines."""

from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeVar

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json
from ledger.core.events import Signature
from ledger.core.keys import KEY_SIZE, check_public_key
from ledger.core.lines import parse_lines
from ledger.core.merkle import HASH_SIZE
from ledger.core.note import Verifier
from ledger.core.sections import SALT_SIZE, SECTION_NAMES, Disclosure
from ledger.core.shape import ascending, list_at, object_at, one_of, text_at
from ledger.core.tlogproof import MAX_PATH
from ledger.errors import FormatError

MAX_KEYS: Final = 64
MAX_LINES: Final = 256

_DISCLOSURE_PARTS: Final = 3

T = TypeVar("T")


def within(place: str, read: Callable[[], T]) -> T:
    """Return what `read` returns; a FormatError of it gets `place` before its pointer."""
    try:
        return read()
    except FormatError as error:
        raise FormatError(error.code, place + (error.field or ""), error.params) from None


def lines_of(data: bytes) -> list[Json]:
    """Return the lines of an LF-terminated text without their line feeds. FormatError `note_malformed`."""
    return [*parse_lines(data, "note_malformed")]


def parse_texts(value: Json, at: str, most: int = MAX_KEYS) -> tuple[str, ...]:
    """Read a list of texts. FormatError: `wrong_kind`, `list_length`."""
    return tuple(text_at(item, f"{at}/{place}") for place, item in enumerate(list_at(value, most, at)))


def parse_note_lines(value: Json, at: str) -> bytes:
    """Reverse of `lines_of`. FormatError: `wrong_kind`, `list_length`."""
    return ("\n".join(parse_texts(value, at, MAX_LINES)) + "\n").encode()


def signatures_content(signatures: Sequence[Signature]) -> list[Json]:
    """Signatures as JSON."""
    return [{"key": item.key, "sig": item.sig} for item in signatures]


def disclosure_content(opened: Disclosure) -> list[Json]:
    """A disclosure as JSON."""
    return [b64u(opened.salt), opened.name, opened.content]


def parse_disclosure(value: Json, names: Collection[str], at: str) -> Disclosure:
    """Read a disclosure named one of `names`. FormatError with a pointer below `at`."""
    parts = list_at(value, _DISCLOSURE_PARTS, at)
    if len(parts) != _DISCLOSURE_PARTS:
        raise FormatError("list_length", at, {"least": _DISCLOSURE_PARTS, "most": _DISCLOSURE_PARTS})
    salt = unb64u(text_at(parts[0], f"{at}/0"), SALT_SIZE, field=f"{at}/0")
    return Disclosure(salt, one_of(parts[1], names, f"{at}/1"), object_at(parts[2], f"{at}/2"))


def parse_sections(value: Json) -> tuple[Disclosure, ...]:
    """Read the disclosed sections of an event. FormatError with a pointer below "/sections"."""
    items = list_at(value, len(SECTION_NAMES), "/sections")
    return tuple(parse_disclosure(item, SECTION_NAMES, f"/sections/{at}") for at, item in enumerate(items))


def parse_path(value: Json, at: str) -> tuple[bytes, ...]:
    """Read the hashes of an inclusion path. FormatError with a pointer below `at`."""
    nodes = parse_texts(value, at, MAX_PATH)
    return tuple(unb64u(node, HASH_SIZE, field=f"{at}/{place}") for place, node in enumerate(nodes))


def parse_raw_keys(value: Json, at: str) -> tuple[bytes, ...]:
    """Read raw public keys. FormatError with a pointer below `at`."""
    texts = parse_texts(value, at)
    return tuple(unb64u(text, KEY_SIZE, field=f"{at}/{place}") for place, text in enumerate(texts))


def check_opened(signatures: Sequence[Signature], sections: Sequence[Disclosure]) -> None:
    """Demand signatures ascending by key, and sections of known names ascending by name. FormatError."""
    ascending([item.key for item in signatures], "/signatures")
    for at, section in enumerate(sections):
        one_of(section.name, SECTION_NAMES, f"/sections/{at}/1")
    ascending([section.name for section in sections], "/sections")


def check_path(path: Sequence[bytes], at: str) -> None:
    """Demand at most 63 hashes. FormatError `path_not_of_form`."""
    if len(path) > MAX_PATH or any(len(node) != HASH_SIZE for node in path):
        raise FormatError("path_not_of_form", at, {"most": MAX_PATH})


def check_vkeys(vkeys: Sequence[str], at: str) -> None:
    """Demand 1 to 64 different verifier keys. FormatError with a pointer below `at`."""
    if not 1 <= len(vkeys) <= MAX_KEYS:
        raise FormatError("list_length", at, {"least": 1, "most": MAX_KEYS})
    for place, vkey in enumerate(vkeys):
        try:
            Verifier.parse(vkey)
        except FormatError as error:
            raise FormatError(error.code, f"{at}/{place}", error.params) from None
    ascending(sorted(vkeys), at)


def check_raw_keys(keys: Sequence[bytes], at: str) -> None:
    """Demand different public keys that somebody can own. FormatError with a pointer below `at`."""
    for place, key in enumerate(keys):
        check_public_key(key, field=f"{at}/{place}")
    ascending(sorted(b64u(key) for key in keys), at)
