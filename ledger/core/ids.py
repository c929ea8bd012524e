"""Identifiers that the ledger makes itself: UUIDv7 (RFC 9562 section 5.7), references, origins."""

import re
from collections.abc import Collection
from typing import Final

from ledger.errors import FormatError

CHAIN_KINDS: Final = frozenset({"ledger", "batch", "container", "site", "shipment", "transfer", "org"})
KINDS: Final = CHAIN_KINDS | {"user", "product", "licence"}
MAX_UUID_MS: Final = 2**48 - 1
RANDOM_SIZE: Final = 10

_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID7: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ORIGIN: Final = re.compile("[A-Za-z0-9][A-Za-z0-9._~:/-]{0,254}")
_VERSION: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def uuid7(ms: int, rand: bytes) -> str:
    """Return the UUIDv7 of a time in epoch milliseconds and 10 random bytes, of which 74 bits are used.

    ValueError: time outside 0..2**48-1, or another number of bytes.
    """
    if not 0 <= ms <= MAX_UUID_MS or len(rand) != RANDOM_SIZE:
        message = "uuid7 takes 48 bits of milliseconds and 10 random bytes"
        raise ValueError(message)
    bits = int.from_bytes(rand, "big")
    value = ms << 80 | _VERSION | (bits >> 62 & 0xFFF) << 64 | _VARIANT | bits & (1 << 62) - 1
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def check_uuid(text: str, *, field: str = "") -> str:
    """Return `text` if it is a UUID in lower case, of any version. FormatError: `uuid_not_of_form`."""
    if _UUID.fullmatch(text) is None:
        raise FormatError("uuid_not_of_form", field or None)
    return text


def check_uuid7(text: str, *, field: str = "") -> str:
    """Return `text` if it is a UUIDv7 in lower case. FormatError: `uuid7_not_of_form`."""
    if _UUID7.fullmatch(text) is None:
        raise FormatError("uuid7_not_of_form", field or None)
    return text


def check_ref(text: str, kinds: Collection[str] = KINDS, *, field: str = "") -> tuple[str, str]:
    """Return kind and UUID of a reference `<kind>:<uuid>`. FormatError: `ref_not_of_form`, `ref_wrong_kind`."""
    kind, colon, uuid = text.partition(":")
    if not colon or _UUID.fullmatch(uuid) is None:
        raise FormatError("ref_not_of_form", field or None)
    if kind not in kinds:
        raise FormatError("ref_wrong_kind", field or None, {"kinds": ", ".join(sorted(kinds))})
    return kind, uuid


def check_origin(text: str, *, field: str = "") -> str:
    """Return `text` if it can name a log: a URL without scheme, fit for a signed-note key name.

    FormatError: `origin_not_of_form`.
    """
    if _ORIGIN.fullmatch(text) is None or text.endswith("/"):
        raise FormatError("origin_not_of_form", field or None)
    return text
