"""The port of batches: lists, lives, stock, ancestry and evidence, each for who has a relation."""

from collections.abc import Iterable
from typing import Final

from api.cursors import index_of, place_of
from api.views import BatchLine, BatchView, Key, Moment, Page, Principal, StockLine
from api.views.holds import Thing
from api.views.matter import Status
from api.wiring.codes import alerts_of
from api.wiring.goods import goods_of, phone_of
from api.wiring.holds import held_among, holds_on, thing_name
from api.wiring.known import Known, hidden
from api.wiring.matter import Subject, batch_for, matter, timeline, visible
from api.wiring.reading import Reading
from api.wiring.sight import batch_sight, scope_of, subject_of
from api.wiring.steps import steps
from api.wiring.stock import stock_line
from ledger.core.b64 import b64u
from ledger.core.times import format_utc, parse_stated
from ledger.errors import NotFoundError
from ledger.rules.accounts import Holding
from ledger.rules.aggregates import BatchState
from ledger.services.trace import counts_from
from ledger.store.rows import HoldingRow
from ledger.store.scopes import Ward

MOST_HOLDINGS: Final = 1_000
_STATUSES: Final[tuple[Status, ...]] = ("free", "quarantine", "hold", "waste")


class LedgerBatches:
    """Batches over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    def listing(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[BatchLine]:
        """Return batches, newest change first."""
        with self._reading.known() as known:
            scope = scope_of(subject_of(known, viewer), "batch.read", "governance")
            rows = known.related.batches(scope, text=text or None, after=place_of(after), limit=limit + 1)
            known.load(ref for ref, _ in rows)
            ward = isinstance(scope, Ward)
            items = tuple(_line(known, viewer, ref, idx, ward=ward) for ref, idx in rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(items, None if last is None else (last[1], last[0]))

    def one(self, viewer: Principal, ref: str) -> BatchView:
        """Return a batch with its present state and the newest moments of its life. NotFoundError."""
        with self._reading.known() as known:
            state, sight = batch_for(known, viewer, ref)
            rows = known.unit.queries.stock(batch=ref, limit=MOST_HOLDINGS)
            return BatchView(
                ref=ref,
                number=known.lot(ref),
                goods=goods_of(known, state.product),
                producer=None if state.producer is None else known.party(state.producer),
                produced_on=_day(state),
                expires=state.expires_on,
                retest=state.retest_on,
                verdict=self._reading.verdicts.of(known, [ref]),
                phone=phone_of(known, state.product),
                matter=matter(sight, Subject(ref)),
                code=known.related.code_of(ref),
                alerts=alerts_of(known, state),
                holds=holds_on(known, viewer, state),
                held_with=_held_with(known, visible(sight, state, rows)),
            )

    def history(self, viewer: Principal, ref: str, after: Key | None, limit: int) -> Page[Moment]:
        """Return the life of a batch, newest first. NotFoundError."""
        with self._reading.known() as known:
            state, sight = batch_for(known, viewer, ref)
            items, more = timeline(sight, state, index_of(after), limit)
        return Page(items, None if more is None else (more,))

    def stock(self, viewer: Principal, ref: str, as_of: int | None) -> tuple[StockLine, ...]:
        """Return where its matter is, or was at an instant. NotFoundError."""
        with self._reading.known() as known:
            state, sight = batch_for(known, viewer, ref)
            if as_of is None:
                rows = known.unit.queries.stock(batch=ref, limit=MOST_HOLDINGS)
            else:
                rows = _as_of(known, ref, as_of)
            return tuple(stock_line(known, row) for row in visible(sight, state, rows))

    def evidence(self, viewer: Principal, ref: str) -> bytes:
        """Return the evidence bundle of a batch, as much as the viewer may see. NotFoundError."""
        with self._reading.known() as known:
            _, sight = batch_for(known, viewer, ref)
            show = sight.taken(ref)
        try:
            return self._reading.ledger.evidence(ref, show)
        except NotFoundError:
            raise hidden(ref) from None


def _held_with(known: Known, rows: Iterable[HoldingRow]) -> tuple[Thing, ...]:
    """Held sites and containers in which stock lies."""
    refs = dict.fromkeys(ref for row in rows for ref in (row.site, row.container) if ":" in ref)
    return tuple(Thing(str(one.ref), thing_name(known, str(one.ref))) for one in held_among(known, refs))


def _day(state: BatchState) -> str | None:
    return format_utc(state.born_at)[:10] if state.source == "produced" else None


def _line(known: Known, viewer: Principal, ref: str, idx: int, *, ward: bool = False) -> BatchLine:
    """A line of a list. ``ward``: the list is of what the viewer supervises, and so sees whole."""
    state = known.must(ref, BatchState)
    rows = known.unit.queries.stock(batch=ref, limit=MOST_HOLDINGS)
    if not ward:
        rows = visible(batch_sight(known, viewer, ref), state, rows)
    present = {row.status for row in rows}
    record = known.unit.log.record(idx)
    goods = goods_of(known, state.product)
    return BatchLine(
        ref=ref,
        number=known.lot(ref),
        product=known.product(state.product),
        un=goods.hazards.un,
        producer=None if state.producer is None else known.party(state.producer),
        mass=sum(row.mg for row in rows),
        statuses=tuple(status for status in _STATUSES if status in present),
        last_at=0 if record is None else record.recorded_at_ms,
        findings=len(known.unit.queries.findings(batch=ref, unresolved=True)),
    )


def _as_of(known: Known, batch: str, at_ms: int) -> list[HoldingRow]:
    """The stock as everything that was stated to have happened until an instant made it, with later corrections."""
    life = [*steps(known, batch, most=2**31)]
    happened = {b64u(step.row.event_hash): parse_stated(step.header.occurred_at) for step in life}
    cells: dict[Holding, int] = {}
    for step in life:
        if counts_from(step.header, happened) <= at_ms:
            for account, mg in step.holdings:
                cells[account] = cells.get(account, 0) + mg
    return [HoldingRow(*account, account.site or "", mg) for account, mg in sorted(cells.items()) if mg > 0]
