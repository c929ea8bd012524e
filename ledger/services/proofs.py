"""Proof of a transfer, of a site's day, of a region's period: many chains, written a part at a time (proof@1).

A chain is shown whole where it is matter or a deal, from the record before the period on where it is a place. One
part holds at most `MOST_RECORDS` records; the next one begins with the last record of the one before.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from ledger.core.bundle import Evidence
from ledger.core.note import Signer
from ledger.core.proof import Index, Listed, Span, Subject, Title, part_digest, sign_index
from ledger.core.times import MAX_MS
from ledger.errors import NotFoundError
from ledger.rules.jurisdiction import Jurisdiction
from ledger.services.evidence import EvidenceService, Place, Show, everything
from ledger.services.log import LogService, LogState
from ledger.store.dealings import Dealings
from ledger.store.related import Related
from ledger.store.unit_of_work import Store, Unit

MOST_RECORDS: Final = 2000
DEAL_KINDS: Final = ("batch", "shipment", "transfer")
"""Kinds of chains that proof of a transfer shows: those that share a record with it, and every batch it is about."""

PLACE: Final = "site:"

ShowOf = Callable[[str], AbstractContextManager[Show | None]]
"""What of each record of a chain its holder sees, while the chain is written; None: not even that there is one."""

Bounds = tuple[int, int, int | None]
"""The first and last place of a chain that are shown, and the record with the heads that prove it."""

Progress = Callable[[int, int], None]
"""Told after each chain: how many are written, and of how many."""

Signing = Callable[[Title, Sequence[Listed], int], Index]
"""Signs the index with the log's key."""


def all_of(_chain: str) -> AbstractContextManager[Show | None]:
    """Show every chain whole, as to the operator."""
    return nullcontext(everything)


def quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


def signing(signer: Signer) -> Signing:
    """Sign with this key."""
    return lambda title, parts, withheld: sign_index(title, parts, withheld, signer)


def unsigned(_head: Title, parts: Sequence[Listed], withheld: int) -> Index:
    """Leave the index unsigned, where the log's key is not at hand; whoever verifies is told."""
    return Index(tuple(parts), withheld, None)


@dataclass(frozen=True, slots=True)
class Order:
    """A proof that is asked for: about what, of which chains, and how many more its holder may not know of."""

    subject: Subject
    chains: tuple[str, ...]
    withheld: int = 0


class ProofService:
    """Makes proofs under one signed state of the log. Safe for several threads."""

    def __init__(self, store: Store, log: LogService, evidence: EvidenceService, ledger: str) -> None:
        """Read from a store and its log; ``ledger`` names the ledger's own chain."""
        self._store = store
        self._log = log
        self._evidence = evidence
        self._ledger = ledger

    def chains(self, subject: Subject, bounds: Jurisdiction | None = None) -> tuple[str, ...]:
        """Return the chains that a subject is about, sorted; of a region those within ``bounds`` (default: all there).

        Raises NotFoundError `chain_unknown`: the log has no such transfer or site.
        """
        with self._store.read() as unit:
            if subject.kind == "region":
                wanted = bounds or Jurisdiction(regions=(subject.ref,))
                related = Related(unit.connection, unit.backend)
                return related.recorded_in(wanted, subject.from_ms or 0, subject.to_ms or MAX_MS)
            if not unit.chains.heads([subject.ref]):
                raise NotFoundError("chain_unknown", params={"chain": subject.ref})
            if subject.kind == "site":
                return (subject.ref,)
            goods = Dealings(unit.connection, unit.backend).goods(subject.ref)
            return tuple(sorted({*unit.chains.partners(subject.ref, DEAL_KINDS), *unit.chains.heads(goods)}))

    def write(
        self, origin: str, order: Order, *, show: ShowOf = all_of, sign: Signing = unsigned, progress: Progress = quiet
    ) -> Iterator[bytes]:
        """Yield the lines of a proof, each with its line feed. Raises NotFoundError: nothing of it was recorded then.

        Chains that begin after the period, or after the signed state, are no part of it.
        """
        signed = self._signed(order)
        title = Title(origin, order.subject)
        yield title.encode() + b"\n"
        listed: list[Listed] = []
        withheld = order.withheld
        for at, chain in enumerate(sorted(order.chains)):
            with show(chain) as seen:
                withheld += seen is None
                for line, place in [] if seen is None else self._parts(chain, order.subject, signed, seen):
                    listed.append(Listed(chain, place.first, part_digest(line)))
                    yield line + b"\n"
            progress(at + 1, len(order.chains))
        if not listed:
            raise NotFoundError("nothing_recorded")
        yield sign(title, listed, withheld).encode() + b"\n"

    def _signed(self, order: Order) -> LogState:
        """Return what a quorum cosigned where that shows all that the newest signed state does, else the newest."""
        signed = self._log.state()
        with self._store.read() as unit:
            cosigned = self._log.cosigned(unit)
            if cosigned is None or cosigned.size > signed.size:
                return signed
            if cosigned.size == signed.size:
                return cosigned
            for chain in order.chains:
                both = [self._bounds(unit, chain, order.subject, state.size) for state in (signed, cosigned)]
                if not _shows_as_much(unit, order.subject, *both):
                    return signed
        return cosigned

    def _parts(self, chain: str, subject: Subject, signed: LogState, show: Show) -> Iterator[tuple[bytes, Place]]:
        for place in self._places(chain, subject, signed):
            yield self._part(place, show), place

    def _part(self, place: Place, show: Show) -> bytes:
        with self._store.read() as unit:
            evidence: Evidence = self._evidence.shown(unit, self._ledger, place, show)
        whole = place.first == 0 and place.heads is not None
        return evidence.encode() if whole else Span(place.first, evidence).encode()

    def _places(self, chain: str, subject: Subject, signed: LogState) -> list[Place]:
        """Cut what is shown of a chain into parts."""
        with self._store.read() as unit:
            bounds = self._bounds(unit, chain, subject, signed.size)
        if bounds is None:
            return []
        first, last, heads = bounds
        places: list[Place] = []
        while last - first >= MOST_RECORDS:
            places.append(Place(chain, first, first + MOST_RECORDS - 1, signed, None))
            first += MOST_RECORDS - 1
        return [*places, Place(chain, first, last, signed, heads)]

    def _bounds(self, unit: Unit, chain: str, subject: Subject, size: int) -> Bounds | None:
        """Return the first and last place of a chain, and the heads that prove it; None: it began later."""
        from_ms = subject.from_ms if chain.startswith(PLACE) else None
        to_ms = subject.to_ms
        last = unit.chains.last_below(chain, size)
        if last is None or (to_ms is not None and unit.chains.last_recorded_before(chain, to_ms, size) is None):
            return None
        first = 0 if from_ms is None else unit.chains.last_recorded_before(chain, from_ms, size) or 0
        link = unit.chains.link(chain, first)
        assert link is not None, "a place that was just read"
        until = to_ms if from_ms is not None else None
        heads = self._evidence.heads_after(unit, self._ledger, link.idx, until, size)
        if heads is not None and until is not None:
            last = self._last(unit, chain, heads, until, size)
        return first, last, heads

    def _last(self, unit: Unit, chain: str, heads: int, until: int, size: int) -> int:
        """Return the last place below the heads, or of the period where they were published within it."""
        below = unit.chains.last_below(chain, heads)
        within = unit.chains.last_recorded_before(chain, until, size)
        assert below is not None, "the heads stand above the first record shown"
        assert within is not None, "the chain began before the period ended"
        return max(below, within)


def _shows_as_much(unit: Unit, subject: Subject, newest: Bounds | None, earlier: Bounds | None) -> bool:
    """Whether an earlier state shows as much of a chain: the same records, and heads that prove as much of the period.

    Later heads of a chain that did not grow prove no more of it, unless they are the first after the period.
    """
    if newest is None or earlier is None or newest[:2] != earlier[:2]:
        return newest == earlier
    later, heads = newest[2], earlier[2]
    if later == heads or later is None or heads is None:
        return later == heads
    record = unit.log.record(heads)
    return subject.to_ms is None or (record is not None and record.recorded_at_ms >= subject.to_ms)
