"""The quick way through sound bytes: says of an index that everything stored about it is in order, or that it doubts.

A doubt is no finding: ``audit_entry`` judges then. What is accepted here the strict reading accepts without a finding,
for it equals, byte by byte, what the writer would make of members known to be of the form. Whatever is seldom is
doubted: leaf 0, log keys, manifests, heads, erasures, and bytes whose form the patterns do not know.
"""

import functools
import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.core.b64 import b64u_bytes
from ledger.core.domain import MAX_INT
from ledger.core.events import MAX_KEYS, MAX_REFS
from ledger.core.events import SIGNATURES_TAG as SIGNATURES
from ledger.core.events import SPEC as EVENT
from ledger.core.records import MAX_LINKS, Record
from ledger.core.records import SPEC as RECORD
from ledger.core.sections import SECTION_NAMES
from ledger.core.sections import TAG as SECTION
from ledger.core.times import format_recorded, parse_stated
from ledger.errors import FormatError
from ledger.services.audit_forms import (
    MOST_BYTES,
    SALT_END,
    are_signatures,
    header_parts,
    is_content,
    is_hash,
    is_plain_time,
    is_ref,
    is_salted,
    keys_of_signatures,
    origins_of_refs,
)
from ledger.store.entries import Chunk
from ledger.store.sql import Row

Place = tuple[str, int, str | None]
"""A link's chain, its number there, and the record hash that it names as the one before (base64url)."""


class Sound(NamedTuple):
    """An index about which every stored byte is in order; where it stands in time and chains is not judged yet."""

    idx: int
    recorded_at_ms: int
    record_hash: bytes
    places: tuple[Place, ...]
    rules: str
    reference: str


class Doubt(Exception):  # noqa: N818 - a request to look closely, not a fault
    """These bytes are not plainly sound."""


_SELDOM: Final = frozenset({"log", "rule", "heads"})
_OPENINGS: Final[Mapping[str, bytes]] = {
    name: f'"{name}",'.encode() for name in (SECTION_NAMES - _SELDOM) | {"auth", "effects"}
}
_ERASING: Final = b"governance.section_erased"
_MOST_KNOWN: Final = 8_192
_LONGEST_KNOWN: Final = 512
_MINUTE_MS: Final = 60_000

_sha256: Final = hashlib.sha256
_SECTION, _EVENT, _SIGNATURES, _RECORD = (tag.encode() + b"\n" for tag in (SECTION, EVENT, SIGNATURES, RECORD))


class Quick:
    """Judges chunks of one log; remembers, within bounds, what it found sound before."""

    def __init__(self, origin: str) -> None:
        """Take the log's origin, which leaf 0 states."""
        self._origin = origin.encode("ascii")
        self._rules = self._reference = ""
        self._minute = -1
        self._wall_clock = b""
        self._known: set[bytes] = set()

    def judge(self, chunk: Chunk) -> list[Sound | None]:
        """Say for each index of a chunk what is sound about it; None: look closely."""
        events = {row[2]: row for row in chunk.events}
        records = {row[0]: row for row in chunk.records}
        if len(events) != len(chunk.events) or len(records) != len(chunk.records):
            return [None] * (chunk.high - chunk.low)
        disclosures = _by_index(chunk.disclosures, 0)
        links = _by_index(chunk.links, 2)
        found: list[Sound | None] = []
        for index in range(chunk.low, chunk.high):
            try:
                found.append(self._entry(records[index], events[index], disclosures.get(index, []), links[index]))
            except (Doubt, FormatError, LookupError, TypeError, ValueError, AttributeError):
                found.append(None)
        return found

    def _entry(self, record: Row, event: Row, disclosures: list[Row], links: list[Row]) -> Sound:
        index, record_hash, body, auth, recorded_at_ms = record
        if type(recorded_at_ms) is not int or len({row[1] for row in disclosures}) != len(disclosures):
            raise Doubt
        sections = b",".join([b'"%b":"%b"' % (row[1].encode(), self._disclosed(row[1], row[2])) for row in disclosures])
        signatures = self._event(event, sections)
        digests: list[bytes] = []
        places = tuple([self._link(row, digests) for row in links])
        if len(digests) > MAX_LINKS or len(set(digests)) != len(digests):
            raise Doubt
        digests.sort()
        before = b'{"auth":"%b","event":"%b","index":%d,"links":["%b"],"origin":"%b","recorded_at":"%b"' % (
            self._disclosed("auth", auth), b64u_bytes(event[3]), index, b'","'.join(digests), self._origin,
            self._time(recorded_at_ms),
        )  # fmt: skip
        if body != before + self._ending(signatures):
            self._learn(body)
            if body != before + self._ending(signatures):
                raise Doubt
        if _sha256(_RECORD + body).digest() != record_hash:
            raise Doubt
        return Sound(index, recorded_at_ms, record_hash, places, self._rules, self._reference)

    def _ending(self, signatures: bytes) -> bytes:
        return b',"reference":"%b","rules":"%b","signatures":%b,"spec":"hazledger/record@1"}' % (
            self._reference.encode(), self._rules.encode(), signatures,
        )  # fmt: skip

    def _learn(self, body: bytes) -> None:
        """Take rules and reference, which seldom change, from a record that is of the form."""
        record = Record.parse(body)
        self._rules, self._reference = record.rules, record.reference

    def _time(self, ms: int) -> bytes:
        minute, rest = divmod(ms, _MINUTE_MS)
        if minute != self._minute:
            self._wall_clock = format_recorded(minute * _MINUTE_MS)[:17].encode()
            self._minute = minute
        return b"%b%02d.%03dZ" % (self._wall_clock, rest // 1000, rest % 1000)

    # --- the event ---------------------------------------------------------------------------------------------------

    def _disclosed(self, name: str, body: bytes) -> bytes:
        """Return the digest of a disclosure of this name, as text."""
        opening = _OPENINGS[name]
        rest = body[SALT_END:]
        if is_salted(body) is None or not rest.startswith(opening):
            raise Doubt
        if rest not in self._known:
            if rest[-1:] != b"]" or not is_content(rest[len(opening) : -1]):
                raise Doubt
            self._remember(rest)
        return b64u_bytes(_sha256(_SECTION + body).digest())

    def _remember(self, rest: bytes) -> None:
        if len(rest) <= _LONGEST_KNOWN:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known.add(rest)

    def _event(self, row: Row, sections: bytes) -> bytes:
        """Judge header and signatures; return what the record says of the signatures."""
        actor, event_id, _, event_hash, header, signatures = row
        match = header_parts(header)
        if match is None or len(header) > MOST_BYTES or _sha256(_EVENT + header).digest() != event_hash:
            raise Doubt
        stated = match.groups()
        if (stated[0], stated[1], stated[5], stated[7]) != (actor.encode(), event_id.encode(), self._origin, sections):
            raise Doubt
        keys, not_after, occurred_at, refs, kind = stated[2], stated[3], stated[4], stated[6], stated[8]
        if is_plain_time(occurred_at) is None:
            parse_stated(occurred_at.decode())
        if not_after != b"null":
            parse_stated(not_after[1:-1].decode())
        if kind == _ERASING or (refs and not self._own_refs(refs)):
            raise Doubt
        return self._signed(keys, signatures)

    def _own_refs(self, refs: bytes) -> bool:
        origins = origins_of_refs(refs)
        return len(origins) <= MAX_REFS and all(origin == self._origin for origin in origins)

    def _signed(self, keys: bytes, signatures: bytes | None) -> bytes:
        if signatures is None:
            if keys:
                raise Doubt
            return b"null"
        if len(signatures) > MOST_BYTES or are_signatures(signatures) is None:
            raise Doubt
        named = keys_of_signatures(signatures)
        if len(named) > MAX_KEYS or sorted(set(named)) != named or b'"%b"' % b'","'.join(named) != keys:
            raise Doubt
        return b'"%b"' % b64u_bytes(_sha256(_SIGNATURES + signatures).digest())

    # --- the links ---------------------------------------------------------------------------------------------------

    def _link(self, row: Row, digests: list[bytes]) -> Place:
        """Judge one link and its effects, add the link's digest, and return its place."""
        chain, seq, _, link, effects = row
        if is_salted(link) is None or not _is_chain(chain) or type(seq) is not int or not 0 <= seq <= MAX_INT:
            raise Doubt
        opening = b'"link",{"chain":"%b","effects":"%b","prev":' % (
            chain.encode(), self._disclosed("effects", effects),
        )  # fmt: skip
        prev: bytes | None = None
        if seq != 0:
            at = SALT_END + len(opening) + 1
            prev = link[at : at + 43]
            if is_hash(prev) is None:
                raise Doubt
        stated = b"null" if prev is None else b'"%b"' % prev
        if link[SALT_END:] != b'%b%b,"seq":%d}]' % (opening, stated, seq):
            raise Doubt
        digests.append(b64u_bytes(_sha256(_SECTION + link).digest()))
        return chain, seq, None if prev is None else prev.decode()


@functools.lru_cache(maxsize=_MOST_KNOWN)
def _is_chain(text: str) -> bool:
    return is_ref(text) is not None


def _by_index(rows: list[Row], at: int) -> dict[int, list[Row]]:
    """Rows by the index that stands at a place of each; they keep their order."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        here = found.get(row[at])
        if here is None:
            found[row[at]] = [row]
        else:
            here.append(row)
    return found
