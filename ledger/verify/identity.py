"""Whose signature it is. A key counts by log position: from its registration until its revocation.

A registrar's signature on an organisation's admission vouches for its first key; a vouched key, or a
registrar, vouches for the organisation's later ones. All else rests on the ledger's word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.core.b64 import unb64u
from ledger.core.canonical import Json
from ledger.core.events import Header
from ledger.core.keys import ALG, KEY_SIZE, check_public_key, key_id
from ledger.core.times import parse_stated
from ledger.errors import VerificationError
from ledger.verify.checks import broken, check_signatures
from ledger.verify.report import Standing
from ledger.verify.shown import ADMITTED, NAMES_KEYS_OF_THE_LOG, REGISTERED, REVOKED, Shown


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    raw: bytes
    org: str
    replaces: Json = None
    vouched: bool = False
    revoked: bool = False
    since_ms: int | None = None


class KeyRing:
    """The keys that count at each index; entries are read in log order, each once."""

    def __init__(self, entries: Sequence[Shown], trusted: Iterable[bytes] | None) -> None:
        """Take the registrars a policy trusts, or None: then those the ledger itself names are shown as such."""
        self._trusted = None if trusted is None else {key_id(raw): raw for raw in trusted}
        self._registrars: dict[str, bytes] = {}
        self._keys: dict[tuple[str, str], _Key] = {}
        self._registered_at = {new.id: item.index for item in reversed(entries) if (new := _new_key(item)) is not None}

    def read(self, item: Shown) -> Standing:
        """Verify the signatures of an entry, then learn from it. VerificationError: see docs/formats.md."""
        header = item.entry.header
        if header is None:
            return "not_shown"
        new = _new_key(item)

        def raw_key(key: str) -> bytes:
            return self._raw_key(key, item, header, new)

        check_signatures(header, item.header_bytes, item.entry.signatures, raw_key, item.place)
        org = header.actor if new is None else new.org
        vouching = {key for key in header.keys if self._vouches(key, org)}
        self._learn(item, header, new, vouched=bool(vouching))
        if not header.keys:
            return "attested"
        if vouching and new is not None:
            vouching.add(new.id)
        return "registrar" if vouching.issuperset(header.keys) else "ledger"

    def flagged(self, item: Shown) -> int | None:
        """Since when a key that signed an entry is said to be compromised, if the entry was recorded later.

        Asked when every entry was read: the report comes after what it speaks of.
        """
        header, new = item.entry.header, _new_key(item)
        if header is None:
            return None
        owners = {header.actor, header.actor if new is None else new.org}
        known = [self._keys.get((org, key)) for org in owners for key in header.keys]
        since = [one.since_ms for one in known if one is not None and one.since_ms is not None]
        return min((ms for ms in since if ms <= item.entry.record.recorded_at_ms), default=None)

    def _raw_key(self, key: str, item: Shown, header: Header, new: _Key | None) -> bytes:
        place = f"{item.place}/header/keys"
        if new is not None and new.id == key:
            return new.raw
        if header.type.startswith("governance.") and (registrar := self._registrar(key)) is not None:
            return registrar
        known = self._keys.get((header.actor, key))
        if known is None:
            raise self._unknown(key, item, header, place)
        if known.revoked:
            raise broken("key_revoked", place, key=key)
        return known.raw

    def _unknown(self, key: str, item: Shown, header: Header, place: str) -> VerificationError:
        if any(other == key for _, other in self._keys):
            return broken("key_of_another", place, key=key, actor=header.actor)
        later = self._registered_at.get(key)
        if later is not None:
            return broken("key_registered_later", place, key=key, registered=later, used=item.index)
        return broken("key_not_registered", place, key=key)

    def _registrar(self, key: str) -> bytes | None:
        return self._registrars.get(key) or (self._trusted or {}).get(key)

    def _vouches(self, key: str, org: str) -> bool:
        trusted = self._registrars if self._trusted is None else self._trusted
        known = self._keys.get((org, key))
        return key in trusted or (known is not None and known.vouched)

    def _learn(self, item: Shown, header: Header, new: _Key | None, *, vouched: bool) -> None:
        if header.type in NAMES_KEYS_OF_THE_LOG:
            self._registrars = {key_id(check_public_key(raw)): raw for raw in item.raw_keys("log", "registrars")}
        if new is not None:
            check_public_key(new.raw, field=f"{item.place}/sections")
            if (new.org, new.id) in self._keys:
                raise broken("key_registered_twice", f"{item.place}/sections", key=new.id)
            self._keys[new.org, new.id] = replace(new, vouched=vouched)
            self._revoke(new.org, new.replaces)
        if header.type == REVOKED:
            content = item.section("key") or {}
            self._revoke(header.actor, content.get("key_id"), _since(content, f"{item.place}/sections"))

    def _revoke(self, org: str, key: Json, since_ms: int | None = None) -> None:
        known = self._keys.get((org, str(key)))
        if known is not None:
            moments = [ms for ms in (known.since_ms, since_ms) if ms is not None]
            self._keys[org, str(key)] = replace(known, revoked=True, since_ms=min(moments, default=None))


def _since(content: Mapping[str, Json], place: str) -> int | None:
    stated = content.get("compromised_since")
    return parse_stated(stated, field=place) if isinstance(stated, str) else None


def _new_key(item: Shown) -> _Key | None:
    """Return the key that an entry registers; None if it registers none or does not show it."""
    header, content = item.entry.header, item.section("key")
    if header is None or content is None or header.type not in (ADMITTED, *REGISTERED):
        return None
    place = f"{item.place}/sections"
    owner = (item.section("organisation") or {}).get("organisation") if header.type == ADMITTED else header.actor
    stated = content.get("key")
    if content.get("alg") != ALG or not isinstance(stated, str) or not isinstance(owner, str):
        raise broken("section_not_of_form", place, section="key", member="key")
    raw = unb64u(stated, KEY_SIZE, field=place)
    return _Key(key_id(raw), raw, owner, content.get("replaces"))
