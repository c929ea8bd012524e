"""The port of overviews: what is where in the viewer's world, by region, park, site and product."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from api.overview_ports import Where
from api.region_names import of_region
from api.views import Principal, Words
from api.views.find import FindView
from api.views.matter import Severity
from api.views.overview import Area, AreaLine, EndingLine, Ends, FoundLine, OverviewView, ProductLine, Trail
from api.views.site import SitePage
from api.wiring.find import find
from api.wiring.findings import LedgerFindings
from api.wiring.freshness import Freshness
from api.wiring.goods import row_in_force
from api.wiring.known import Known, hidden
from api.wiring.reading import Reading
from api.wiring.sight import scope_of, subject_of
from api.wiring.site_page import site_page
from ledger.core.times import format_utc
from ledger.errors import NotFoundError
from ledger.reference.regions import Region, Regions
from ledger.rules.aggregates import ProductState
from ledger.services import policy
from ledger.store.found import Wanted
from ledger.store.found_counts import Ages
from ledger.store.overview import DAY_MS, Ending, Narrow, Overview, ProductSum, SiteSum

BACK_DAYS: Final = 90
AHEAD_DAYS: Final = 60
MOST_SITES: Final = 5_000
MOST_PRODUCTS: Final = 60
MOST_ENDING: Final = 12
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")
KINDS: Final[Mapping[str, Ends]] = {"licence": "licence", "batch": "batch", "retest": "retest"}
EVERYWHERE: Final = Words("全部", "Everywhere")
ELSEWHERE: Final = Words("其他地区", "Other regions")


class LedgerOverview:
    """Overviews over the ledger's projections."""

    def __init__(self, reading: Reading, findings: LedgerFindings) -> None:
        """Read with this; ``findings``: what counts them."""
        self._reading = reading
        self._findings = findings
        self._freshness = Freshness()

    def find(self, viewer: Principal, text: str) -> FindView:
        """Return things that bear a text, a few of each kind, the best first."""
        with self._reading.known() as known:
            return find(known, viewer, text)

    def site(self, viewer: Principal, ref: str) -> SitePage:
        """Return a site with what the viewer sees there. NotFoundError: none that it may know of."""
        with self._reading.known() as known:
            return site_page(known, self._freshness, viewer, ref)

    def overview(self, viewer: Principal, where: Where) -> OverviewView:
        """Return a part of the viewer's world. NotFoundError: no such region or product."""
        regions = self._reading.ledger.reference.regions
        path = _path(regions, where.region)
        with self._reading.known() as known:
            subject = subject_of(known, viewer)
            scope = scope_of(subject, "stock.read")
            sums = Overview(known.unit.connection, known.unit.backend)
            product = _product(known, where.product)
            same = sums.namesakes(where.product) if where.product else ()
            narrow = Narrow(where.region, where.park, same)
            wanted = Wanted(region=where.region, park=where.park, product=where.product, namesakes=same)
            sites = sums.sites(scope, narrow, limit=MOST_SITES + 1)
            products = sums.products(scope, narrow, limit=MOST_PRODUCTS + 1)
            told = policy.decide(subject, "finding.read")
            areas = _areas(regions, where.region, sites[:MOST_SITES])
            parks = _parks(sites[:MOST_SITES]) if not where.park else ()
            moved = (*(area.idx for area in (*areas, *parks)), *(row.idx for row in products))
            at = sums.recorded(idx for idx in moved if idx is not None)
            mg, trips = sums.aboard(scope, narrow)
            back, today, ahead = (_day(known.now_ms + days * DAY_MS) for days in (-BACK_DAYS, 0, AHEAD_DAYS))
            ended = sums.ending(scope, narrow, back, today, limit=MOST_ENDING, newest=True)
            ending = sums.ending(scope, narrow, today, ahead, limit=MOST_ENDING)
            return OverviewView(
                as_of_index=known.unit.log.size() - 1,
                as_of=known.unit.log.last_recorded_at_ms() or 0,
                trail=(Trail("", EVERYWHERE), *(Trail(item.prefix, of_region(item)) for item in path)),
                region=where.region,
                park=where.park,
                product=product,
                stock=sum(row.mg for row in sites),
                sites=len(sites),
                moved=max(at.values(), default=None),
                aboard=mg,
                trips=trips,
                findings=_findings(self._findings.counted(known, viewer, wanted)) if told else None,
                ended=_ending(known, ended),
                ending=_ending(known, ending),
                areas=tuple(area.line(at) for area in areas),
                parks=tuple(area.line(at) for area in parks),
                products=_products(known, products[:MOST_PRODUCTS], at),
                more=len(sites) > MOST_SITES or len(products) > MOST_PRODUCTS,
            )


# --- by place ---------------------------------------------------------------------------------------------------------


class _Area:
    """Sites that are told of as one."""

    def __init__(self, kind: Area, ref: str, name: Words) -> None:
        self.kind: Area = kind
        self.ref, self.name = ref, name
        self.sites, self.mg = 0, 0
        self.idx: int | None = None

    def add(self, row: SiteSum) -> None:
        self.sites += 1
        self.mg += row.mg
        if row.idx is not None:
            self.idx = row.idx if self.idx is None else max(self.idx, row.idx)

    def line(self, at: Mapping[int, int]) -> AreaLine:
        return AreaLine(self.kind, self.ref, self.name, self.sites, self.mg, None if self.idx is None else at[self.idx])


def _path(regions: Regions, prefix: str) -> tuple[Region, ...]:
    """The regions down to the one of a prefix. NotFoundError: unknown."""
    return regions.path(prefix.ljust(6, "0")) if prefix else ()


def _areas(regions: Regions, prefix: str, sites: Sequence[SiteSum]) -> tuple[_Area, ...]:
    """The next regions below, most kilograms first; within a county the sites."""
    found: dict[str, _Area] = {}
    for row in sites:
        below = _below(regions, row.region, prefix)
        if len(prefix) == len(row.region):
            area = found.setdefault(row.site, _Area("site", row.site, Words(row.zh, row.en or row.zh)))
        elif below is None:
            area = found.setdefault(row.region, _Area("region", row.region, ELSEWHERE))
        else:
            area = found.setdefault(below.prefix, _Area("region", below.prefix, of_region(below)))
        area.add(row)
    return tuple(sorted(found.values(), key=lambda area: (-area.mg, area.ref)))


def _below(regions: Regions, code: str, prefix: str) -> Region | None:
    """The region just below a prefix in which a code lies; None where the table lacks the code."""
    try:
        path = regions.path(code)
    except NotFoundError:
        return None
    return next((region for region in path if len(region.prefix) > len(prefix)), None)


def _parks(sites: Iterable[SiteSum]) -> tuple[_Area, ...]:
    found: dict[str, _Area] = {}
    for row in sites:
        if row.park:
            found.setdefault(row.park, _Area("park", row.park, Words(row.park, row.park))).add(row)
    return tuple(sorted(found.values(), key=lambda area: (-area.mg, area.ref)))


# --- by product, what is found, what ends -----------------------------------------------------------------------------


def _product(known: Known, ref: str) -> Words | None:
    if not ref:
        return None
    if known.get(ref, ProductState) is None:
        raise hidden(ref)
    return known.product(ref)


def _products(known: Known, rows: Sequence[ProductSum], at: Mapping[int, int]) -> tuple[ProductLine, ...]:
    known.load(row.product for row in rows)
    return tuple(_product_line(known, row, at[row.idx]) for row in rows)


def _product_line(known: Known, row: ProductSum, at: int) -> ProductLine:
    state = known.get(row.product, ProductState)
    travels = None if state is None else row_in_force(known, state)
    return ProductLine(
        ref=row.product,
        name=known.product(row.product),
        un=None if travels is None else f"UN{travels['un']}",
        transport_class=None if travels is None else str(travels["class"]),
        sites=row.sites,
        mass=row.mg,
        at=at,
    )


def _findings(found: Mapping[str, Ages]) -> tuple[FoundLine, ...]:
    lines = []
    for severity in SEVERITIES:
        day, week, month, older = found[severity]
        lines.append(FoundLine(severity, (day, week, month, older)))
    return tuple(lines)


def _day(ms: int) -> str:
    return format_utc(ms)[:10]


def _ending(known: Known, rows: Sequence[Ending]) -> tuple[EndingLine, ...]:
    known.load(row.org for row in rows if row.org)
    today = date.fromisoformat(_day(known.now_ms))
    return tuple(_ending_line(known, row, today) for row in rows)


def _ending_line(known: Known, row: Ending, today: date) -> EndingLine:
    return EndingLine(
        kind=KINDS[row.kind],
        ref=row.ref,
        label=row.label or row.ref[-8:].upper(),
        who=known.party(row.org) if row.org else None,
        day=row.day,
        days=(date.fromisoformat(row.day) - today).days,
    )
