"""What is folded from the log: states, stock, totals, edges, findings, codes, search rows, presence. Disposable."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Executable, delete, literal_column, select, update

from ledger.rules.accounts import holding_of_key
from ledger.store.faults import GuardError
from ledger.store.repository import Repository
from ledger.store.rows import (
    AttachmentRow,
    CodeRow,
    DealRow,
    EdgeRow,
    ExpiryRow,
    FindingRow,
    GrantRow,
    PlaceRow,
    PresenceRow,
    RequestRow,
    SearchRow,
    SiteStockRow,
)
from ledger.store.sql import Plan, Row, Source, distinct, plain_type
from ledger.store.tables import (
    PROJECTION,
    account_totals,
    attachments,
    codes,
    concerns,
    deal_goods,
    deals,
    edges,
    expiries,
    family,
    findings,
    grants,
    holdings,
    meta,
    places,
    presence,
    product_classes,
    records,
    requests,
    search,
    site_stock,
    states,
)

CELL = ("batch", "owner", "custodian", "place", "container", "status")
STATE_NAME = "projections"
VERSION = 12
"""Of what is folded and how. A store whose projections are of another version is rebuilt when it is opened to write."""
CURRENT = f"current@{VERSION}"
STALE = "stale"
_SEARCH_TEXTS = ("org", "region", "product", "label", "zh", "en", "un", "cas")


class Projections(Repository):
    """Everything that a replay of the log makes again."""

    __slots__ = ()

    # --- states -----------------------------------------------------------------------------------------------------

    def load_states(self, keys: Iterable[str]) -> dict[str, bytes | None]:
        """Return the aggregates under these keys; None where there is none."""
        wanted = distinct(keys)
        found: dict[str, bytes | None] = dict.fromkeys(wanted)
        found.update(tuple(row) for row in self._by_keys(states, ("key",), ("key", "body"), wanted))
        return found

    def put_states(self, changed: Mapping[str, bytes]) -> None:
        """Store aggregates, new or changed."""
        self._upsert(states, sorted(changed.items()), update=("body",))

    def states_of(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[tuple[str, bytes]]:
        """Return a page of the aggregates whose key begins with ``prefix`` ("batch:"), by key."""
        query = select(states.c.key, states.c.body).where(
            states.c.key > max(after, prefix), states.c.key < prefix + "\U0010ffff"
        )
        return [(key, body) for key, body in self.connection.execute(query.order_by(states.c.key).limit(limit))]

    # --- mass -------------------------------------------------------------------------------------------------------

    def load_holdings(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the milligrams of each cell ``holding:batch|owner|custodian|place|container|status``; 0 if empty."""
        cells = {tuple(holding_of_key(key)): key for key in keys}
        found = dict.fromkeys(cells.values(), 0)
        for *cell, mg in self._by_keys(holdings, CELL, (*CELL, "mg"), sorted(cells)):
            found[cells[tuple(cell)]] = mg
        return found

    def move_holdings(self, deltas: Mapping[str, int]) -> None:
        """Add milligrams to cells, by key. Raises GuardError or ConstraintError if one would fall below nought.

        What leaves is one atomic guarded write in the database itself; an emptied cell is removed.
        """
        out, into = [], []
        for key in sorted(deltas):
            holding, mg = holding_of_key(key), deltas[key]
            if mg < 0:
                out.append((*holding, mg))
            elif mg > 0:
                into.append((*holding, holding.site or "", mg))
        self._draw(out)
        self._upsert(holdings, into, add=("mg",))

    def _draw(self, out: Sequence[Row]) -> None:
        if _DRAW.run(self.connection, self.backend, out) != len(out):
            raise GuardError("holding_not_there")
        _DROP_EMPTY.run(self.connection, self.backend, [cell[:6] for cell in out])

    def add_totals(self, deltas: Mapping[tuple[str, str], int]) -> None:
        """Add milligrams to sources and sinks, by (batch, account). Either sign."""
        rows = [(batch, account, mg) for (batch, account), mg in sorted(deltas.items())]
        self._upsert(account_totals, rows, add=("mg",))

    def add_edges(self, rows: Iterable[EdgeRow]) -> None:
        """Store which batches went into which."""
        self._insert(edges, rows)

    # --- findings, codes, search ------------------------------------------------------------------------------------

    def add_findings(self, rows: Iterable[FindingRow]) -> None:
        """Store findings."""
        self._insert(findings, rows)

    def resolve_finding(self, idx: int, n: int, *, by: int) -> None:
        """Say that record ``by`` settled a finding. Raises GuardError when there is no such open finding."""
        statement = (
            update(findings)
            .where(findings.c.idx == idx, findings.c.n == n, findings.c.resolved_idx.is_(None))
            .values(resolved_idx=by)
        )
        if self.connection.execute(statement).rowcount != 1:
            raise GuardError("finding_not_open", params={"idx": idx, "n": n})

    def add_concerns(self, rows: Iterable[tuple[str, int]]) -> None:
        """Store which organisations a record concerns, as (organisation, index)."""
        self._insert(concerns, rows)

    def add_more_concerns(self, rows: Iterable[tuple[str, int]]) -> None:
        """Store further organisations that a record concerns; those that were known stay."""
        self._add_missing(concerns, sorted(rows))

    def add_attachments(self, rows: Iterable[AttachmentRow]) -> None:
        """Store which records state which papers."""
        self._insert(attachments, rows)

    def put_deals(self, rows: Iterable[DealRow]) -> None:
        """Store transfers and shipments of their parties, new or changed."""
        self._upsert(deals, sorted(rows), update=("side", "status", "idx"))

    def add_deal_goods(self, rows: Iterable[tuple[str, str]]) -> None:
        """Store which batches transfers and shipments are about, as (reference, batch); what was known stays."""
        self._add_missing(deal_goods, sorted(rows))

    def put_codes(self, rows: Iterable[CodeRow]) -> None:
        """Store printed codes, new, claimed or voided; the record that issued one stays what it is."""
        self._upsert(codes, list(rows), update=("kind", "target", "voided_idx"))

    def put_search(self, rows: Iterable[SearchRow]) -> None:
        """Store what people look for, new or changed."""
        self._upsert(search, sorted(rows), update=_SEARCH_TEXTS)

    def put_requests(self, rows: Iterable[RequestRow]) -> None:
        """Store what authorities asked for, new or moved."""
        self._upsert(requests, sorted(rows), update=("status", "moved_idx"))

    def put_grants(self, rows: Iterable[GrantRow]) -> None:
        """Store what is shown to whom, new or withdrawn."""
        self._upsert(grants, list(rows), update=("withdrawn_idx",))

    # --- where batches are ------------------------------------------------------------------------------------------

    def add_presence(self, rows: Iterable[PresenceRow]) -> None:
        """Store where batches are, were or are about to be; what was known stays with the record that first said so."""
        self._add_missing(presence, sorted(rows))

    def put_places(self, rows: Iterable[PlaceRow]) -> None:
        """Store sites and organisations with region and park, new or changed."""
        self._upsert(places, sorted(rows), update=("org", "region", "park"))

    def put_product_classes(self, changed: Mapping[str, frozenset[str]]) -> None:
        """Store the classes and lists of products, instead of those they had."""
        if changed:
            self.connection.execute(delete(product_classes).where(product_classes.c.product.in_(sorted(changed))))
        self._insert(product_classes, [(ref, name) for ref, names in sorted(changed.items()) for name in sorted(names)])

    # --- overviews --------------------------------------------------------------------------------------------------

    def move_site_stock(self, rows: Iterable[SiteStockRow]) -> None:
        """Add milligrams, of either sign, to what is at sites."""
        self._upsert(site_stock, sorted(rows), update=("idx",), add=("mg",))

    def put_expiries(self, rows: Iterable[ExpiryRow]) -> None:
        """Store what ends when, new or changed."""
        self._upsert(expiries, sorted(rows), update=("org", "day", "idx"))

    # --- rebuild ----------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget every projection and mark them stale until ``mark_current``."""
        for table in family(PROJECTION):
            self.connection.execute(delete(table))
        self._upsert(meta, [(STATE_NAME, STALE)], update=("value",))

    def mark_current(self) -> None:
        """Say that the projections reflect the whole log, as this version folds it."""
        self._upsert(meta, [(STATE_NAME, CURRENT)], update=("value",))

    def stale(self) -> bool:
        """Whether they must be rebuilt before they are read; a ledger without records has nothing to rebuild."""
        if self._scalar(select(meta.c.value).where(meta.c.name == STATE_NAME)) == CURRENT:
            return False
        return self._scalar(select(records.c.idx).limit(1)) is not None


def _draw_cells(source: Source) -> Executable:
    match = [holdings.c[name] == source[name] for name in CELL]
    return update(holdings).where(*match).values(mg=holdings.c.mg + source["delta"])


def _drop_empty(source: Source) -> Executable:
    return delete(holdings).where(
        *[holdings.c[name] == source[name] for name in CELL], holdings.c.mg == literal_column("0")
    )


_CELL_TYPES = {name: plain_type(holdings, name) for name in CELL}
_DRAW = Plan(_CELL_TYPES | {"delta": plain_type(holdings, "mg")}, _draw_cells)
_DROP_EMPTY = Plan(_CELL_TYPES, _drop_empty)
