"""Findings in a scope, searched and bounded in the database: stored ones, watches that are due, gaps in counters.

Every list has one order: by ``since_ms``, and among equals by a key. A page goes on after a *mark*, the pair of both.
Stored findings have keys that begin with "r", computed ones with "t" (``stored_key``, ``computed_key``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, String, and_, column, exists, func, literal, or_, select, values
from sqlalchemy import tuple_ as row

from ledger.rules.jurisdiction import Jurisdiction
from ledger.rules.watching import EXPIRING, STATIC, Span, Watch
from ledger.store.repository import Repository
from ledger.store.rows import FindingRow
from ledger.store.scopes import Everything, Own, Scope, Ward, batches_in, holders_in, sites_in, stated_in
from ledger.store.tables import (
    counter_runs,
    deal_goods,
    deals,
    findings,
    holdings,
    links,
    records,
    search,
    watches,
)
from ledger.store.watching import Run

LATEST: Final = 2**53
SHARED: Final = ("answer_overdue@1", "overdue@1")
"""Rules whose findings every party of the deal sees; a filing or a licence is one organisation's own affair."""

Mark = tuple[int, str]
"""Where a list goes on: after this ``since_ms`` and key, newest first (or oldest first where that is asked for)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty bounds nothing.

    ``status``: open, resolved or all. ``before_ms``: there since then or longer. ``region``: a prefix of GB/T 2260.
    ``namesakes``: what else counts as the product.
    """

    rule: str = ""
    severity: str = ""
    status: str = "open"
    region: str = ""
    park: str = ""
    org: str = ""
    product: str = ""
    batch: str = ""
    site: str = ""
    before_ms: int | None = None
    namesakes: tuple[str, ...] = ()

    @property
    def products(self) -> tuple[str, ...]:
        """The product that is looked for, and those that other firms registered under its name."""
        return tuple(dict.fromkeys((self.product, *self.namesakes))) if self.product else ()


class Turn(NamedTuple):
    """Which page: what comes after a mark, newest first unless ``oldest``, at most ``limit``."""

    after: Mark | None = None
    oldest: bool = False
    limit: int = 50


FIRST: Final = Turn()


class DueRow(NamedTuple):
    """A watch that is a finding, and since when."""

    watch: Watch
    since_ms: int


class GapRow(NamedTuple):
    """A run of counters that does not follow on the one before, which ended with ``before``."""

    run: Run
    before: int
    before_idx: int


def stored_key(idx: int, n: int) -> str:
    """The key of a stored finding: it sorts like index and number."""
    return f"r{idx:016d}-{n:05d}"


def computed_key(chain: str, rule: str, part: str) -> str:
    """The key of a computed finding."""
    return f"t{chain}\n{rule}\n{part}"


class Found(Repository):
    """Lists of findings."""

    __slots__ = ()

    # --- stored -----------------------------------------------------------------------------------------------------

    def stored(self, scope: Scope, wanted: Wanted, turn: Turn = FIRST) -> list[tuple[FindingRow, int]]:
        """Return stored findings, each with the time of its record."""
        query = of_scope(scope).where(*stored_bounds(wanted))
        if wanted.before_ms is not None:
            query = query.where(findings.c.idx <= self.index_at(wanted.before_ms))
        key = row(findings.c.idx, findings.c.n)
        if turn.after is not None:
            place = self._place(turn.after)
            query = query.where(key > row(*place) if turn.oldest else key < row(*place))
        order = (findings.c.idx, findings.c.n) if turn.oldest else (findings.c.idx.desc(), findings.c.n.desc())
        rows = self.connection.execute(query.order_by(*order).limit(turn.limit))
        return [(FindingRow(*found[:-1]), int(found[-1])) for found in rows]

    def one(self, scope: Scope, idx: int, n: int) -> tuple[FindingRow, int] | None:
        """Return a stored finding, open or resolved, if it is in the scope."""
        rows = self.connection.execute(of_scope(scope).where(findings.c.idx == idx, findings.c.n == n))
        found = rows.first()
        return None if found is None else (FindingRow(*found[:-1]), int(found[-1]))

    def counts(self, scope: Scope, wanted: Wanted, *, most: int = 100_000) -> dict[tuple[str, str], int]:
        """Return how many stored findings there are, by (rule, severity), of the first ``most``."""
        inner = of_scope(scope).where(*stored_bounds(wanted)).limit(most).subquery()
        query = select(inner.c.rule, inner.c.severity, func.count()).group_by(inner.c.rule, inner.c.severity)
        return {(str(rule), str(severity)): int(many) for rule, severity, many in self.connection.execute(query)}

    def _place(self, after: Mark) -> tuple[int, int]:
        since, key = after
        if key.startswith("r"):
            idx, _, n = key[1:].partition("-")
            return int(idx), int(n)
        # Computed findings of a moment have the greater keys: newest first they stand before the stored ones.
        return self.index_at(since), LATEST

    def index_at(self, ms: int) -> int:
        """Return the index of the newest record of that time or before, -1 if there is none.

        Times of records never fall, so it is found by halving: no index on them is needed.
        """
        low, high = -1, int(self._scalar(select(func.coalesce(func.max(records.c.idx), -1))))
        while low < high:
            middle = (low + high + 1) // 2
            at = self._scalar(select(records.c.recorded_at_ms).where(records.c.idx == middle))
            low, high = (middle, high) if at is not None and at <= ms else (low, middle - 1)
        return low

    # --- due --------------------------------------------------------------------------------------------------------

    def due(
        self,
        scope: Scope,
        wanted: Wanted,
        spans: Sequence[tuple[str, str, Span]],
        as_of_ms: int,
        turn: Turn = FIRST,
        *,
        chain: str = "",
    ) -> list[DueRow]:
        """Return watches that are findings at a time; ``spans``: (rule, kinds, when)."""
        if not spans:
            return []
        query, since = due_in(scope, wanted, spans, as_of_ms)
        if chain:
            query = query.where(watches.c.chain == chain)
        if turn.after is not None:
            query = query.where(_beyond(since, turn.after, oldest=turn.oldest))
        order: list[Any] = [since, watches.c.chain, watches.c.rule, watches.c.part]
        rows = self.connection.execute(
            query.order_by(*(order if turn.oldest else [item.desc() for item in order])).limit(turn.limit)
        )
        return [DueRow(Watch(*found[:-1]), int(found[-1])) for found in rows]

    # --- gaps -------------------------------------------------------------------------------------------------------

    def gaps(self, scope: Scope, wanted: Wanted, until_ms: int, *, limit: int = 1_000) -> list[GapRow]:
        """Return gaps in counters that were there at a time, newest first."""
        device = (counter_runs.c.org, counter_runs.c.device)
        before = [
            func.lag(counter_runs.c[name])
            .over(partition_by=device, order_by=counter_runs.c.first)
            .label(f"before_{name}")
            for name in ("last", "last_idx")
        ]
        inner = select(*counter_runs.columns, *before).where(*_org_scope(scope, counter_runs.c.org))
        inner = inner.where(*[counter_runs.c.org.in_(holders_in(bounds)) for bounds in narrowed(wanted)])
        if wanted.org:
            inner = inner.where(counter_runs.c.org == wanted.org)
        runs = inner.subquery()
        query = select(runs).where(runs.c.before_last.is_not(None), runs.c.first_ms < until_ms)
        rows = self.connection.execute(query.order_by(runs.c.first_ms.desc(), runs.c.org, runs.c.device).limit(limit))
        return [GapRow(Run(*found[:-2]), int(found[-2]), int(found[-1])) for found in rows]


def due_in(
    scope: Scope, wanted: Wanted, spans: Sequence[tuple[str, str, Span]], as_of_ms: int
) -> tuple[Select[Any], ColumnElement[int]]:
    """Watches of a scope that are findings at a time, with since when; and that column."""
    term = _terms(spans)
    since = (watches.c.anchor_ms + term.c.after_ms).label("since_ms")
    query = select(*watches.columns, since).join(
        term, and_(term.c.rule == watches.c.rule, term.c.kinds == watches.c.kinds)
    )
    query = query.where(watches.c.anchor_ms < literal(as_of_ms) - term.c.after_ms)
    query = query.where(or_(term.c.ends_ms < 0, watches.c.rule != EXPIRING, watches.c.anchor_ms >= as_of_ms))
    query = query.where(*_watch_scope(scope), *_watch_bounds(wanted))
    return query if wanted.before_ms is None else query.where(since <= wanted.before_ms), since


def _terms(spans: Sequence[tuple[str, str, Span]]) -> Any:  # noqa: ANN401 - a table expression
    columns = (column("rule", String), column("kinds", String), column("after_ms", Integer), column("ends_ms", Integer))
    rows = [(rule, kinds, when.after_ms, -1 if when.ends_ms is None else when.ends_ms) for rule, kinds, when in spans]
    return values(*columns, name="terms").data(rows).cte("terms")


def _beyond(since: ColumnElement[int], after: Mark, *, oldest: bool) -> ColumnElement[bool]:
    ms, key = after
    if key.startswith("r"):
        # Stored findings of the moment stand on the other side of the computed ones: see ``Found._place``.
        return since >= ms if oldest else since < ms
    chain, rule, part = key[1:].split("\n")
    there = row(watches.c.chain, watches.c.rule, watches.c.part)
    mark = row(literal(chain), literal(rule), literal(part))
    if oldest:
        return or_(since > ms, and_(since == ms, there > mark))
    return or_(since < ms, and_(since == ms, there < mark))


# --- scopes -----------------------------------------------------------------------------------------------------------


def of_scope(scope: Scope) -> Select[Any]:
    """Stored findings of a scope with the time of their record.

    An organisation's: on what it stated or what it produced. A regulator's: on batches that it supervises, and on what
    was stated by organisations that lie there.
    """
    query = select(*findings.columns, records.c.recorded_at_ms).join(records, records.c.idx == findings.c.idx)
    match scope:
        case Own(org):
            made = select(search.c.id).where(search.c.kind == "batch", search.c.org == org)
            return query.where(or_(findings.c.org == org, findings.c.batch.in_(made)))
        case Ward(_, bounds, shown):
            return query.where(or_(findings.c.batch.in_(batches_in(bounds, shown)), stated_in(bounds)))
        case Everything():
            return query


def _watch_scope(scope: Scope) -> list[ColumnElement[bool]]:
    match scope:
        case Own(org):
            dealt = select(deals.c.ref).where(deals.c.org == org)
            owned = select(holdings.c.batch).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
            return [
                or_(
                    watches.c.org == org,
                    and_(watches.c.rule.in_(SHARED), watches.c.chain.in_(dealt)),
                    and_(watches.c.rule == STATIC, watches.c.part.startswith(org + "|", autoescape=True)),
                    and_(watches.c.rule == "expired_stock@1", watches.c.chain.in_(owned)),
                )
            ]
        case Ward(_, bounds, shown):
            return [_watch_in(bounds, shown)]
        case Everything():
            return []


def _watch_in(bounds: Jurisdiction, shown: tuple[str, ...] = ()) -> ColumnElement[bool]:
    """Watches of what is supervised: stock where it lies, deals by their goods, the rest by whose it is."""
    batches = select(batches_in(bounds, shown).subquery().c[0])
    about = select(deal_goods.c.ref).where(deal_goods.c.batch.in_(batches))
    here = select(holdings.c.batch).where(holdings.c.site.in_(sites_in(bounds, shown)))
    static = and_(watches.c.rule == STATIC, watches.c.site.in_(sites_in(bounds, shown)), watches.c.chain.in_(batches))
    expired = and_(watches.c.rule == "expired_stock@1", watches.c.chain.in_(here), watches.c.chain.in_(batches))
    others = and_(
        watches.c.rule.not_in((STATIC, "expired_stock@1")),
        or_(watches.c.org.in_(holders_in(bounds)), watches.c.chain.in_(about)),
    )
    return or_(static, expired, others)


def _org_scope(scope: Scope, whose: ColumnElement[str]) -> list[ColumnElement[bool]]:
    match scope:
        case Own(org):
            return [whose == org]
        case Ward(_, bounds):
            return [whose.in_(holders_in(bounds))]
        case Everything():
            return []


# --- what is looked for -----------------------------------------------------------------------------------------------


def narrowed(wanted: Wanted) -> list[Jurisdiction]:
    """The region and the park that are looked for, each to be met."""
    found = [Jurisdiction(regions=(wanted.region,))] if wanted.region else []
    return [*found, Jurisdiction(parks=(wanted.park,))] if wanted.park else found


def stored_bounds(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What bounds stored findings to those that are looked for, but for their time."""
    plain = {"rule": wanted.rule, "severity": wanted.severity, "org": wanted.org, "batch": wanted.batch}
    found: list[ColumnElement[bool]] = [findings.c[name] == value for name, value in plain.items() if value]
    if wanted.status == "open":
        found.append(findings.c.resolved_idx.is_(None))
    elif wanted.status == "resolved":
        found.append(findings.c.resolved_idx.is_not(None))
    found += [or_(findings.c.batch.in_(batches_in(bounds)), stated_in(bounds)) for bounds in narrowed(wanted)]
    if wanted.product:
        of_product = select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(wanted.products))
        found.append(findings.c.batch.in_(of_product))
    if wanted.site:
        there = exists().where(links.c.chain == wanted.site, links.c.idx == findings.c.idx)
        found.append(or_(findings.c.chain == wanted.site, there))
    return found


def _watch_bounds(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.rule:
        found.append(watches.c.rule == wanted.rule)
    if wanted.org:
        found.append(watches.c.org == wanted.org)
    if wanted.site:
        found.append(watches.c.site == wanted.site)
    if wanted.batch:
        about = select(deal_goods.c.ref).where(deal_goods.c.batch == wanted.batch)
        found.append(or_(watches.c.chain == wanted.batch, watches.c.chain.in_(about)))
    if wanted.product:
        batches = select(search.c.id).where(search.c.kind == "batch", search.c.product.in_(wanted.products))
        about = select(deal_goods.c.ref).where(deal_goods.c.batch.in_(batches))
        found.append(or_(watches.c.chain.in_(batches), watches.c.chain.in_(about)))
    return [*found, *(_watch_in(bounds) for bounds in narrowed(wanted))]
