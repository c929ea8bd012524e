"""The quick way through sound bytes: says of an index that everything stored about it is in order, or that it doubts.

A doubt is no finding: ``audit_entry`` judges then. What is accepted here the strict reading accepts without a finding,
for it equals, byte by byte, what the writer would make of members known to be of the form. Whatever is seldom is
doubted: leaf 0, log keys, manifests, heads, erasures, and bytes whose form the patterns do not know.

A chunk is judged column by column, as a whole; where there is any doubt in it, each half is judged by itself.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise, repeat
from typing import Any, Final

from ledger.core.b64 import b64u_hashes
from ledger.core.domain import MAX_INT
from ledger.core.events import MAX_KEYS, MAX_REFS
from ledger.core.events import SIGNATURES_TAG as SIGNATURES
from ledger.core.events import SPEC as EVENT
from ledger.core.records import MAX_LINKS, Record
from ledger.core.records import SPEC as RECORD
from ledger.core.sections import TAG as SECTION
from ledger.core.times import format_recorded, parse_stated
from ledger.errors import FormatError
from ledger.services.audit_forms import (
    ALONE,
    MOST_BYTES,
    SALT_END,
    Disclosed,
    are_alone,
    are_hashes,
    are_salts,
    are_signatures,
    header_parts,
    is_early_day,
    is_ref,
    keys_of_signatures,
    origins_of_refs,
)
from ledger.services.audit_run import NULL, Run
from ledger.store.entries import Chunk
from ledger.store.sql import Row


class Doubt(Exception):  # noqa: N818 - a request to look closely, not a fault
    """These bytes are not plainly sound."""


_ERASING: Final = b"governance.section_erased"
_SELDOM: Final = b'"type":"governance.heads_published"}'
"""How the header of the one seldom kind ends that comes again and again: no chunk need be judged twice for it."""
_MOST_CHAINS: Final = 8_192
_DAY_MS: Final = 86_400_000
_INTEGER: Final = {int}

_sha256: Final = hashlib.sha256
_SECTION, _EVENT, _SIGNATURES, _RECORD = (tag.encode() + b"\n" for tag in (SECTION, EVENT, SIGNATURES, RECORD))

# Where a link's ``prev`` begins behind its chain's name: the salt and the members before it.
_PREV_AT: Final = SALT_END + len(b'"link",{"chain":"","effects":"","prev":') + 43
_PREV_END: Final = _PREV_AT + 45


class Quick:
    """Judges chunks of one log; remembers, within bounds, what it found sound before."""

    def __init__(self, origin: str) -> None:
        """Take the log's origin, which leaf 0 states."""
        self._origin = origin.encode("ascii")
        self._expect("", "")
        self._day = -1
        self._date = b""
        self._disclosed = Disclosed()
        self._chains: set[str] = set()

    def judge(self, chunk: Chunk) -> list[Run | Chunk]:
        """Cut a chunk into runs of records that are sound, and single indexes to look closely at, in order."""
        seldom = _seldom(chunk)
        if not seldom:
            return self._halve(chunk)
        made: list[Run | Chunk] = []
        low = chunk.low
        for index in seldom:
            made += [*self._halve(chunk.part(low, index)), chunk.part(index, index + 1)]
            low = index + 1
        return made + self._halve(chunk.part(low, chunk.high))

    def _halve(self, chunk: Chunk) -> list[Run | Chunk]:
        if chunk.low >= chunk.high:
            return []
        try:
            return [self._all(chunk)]
        except (Doubt, FormatError, LookupError, TypeError, ValueError, AttributeError):
            if chunk.high - chunk.low == 1:
                return [chunk]
        middle = (chunk.low + chunk.high) // 2
        return self._halve(chunk.part(chunk.low, middle)) + self._halve(chunk.part(middle, chunk.high))

    def _all(self, chunk: Chunk) -> Run:
        """Judge all of a chunk. Raises Doubt, or whatever bytes that are not of the form lead to."""
        indices, hashes, bodies, auths, times = _columns(chunk.records, 5)
        named, names, sections = _columns(chunk.disclosures, 3)
        chains, seqs, linked, links, effects = _columns(chunk.links, 5)
        if [*indices] != [*range(chunk.low, chunk.high)] or _digests(_RECORD, bodies) != [*hashes]:
            raise Doubt
        if set(map(type, times)) != _INTEGER or len({*zip(named, names, strict=True)}) != len(names):
            raise Doubt
        count, more = len(sections), len(sections) + len(effects)
        salted = sections + effects + auths
        if not self._disclosed.are_sound(names + ("effects",) * len(effects) + ("auth",) * len(auths), salted):
            raise Doubt
        texts = b64u_hashes(_digests(_SECTION, salted))
        pairs = [b'"%b":"%b"' % pair for pair in zip(_encoded(names), texts[:count], strict=True)]
        events, signatures = self._events(chunk, named, pairs)
        prevs = self._places(chains, seqs, links, texts[count:more])
        joined = _joined(chunk, linked, b64u_hashes(_digests(_SECTION, links)))
        stated = [*zip(texts[more:], events, indices, joined, map(self._time, times), signatures, strict=True)]
        named_by = self._decided(bodies, stated)
        return Run(chunk.low, times, hashes, linked, chains, seqs, prevs, *named_by)

    # --- the record --------------------------------------------------------------------------------------------------

    def _decided(self, bodies: Sequence[bytes], stated: list[Row]) -> tuple[Sequence[str], Sequence[str]]:
        """Hold records to their members; return their rules and references, which seldom change."""
        if [*map(self._records.__mod__, stated)] == [*bodies]:
            return (self._rules,) * len(bodies), (self._reference,) * len(bodies)
        decided = [self._decide(*of) for of in zip(bodies, stated, strict=True)]
        rules, references = zip(*decided, strict=True)
        return rules, references

    def _decide(self, body: bytes, stated: Row) -> tuple[str, str]:
        if body != self._records % stated:
            record = Record.parse(body)
            self._expect(record.rules, record.reference)
            if body != self._records % stated:
                raise Doubt
        return self._rules, self._reference

    def _expect(self, rules: str, reference: str) -> None:
        """Make the form of records that name these."""
        self._rules, self._reference = rules, reference
        self._records = b'%b,"origin":"%b","recorded_at":"%%b","reference":"%b","rules":"%b",%b' % (
            b'{"auth":"%b","event":"%b","index":%d,"links":["%b"]',
            self._origin.replace(b"%", b"%%"),
            reference.encode(),
            rules.encode(),
            b'"signatures":%b,"spec":"hazledger/record@1"}',
        )

    def _time(self, ms: int) -> bytes:
        day, rest = divmod(ms, _DAY_MS)
        if day != self._day:
            self._date = format_recorded(day * _DAY_MS)[:10].encode()
            self._day = day
        seconds = rest // 1000
        return b"%bT%02d:%02d:%02d.%03dZ" % (self._date, seconds // 3600, seconds // 60 % 60, seconds % 60, rest % 1000)

    # --- the event ---------------------------------------------------------------------------------------------------

    def _events(self, chunk: Chunk, named: Sequence[int], pairs: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Judge headers and signatures; return, as text, each event's hash and what its record says of signatures.

        ``pairs``: names and digests of sections as they are to stand in the headers of these indexes.
        """
        actors, ids, indices, hashes, headers, signatures = _columns(chunk.events, 6)
        if [*indices] != [*range(chunk.low, chunk.high)] or _digests(_EVENT, headers) != [*hashes]:
            raise Doubt
        stated: Any = zip(*[match.groups() for match in map(header_parts, headers)], strict=True)  # type: ignore[union-attr]
        actor, event_id, keys, not_after, occurred_at, origins, refs, sections, kinds = stated
        if (actor, event_id) != (_encoded(actors), _encoded(ids)) or {*origins} != {self._origin}:
            raise Doubt
        # No pair holds a comma: where the whole is the same and each header has as many as there are rows, so is each.
        counts = [text.count(b",") + 1 if text else 0 for text in sections]
        if b",".join(filter(None, sections)) != b",".join(pairs):
            raise Doubt
        if [*chain.from_iterable(map(repeat, indices, counts))] != [*named]:
            raise Doubt
        if max(map(len, headers)) > MOST_BYTES or _ERASING in kinds or not all(map(self._own_refs, {*refs})):
            raise Doubt
        for time in (*occurred_at, *(text[1:-1] for text in {*not_after} - {NULL})):
            if not is_early_day(time):
                parse_stated(time.decode())
        return b64u_hashes(hashes), _signed(keys, signatures)

    def _own_refs(self, refs: bytes) -> bool:
        origins = origins_of_refs(refs)
        return len(origins) <= MAX_REFS and all(origin == self._origin for origin in origins)

    # --- the links ---------------------------------------------------------------------------------------------------

    def _places(
        self, chains: Sequence[str], seqs: Sequence[int], links: Sequence[bytes], effects: Sequence[bytes]
    ) -> list[bytes]:
        """Judge links, given the digests of their effects, and return what each names as the record before."""
        self._check_chains({*chains})
        if set(map(type, seqs)) != _INTEGER or min(seqs) < 0 or max(seqs) > MAX_INT:
            raise Doubt
        prevs = [
            link[_PREV_AT + len(name) : _PREV_END + len(name)] if seq else NULL
            for link, name, seq in zip(links, chains, seqs, strict=True)
        ]
        salts = [link[:SALT_END] for link in links]
        made = [
            b'%b"link",{"chain":"%b","effects":"%b","prev":%b,"seq":%d}]' % members
            for members in zip(salts, _encoded(chains), effects, prevs, seqs, strict=True)
        ]
        if made != [*links] or not are_salts(salts) or not are_hashes([prev for prev in prevs if prev != NULL]):
            raise Doubt
        return prevs

    def _check_chains(self, chains: set[str]) -> None:
        new = chains - self._chains
        if not all(map(is_ref, new)):
            raise Doubt
        if len(self._chains) > _MOST_CHAINS:
            self._chains.clear()
        self._chains |= new


def _seldom(chunk: Chunk) -> list[int]:
    found = {row[2] for row in chunk.events if type(row[4]) is bytes and row[4].endswith(_SELDOM)}
    return sorted(index for index in found if type(index) is int and chunk.low <= index < chunk.high)


def _joined(chunk: Chunk, linked: Sequence[int], links: list[bytes]) -> list[bytes]:
    """Digests of links as the records of a chunk list them, given the index that each belongs to."""
    if sorted(linked) != [*linked] or len({*links}) != len(links):
        raise Doubt
    found = Counter(linked)
    counts = [found[index] for index in range(chunk.low, chunk.high)]
    if not 0 < min(counts) <= max(counts) <= MAX_LINKS:
        raise Doubt
    ends = [*accumulate(counts)]
    if ends[-1] != len(links):
        raise Doubt
    return [b'","'.join(sorted(links[start:end])) for start, end in pairwise([0, *ends])]


def _signed(keys: Sequence[bytes], signatures: Sequence[bytes | None]) -> list[bytes]:
    """Judge the signatures of events that name these keys; return what their records say of them."""
    given = [(named, signature) for named, signature in zip(keys, signatures, strict=True) if signature is not None]
    if any(named for named, signature in zip(keys, signatures, strict=True) if signature is None):
        raise Doubt
    alone = [(named, signature) for named, signature in given if len(signature) == ALONE]
    if not are_alone([named for named, _ in alone], [signature for _, signature in alone]):
        raise Doubt
    if not all(_are_signed(*pair) for pair in given if len(pair[1]) != ALONE):
        raise Doubt
    digests = iter(b64u_hashes(_digests(_SIGNATURES, [signature for _, signature in given])))
    return [NULL if signature is None else b'"%b"' % next(digests) for signature in signatures]


def _are_signed(keys: bytes, signatures: bytes) -> bool:
    named = keys_of_signatures(signatures)
    return (
        are_signatures(signatures) is not None
        and b'"%b"' % b'","'.join(named) == keys
        and len(named) <= MAX_KEYS
        and sorted({*named}) == named
        and len(signatures) <= MOST_BYTES
    )


def _digests(tag: bytes, bodies: Iterable[bytes]) -> list[bytes]:
    return [_sha256(tag + body).digest() for body in bodies]


def _encoded(texts: Iterable[str]) -> tuple[bytes, ...]:
    return tuple([text.encode() for text in texts])


def _columns(rows: list[Row], width: int) -> Any:  # noqa: ANN401 - values of any type, forged ones too
    """The values of rows column by column; empty columns where there is no row."""
    return zip(*rows, strict=True) if rows else repeat((), width)
