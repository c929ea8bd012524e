"""The port of master data, stock and the desk of an organisation."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from api.region_names import of_path
from api.views import (
    ContainerView,
    DeskEvent,
    DeskView,
    Key,
    Moment,
    OrganisationView,
    Page,
    Principal,
    ProductView,
    SiteView,
    StockLine,
    Words,
)
from api.wiring.codes import fill_of
from api.wiring.goods import goods_of
from api.wiring.holds import stopped
from api.wiring.known import CONTAINER_KINDS, Known, hidden, roles_shown
from api.wiring.life import detail, flagged
from api.wiring.matter import finding_of
from api.wiring.reading import Reading
from api.wiring.sight import scope_of, subject_of
from api.wiring.stock import stock_line
from ledger.core.b64 import b64u
from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.core.times import parse_stated
from ledger.errors import FormatError
from ledger.rules.aggregates import BatchState, ContainerState, OrgState, ProductState, SiteState, VoidedState
from ledger.services import policy
from ledger.store.rows import EventRow
from ledger.store.scopes import Own
from ledger.store.stock_search import StockWanted

DESK_STOCK: Final = 50
DESK_EVENTS: Final = 20
DESK_FINDINGS: Final = 10
DESK_HOLDS: Final = 5
MOST_PLACES: Final = 200

View = TypeVar("View")


class LedgerRegistry:
    """Master data over the ledger's projections."""

    def __init__(self, reading: Reading) -> None:
        """Read with this."""
        self._reading = reading

    # --- lists and single things ---------------------------------------------------------------------------------

    def containers(
        self, viewer: Principal, after: Key | None, limit: int, text: str | None = None
    ) -> Page[ContainerView]:
        """Return containers the viewer owns or holds, by label."""
        return self._page(viewer, "container", container_view, after, limit, text=text)

    def container(self, viewer: Principal, ref: str) -> ContainerView:
        """Return one container. NotFoundError."""
        return self._one(viewer, "container", ref, container_view)

    def sites(self, viewer: Principal, after: Key | None, limit: int, text: str | None = None) -> Page[SiteView]:
        """Return sites the viewer runs or keeps stock at, by name."""
        return self._page(viewer, "site", site_view, after, limit, text=text)

    def site(self, viewer: Principal, ref: str) -> SiteView:
        """Return one site. NotFoundError."""
        return self._one(viewer, "site", ref, site_view)

    def organisations(self, viewer: Principal, after: Key | None, limit: int) -> Page[OrganisationView]:
        """Return organisations the viewer deals with, by name."""
        return self._page(viewer, "org", organisation_view, after, limit)

    def organisation(self, viewer: Principal, ref: str) -> OrganisationView:
        """Return one organisation. NotFoundError."""
        return self._one(viewer, "org", ref, organisation_view)

    def products(self, viewer: Principal, text: str | None, after: Key | None, limit: int) -> Page[ProductView]:
        """Return products, by name."""
        return self._page(viewer, "product", product_view, after, limit, text=text or None)

    def product(self, viewer: Principal, ref: str) -> ProductView:
        """Return one product. NotFoundError."""
        return self._one(viewer, "product", ref, product_view)

    def _page(
        self,
        viewer: Principal,
        kind: str,
        view: Callable[[Known, str], View],
        after: Key | None,
        limit: int,
        *,
        text: str | None = None,
    ) -> Page[View]:
        place = _named(after)
        with self._reading.known() as known:
            scope = scope_of(subject_of(known, viewer), "master.read", "governance")
            rows = known.related.things(kind, scope, text=text, after=place, limit=limit + 1)
            known.load(ref for _, ref in rows)
            items = tuple(view(known, ref) for _, ref in rows[:limit])
        return Page(items, rows[limit - 1] if len(rows) > limit else None)

    def _one(self, viewer: Principal, kind: str, ref: str, view: Callable[[Known, str], View]) -> View:
        with self._reading.known() as known:
            if not known.related.deals(scope_of(subject_of(known, viewer), "master.read", "governance"), kind, ref):
                raise hidden(ref)
            return view(known, ref)

    # --- stock, findings, desk -----------------------------------------------------------------------------------

    def stock(
        self, viewer: Principal, after: Key | None, limit: int, wanted: StockWanted | None = None
    ) -> Page[StockLine]:
        """Return the viewer's holdings: owned or in custody; for a regulator or park those that it supervises."""
        with self._reading.known() as known:
            scope = scope_of(subject_of(known, viewer), "stock.read")
            largest = wanted is not None and wanted.largest
            rows = known.related.stock(scope, wanted=wanted, after=_cell(after, largest=largest), limit=limit + 1)
            items = tuple(stock_line(known, row) for row in rows[:limit])
        if len(rows) <= limit:
            return Page(items)
        last = rows[limit - 1]
        return Page(items, (last.mg, *last[:6]) if largest else tuple(last[:6]))

    def region(self, code: str) -> Words:
        """Return the full name of a region. NotFoundError."""
        return of_path(self._reading.ledger.reference.regions.path(code))

    def desk(self, viewer: Principal) -> DeskView:
        """Return the desk of the viewer's organisation."""
        if viewer.org is None:
            raise hidden("/desk")
        org = viewer.org.ref
        with self._reading.known() as known:
            subject = subject_of(known, viewer)
            stock = policy.decide(subject, "stock.read")
            rows = known.related.stock(scope_of(subject, "stock.read"), limit=DESK_STOCK + 1) if stock else []
            owned, held = known.related.masses(org)
            told = policy.decide(subject, "finding.read")
            found = known.related.findings(scope_of(subject, "finding.read"), limit=DESK_FINDINGS) if told else []
            halted = stopped(known, org, limit=DESK_HOLDS + 1) if stock else []
            return DeskView(
                org=known.party(org),
                roles=viewer.roles,
                as_of_index=known.unit.log.size() - 1,
                as_of=known.unit.log.last_recorded_at_ms() or 0,
                owned=owned,
                held=held,
                stock=tuple(stock_line(known, row) for row in rows[:DESK_STOCK]),
                recent=_recent(known, org),
                findings=tuple(finding_of(row, at) for row, at in found),
                places=tuple(known.place(text) for text in _places(known, org)),
                more_stock=len(rows) > DESK_STOCK,
                stopped=tuple(halted[:DESK_HOLDS]),
                more_stopped=len(halted) > DESK_HOLDS,
            )


# --- views ------------------------------------------------------------------------------------------------------------


def container_view(known: Known, ref: str) -> ContainerView:
    """Return a container. NotFoundError."""
    state = known.must(ref, ContainerState)
    return ContainerView(
        ref=ref,
        label=known.label(ref),
        kind=CONTAINER_KINDS.get(state.kind, Words(state.kind, state.kind)),
        tare=state.tare_mg,
        capacity=state.capacity_mg,
        inspection_due=state.inspection_due,
        fills=state.cycle,
        fill=fill_of(state),
        batch=max(state.contents, key=lambda name: state.contents[name], default=None),
        code=known.related.code_of(ref),
        on_hold=tuple(known.party(who) for who in sorted(state.held)),
    )


def site_view(known: Known, ref: str) -> SiteView:
    """Return a site with its locations. NotFoundError."""
    state = known.must(ref, SiteState)
    park = Words(state.park, state.park) if state.park else None
    return SiteView(ref, known.place(ref).name, known.party(state.org), state.region, tuple(state.locations), park)


def organisation_view(known: Known, ref: str) -> OrganisationView:
    """Return an organisation and who vouches for it. NotFoundError."""
    state = known.must(ref, OrgState)
    roles = roles_shown(state.roles)
    return OrganisationView(ref, known.party(ref).name, state.uscc, state.region, roles, known.identity(ref))


def product_view(known: Known, ref: str) -> ProductView:
    """Return a product with its hazards. NotFoundError."""
    state = known.must(ref, ProductState)
    number = state.statement.get("catalogue_number")
    return ProductView(goods_of(known, ref), known.party(state.org), None if number is None else str(number))


def _recent(known: Known, org: str) -> tuple[DeskEvent, ...]:
    rows = known.related.stated(org, limit=DESK_EVENTS)
    shown = frozenset({"reason", "condition", "transport"})
    sections: dict[int, dict[str, Disclosure]] = {}
    for part in known.unit.events.disclosures_of((row.idx for row, _, _ in rows), shown):
        if part.body is not None:
            sections.setdefault(part.idx, {})[part.name] = Disclosure.parse(part.body)
    return tuple(_desk_event(known, row, record, at, sections.get(row.idx, {})) for row, record, at in rows)


def _desk_event(known: Known, row: EventRow, record: bytes, at: int, sections: dict[str, Disclosure]) -> DeskEvent:
    header = Header.parse(row.header)
    chains = known.related.chains_of(row.idx)
    batch = next((known.get(chain, BatchState) for chain in sorted(chains) if chain.startswith("batch:")), None)
    moment = Moment(
        index=row.idx,
        record=b64u(record),
        recorded_at=at,
        level="sections",
        type=header.type,
        mode="act" if header.mode == "act" else "report",
        occurred_at=parse_stated(header.occurred_at),
        actor=known.party(header.actor),
        detail=detail({name: part.content for name, part in sections.items()}),
        backing="signed" if row.signatures is not None else "attested",
        voided=known.get("voided:" + b64u(row.hash), VoidedState) is not None,
        flagged=flagged(known, header, at),
    )
    if batch is None:
        return DeskEvent(moment, None, None, None)
    return DeskEvent(moment, batch.id, known.lot(batch.id), known.product(batch.product))


def _places(known: Known, org: str) -> Sequence[str]:
    """The locations of the organisation's own sites."""
    found: list[str] = []
    for _, ref in known.related.things("site", Own(org), limit=MOST_PLACES):
        site = known.get(ref, SiteState)
        if site is not None and site.org == org:
            found.extend(f"{ref}/{location}" for location in site.locations)
    return found[:MOST_PLACES]


# --- cursors ----------------------------------------------------------------------------------------------------------


def _named(after: Key | None) -> tuple[str, str] | None:
    match after:
        case None:
            return None
        case (str(name), str(ref)):
            return name, ref
        case _:
            raise FormatError("cursor_invalid", "/cursor")


def _cell(after: Key | None, *, largest: bool) -> tuple[str | int, ...] | None:
    """The place of a line: its cell, after its milligrams where the largest come first."""
    if after is None:
        return None
    mass, cell = (after[:1], after[1:]) if largest else ((), after)
    if len(cell) != 6 or not all(isinstance(part, int) for part in mass) or len(mass) != largest:
        raise FormatError("cursor_invalid", "/cursor")
    return (*mass, *(str(part) for part in cell))
