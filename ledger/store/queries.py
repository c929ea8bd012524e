"""Pages that people and programs ask for: stock, kilograms, findings, ancestry, codes, master data.

Every list is paged by key: pass the last row's key as ``after`` to get the next page.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_

from ledger.core.scanned import OwnCode, read
from ledger.errors import FormatError
from ledger.store.projections import CELL
from ledger.store.repository import Repository
from ledger.store.rows import ALIAS, CodeRow, DealRow, EdgeRow, FindingRow, HoldingRow, SearchRow
from ledger.store.tables import account_totals, codes, concerns, deals, edges, findings, holdings, search

_PART: Final = 1_000_000_000
"""Sums are taken in two parts: a database adds in 64 bits, and the stock of a nation may need more."""


class Queries(Repository):
    """Reading the projections."""

    __slots__ = ()

    def stock(
        self,
        *,
        batch: str | None = None,
        owner: str | None = None,
        custodian: str | None = None,
        site: str | None = None,
        container: str | None = None,
        after: HoldingRow | None = None,
        limit: int = 100,
    ) -> list[HoldingRow]:
        """Return holdings that match every filter, ordered by cell."""
        filters = {"batch": batch, "owner": owner, "custodian": custodian, "site": site, "container": container}
        query = select(holdings).order_by(*[holdings.c[name] for name in CELL]).limit(limit)
        for name, value in filters.items():
            if value is not None:
                query = query.where(holdings.c[name] == value)
        if after is not None:
            query = query.where(tuple_(*[holdings.c[name] for name in CELL]) > tuple_(*after[:6]))
        return self._all(query, HoldingRow)

    def concerns(self, org: str, *, after: int = -1, limit: int = 100) -> list[int]:
        """Return the indexes above ``after`` of records that concern an organisation, oldest first."""
        query = select(concerns.c.idx).where(concerns.c.org == org, concerns.c.idx > after)
        return [int(idx) for idx in self.connection.execute(query.order_by(concerns.c.idx).limit(limit)).scalars()]

    def deals(
        self,
        org: str,
        kind: str,
        *,
        sides: Sequence[str] = (),
        statuses: Sequence[str] = (),
        before: tuple[int, str] | None = None,
        limit: int = 50,
    ) -> list[DealRow]:
        """Return transfers or shipments of a party, newest change first: (index, reference) below ``before``."""
        query = select(deals).where(deals.c.org == org, deals.c.kind == kind)
        for column, wanted in ((deals.c.side, sides), (deals.c.status, statuses)):
            if wanted:
                query = query.where(column.in_(wanted))
        if before is not None:
            query = query.where(tuple_(deals.c.idx, deals.c.ref) < tuple_(*before))
        return self._all(query.order_by(deals.c.idx.desc(), deals.c.ref.desc()).limit(limit), DealRow)

    def batch_mass(self, batch: str) -> dict[str, int]:
        """Return milligrams by account of a batch, "holding" for all its stock; they add up to zero."""
        query = select(account_totals.c.account, account_totals.c.mg).where(account_totals.c.batch == batch)
        found = {account: int(mg) for account, mg in self.connection.execute(query)}
        stock = select(*_sum(holdings.c.mg)).where(holdings.c.batch == batch)
        return found | {"holding": _joined(*self.connection.execute(stock).one())}

    def mass_by_account(self) -> dict[str, int]:
        """Return milligrams by account over all batches, "holding" for all stock; they add up to zero."""
        query = select(account_totals.c.account, *_sum(account_totals.c.mg)).group_by(account_totals.c.account)
        found = {row[0]: _joined(row[1], row[2]) for row in self.connection.execute(query)}
        stock = self.connection.execute(select(*_sum(holdings.c.mg))).one()
        return dict(sorted(found.items())) | {"holding": _joined(*stock)}

    def findings(
        self,
        *,
        org: str | None = None,
        batch: str | None = None,
        chain: str | None = None,
        rule: str | None = None,
        severity: str | None = None,
        unresolved: bool = False,
        after: tuple[int, int] = (-1, -1),
        limit: int = 100,
    ) -> list[FindingRow]:
        """Return findings that match every filter, ordered by (idx, n)."""
        filters = {"org": org, "batch": batch, "chain": chain, "rule": rule, "severity": severity}
        query = select(findings).order_by(findings.c.idx, findings.c.n).limit(limit)
        query = query.where(tuple_(findings.c.idx, findings.c.n) > tuple_(*after))
        for name, value in filters.items():
            if value is not None:
                query = query.where(findings.c[name] == value)
        if unresolved:
            query = query.where(findings.c.resolved_idx.is_(None))
        return self._all(query, FindingRow)

    # --- ancestry ---------------------------------------------------------------------------------------------------

    def parents(self, batch: str) -> list[EdgeRow]:
        """Return what went into a batch."""
        return self._all(select(edges).where(edges.c.child == batch).order_by(edges.c.parent, edges.c.idx), EdgeRow)

    def children(self, batch: str) -> list[EdgeRow]:
        """Return where a batch went."""
        return self._all(select(edges).where(edges.c.parent == batch).order_by(edges.c.child, edges.c.idx), EdgeRow)

    def ancestors(self, batch: str, *, limit: int = 100_000) -> list[str]:
        """Return every batch that this one was made of, however far back, sorted; at most ``limit``."""
        return self._closure(batch, "child", "parent", limit)

    def descendants(self, batch: str, *, limit: int = 100_000) -> list[str]:
        """Return every batch that this one went into, however far on, sorted; at most ``limit``."""
        return self._closure(batch, "parent", "child", limit)

    def _closure(self, batch: str, start: str, to: str, limit: int) -> list[str]:
        reached = select(edges.c[to].label("batch")).where(edges.c[start] == batch).cte("reached", recursive=True)
        reached = reached.union(select(edges.c[to]).where(edges.c[start] == reached.c.batch))
        query = select(reached.c.batch).where(reached.c.batch != batch).order_by(reached.c.batch).limit(limit)
        return [row[0] for row in self.connection.execute(query)]

    # --- codes and master data --------------------------------------------------------------------------------------

    def code(self, code: str) -> CodeRow | None:
        """Return what a printed code resolves to."""
        return self._one(select(codes).where(codes.c.code == code), CodeRow)

    def gs1_codes(self, prefixes: Sequence[str], *, limit: int) -> list[CodeRow]:
        """Return codes of GS1 that are bound under company prefixes (digits), by GTIN, lot and serial number."""
        if not prefixes:
            return []
        begun = or_(*(codes.c.code.like(f"/01/_{digits}%") for digits in prefixes))
        query = select(codes).where(codes.c.kind == ALIAS, begun).order_by(codes.c.code).limit(limit)
        return self._all(query, CodeRow)

    def codes_of(self, target: str) -> list[CodeRow]:
        """Return every code printed for a thing, without those of other systems."""
        return self._all(
            select(codes).where(codes.c.target == target, codes.c.kind != ALIAS).order_by(codes.c.code), CodeRow
        )

    def thing(self, kind: str, ref: str) -> SearchRow | None:
        """Return the search row of one thing."""
        return self._one(select(search).where(search.c.kind == kind, search.c.id == ref), SearchRow)

    def things(
        self,
        kind: str,
        *,
        text: str | None = None,
        org: str | None = None,
        region: str | None = None,
        product: str | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[SearchRow]:
        """Return things of a kind, ordered by id.

        ``text``: part of a label, name, UN or CAS number, letters of ASCII in either case; ``region``: a prefix.
        """
        query = select(search).where(search.c.kind == kind, search.c.id > after).order_by(search.c.id).limit(limit)
        for name, value in {"org": org, "product": product}.items():
            if value is not None:
                query = query.where(search.c[name] == value)
        if region is not None:
            query = query.where(search.c.region.startswith(region, autoescape=True))
        return self._all(query if text is None else matching(query, text), SearchRow)


def matching(query: Select[Any], text: str, *, printed: bool = False) -> Select[Any]:
    """Look in one joined text, so that one LIKE serves every column. ``printed``: a code finds what bears it, too."""
    joined: ColumnElement[Any] = literal("")
    for name in ("label", "zh", "en", "un", "cas"):
        joined = joined + search.c[name] + literal("\n")
    found = func.lower(joined).contains(ascii_lower(text), autoescape=True)
    code = _printed(text) if printed else None
    if code is None:
        return query.where(found)
    return query.where(or_(found, search.c.id.in_(select(codes.c.target).where(codes.c.code == code))))


def _printed(text: str) -> str | None:
    """The code of ours that was typed or scanned, in any spelling; None for other words."""
    try:
        scanned = read(text)
    except FormatError:
        return None
    return scanned.code if isinstance(scanned, OwnCode) else None


def ascii_lower(text: str) -> str:
    """Lower what both databases lower under code point order: ASCII letters."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _sum(column: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a column expression
    return func.coalesce(func.sum(column // literal(_PART)), 0), func.coalesce(func.sum(column % literal(_PART)), 0)


def _joined(high: int, low: int) -> int:
    return int(high) * _PART + int(low)
