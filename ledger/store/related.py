"""What an organisation has to do with: its batches, events and findings, newest first; master data by name."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select, tuple_, union

from ledger.store.queries import matching
from ledger.store.repository import Repository
from ledger.store.rows import EventRow, FindingRow, HoldingRow
from ledger.store.tables import chain_heads, codes, events, findings, holdings, links, records, search, states

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
    """Reading across tables. ``org`` None: everything there is."""

    __slots__ = ()

    def life(self, chain: str, *, before: int | None = None, limit: int = 50) -> list[LifeRow]:
        """Return the records of a chain, newest first: places below ``before``."""
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
        self, org: str | None, *, text: str | None = None, after: tuple[int, str] | None = None, limit: int = 50
    ) -> list[tuple[str, int]]:
        """Return batches with the index of their newest record, newest change first."""
        head = chain_heads.c
        query = select(head.chain, head.idx).where(head.chain > _BATCH, head.chain < "batch;")
        if org is not None:
            query = query.where(head.chain.in_(_batches_of(org)))
        if text is not None:
            found = select(search.c.id).where(search.c.kind == "batch")
            query = query.where(head.chain.in_(matching(found, text)))
        if after is not None:
            query = query.where(tuple_(head.idx, head.chain) < tuple_(*after))
        rows = self.connection.execute(query.order_by(head.idx.desc(), head.chain.desc()).limit(limit))
        return [(str(chain), int(idx)) for chain, idx in rows]

    def stock(
        self,
        org: str | None,
        *,
        place: str | None = None,
        custodian: str | None = None,
        after: tuple[str, ...] | None = None,
        limit: int = 50,
    ) -> list[HoldingRow]:
        """Return holdings that the organisation owns or has in custody, by cell."""
        cell = [holdings.c[name] for name in _CELL]
        query = select(holdings).order_by(*cell).limit(limit)
        if org is not None:
            query = query.where(or_(holdings.c.owner == org, holdings.c.custodian == org))
        for name, value in {"place": place, "custodian": custodian}.items():
            if value is not None:
                query = query.where(holdings.c[name] == value)
        return self._all(query if after is None else query.where(tuple_(*cell) > tuple_(*after)), HoldingRow)

    def masses(self, org: str) -> tuple[int, int]:
        """Return the milligrams that an organisation owns and that it holds."""
        owned = select(holdings.c.mg).where(holdings.c.owner == org)
        held = select(holdings.c.mg).where(holdings.c.custodian == org)
        return sum(self.connection.execute(owned).scalars()), sum(self.connection.execute(held).scalars())

    def findings(
        self, org: str | None, *, after: tuple[int, int] | None = None, limit: int = 50
    ) -> list[tuple[FindingRow, int]]:
        """Return open findings with the time of their record, newest first: on what it stated or what it produced."""
        query = (
            select(*findings.columns, records.c.recorded_at_ms)
            .join(records, records.c.idx == findings.c.idx)
            .where(findings.c.resolved_idx.is_(None))
        )
        if org is not None:
            made = select(search.c.id).where(search.c.kind == "batch", search.c.org == org)
            query = query.where(or_(findings.c.org == org, findings.c.batch.in_(made)))
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

    def things(
        self,
        kind: str,
        org: str | None,
        *,
        text: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> list[tuple[str, str]]:
        """Return (name, reference) of things of a kind that an organisation deals with, by the name that sorts them."""
        name = search.c.label if kind == "container" else search.c.zh
        query = select(name, search.c.id).where(search.c.kind == kind)
        if org is not None:
            query = query.where(search.c.id.in_(_DEALT[kind](org)))
        if text is not None:
            query = matching(query, text)
        if after is not None:
            query = query.where(tuple_(name, search.c.id) > tuple_(*after))
        return [(str(a), str(b)) for a, b in self.connection.execute(query.order_by(name, search.c.id).limit(limit))]

    def deals(self, org: str, kind: str, ref: str) -> bool:
        """Whether an organisation deals with a thing of a kind."""
        query = select(search.c.id).where(search.c.kind == kind, search.c.id == ref, search.c.id.in_(_DEALT[kind](org)))
        return self.connection.execute(query).first() is not None

    def count(self, kind: str) -> int:
        """Return how many aggregates of a kind there are."""
        query = select(func.count()).select_from(states).where(states.c.key > f"{kind}:", states.c.key < f"{kind};")
        return int(self._scalar(query))

    def code_of(self, target: str) -> str | None:
        """Return the newest code printed for a thing that was not voided."""
        query = select(codes.c.code).where(codes.c.target == target, codes.c.voided_idx.is_(None))
        value = self._scalar(query.order_by(codes.c.idx.desc()).limit(1))
        return None if value is None else str(value)


def _batches_of(org: str) -> Select[tuple[str]]:
    """Batches that an organisation owns, holds, produced or stated something about."""
    held = select(holdings.c.batch).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
    made = select(search.c.id).where(search.c.kind == "batch", search.c.org == org)
    stated = (
        select(links.c.chain)
        .join(events, events.c.idx == links.c.idx)
        .where(events.c.actor == org, links.c.chain > _BATCH, links.c.chain < "batch;")
    )
    found = union(held, made, stated, _carried_by(org)).subquery()
    return select(found.c[0])


def _carried_by(org: str) -> Select[tuple[str]]:
    """Batches in a record of a shipment that an organisation arranged."""
    trips = select(search.c.id).where(search.c.kind == "shipment", search.c.org == org)
    moved = select(links.c.idx).where(links.c.chain.in_(trips))
    return select(links.c.chain).where(links.c.idx.in_(moved), links.c.chain > _BATCH, links.c.chain < "batch;")


def _containers_of(org: str) -> Select[tuple[str]]:
    """Containers that an organisation owns, or in which it owns or holds something."""
    held = select(holdings.c.container).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
    own = select(search.c.id).where(search.c.kind == "container", search.c.org == org)
    found = union(held, own).subquery()
    return select(found.c[0])


def _sites_of(org: str) -> Select[tuple[str]]:
    """Sites that an organisation runs or keeps stock at."""
    held = select(holdings.c.site).where(or_(holdings.c.owner == org, holdings.c.custodian == org))
    own = select(search.c.id).where(search.c.kind == "site", search.c.org == org)
    found = union(held, own).subquery()
    return select(found.c[0])


def _organisations_of(org: str) -> Select[tuple[str]]:
    """The organisation itself and those with whom it shares stock now, as owner and custodian."""
    theirs = select(holdings.c.owner).where(holdings.c.custodian == org)
    mine = select(holdings.c.custodian).where(holdings.c.owner == org)
    made = (
        select(search.c.org)
        .where(search.c.kind == "batch")
        .where(
            search.c.id.in_(select(holdings.c.batch).where(or_(holdings.c.owner == org, holdings.c.custodian == org)))
        )
    )
    own = select(search.c.id).where(search.c.kind == "org", search.c.id == org)
    found = union(theirs, mine, made, own).subquery()
    return select(found.c[0])


def _products_of(org: str) -> Select[tuple[str]]:
    """Products that an organisation registered, and those of its batches."""
    dealt = select(search.c.product).where(search.c.kind == "batch", search.c.id.in_(_batches_of(org)))
    own = select(search.c.id).where(search.c.kind == "product", search.c.org == org)
    found = union(dealt, own).subquery()
    return select(found.c[0])


_DEALT: Mapping[str, Callable[[str], Select[tuple[str]]]] = {
    "container": _containers_of,
    "site": _sites_of,
    "org": _organisations_of,
    "product": _products_of,
}
