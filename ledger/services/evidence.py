"""What leaves the ledger for a reader without it: receipts, and evidence of whole chains.

Evidence shows leaf 0, the latest published heads, what tells whose keys count, and every record of the chain as far as
the holder may see it; what is withheld stays named by the record itself.
"""

import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ledger.core import bundle
from ledger.core.b64 import b64u, unb64u
from ledger.core.events import Header, Signature, parse_signatures
from ledger.core.heads import Heads
from ledger.core.keys import key_id
from ledger.core.merkle import inclusion_proof
from ledger.core.note import Verifier, open_note
from ledger.core.records import Record
from ledger.core.sections import Disclosure
from ledger.core.tilereader import TileReader
from ledger.core.tlogproof import TlogProof
from ledger.errors import IntegrityError, NotFoundError
from ledger.rules import codec
from ledger.rules.aggregates import OrgState
from ledger.services.log import LogService, LogState
from ledger.services.stored import WITHHELD
from ledger.store import rows
from ledger.store.unit_of_work import Store, Unit
from ledger.verify.shown import ABOUT_KEYS, HEADS, NAMES_KEYS_OF_THE_LOG

Level = Literal["record", "header", "sections"]


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of an event its holder may see; of its sections all but those named in ``without``."""

    level: Level
    without: frozenset[str] = frozenset()


Show = Callable[[Header], Shown]

KeyFinder = Callable[[str, str], bytes | None]

LATEST: Final = -1
"""Instead of the index of published heads: the latest that include the chain."""

_KEY_SECTIONS: Final = frozenset({"organisation", "key", "log"})
_HEADS_SECTIONS: Final = frozenset({"heads"})
_CHUNK: Final = 256


def everything(_header: Header) -> Shown:
    """Show all but ``personal``, which no evidence holds."""
    return Shown("sections")


@dataclass(frozen=True, slots=True)
class Place:
    """Records of a chain from place ``first`` to ``last``, under a signed state of the log.

    ``heads``: the index of the published heads that are to prove its head, `LATEST`, or None for no proof.
    """

    chain: str
    first: int
    last: int
    signed: LogState
    heads: int | None = LATEST


class EvidenceService:
    """Makes receipts and evidence under the newest signed checkpoint. Safe for several threads."""

    def __init__(self, store: Store, log: LogService) -> None:
        """Read from a store and its log."""
        self._store = store
        self._log = log
        self._scanned: tuple[int, tuple[tuple[int, str], ...]] = (-1, ())
        self._heads: tuple[int, Heads] | None = None

    def receipt(self, ledger: str, actor: str, event_id: str, *, find_key: KeyFinder) -> bytes:
        """Return the receipt of the event that ``actor`` stated under this id; ``ledger``: the ledger's own chain.

        Raises NotFoundError.
        """
        signed = self._log.state()
        with self._store.read() as unit:
            row = unit.events.find(actor, event_id)
            record = None if row is None else unit.log.record(row.idx)
            if row is None or record is None or row.idx >= signed.size:
                raise NotFoundError("event_unknown", params={"id": event_id[:64]})
            cosigned = self._log.cosigned(unit)
            if cosigned is not None and row.idx < cosigned.size:
                signed = cosigned
            bodies = unit.events.disclosures(row.idx)
            path = self._log.prove(unit, row.idx, signed.size)
            vkeys = self._vkeys(unit, ledger, Record.parse(record.body).origin, signed)
        header = Header.parse(row.header)
        sections = tuple(Disclosure.parse(body) for _, body in sorted(bodies.items()) if body is not None)
        keys = [self._raw_key(header.actor, key, sections, find_key) for key in header.keys]
        return bundle.Receipt(
            header=header,
            signatures=_signatures(row),
            keys=tuple(sorted(keys, key=b64u)),
            sections=sections,
            record=Record.parse(record.body),
            proof=TlogProof(row.idx, path, signed.note),
            vkeys=vkeys,
        ).encode()

    def _raw_key(self, actor: str, key: str, sections: Iterable[Disclosure], find_key: KeyFinder) -> bytes:
        stated = next((section.content.get("key") for section in sections if section.name == "key"), None)
        own = unb64u(stated, 32) if isinstance(stated, str) else None
        raw = own if own is not None and key_id(own) == key else find_key(actor, key)
        if raw is None:
            raise IntegrityError("key_not_registered", params={"key": key})
        return raw

    # --- evidence ----------------------------------------------------------------------------------------------------

    def evidence(self, ledger: str, chain: str, *, show: Show = everything) -> bytes:
        """Return the evidence of a chain; ``ledger`` names the ledger's own chain. Raises NotFoundError."""
        signed = self._log.state()
        with self._store.read() as unit:
            last = unit.chains.last_below(chain, signed.size)
            if last is None:
                raise NotFoundError("chain_unknown", params={"chain": chain[:80]})
            cosigned = self._log.cosigned(unit)
            # Under the cosigned checkpoint wherever that holds all of the chain: a quorum may be what the reader asks.
            if cosigned is not None and unit.chains.last_below(chain, cosigned.size) == last:
                signed = cosigned
            return self.shown(unit, ledger, Place(chain, 0, last, signed), show).encode()

    def heads_after(self, unit: Unit, ledger: str, first: int, at_ms: int | None, size: int) -> int | None:
        """Return the first heads published at an instant or later, else (or where None is given) the latest.

        They stand above record ``first`` and below ``size``; None: there are none.
        """
        found = [index for index, kind in self._scan(unit, ledger) if kind == HEADS and first < index < size]
        if at_ms is None or not found:
            return found[-1] if found else None
        at = bisect.bisect_left(found, at_ms, key=lambda index: _recorded_ms(unit, index))
        return found[min(at, len(found) - 1)]

    def shown(self, unit: Unit, ledger: str, place: Place, show: Show) -> bundle.Evidence:
        """Return the evidence of the records of a chain from one place to another. Raises IntegrityError."""
        signed, heads = place.signed, place.heads
        wanted = unit.chains.history(place.chain, after=place.first - 1, limit=place.last - place.first + 1)
        own = {link.idx: link for link in wanted}
        about = [(index, kind) for index, kind in self._scan(unit, ledger) if index < signed.size]
        n = self.heads_after(unit, ledger, min(own), None, signed.size) if heads == LATEST else heads
        shown = {index: _KEY_SECTIONS for index, kind in about if kind != HEADS} | {0: _KEY_SECTIONS}
        if n is not None:
            shown[n] = _HEADS_SECTIONS
        entries = self._entries(unit, signed, own, shown, show)
        return bundle.Evidence(
            origin=entries[0].record.origin,
            chain=place.chain,
            entries=tuple(entries),
            heads=None if n is None else self._tree(unit, n).prove(place.chain),
            checkpoint=signed.note,
            vkeys=self._vkeys(unit, ledger, entries[0].record.origin, signed),
        )

    def _scan(self, unit: Unit, ledger: str) -> tuple[tuple[int, str], ...]:
        """Return (index, type) of what the ledger's chain says about keys and heads; read on from the last time."""
        seq, known = self._scanned
        found = list(known)
        while page := unit.chains.history(ledger, after=seq, limit=_CHUNK):
            for link in page:
                event = unit.events.at(link.idx)
                kind = "" if event is None else Header.parse(event.header).type
                if kind == HEADS or kind in ABOUT_KEYS:
                    found.append((link.idx, kind))
            seq = page[-1].seq
        self._scanned = (seq, tuple(found))
        return self._scanned[1]

    def _vkeys(self, unit: Unit, ledger: str, origin: str, signed: LogState) -> tuple[str, ...]:
        """Return the vkeys that signed a checkpoint: of those that the ledger ever named for its log, and witnesses."""
        named = {index for index, kind in self._scan(unit, ledger) if kind in NAMES_KEYS_OF_THE_LOG} | {0}
        keys: set[Verifier] = set()
        for index in named:
            body = unit.events.disclosures(index).get("log")
            stated = None if body is None else Disclosure.parse(body).content.get("keys")
            keys.update(Verifier(origin, unb64u(str(raw), 32)) for raw in (stated if isinstance(stated, list) else []))
        _, signatures = open_note(signed.note, (*keys, *self._log.witness_keys))
        return tuple(sorted(found.verifier.vkey() for found in signatures))

    def _tree(self, unit: Unit, n: int) -> Heads:
        known = self._heads
        if known is None or known[0] != n:
            known = self._heads = (n, Heads((head.chain, head.hash) for head in unit.chains.iter_heads(n)))
        return known[1]

    def _entries(
        self,
        unit: Unit,
        signed: LogState,
        own: Mapping[int, rows.LinkRow],
        shown: dict[int, frozenset[str]],
        show: Show,
    ) -> list[bundle.Entry]:
        """Make the entries: those of the chain, those asked for, and the records of every key that signed."""
        reader = self._log.reader(unit, signed.size)
        made: dict[int, bundle.Entry] = {}
        waiting = sorted(own.keys() | shown.keys())
        while waiting:
            for index in waiting:
                made[index] = _entry(unit, index, reader, own.get(index), shown.get(index), show)
            registered = {found for entry in made.values() for found in _registrations(unit, entry)}
            waiting = sorted(index for index in registered - made.keys() if index < signed.size)
            shown.update(dict.fromkeys(waiting, _KEY_SECTIONS))
        return [made[index] for index in sorted(made)]


def _entry(
    unit: Unit,
    index: int,
    reader: TileReader,
    link: rows.LinkRow | None,
    asked: frozenset[str] | None,
    show: Show,
) -> bundle.Entry:
    record, event = unit.log.record(index), unit.events.at(index)
    if record is None or event is None:
        raise IntegrityError("entry_incomplete", params={"idx": index})
    path = inclusion_proof(index, reader.size, reader)
    header = Header.parse(event.header)
    shown = Shown("record") if link is None else show(header)
    level = shown.level
    opened = None if link is None else Disclosure.parse(link.link, ("link",))
    if level == "record" and asked is None:
        return bundle.Entry(Record.parse(record.body), path, link=opened)
    sections = tuple(
        Disclosure.parse(body)
        for name, body in sorted(unit.events.disclosures(index).items())
        if body is not None
        and name != WITHHELD
        and ((level == "sections" and name not in shown.without) or (asked is not None and name in asked))
    )
    effects = None if link is None or level != "sections" else Disclosure.parse(link.effects, ("effects",))
    return bundle.Entry(Record.parse(record.body), path, header, _signatures(event), sections, opened, effects)


def _recorded_ms(unit: Unit, index: int) -> int:
    record = unit.log.record(index)
    if record is None:
        raise IntegrityError("entry_incomplete", params={"idx": index})
    return record.recorded_at_ms


def _signatures(event: rows.EventRow) -> tuple[Signature, ...]:
    return () if event.signatures is None else parse_signatures(event.signatures)


def _registrations(unit: Unit, entry: bundle.Entry) -> Iterable[int]:
    """Return where the keys that signed an entry were registered, revoked, and reported compromised."""
    if entry.header is None or not entry.signatures:
        return ()
    body = unit.projections.load_states([entry.header.actor])[entry.header.actor]
    org = None if body is None else codec.load(entry.header.actor, body)
    if not isinstance(org, OrgState):
        return ()
    states = [org.keys[item.key] for item in entry.signatures if item.key in org.keys]
    return [place for state in states for place in (state.added, state.revoked, state.reported) if place is not None]
