"""A site as the viewer sees it: what is in its locations, what clashes there, its units, licences and contacts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from api.region_names import of_code
from api.views import Principal
from api.views.compliance import LicenceLine
from api.views.here import Why
from api.views.matter import Status
from api.views.site import LocationLine, LocationView, SiteClash, SitePage
from api.wiring.compliance import licence_line
from api.wiring.freshness import Fresh, Freshness
from api.wiring.goods import goods_of
from api.wiring.hazard_units import units_of
from api.wiring.here import Apart, clashing
from api.wiring.holds import holds_on
from api.wiring.known import Known, hidden
from api.wiring.sight import scope_of, subject_of
from ledger.core.times import format_utc
from ledger.rules.aggregates import LocationState, OrgState, SiteState
from ledger.rules.costorage import has_table
from ledger.rules.deadlines import due
from ledger.services.policy import Subject
from ledger.store.overview import Overview, SiteCell
from ledger.store.scopes import Scope, Ward

MOST_CLASHES: Final = 40
MOST_NAMED: Final = 3
STATUSES: Final[tuple[Status, ...]] = ("quarantine", "hold", "waste")
UNKNOWN: Final = Fresh(None, None)

Cells = Mapping[str, Sequence[SiteCell]]
"""What is at each location, by its id."""


def site_page(known: Known, freshness: Freshness, viewer: Principal, ref: str) -> SitePage:
    """Return a site with what the viewer sees there. NotFoundError: none that it may know of."""
    subject = subject_of(known, viewer)
    site = known.get(ref, SiteState)
    if site is None or not known.related.deals(scope_of(subject, "master.read", "governance"), "site", ref):
        raise hidden(ref)
    scope = scope_of(subject, "stock.read")
    cells = Overview(known.unit.connection, known.unit.backend).at_site(scope, ref)
    products = tuple(dict.fromkeys(cell.product for cell in cells))
    known.load((*products, site.org))
    whole = _whole(subject, scope, site)
    by_place = _by_place(cells)
    apart, unjudged = clashing(known, products, site)
    clash = [item for place, held in sorted(by_place.items()) for item in _clashes(known, place, held, apart)]
    clash.sort(key=lambda item: item.why != "site_table")
    at: dict[str, Literal["table", "grid"]] = {item.location: "grid" for item in clash}
    at |= {item.location: "table" for item in clash if item.why == "site_table"}
    fresh = freshness.of_site(known, ref)
    overall = fresh.get("", UNKNOWN)
    return SitePage(
        ref=ref,
        name=known.place(ref).name,
        org=known.party(site.org),
        region=site.region,
        region_name=of_code(known.reference.regions, site.region),
        park=site.park,
        phone=site.phone,
        org_phone=known.must(site.org, OrgState).phone,
        as_of_index=known.unit.log.size() - 1,
        as_of=known.unit.log.last_recorded_at_ms() or 0,
        whole=whole,
        mass=sum(cell.mg for cell in cells),
        last_event=overall.event if whole else None,
        last_count=overall.count if whole else None,
        since=overall.since if whole else None,
        locations=tuple(
            _location(known, site, name, by_place.get(name, ()), at, fresh, whole=whole)
            for name in _names(site, by_place)
        ),
        clashes=tuple(clash[:MOST_CLASHES]),
        unjudged=tuple(known.product(product) for product in unjudged),
        table_from=None if site.apart_from is None else format_utc(site.apart_from)[:10],
        table_pairs=len(site.apart),
        table_in_force=has_table(site, known.now_ms),
        units=units_of(known, site, _masses(by_place)) if whole else (),
        licences=_licences(known, site.org) if whole else (),
        more_clashes=len(clash) > MOST_CLASHES,
        holds=holds_on(known, viewer, site),
    )


def _whole(subject: Subject, scope: Scope, site: SiteState) -> bool:
    """Whether the viewer sees all that is there: who runs the site, and who supervises it whatever the class."""
    return site.org == subject.org or (isinstance(scope, Ward) and not scope.bounds.classes)


# --- locations --------------------------------------------------------------------------------------------------------


def _by_place(cells: Iterable[SiteCell]) -> dict[str, list[SiteCell]]:
    found: dict[str, list[SiteCell]] = {}
    for cell in cells:
        found.setdefault(cell.place.partition("/")[2], []).append(cell)
    return found


def _names(site: SiteState, by_place: Cells) -> list[str]:
    """Locations as registered, in their order, and those that only the stock knows."""
    return [*sorted(site.locations), *sorted(by_place.keys() - site.locations.keys())]


def _masses(by_place: Cells) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for place, cells in by_place.items():
        held = found.setdefault(place, {})
        for cell in cells:
            held[cell.product] = held.get(cell.product, 0) + cell.mg
    return found


def _location(
    known: Known,
    site: SiteState,
    name: str,
    cells: Sequence[SiteCell],
    clashing_at: Mapping[str, Literal["table", "grid"]],
    fresh: Mapping[str, Fresh],
    *,
    whole: bool,
) -> LocationView:
    state = site.locations.get(name, LocationState("", ""))
    held: dict[str, list[SiteCell]] = {}
    for cell in cells:
        held.setdefault(cell.product, []).append(cell)
    lines = [_line(known, product, parts) for product, parts in held.items()]
    told = fresh.get(f"{site.id}/{name}", UNKNOWN) if whole else UNKNOWN
    return LocationView(
        location=name,
        name=state.name,
        kind=state.kind,
        most=state.most_mg,
        mass=sum(cell.mg for cell in cells),
        lines=tuple(sorted(lines, key=lambda line: (line.transport_class or "~", -line.mass, line.name.en))),
        clash=clashing_at.get(name, ""),
        code=known.related.code_of(f"{site.id}/{name}"),
        last_event=told.event,
        last_count=told.count,
    )


def _line(known: Known, product: str, cells: Sequence[SiteCell]) -> LocationLine:
    hazards = goods_of(known, product).hazards
    there = {cell.status for cell in cells}
    return LocationLine(
        product=product,
        name=known.product(product),
        un=hazards.un,
        transport_class=hazards.transport_class,
        regulated=hazards.regulated,
        mass=sum(cell.mg for cell in cells),
        containers=sum(cell.containers for cell in cells),
        statuses=tuple(status for status in STATUSES if status in there),
    )


# --- what clashes, what is held ---------------------------------------------------------------------------------------


def _clashes(known: Known, place: str, cells: Sequence[SiteCell], apart: Apart) -> list[SiteClash]:
    """What clashes at a location, class by class: by the approved table first."""
    here = {cell.product for cell in cells}
    ones: dict[tuple[tuple[str, str], Why], tuple[dict[str, None], dict[str, None]]] = {}
    for (one, other), (classes, why) in apart.items():
        if one in here and other in here:
            left, right = (one, other) if classes[0] <= classes[1] else (other, one)
            found = ones.setdefault(((min(classes), max(classes)), why), ({}, {}))
            found[0][left], found[1][right] = None, None
    made = [
        SiteClash(
            location=place,
            classes=classes,
            why=why,
            ones=tuple(dict.fromkeys(known.product(product) for product in list(left)[:MOST_NAMED])),
            others=tuple(dict.fromkeys(known.product(product) for product in list(right)[:MOST_NAMED])),
            more=max(len(left) - MOST_NAMED, 0) + max(len(right) - MOST_NAMED, 0),
        )
        for (classes, why), (left, right) in ones.items()
    ]
    return sorted(made, key=lambda item: (item.why != "site_table", item.why != "cyanide_acid", item.classes))


def _licences(known: Known, org: str) -> tuple[LicenceLine, ...]:
    """Licences of the organisation itself that count or have ended lately, what ends first before what ends later."""
    state = known.must(org, OrgState)
    ending = {str(item.data["licence"]) for item in due(state, known.now_ms, known.rules) if "licence" in item.data}
    own = [item for item in state.licences if not item.subject]
    known.load(product for item in own for product in item.products)
    lines = [licence_line(known, item, ending) for item in own]
    return tuple(sorted(lines, key=lambda line: (line.standing == "expired", line.valid_to, line.number)))
