"""Master data, stock and findings of the caller's world, and who the caller is."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from api import csvfile
from api.auth import GuardedRoute, acts
from api.cursors import MAX_LIMIT, read_cursor
from api.i18n import N_
from api.v1.common import LIMIT, Cursor, Limit, Ports, Search, Viewer, listing, reference
from api.views import (
    ContainerView,
    Listing,
    OrganisationView,
    Principal,
    ProductView,
    SiteView,
    StockLine,
)
from ledger.core.quantity import kg

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute)

MOST_STOCK: Final = 20_000
STOCK_HEADINGS: Final = [
    "产品 / Product (zh)",
    "产品 / Product (en)",
    "UN 编号 / UN number",
    "危险类别 / Transport class",
    "批号 / Batch number",
    "批次 / Batch",
    "库位 / Location",
    "容器编号 / Container number",
    "所有人 / Owner",
    "状态 / Status",
    "数量（千克） / Amount (kg)",
]


@router.get("/me", tags=["access"], summary=N_("Who is calling"))
@acts("self.read")
def me(viewer: Viewer) -> Principal:
    """Return the organisation and the roles behind the key or session."""
    return viewer


@router.get("/stock", tags=["stock"], summary=N_("The organisation's stock"))
@acts("stock.read")
def stock(ports: Ports, viewer: Viewer, cursor: Cursor = None, limit: Limit = LIMIT) -> Listing[StockLine]:
    """Return what the organisation owns or holds, line by line; for a regulator what lies in its region."""
    return listing("stock", ports.registry.stock(viewer, read_cursor("stock", cursor), limit))


@router.get(
    "/stock.csv",
    tags=["stock"],
    summary=N_("The organisation's stock as CSV"),
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "UTF-8 with its mark; no cell runs as a formula."}},
)
@acts("stock.read")
def stock_file(ports: Ports, viewer: Viewer) -> Response:
    """Return up to 20,000 lines of stock for a spreadsheet; a file that was cut says so in its last row."""
    rows: list[list[str]] = [STOCK_HEADINGS]
    after = None
    while True:
        page = ports.registry.stock(viewer, after, MAX_LIMIT)
        rows.extend(_stock_row(line) for line in page.items)
        after = page.next_key
        if after is None or len(rows) > MOST_STOCK:
            break
    if after is not None:
        rows.append(["# 未完 / more at /api/v1/stock"])
    return csvfile.answer("hazledger-stock.csv", rows)


def _stock_row(line: StockLine) -> list[str]:
    held = line.holding
    place = f"{held.place.name.zh} {held.place.location or ''}".strip()
    return [
        line.product.zh,
        line.product.en,
        line.un or "",
        line.transport_class or "",
        line.batch_number,
        line.batch,
        place,
        held.container_label or "",
        held.owner.name.zh,
        held.status,
        kg(held.mass),
    ]


@router.get("/containers", tags=["master data"], summary=N_("Containers owned or held"))
@acts("master.read")
def containers(ports: Ports, viewer: Viewer, cursor: Cursor = None, limit: Limit = LIMIT) -> Listing[ContainerView]:
    """Return containers by label."""
    return listing("containers", ports.registry.containers(viewer, read_cursor("containers", cursor), limit))


@router.get("/containers/{uuid}", tags=["master data"], summary=N_("One container"))
@acts("master.read")
def container(ports: Ports, viewer: Viewer, uuid: str) -> ContainerView:
    """Return a container with its present, or last, fill."""
    return ports.registry.container(viewer, reference("container", uuid))


@router.get("/sites", tags=["master data"], summary=N_("Sites"))
@acts("master.read")
def sites(ports: Ports, viewer: Viewer, cursor: Cursor = None, limit: Limit = LIMIT) -> Listing[SiteView]:
    """Return sites the organisation runs, keeps stock at or supervises."""
    return listing("sites", ports.registry.sites(viewer, read_cursor("sites", cursor), limit))


@router.get("/sites/{uuid}", tags=["master data"], summary=N_("One site"))
@acts("master.read")
def site(ports: Ports, viewer: Viewer, uuid: str) -> SiteView:
    """Return a site with its locations."""
    return ports.registry.site(viewer, reference("site", uuid))


@router.get("/organisations", tags=["master data"], summary=N_("Organisations dealt with"))
@acts("master.read")
def organisations(
    ports: Ports, viewer: Viewer, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[OrganisationView]:
    """Return organisations the caller's own deals with, by name."""
    return listing("organisations", ports.registry.organisations(viewer, read_cursor("organisations", cursor), limit))


@router.get("/organisations/{uuid}", tags=["master data"], summary=N_("One organisation"))
@acts("master.read")
def organisation(ports: Ports, viewer: Viewer, uuid: str) -> OrganisationView:
    """Return an organisation and who vouches for it."""
    return ports.registry.organisation(viewer, reference("org", uuid))


@router.get("/products", tags=["master data"], summary=N_("Products with their hazards"))
@acts("master.read")
def products(
    ports: Ports, viewer: Viewer, q: Search = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[ProductView]:
    """Return products by name; `q` is the start of a name, a UN number or a CAS number."""
    return listing("products", ports.registry.products(viewer, q, read_cursor("products", cursor), limit))


@router.get("/products/{uuid}", tags=["master data"], summary=N_("One product"))
@acts("master.read")
def product(ports: Ports, viewer: Viewer, uuid: str) -> ProductView:
    """Return a product with its hazards."""
    return ports.registry.product(viewer, reference("product", uuid))
