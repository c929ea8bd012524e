"""The port of recalls: progress of each by whom it reaches, as far as the viewer may know, and previews."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from api.cursors import index_of
from api.views import Key, Page, Principal
from api.views.recalls import Mine, RecallHolder, RecallLine, RecallPreview, RecallView
from api.wiring.known import Known, hidden
from api.wiring.matter import batch_for
from api.wiring.reading import Reading
from api.wiring.recall_reach import Reach
from api.wiring.sight import plain_subject, scope_of, subject_of
from ledger.core.b64 import b64u
from ledger.core.events import Header
from ledger.errors import ForbiddenError
from ledger.rules.aggregates import BatchState, OrgState
from ledger.rules.jurisdiction import AUTHORITY
from ledger.rules.manifest import RuleSet
from ledger.rules.recalls import Reached, overdue
from ledger.services import policy
from ledger.services.recalling import ORDERED
from ledger.services.rule_books import RuleBooks
from ledger.store.rows import RecallHolderRow
from ledger.store.scopes import of_kind

MOST_GOODS: Final = 20
"""Lines of goods that one holder is shown with."""


class LedgerRecalls:
    """Recalls over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading
        self._books = RuleBooks(reading.ledger.reference)

    def listing(self, viewer: Principal, after: Key | None, limit: int, *, open_only: bool) -> Page[RecallLine]:
        """Return recalls, newest first."""
        org = _own(viewer)
        with self._reading.known() as known:
            scope = of_kind(scope_of(subject_of(known, viewer), "batch.read", "governance"), "batch")
            found = known.unit.recalls.orders(org, scope, before=index_of(after), open_only=open_only, limit=limit + 1)
            items = tuple(_line(known, viewer, org, index) for index in found[:limit])
        return Page(items, (found[limit - 1],) if len(found) > limit else None)

    def one(self, viewer: Principal, index: int) -> RecallView:
        """Return a recall with its progress. NotFoundError."""
        with self._reading.known() as known:
            lots = known.unit.recalls.lots(index)
            reach = Reach(known, viewer, tuple(lots))
            org = _own(viewer)
            if not lots or not (known.unit.recalls.holder(org, index) or any(map(reach.opens, lots))):
                raise hidden(_address(index))
            return _Progress(known, reach, org, index, self._rules(known)).view()

    def preview(self, viewer: Principal, lots: Sequence[str]) -> RecallPreview:
        """Return what a recall of these batches would reach. NotFoundError, ForbiddenError `recall_not_yours`."""
        with self._reading.known() as known:
            for lot in lots:
                batch_for(known, viewer, lot)
                if not self._may_order(known, viewer, lot):
                    raise ForbiddenError("recall_not_yours", None, {"batch": lot})
            reach = Reach(known, viewer, tuple(dict.fromkeys(lots)))
            told = {org: False for one in reach.stock for org in one.orgs}
            told |= {org: True for one in reach.stock if one.seen for org in one.orgs}
            return RecallPreview(
                lots=reach.lots_named(),
                batches=len(reach.names),
                holders=len(told),
                affected=sum(one.row.mg for one in reach.stock),
                most=sum(one.most or 0 for one in reach.stock),
                trips=len(reach.trips(reach.stock)),
                disclosed=tuple(known.party(org) for org, seen in sorted(told.items()) if seen),
            )

    def waiting(self, viewer: Principal) -> int:
        """Return how many recalls wait for the organisation."""
        with self._reading.known() as known:
            return known.unit.recalls.waiting(_own(viewer))

    def may_order(self, viewer: Principal, lot: str) -> bool:
        """Whether the viewer may order the recall of a batch."""
        with self._reading.known() as known:
            return self._may_order(known, viewer, lot)

    def _may_order(self, known: Known, viewer: Principal, lot: str) -> bool:
        if not policy.can_state(plain_subject(viewer), ORDERED):
            return False
        org, state = known.get(_own(viewer), OrgState), known.get(lot, BatchState)
        return org is not None and state is not None and (AUTHORITY in org.roles or state.producer == org.id)

    def _rules(self, known: Known) -> RuleSet:
        return self._books.rules(self._reading.ledger.recorded().rules, known.unit)


def _own(viewer: Principal) -> str:
    if viewer.org is None:
        raise hidden("/recalls")
    return viewer.org.ref


def _address(index: int) -> str:
    return f"/recalls/{index}"


def _order(known: Known, index: int) -> tuple[str, str, int, str]:
    """Return who ordered, the event's hash, when it was recorded, and the reason."""
    event, record = known.unit.events.at(index), known.unit.log.record(index)
    if event is None or record is None:
        raise hidden(_address(index))
    reason = str(known.section(index, "reason").get("text", ""))
    return Header.parse(event.header).actor, b64u(event.hash), record.recorded_at_ms, reason


def _line(known: Known, viewer: Principal, org: str, index: int) -> RecallLine:
    lots = tuple(known.unit.recalls.lots(index))
    by, _, at, reason = _order(known, index)
    reached, open_ = known.unit.recalls.counts(index)
    return RecallLine(
        index=index,
        at=at,
        by=known.party(by),
        lots=Reach(known, viewer, lots).lots_named(),
        reason=reason,
        holders=reached,
        open=open_,
        mine=_mine(known.unit.recalls.holder(org, index)),
    )


def _mine(rows: Sequence[RecallHolderRow]) -> Mine:
    if not rows:
        return "none"
    return "open" if any(row.acknowledged_idx is None for row in rows) else "acknowledged"


@dataclass(frozen=True)
class _Progress:
    """A recall on its way, for one viewer."""

    known: Known
    reach: Reach
    org: str
    index: int
    rules: RuleSet

    def view(self) -> RecallView:
        by, event, at, reason = _order(self.known, self.index)
        rows: dict[str, list[RecallHolderRow]] = {}
        for row in self.known.unit.recalls.holders(self.index):
            rows.setdefault(row.org, []).append(row)
        shown = {org: found for org, found in rows.items() if self._disclosed(org, found)}
        stock = [one for one in self.reach.stock if one.seen]
        late = {org for org, found in rows.items() if self._late(found) is not None}
        open_ = {org for org, found in rows.items() if any(row.acknowledged_idx is None for row in found)}
        holders = [self._holder(org, found) for org, found in shown.items()]
        return RecallView(
            index=self.index,
            event=event,
            at=at,
            by=self.known.party(by),
            lots=self.reach.lots_named(),
            reason=reason,
            holders=tuple(sorted(holders, key=_urgency)),
            reached=len(rows),
            open=len(open_),
            overdue=len(late),
            undisclosed=len(rows) - len(shown),
            undisclosed_open=len(open_ - shown.keys()),
            affected=sum(one.row.mg for one in stock),
            most=sum(one.most or 0 for one in stock),
            trips=self.reach.trips(stock),
            acknowledge=tuple(row.lot for row in rows.get(self.org, ()) if row.acknowledged_idx is None),
        )

    def _disclosed(self, org: str, rows: Sequence[RecallHolderRow]) -> bool:
        """Whether the viewer may know that an organisation is reached: by its goods, or by what first reached it."""
        if org == self.org or any(self.reach.knows(row.batch) for row in rows):
            return True
        return any(one.seen and org in one.orgs for one in self.reach.stock)

    def _holder(self, org: str, rows: Sequence[RecallHolderRow]) -> RecallHolder:
        first = min(row.idx for row in rows)
        acknowledged = [row.acknowledged_idx for row in rows]
        last = None if None in acknowledged else max(found for found in acknowledged if found is not None)
        mine = [one.row for one in self.reach.stock if one.seen and org in one.orgs]
        held = sum(row.mg for row in mine if org in (row.custodian, self.known.carrier(row.custodian)))
        owned = sum(
            row.mg for row in mine if row.owner == org and org not in (row.custodian, self.known.carrier(row.custodian))
        )
        return RecallHolder(
            party=self.known.party(org),
            held=held,
            owned=owned,
            reached_index=first,
            reached_at=self._at(first),
            acknowledged_index=last,
            acknowledged_at=None if last is None else self._at(last),
            overdue=self._late(rows),
            goods=tuple(islice(self.reach.goods(org), MOST_GOODS)),
        )

    def _late(self, rows: Sequence[RecallHolderRow]) -> int | None:
        found = [
            due.since_ms
            for row in rows
            if (due := overdue(self._reached(row), self.known.now_ms, self.rules)) is not None
        ]
        return min(found, default=None)

    def _reached(self, row: RecallHolderRow) -> Reached:
        done = row.acknowledged_idx is not None
        return Reached(row.recall, row.lot, row.org, self._at(row.idx), acknowledged=done)

    def _at(self, index: int) -> int:
        row = self.known.unit.log.record(index)
        return 0 if row is None else row.recorded_at_ms


def _urgency(one: RecallHolder) -> tuple[bool, bool, int, str]:
    """Who is late first, then who has not acknowledged, the most kilograms first."""
    return (one.overdue is None, one.acknowledged_index is not None, -(one.held + one.owned), one.party.ref)
