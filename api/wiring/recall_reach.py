"""What the recall of some lots reaches now: batches, stock, and who has it; and what of that a viewer may know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from api.views import Principal
from api.views.recalls import RecalledLot, RecallGoods
from api.wiring.known import Known
from api.wiring.sight import Sight, batch_sight, scope_of, subject_of
from api.wiring.trace import share
from ledger.rules.aggregates import BatchState
from ledger.rules.attribution import OWN, at_most
from ledger.services.recalling import SHIPMENT, holders_among
from ledger.store.rows import HoldingRow
from ledger.store.scopes import of_kind
from ledger.store.tracing import Tracing


@dataclass(frozen=True)
class Held:
    """A holding of a reached batch, and who is told of it. ``most``: of the lots at most so much, None by reaction."""

    row: HoldingRow
    orgs: tuple[str, ...]
    most: int | None
    seen: bool


@dataclass(frozen=True)
class Reach:
    """What was made of these lots, and where it is, within one read."""

    known: Known
    viewer: Principal
    lots: tuple[str, ...]

    @cached_property
    def sight(self) -> Sight:
        """What the viewer sees of stock, but for where it is."""
        return Sight(self.known, self.viewer)

    @cached_property
    def names(self) -> dict[str, bool]:
        """Every reached batch, and whether the viewer may know of it: who supervises, of what the seen is made too."""
        subject = subject_of(self.known, self.viewer)
        scope = of_kind(scope_of(subject, "batch.read", "governance"), "batch")
        tracing = Tracing(self.known.unit.connection, self.known.unit.backend)
        found: dict[str, bool] = {lot: self.opens(lot) for lot in self.lots}
        for lot in self.lots:
            for row in tracing.reached(lot, "forward", scope, ancestry=subject.watches):
                found[row.batch] = found.get(row.batch, False) or row.seen
        return found

    def opens(self, batch: str) -> bool:
        """Whether the viewer may open a batch."""
        return bool(batch_sight(self.known, self.viewer, batch).batch(batch))

    @cached_property
    def stock(self) -> tuple[Held, ...]:
        """All stock of what is reached."""
        found = [*holders_among(self.known.unit, self.names)]
        self.known.load({row.batch for row, _ in found})
        return tuple(Held(row, orgs, self._most(row), self.sees(row, orgs)) for row, orgs in found)

    def sees(self, row: HoldingRow, orgs: Sequence[str]) -> bool:
        """Whether the viewer sees a holding: as a party to it, or as one of a batch that it may know of."""
        if self.sight.owned([row.owner], orgs):
            return True
        if not self.names.get(row.batch, False):
            return False
        return self.sight.subject.watches or self.sight.row(self.known.must(row.batch, BatchState), row)

    def knows(self, batch: str) -> bool:
        """Whether the viewer may know who has or had a batch: who supervises it, or made it."""
        if not self.names.get(batch, False):
            return False
        return self.sight.subject.watches or self.sight.whole(self.known.must(batch, BatchState))

    def _most(self, row: HoldingRow) -> int | None:
        state = self.known.must(row.batch, BatchState)
        shares = [ppb for lot in self.lots if (ppb := share(state, lot)) is not None]
        return at_most(row.mg, min(sum(shares), OWN)) if shares else None

    def trips(self, held: Sequence[Held]) -> tuple[str, ...]:
        """The shipments that carry some of this stock."""
        return tuple(sorted({one.row.custodian for one in held if one.row.custodian.startswith(SHIPMENT)}))

    def lots_named(self) -> tuple[RecalledLot, ...]:
        """The lots, with their names."""
        known = self.known
        found = []
        for lot in self.lots:
            state = known.must(lot, BatchState)
            found.append(RecalledLot(lot, known.lot(lot), known.product(state.product), self.opens(lot)))
        return tuple(found)

    def goods(self, org: str) -> Iterator[RecallGoods]:
        """Yield what an organisation has or owns of it, as far as the viewer may see, one line a batch and place."""
        sums: dict[tuple[str, str, str], list[Held]] = {}
        for one in self.stock:
            if one.seen and org in one.orgs:
                place = one.row.place.partition("/")[0]
                sums.setdefault((one.row.batch, place, one.row.custodian), []).append(one)
        for (batch, place, custodian), held in sums.items():
            state = self.known.must(batch, BatchState)
            most = [one.most for one in held if one.most is not None]
            yield RecallGoods(
                batch=batch,
                number=self.known.lot(batch),
                product=self.known.product(state.product),
                mass=sum(one.row.mg for one in held),
                most=sum(most) if most else None,
                place=self.known.place(place).name,
                shipment=custodian if custodian.startswith(SHIPMENT) else None,
                opens=self.opens(batch),
            )
