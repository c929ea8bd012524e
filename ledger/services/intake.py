"""The two ways in: plain sections, of which the server makes the event, and an event that its maker signed.

Both end in a ``Submission`` whose shape, digests and signatures have been checked. Whether its keys count is for the
rules to say, by log position: a key id is the hash of its key, so a signature can be checked wherever the key is found.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ledger.core import keys as core_keys
from ledger.core.b64 import unb64u
from ledger.core.bundle_parts import within
from ledger.core.canonical import Json
from ledger.core.events import Header, Signature, event_hash, parse_signatures, signing_bytes
from ledger.core.ids import KINDS
from ledger.core.sections import SALT_SIZE, SECTION_NAMES, Disclosure
from ledger.core.shape import list_at, object_at, text_at
from ledger.errors import FormatError
from ledger.rules.event import Event
from ledger.rules.state import BAY
from ledger.rules.statements import check_event
from ledger.services.entropy import Entropy, draw
from ledger.services.stored import WITHHELD

KeyFinder = Callable[[str, str], bytes | None]
"""(actor, key id) -> the raw public key with this id, or None."""

MAX_BYTES: Final = 256 * 1024
GENESIS: Final = "governance.ledger_opened"
RULES: Final = "governance.rules_published"
_SIMPLE: Final = frozenset({"id", "type", "mode", "actor", "occurred_at", "not_after", "refs", "sections"})
_REQUIRED: Final = ("id", "type", "mode", "actor", "occurred_at", "sections")
_SIGNED: Final = ("header", "signatures", "disclosures")
_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAMED: Final = re.compile(f'"((?:{"|".join(sorted(KINDS))}):{_UUID})'.encode())
_PLACES: Final = re.compile(f'"(site:{_UUID}/[A-Za-z0-9._-]{{1,40}})"'.encode())
_REF: Final = frozenset({"rel", "hash", "origin"})


@dataclass(frozen=True, slots=True)
class Auth:
    """How the statement came in: by which method, who, with which credential, and a second factor."""

    method: str
    principal: str
    credential: str = ""
    factor: str = ""

    def content(self) -> dict[str, Json]:
        """The content of the disclosure named "auth"."""
        return {
            "method": self.method,
            "principal": self.principal,
            "credential": self.credential,
            "factor": self.factor,
        }


@dataclass(frozen=True, slots=True)
class Submission:
    """A statement that was checked and waits for its decision. ``simple``: the server made salts and header.

    ``at_ms``: when a built history says it was recorded; None, as all that comes in over the API, means now.
    ``raw_keys``: the public keys of the signatures.
    """

    header: Header
    header_bytes: bytes
    signatures: tuple[Signature, ...]
    disclosures: tuple[Disclosure, ...]
    auth: Auth
    simple: bool
    event: Event
    at_ms: int | None = None
    raw_keys: tuple[bytes, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Actor and id: what makes a repetition one."""
        return self.header.actor, self.header.id

    def named(self) -> set[str]:
        """The batches, sites, organisations and so on that the statement names, its actor too."""
        found = {name.decode() for section in self.disclosures for name in _NAMED.findall(section.body)}
        return found | {self.header.actor}

    def bays(self) -> set[str]:
        """The state keys of the locations that the statement names."""
        place = self.event.contents.get("place", {})
        named = [f"{place.get('site')}/{place[name]}" for name in ("location", "to_location") if name in place]
        told = (name.decode() for section in self.disclosures for name in _PLACES.findall(section.body))
        return {BAY + name for name in (*named, *told)}


def simple(
    body: Mapping[str, Json], auth: Auth, *, origin: str, entropy: Entropy, own: bool = False, parsed: bool = False
) -> Submission:
    """Make an unsigned event of plain sections. ``own``: the server's own operator asks, who may publish rules.

    ``parsed``: ``canonical.parse`` has read the body, so that every value in it is of the domain. Raises FormatError
    with the field.
    """
    stated = _known(body)
    contents = {
        name: object_at(content, f"/sections/{name}")
        for name, content in object_at(stated["sections"], "/sections").items()
    }
    for name in contents:
        if name not in SECTION_NAMES:
            raise FormatError("section_name_unknown", f"/sections/{name}", {"name": name[:64]})
    disclosures = _salted(contents, entropy, parsed=parsed)
    not_after = stated.get("not_after")
    header = Header.parse(
        {
            "spec": "hazledger/event@1",
            "origin": origin,
            **{name: stated[name] for name in ("id", "type", "mode", "actor", "occurred_at")},
            "keys": [],
            "not_after": not_after,
            "refs": _refs(stated.get("refs", []), origin),
            "sections": {section.name: section.digest for section in disclosures},
        }
    )
    return _checked(_build(header, (), disclosures, auth, simple=True), own=own)


def signed(
    body: Mapping[str, Json], auth: Auth, *, origin: str, find_key: KeyFinder, own: bool = False, parsed: bool = False
) -> Submission:
    """Check an event that its maker salted and signed; ``parsed``: see ``simple``.

    Raises FormatError with the field.
    """
    for name in body:
        if name not in _SIGNED:
            raise FormatError("unknown_name", f"/{name[:64]}")
    for name in _SIGNED:
        if name not in body:
            raise FormatError("name_missing", f"/{name}")
    header = within("/header", lambda: Header.parse(body["header"]))
    if header.origin != origin:
        raise FormatError("wrong_origin", "/header/origin", {"origin": origin})
    signatures = within("/signatures", lambda: parse_signatures(body["signatures"]))
    disclosures = tuple(
        _disclosure(item, f"/disclosures/{at}", parsed=parsed)
        for at, item in enumerate(list_at(body["disclosures"], len(SECTION_NAMES), "/disclosures"))
    )
    ordered = tuple(sorted(disclosures, key=lambda section: section.name))
    _check_digests(header, ordered)
    by_key = tuple(sorted(signatures, key=lambda item: item.key))
    made = _checked(_build(header, by_key, ordered, auth, simple=False), own=own)
    return replace(made, raw_keys=_check_signatures(made, find_key))


def server_made(header: Header, contents: Mapping[str, dict[str, Json]], entropy: Entropy) -> Submission:
    """Make an event that only the server itself states: the genesis, published heads."""
    disclosures = _salted(contents, entropy)
    full = replace(header, sections={section.name: section.digest for section in disclosures})
    return _build(full, (), disclosures, Auth("server", "ledger"), simple=True)


def _salted(
    contents: Mapping[str, dict[str, Json]], entropy: Entropy, *, parsed: bool = False
) -> tuple[Disclosure, ...]:
    salts = draw(entropy, len(contents), SALT_SIZE)
    make = Disclosure.sound if parsed else Disclosure
    return tuple([make(salt, name, contents[name]) for salt, name in zip(salts, sorted(contents), strict=True)])


def _known(body: Mapping[str, Json]) -> Mapping[str, Json]:
    for name in body:
        if name not in _SIMPLE:
            raise FormatError("unknown_name", f"/{name[:64]}")
    for name in _REQUIRED:
        if name not in body:
            raise FormatError("name_missing", f"/{name}")
    return body


def _refs(value: Json, origin: str) -> Json:
    refs: list[Json] = []
    for at, item in enumerate(list_at(value, 256, "/refs")):
        members = object_at(item, f"/refs/{at}")
        for name in members:
            if name not in _REF:
                raise FormatError("unknown_name", f"/refs/{at}/{name[:64]}")
        refs.append({"origin": origin, **members})
    return refs


def _disclosure(value: Json, at: str, *, parsed: bool) -> Disclosure:
    parts = list_at(value, 3, at)
    if len(parts) != 3:
        raise FormatError("list_length", at, {"least": 3, "most": 3})
    name = text_at(parts[1], f"{at}/1")
    if name not in SECTION_NAMES:
        raise FormatError("section_name_unknown", f"{at}/1", {"name": name[:64]})
    salt = unb64u(text_at(parts[0], f"{at}/0"), SALT_SIZE, field=f"{at}/0")
    return (Disclosure.sound if parsed else Disclosure)(salt, name, object_at(parts[2], f"{at}/2"))


def _check_digests(header: Header, disclosures: tuple[Disclosure, ...]) -> None:
    opened = {section.name: section.digest for section in disclosures}
    if len(opened) != len(disclosures):
        raise FormatError("duplicate_item", "/disclosures")
    for name in sorted(header.sections.keys() | opened.keys()):
        if header.sections.get(name) != opened.get(name):
            raise FormatError("section_digest_wrong", f"/header/sections/{name}", {"section": name})


def _checked(made: Submission, *, own: bool) -> Submission:
    header = made.header
    kind = check_event(made.event)
    if (kind.server_only and not (own and header.type == RULES)) or header.type == GENESIS:
        raise FormatError("server_only", "/type", {"type": header.type})
    if len(made.header_bytes) + sum(len(section.body) for section in made.disclosures) > MAX_BYTES:
        raise FormatError("json_too_large", None, {"most": MAX_BYTES})
    return made


def _build(
    header: Header,
    signatures: tuple[Signature, ...],
    disclosures: tuple[Disclosure, ...],
    auth: Auth,
    *,
    simple: bool,
) -> Submission:
    header_bytes = header.encode()
    contents = {section.name: section.content for section in disclosures if section.name != WITHHELD}
    event = Event(event_hash(header_bytes), header, contents)
    return Submission(header, header_bytes, signatures, disclosures, auth, simple, event)


def _check_signatures(made: Submission, find_key: KeyFinder) -> tuple[bytes, ...]:
    """Demand exactly one valid signature for each listed key and no other; return the raw keys in that order."""
    header = made.header
    if tuple(item.key for item in made.signatures) != header.keys:
        raise FormatError("signatures_not_as_listed", "/signatures")
    message = signing_bytes(made.header_bytes)
    stated = made.event.contents.get("key", {}).get("key")
    own = unb64u(stated, core_keys.KEY_SIZE, field="/disclosures") if isinstance(stated, str) else None
    raws: list[bytes] = []
    for at, item in enumerate(made.signatures):
        raw = own if own is not None and core_keys.key_id(own) == item.key else find_key(header.actor, item.key)
        if raw is None:
            raise FormatError("unknown_key", f"/header/keys/{at}")
        core_keys.check_public_key(raw, field=f"/header/keys/{at}")
        if not core_keys.verify(raw, unb64u(item.sig), message):
            raise FormatError("signature_wrong", f"/signatures/{at}", {"key": item.key})
        raws.append(raw)
    return tuple(raws)
