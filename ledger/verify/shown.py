"""An entry of evidence with what is computed from it once."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.core.b64 import unb64u
from ledger.core.bundle import MAX_LEAF, Entry, Evidence
from ledger.core.canonical import Json
from ledger.core.heads import HeadProof
from ledger.core.keys import KEY_SIZE
from ledger.core.records import Link, record_hash
from ledger.core.shape import closed_object, hash_at, int_at
from ledger.verify.checks import broken

GENESIS = "governance.ledger_opened"
HEADS = "governance.heads_published"
ADMITTED = "governance.organisation_admitted"
REGISTERED = ("governance.key_registered", "governance.key_rotated")
REVOKED = "governance.key_revoked"
NAMES_KEYS_OF_THE_LOG = (GENESIS, "governance.log_key_rotated", "governance.registrar_changed")
ABOUT_KEYS = frozenset({ADMITTED, *REGISTERED, REVOKED, *NAMES_KEYS_OF_THE_LOG})
"""Types of which a record may be shown that is not on the chain: they tell whose keys count."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry, its JSON pointer, its record hash, and the canonical bytes of its header (empty if not shown)."""

    place: str
    entry: Entry
    hash: str
    header_bytes: bytes

    @property
    def index(self) -> int:
        """The leaf that the record says it is."""
        return self.entry.record.index

    @property
    def type(self) -> str | None:
        """The event's type, None for a bare record."""
        return None if self.entry.header is None else self.entry.header.type

    def section(self, name: str) -> Mapping[str, Json] | None:
        """The content of a disclosed section."""
        return next((section.content for section in self.entry.sections if section.name == name), None)

    def raw_keys(self, section: str, name: str) -> tuple[bytes, ...]:
        """The list of raw public keys in a section. VerificationError: not disclosed, or not of the form."""
        content = self.section(section)
        listed = None if content is None else content.get(name)
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise broken("section_not_of_form", f"{self.place}/sections", section=section, member=name)
        return tuple(unb64u(str(item), KEY_SIZE, field=f"{self.place}/sections") for item in listed)


def show_entry(place: str, entry: Entry) -> Shown:
    """Hash a record and encode its header once."""
    header_bytes = b"" if entry.header is None else entry.header.encode()
    return Shown(place, entry, record_hash(entry.record.encode()), header_bytes)


def show(evidence: Evidence) -> tuple[Shown, ...]:
    """Hash every record and encode every header once."""
    return tuple(show_entry(f"/entries/{at}", entry) for at, entry in enumerate(evidence.entries))


def read_link(item: Shown, chain: str) -> Link:
    """Return the opened link of an entry. VerificationError: none, not the record's, or of another chain."""
    place, opened = f"{item.place}/link", item.entry.link
    if opened is None or opened.digest not in item.entry.record.links:
        raise broken("link_not_in_record", place)
    link = Link.parse(opened.content)
    if link.chain != chain:
        raise broken("link_of_another_chain", place, chain=link.chain)
    return link


def heads_root(published: Shown, proof: HeadProof, place: str) -> bytes:
    """Return the root of the heads that an entry publishes. VerificationError: none, or not of its place."""
    content = published.section("heads")
    if content is None:
        raise broken("heads_not_shown", place)
    at = f"{published.place}/sections"
    members = closed_object(dict(content), ("n", "chains", "root"), at)
    n, chains = (int_at(members[name], 0, MAX_LEAF, at) for name in ("n", "chains"))
    root = hash_at(members["root"], at)
    if n != published.index or chains != proof.size:
        raise broken("heads_not_of_place", place, n=n, chains=chains)
    return unb64u(root)
