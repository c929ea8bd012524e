"""What is where, for programs: the overview, and a site with all that its page shows."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import GuardedRoute, acts
from api.i18n import N_
from api.openapi import problem
from api.v1.common import Ports, Viewer, reference
from api.views.find import FindView
from api.views.overview import OverviewView
from api.views.site import SitePage
from api.web.overview import where_of

Text = Annotated[
    str, Query(description="Part of a name, CAS or UN number, lot, drum, plate, licence or code.", max_length=80)
]

router = APIRouter(prefix="/api/v1", route_class=GuardedRoute)


@router.get(
    "/overview",
    tags=["stock"],
    summary=N_("Stock by region, park, site and product"),
    responses={404: problem("No such region or product, or none the caller may know of.")},
)
@acts("stock.read")
def overview(ports: Ports, viewer: Viewer, region: str = "", park: str = "", product: str = "") -> OverviewView:
    """Return sums with their freshness, open findings by severity and age, and what ends soon.

    `region`: a prefix of GB/T 2260 of two, four or six digits; `product`: the UUID of a product.
    """
    return ports.overviews.overview(viewer, where_of(region, park, product))


@router.get("/find", tags=["stock"], summary=N_("Things of every kind that bear a text"))
@acts("desk.read")
def find(ports: Ports, viewer: Viewer, q: Text = "") -> FindView:
    """Return a few things of each kind, what is called just so first, then what begins so."""
    return ports.overviews.find(viewer, q)


@router.get("/sites/{uuid}/state", tags=["stock"], summary=N_("What is at a site, and how near to its limits"))
@acts("stock.read")
def site_state(ports: Ports, viewer: Viewer, uuid: str) -> SitePage:
    """Return locations with what is in them, what clashes, and the units of GB 18218-2018.

    `design` is weighed from the registered design maximum, which alone is the S and R of the standard; `on_hand` from
    what lies there now.
    """
    return ports.overviews.site(viewer, reference("site", uuid))
