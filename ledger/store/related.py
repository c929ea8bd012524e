"""What is in a scope: batches, events and findings, newest first; stock by cell; master data by name."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_

from ledger.rules.jurisdiction import Jurisdiction
from ledger.store.queries import matching
from ledger.store.repository import Repository
from ledger.store.rows import ALIAS, EventRow, FindingRow, HoldingRow
from ledger.store.scopes import Everything, Own, Scope, Ward, batches_in, of_kind, sites_in, stated_in, stock_in
from ledger.store.stock_search import StockWanted, stock_bounds
from ledger.store.tables import (
    chain_heads,
    codes,
    deal_goods,
    edges,
    events,
    findings,
    holdings,
    links,
    places,
    presence,
    records,
    search,
    states,
)

_CELL = ("batch", "owner", "custodian", "place", "container", "status")
_BATCH = "batch:"


class LifeRow(NamedTuple):
    """A record in a chain, with the event and the effects on that chain."""

    seq: int
    idx: int
    effects: bytes
    hash: bytes
    recorded_at_ms: int
    event_hash: bytes
    header: bytes
    signatures: bytes | None


class Related(Repository):
    """Reading across tables."""

    __slots__ = ()

    def life(
        self, chain: str, *, before: int | None = None, index: int | None = None, limit: int = 50
    ) -> list[LifeRow]:
        """Return the records of a chain, newest first: places below ``before``; or the one with this index."""
        query = (
            select(
                links.c.seq,
                links.c.idx,
                links.c.effects,
                records.c.hash,
                records.c.recorded_at_ms,
                events.c.hash.label("event_hash"),
                events.c.header,
                events.c.signatures,
            )
            .join(records, records.c.idx == links.c.idx)
            .join(events, events.c.idx == links.c.idx)
            .where(links.c.chain == chain)
            .order_by(links.c.seq.desc())
            .limit(limit)
        )
        if index is not None:
            query = query.where(links.c.idx == index)
        return self._all(query if before is None else query.where(links.c.seq < before), LifeRow)

    def touched(self, org: str, batch: str) -> bool:
        """Whether the organisation owns, holds or produced the batch, or stated something about it."""
        held = select(holdings.c.batch).where(
            holdings.c.batch == batch, or_(holdings.c.owner == org, holdings.c.custodian == org)
        )
        made = select(search.c.id).where(search.c.kind == "batch", search.c.id == batch, search.c.org == org)
        stated = (
            select(links.c.idx)
            .join(events, events.c.idx == links.c.idx)
            .where(links.c.chain == batch, events.c.actor == org)
        )
        return any(self.connection.execute(query.limit(1)).first() is not None for query in (held, made, stated))

    def batches(
        self, scope: Scope, *, text: str | None = None, after: tuple[int, str] | None = None, limit: int = 50
    ) -> list[tuple[str, int]]:
        """Return batches with the index of their newest record, newest change first."""
        head = chain_heads.c
        query = select(head.chain, head.idx).where(head.chain > _BATCH, head.chain < "batch;")
        bounds = of_kind(scope, "batch")
        if bounds is not None:
            query = query.where(head.chain.in_(bounds))
        if text is not None:
            found = select(search.c.id).where(search.c.kind == "batch")
            query = query.where(head.chain.in_(matching(found, text)))
        if after is not None:
            query = query.where(tuple_(head.idx, head.chain) < tuple_(*after))
        rows = self.connection.execute(query.order_by(head.idx.desc(), head.chain.desc()).limit(limit))
        return [(str(chain), int(idx)) for chain, idx in rows]

    def presences(self, batch: str) -> list[tuple[str, str, str]]:
        """Return (region, park, product) of a batch and all made of it: where ``presence`` has them, and nowhere.

        A batch that is on its way to an organisation is about to be at any place of that organisation.
        """
        made = select(edges.c.child.label("batch")).where(edges.c.parent == batch).cte("made", recursive=True)
        made = made.union(select(edges.c.child).where(edges.c.parent == made.c.batch))
        product = select(search.c.id, search.c.product).where(search.c.kind == "batch")
        product = product.where(or_(search.c.id == batch, search.c.id.in_(select(made.c.batch))))
        known = product.cte("known")
        there = select(places.c.region, places.c.park, known.c.product).select_from(
            known.join(presence, presence.c.batch == known.c.id).join(places, places.c.place == presence.c.place)
        )
        coming = select(places.c.region, places.c.park, known.c.product).select_from(
            known.join(presence, presence.c.batch == known.c.id).join(places, places.c.org == presence.c.place)
        )
        found = [
            (str(region), str(park), str(what)) for region, park, what in self.connection.execute(there.union(coming))
        ]
        kinds = self.connection.execute(select(known.c.product).distinct())
        return sorted({*found, *(("", "", str(row[0])) for row in kinds)})

    def stock(
        self,
        scope: Scope,
        *,
        place: str | None = None,
        custodian: str | None = None,
        wanted: StockWanted | None = None,
        after: tuple[str | int, ...] | None = None,
        limit: int = 50,
    ) -> list[HoldingRow]:
        """Return holdings of a scope, by cell; or the largest first, and then ``after`` begins with milligrams."""
        cell = [holdings.c[name] for name in _CELL]
        largest = wanted is not None and wanted.largest
        order: list[ColumnElement[Any]] = [-holdings.c.mg, *cell] if largest else [*cell]
        bounds = () if wanted is None else stock_bounds(wanted)
        query = select(holdings).where(stock_in(scope), *bounds).order_by(*order).limit(limit)
        for name, value in {"place": place, "custodian": custodian}.items():
            if value is not None:
                query = query.where(holdings.c[name] == value)
        if after is not None:
            past: tuple[str | int, ...] = (-int(after[0]), *after[1:]) if largest else after
            query = query.where(tuple_(*order) > tuple_(*[literal(part) for part in past]))
        return self._all(query, HoldingRow)

    def masses(self, org: str) -> tuple[int, int]:
        """Return the milligrams that an organisation owns and that it holds."""
        owned = select(holdings.c.mg).where(holdings.c.owner == org)
        held = select(holdings.c.mg).where(holdings.c.custodian == org)
        return sum(self.connection.execute(owned).scalars()), sum(self.connection.execute(held).scalars())

    def findings(
        self, scope: Scope, *, after: tuple[int, int] | None = None, limit: int = 50
    ) -> list[tuple[FindingRow, int]]:
        """Return open findings with the time of their record, newest first.

        An organisation's: on what it stated or what it produced. A regulator's: on batches that it supervises, and on
        what was stated by organisations that lie there.
        """
        query = (
            select(*findings.columns, records.c.recorded_at_ms)
            .join(records, records.c.idx == findings.c.idx)
            .where(findings.c.resolved_idx.is_(None))
        )
        match scope:
            case Own(org):
                made = select(search.c.id).where(search.c.kind == "batch", search.c.org == org)
                query = query.where(or_(findings.c.org == org, findings.c.batch.in_(made)))
            case Ward(_, bounds, shown):
                query = query.where(or_(findings.c.batch.in_(batches_in(bounds, shown)), stated_in(bounds)))
            case Everything():
                pass
        key = tuple_(findings.c.idx, findings.c.n)
        if after is not None:
            query = query.where(key < tuple_(*after))
        rows = self.connection.execute(query.order_by(findings.c.idx.desc(), findings.c.n.desc()).limit(limit))
        return [(FindingRow(*row[:-1]), int(row[-1])) for row in rows]

    def stated(self, org: str, *, limit: int = 20) -> list[tuple[EventRow, bytes, int]]:
        """Return the newest events of an organisation, each with its record's hash and time."""
        query = (
            select(*events.columns, records.c.hash.label("record"), records.c.recorded_at_ms)
            .join(records, records.c.idx == events.c.idx)
            .where(events.c.actor == org)
            .order_by(events.c.idx.desc())
            .limit(limit)
        )
        return [(EventRow(*row[:-2]), bytes(row[-2]), int(row[-1])) for row in self.connection.execute(query)]

    def chains_of(self, idx: int) -> list[str]:
        """Return the chains of a record."""
        return [str(row[0]) for row in self.connection.execute(select(links.c.chain).where(links.c.idx == idx))]

    def recorded_in(self, bounds: Jurisdiction, from_ms: int, to_ms: int) -> tuple[str, ...]:
        """Return the chains of a jurisdiction with records before ``to_ms``, sorted: every site that lies there.

        And every batch that is, was or is about to be there, with its shipments and transfers, of which something was
        recorded from ``from_ms`` on.
        """
        at = records.c.recorded_at_ms
        there = batches_in(bounds)
        deals_of = select(deal_goods.c.ref).where(deal_goods.c.batch.in_(there))
        joined = select(links.c.chain).join(records, records.c.idx == links.c.idx).where(at < to_ms)
        moved = joined.where(at >= from_ms, or_(links.c.chain.in_(there), links.c.chain.in_(deals_of)))
        placed = joined.where(links.c.chain.in_(sites_in(bounds)))
        return tuple(sorted(str(row[0]) for row in self.connection.execute(moved.union(placed))))

    def things(
        self,
        kind: str,
        scope: Scope,
        *,
        text: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> list[tuple[str, str]]:
        """Return (name, reference) of things of a kind in a scope, by the name that sorts them."""
        name = search.c.label if kind == "container" else search.c.zh
        query = select(name, search.c.id).where(search.c.kind == kind)
        bounds = of_kind(scope, kind)
        if bounds is not None:
            query = query.where(search.c.id.in_(bounds))
        if text is not None:
            query = matching(query, text, printed=True)
        if after is not None:
            query = query.where(tuple_(name, search.c.id) > tuple_(*after))
        return [(str(a), str(b)) for a, b in self.connection.execute(query.order_by(name, search.c.id).limit(limit))]

    def deals(self, scope: Scope, kind: str, ref: str) -> bool:
        """Whether a thing of a kind is in a scope."""
        query = select(search.c.id).where(search.c.kind == kind, search.c.id == ref)
        bounds = of_kind(scope, kind)
        if bounds is not None:
            query = query.where(search.c.id.in_(bounds))
        return self.connection.execute(query).first() is not None

    def count(self, kind: str) -> int:
        """Return how many aggregates of a kind there are."""
        query = select(func.count()).select_from(states).where(states.c.key > f"{kind}:", states.c.key < f"{kind};")
        return int(self._scalar(query))

    def code_of(self, target: str) -> str | None:
        """Return the newest code printed for a thing that was not voided."""
        query = select(codes.c.code).where(
            codes.c.target == target, codes.c.voided_idx.is_(None), codes.c.kind != ALIAS
        )
        value = self._scalar(query.order_by(codes.c.idx.desc()).limit(1))
        return None if value is None else str(value)
