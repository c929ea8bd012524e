r"""Sections: small objects kept apart from the header, each committed to by a salted digest.

A disclosure is the list [salt, name, content]; its digest is
base64url(SHA-256("hazledger/section@1\n" || JCS(disclosure))). The record commits to its auth,
links and effects in the same way, under names that no section may bear.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from ledger.core.b64 import b64u, unb64u
from ledger.core.canonical import Json, decode, encode, encode_sound
from ledger.core.shape import list_at, object_at, text_at
from ledger.errors import FormatError

TAG: Final = "hazledger/section@1"
SALT_SIZE: Final = 16
SECTION_NAMES: Final = frozenset(
    {
        "agent", "quantity", "inputs", "outputs", "containers", "place", "time", "product", "parties",
        "transport", "commercial", "documents", "condition", "reason", "organisation", "site", "key",
        "licence", "rule", "log", "heads", "finding", "personal",
    }
)  # fmt: skip
COMMIT_NAMES: Final = frozenset({"auth", "link", "effects"})

_ALL_NAMES: Final = SECTION_NAMES | COMMIT_NAMES
_TAGGED: Final = TAG.encode("ascii") + b"\n"
_PARTS: Final = 3
_CONTENT_AT: Final = len('["0123456789012345678901","",')


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A salt of 16 bytes, a name of `SECTION_NAMES` or `COMMIT_NAMES`, and an object.

    `body` holds the canonical bytes of [salt, name, content]; they are made once, so the content
    must not be changed afterwards. FormatError: `salt_wrong_size`, `section_name_unknown`, or the
    content is outside the domain of canonical JSON.
    """

    salt: bytes
    name: str
    content: dict[str, Json]
    body: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the parts and make the bytes."""
        if len(self.salt) != SALT_SIZE:
            raise FormatError("salt_wrong_size", "/0", {"expected": SALT_SIZE})
        _check_name(self.name, _ALL_NAMES)
        object.__setattr__(self, "body", encode([b64u(self.salt), self.name, self.content]))

    @classmethod
    def sound(cls, salt: bytes, name: str, content: dict[str, Json]) -> "Disclosure":
        """Take parts that somebody has held to the form already; nothing is judged here."""
        made = cls.__new__(cls)
        object.__setattr__(made, "salt", salt)
        object.__setattr__(made, "name", name)
        object.__setattr__(made, "content", content)
        object.__setattr__(made, "body", encode_sound([b64u(salt), name, content]))
        return made

    @property
    def digest(self) -> str:
        """The commitment: what stands in the header or the record."""
        return section_digest(self.body)

    @classmethod
    def parse(cls, body: bytes, names: Collection[str] = SECTION_NAMES) -> "Disclosure":
        """Read canonical bytes of a disclosure whose name is one of `names`.

        FormatError: not canonical, another shape, a salt in a second spelling or of another size.
        """
        parts = list_at(decode(body), _PARTS)
        if len(parts) != _PARTS:
            raise FormatError("list_length", None, {"least": _PARTS, "most": _PARTS})
        made = cls.__new__(cls)
        object.__setattr__(made, "salt", unb64u(text_at(parts[0], "/0"), SALT_SIZE, field="/0"))
        object.__setattr__(made, "name", _check_name(text_at(parts[1], "/1"), names))
        object.__setattr__(made, "content", object_at(parts[2], "/2"))
        object.__setattr__(made, "body", body)
        return made


def content_bytes(name: str, body: bytes) -> bytes:
    """Return the canonical bytes of the content within those of a disclosure of this name."""
    return body[_CONTENT_AT + len(name) : -1]


def section_digest(body: bytes) -> str:
    """Return the digest of the canonical bytes of a disclosure."""
    return b64u(sha256(_TAGGED + body).digest())


def _check_name(name: str, names: Collection[str]) -> str:
    if name not in names:
        raise FormatError("section_name_unknown", "/1", {"name": name[:64]})
    return name
