"""Signing a statement where its key is: offline, with nothing but the draft of it.

A draft is the simple form with the ``origin`` it is meant for; ``id`` and ``occurred_at`` may be left to the signing.
What comes out is the signed form, as the API and ``hazledger state`` take it.
"""

from collections.abc import Mapping
from typing import Final

from ledger.core import keys
from ledger.core.bundle_parts import within
from ledger.core.canonical import Json
from ledger.core.events import Header, sign_header, signed_form
from ledger.core.ids import uuid7
from ledger.core.sections import SALT_SIZE, SECTION_NAMES, Disclosure
from ledger.core.shape import list_at, object_at
from ledger.core.times import format_utc
from ledger.errors import FormatError
from ledger.rules.statements import check_statement
from ledger.services.entropy import Entropy

SPEC: Final = "hazledger/event@1"
_NAMES: Final = frozenset({"origin", "id", "type", "mode", "actor", "occurred_at", "not_after", "refs", "sections"})
_REQUIRED: Final = ("origin", "type", "actor", "sections")


def sign(draft: Mapping[str, Json], key: keys.PrivateKey, *, at_ms: int, entropy: Entropy) -> dict[str, Json]:
    """Return the signed form of a draft, with the signature of one key. Raises FormatError with the field."""
    for name in draft:
        if name not in _NAMES:
            raise FormatError("unknown_name", f"/{name[:64]}")
    for name in _REQUIRED:
        if name not in draft:
            raise FormatError("name_missing", f"/{name}")
    contents = {
        name: object_at(content, f"/sections/{name}")
        for name, content in object_at(draft["sections"], "/sections").items()
    }
    for name in contents:
        if name not in SECTION_NAMES:
            raise FormatError("section_name_unknown", f"/sections/{name}", {"name": name[:64]})
    disclosures = [Disclosure(entropy.bytes(SALT_SIZE), name, contents[name]) for name in sorted(contents)]
    name = keys.key_id(keys.public_key(key))
    header = _header(draft, disclosures, name, at_ms, entropy)
    check_statement(header.type, header.mode, frozenset(header.sections), contents)
    return signed_form(header, sign_header(header.encode(), {name: key}), disclosures)


def _header(draft: Mapping[str, Json], disclosures: list[Disclosure], key: str, at_ms: int, entropy: Entropy) -> Header:
    refs = [
        {"origin": draft["origin"], **object_at(item, "/refs")} for item in list_at(draft.get("refs", []), 256, "/refs")
    ]
    stated: dict[str, Json] = {
        "spec": SPEC,
        "origin": draft["origin"],
        "id": draft.get("id") or uuid7(at_ms, entropy.bytes(10)),
        "type": draft["type"],
        "mode": draft.get("mode", "act"),
        "actor": draft["actor"],
        "keys": [key],
        "occurred_at": draft.get("occurred_at") or format_utc(at_ms),
        "not_after": draft.get("not_after"),
        "refs": [*refs],
        "sections": {section.name: section.digest for section in disclosures},
    }
    return within("", lambda: Header.parse(stated))
