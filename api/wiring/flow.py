"""The flow of a batch: its records until an instant, folded into bands whose kilograms add up on both sides."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.views import Moment, Principal
from api.views.flow import OTHERS, UNACCOUNTED, FlowBand, FlowView, Sense
from api.views.matter import Status
from api.wiring.known import Known
from api.wiring.life import moments
from api.wiring.matter import Only, batch_for, touches
from api.wiring.sight import Sight, batch_sight
from api.wiring.steps import Step, steps
from ledger.core.b64 import b64u
from ledger.core.times import parse_stated
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import BatchState
from ledger.services.trace import counts_from
from ledger.store.rows import EdgeRow

MOST_SHOWN: Final = 60
"""Records that the page names below the drawing; the batch's history has all."""
ALL: Final = 2**31
HOLDINGS: Final = "holdings"
_STATUSES: Final[tuple[Status, ...]] = ("free", "quarantine", "hold", "waste")
_ORDER: Final = ("produced", "opening", "imported", "external_in", "found", "used", "transformed", "sampled")

Key = tuple[str, ...]


def flow(known: Known, viewer: Principal, ref: str, at_ms: int | None, sense: Sense) -> FlowView:
    """Return where a batch came from and is. NotFoundError: none such, or none that the viewer may know of."""
    state, sight = batch_for(known, viewer, ref)
    life = [*steps(known, ref, most=ALL)]
    life.reverse()
    times = _times(life, sense)
    chosen = [step for step, at in zip(life, times, strict=True) if at_ms is None or at <= at_ms]
    fold = _Fold(known, viewer, touches(sight, state))
    fold.add_all(ref, chosen)
    came, went = fold.bands()
    assert sum(band.mass for band in came) == sum(band.mass for band in went)
    earlier, later = _neighbours(sorted(set(times)), at_ms)
    return FlowView(
        ref=ref,
        number=known.lot(ref),
        product=known.product(state.product),
        sense=sense,
        at=at_ms,
        as_of_index=known.unit.log.size() - 1,
        as_of=known.unit.log.last_recorded_at_ms() or 0,
        total=sum(band.mass for band in came),
        came=came,
        went=went,
        whole=sight.whole(state),
        records=len(chosen),
        earlier=earlier,
        later=later,
        moments=_moments(sight, state, chosen),
    )


def _times(life: Sequence[Step], sense: Sense) -> list[int]:
    if sense == "known":
        return [step.row.recorded_at_ms for step in life]
    happened = {b64u(step.row.event_hash): parse_stated(step.header.occurred_at) for step in life}
    return [counts_from(step.header, happened) for step in life]


def _neighbours(times: Sequence[int], at_ms: int | None) -> tuple[int | None, int | None]:
    """The instants of change before and after the one that is looked at."""
    if not times:
        return None, None
    shown = len(times) - 1 if at_ms is None else bisect_right(times, at_ms) - 1
    before = times[bisect_left(times, times[shown]) - 1] if shown > 0 else None
    after = times[shown + 1] if at_ms is not None and shown + 1 < len(times) else None
    return before, after


def _moments(sight: Sight, state: BatchState, chosen: Sequence[Step]) -> tuple[Moment, ...]:
    newest = [*reversed(chosen[-MOST_SHOWN:])]
    return moments(sight, newest, touches(sight, state))


@dataclass
class _Sum:
    """Milligrams of one band, and the records that made it."""

    mg: int = 0
    records: list[int] = field(default_factory=list)

    def add(self, mg: int, index: int) -> None:
        self.mg += mg
        if not self.records or self.records[-1] != index:
            self.records.append(index)


@dataclass
class _Fold:
    """Sums by band: a holding's by who has it and where, a pool's by its name and the batch at the other end."""

    known: Known
    viewer: Principal
    touches: Only
    sums: dict[Key, _Sum] = field(default_factory=dict)
    came_from: dict[int, list[EdgeRow]] = field(default_factory=dict)
    went_into: dict[int, list[EdgeRow]] = field(default_factory=dict)

    def add_all(self, batch: str, chosen: Iterable[Step]) -> None:
        for edge in self.known.unit.queries.parents(batch):
            self.came_from.setdefault(edge.idx, []).append(edge)
        for edge in self.known.unit.queries.children(batch):
            self.went_into.setdefault(edge.idx, []).append(edge)
        for step in chosen:
            self._step(step)
        self._close()
        self._settle()

    def _add(self, key: Key, mg: int, index: int) -> None:
        self.sums.setdefault(key, _Sum()).add(mg, index)

    def _step(self, step: Step) -> None:
        index = step.row.idx
        own = [(holding, mg) for holding, mg in step.holdings if self.touches(holding)]
        if not own and len(step.holdings) > 0:
            return
        for holding, mg in own:
            self._add(_place_of(holding), mg, index)
        for account, mg in step.pools:
            self._pool(account, mg, index)
        left = -sum(mg for _, mg in own) - sum(mg for _, mg in step.pools)
        if left:
            self._add((OTHERS, "in" if left < 0 else "out"), left, index)

    def _pool(self, account: str, mg: int, index: int) -> None:
        """Post to a source or sink, to the batches at its other end where these make it up."""
        if account == "produced" and mg < 0:
            ends = [(edge.parent, -edge.mg) for edge in self.came_from.get(index, ())]
        elif account == "transformed" and mg > 0:
            found = self.went_into.get(index, ())
            ends = [(edge.child, edge.mg) for edge in found[:1]]
        else:
            ends = []
        if sum(moved for _, moved in ends) != mg:
            ends = [("", mg)]
        for batch, moved in ends:
            self._add((account, batch), moved, index)

    def _close(self) -> None:
        """Put a pool together again where a correction left one of its parts with the wrong sign."""
        for account in {key[0] for key in self.sums if key[0] not in (HOLDINGS, OTHERS)}:
            parts = [key for key in self.sums if key[0] == account]
            total = sum(self.sums[key].mg for key in parts)
            if any(self.sums[key].mg * total < 0 or (total == 0 and self.sums[key].mg) for key in parts):
                records = sorted({index for key in parts for index in self.sums[key].records})
                for key in parts:
                    del self.sums[key]
                self.sums[account, ""] = _Sum(total, records)

    def _settle(self) -> None:
        """Take what a correction took later from where the matter lay at this time.

        A correction counts from the event it corrects, but its postings name the place where the matter was when it
        was made. What even all stock of this time does not cover is unexplained at this time.
        """
        short = [key for key, one in self.sums.items() if key[0] == HOLDINGS and one.mg < 0]
        for key in short:
            owed = self.sums.pop(key)
            for one in sorted((one for at, one in self.sums.items() if at[0] == HOLDINGS), key=lambda one: -one.mg):
                taken = min(one.mg, -owed.mg) if one.mg > 0 else 0
                one.mg, owed.mg = one.mg - taken, owed.mg + taken
            if owed.mg:
                self.sums.setdefault(("unexplained", ""), _Sum()).mg += owed.mg

    def bands(self) -> tuple[tuple[FlowBand, ...], tuple[FlowBand, ...]]:
        found = [(self._band(key, one), one.mg) for key, one in self.sums.items() if one.mg]
        came = [band for band, mg in found if mg < 0]
        went = [band for band, mg in found if mg > 0]
        return tuple(sorted(came, key=_rank)), tuple(sorted(went, key=_rank))

    def _band(self, key: Key, one: _Sum) -> FlowBand:
        records = tuple(reversed(one.records))
        if key[0] == HOLDINGS:
            return self._holding(key, one.mg, records)
        batch = "" if key[0] == OTHERS else key[1]
        if not batch or not batch_sight(self.known, self.viewer, batch).batch(batch):
            return FlowBand(key[0], abs(one.mg), records)
        state = self.known.must(batch, BatchState)
        product = self.known.product(state.product)
        return FlowBand(key[0], abs(one.mg), records, batch=batch, batch_number=self.known.lot(batch), product=product)

    def _holding(self, key: Key, mg: int, records: tuple[int, ...]) -> FlowBand:
        _, owner, custodian, place, status = key
        aboard = custodian.startswith("shipment:")
        who = self.known.carrier(custodian)
        return FlowBand(
            HOLDINGS,
            mg,
            records,
            party=None if who is None else self.known.party(who),
            owner=self.known.party(owner),
            place=self.known.place(place),
            status=next(one for one in _STATUSES if one == status),
            shipment=custodian if aboard else None,
        )


def _place_of(holding: Holding) -> Key:
    return (HOLDINGS, holding.owner, holding.custodian, holding.place.partition("/")[0], holding.status)


def _rank(band: FlowBand) -> tuple[int, int, int]:
    """Stock first, then what is on the way, what came or ended in a known way, others, and last what is missing."""
    if band.account == HOLDINGS:
        return (1 if band.shipment else 0, 0, -band.mass)
    if band.account in UNACCOUNTED:
        return (9, 0, -band.mass)
    place = _ORDER.index(band.account) if band.account in _ORDER else len(_ORDER)
    return (3 if band.account == OTHERS else 2, place, -band.mass)
