"""What a regulator or park read, as a leaf of a log of its own: `hazledger/read@1`.

    read      = {"spec", "origin", "index", "id", "org", "user", "credential", "action", "subject", "purpose",
                 "at_ms", "salt"}
    read_hash = SHA-256("hazledger/read@1" || LF || JCS(read))

The leaf is the 32-byte read_hash (RFC 6962). The log's origin is that of the ledger's log with "/reads" behind it. The
salt (16 random bytes, base64url) keeps the leaf from being guessed: the log itself tells how many reads there were.
"""

from collections.abc import Mapping
from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json, digest, encode
from ledger.core.sections import SALT_SIZE
from ledger.core.shape import closed_object, int_at, spec_at, text_at

SPEC: Final = "hazledger/read@1"
SUFFIX: Final = "/reads"
TEXTS: Final = ("id", "org", "user", "credential", "action", "subject", "purpose")
_NAMES: Final = ("spec", "origin", "index", *TEXTS, "at_ms", "salt")
_MAX: Final = 2**53 - 1


def origin_of_reads(origin: str) -> str:
    """Return the origin of the log of reads beside a ledger's log."""
    return origin + SUFFIX


def read_bytes(origin: str, index: int, texts: Mapping[str, str], at_ms: int, salt: bytes) -> bytes:
    """Return the canonical bytes of a read. `origin`: of the log of reads; `texts`: by the names `TEXTS`.

    FormatError: a text that may not stand in canonical JSON.
    """
    members: dict[str, Json] = {name: texts[name] for name in TEXTS}
    return encode({"spec": SPEC, "origin": origin, "index": index, **members, "at_ms": at_ms, "salt": b64u(salt)})


def read_hash(data: bytes) -> bytes:
    """Return the hash of a read's canonical bytes: its leaf's data."""
    return digest(SPEC, data)


def check_read(value: Json) -> dict[str, Json]:
    """Return a read if it is of the form. FormatError."""
    members = closed_object(value, _NAMES)
    spec_at(members, SPEC)
    for name in ("origin", *TEXTS):
        text_at(members[name], f"/{name}")
    int_at(members["index"], 0, _MAX, "/index")
    int_at(members["at_ms"], 0, _MAX, "/at_ms")
    unb64u(text_at(members["salt"], "/salt"), SALT_SIZE, field="/salt")
    return members
