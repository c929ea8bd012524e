"""Findings for programs: the list that is searched, and one with what it rests on."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query

from api.auth import GuardedRoute, acts
from api.cursors import read_cursor
from api.finding_ports import FindingSearch
from api.i18n import N_
from api.v1.common import LIMIT, REGION, Cursor, Limit, Ports, Viewer, listing
from api.views import Listing
from api.views.findings import FindingLine, FindingPage
from ledger.store.found import Wanted

router = APIRouter(prefix="/api/v1", tags=["findings"], route_class=GuardedRoute)

RULE: Final = r"^$|^[a-z][a-z0-9_]{0,63}@[1-9][0-9]{0,3}$"
MOST_DAYS: Final = 36_500


def _ref(kind: str) -> str:
    return rf"^$|^{kind}:[0-9a-f-]{{36}}$"


def searched(  # noqa: PLR0913, PLR0917 - a parameter for each thing that may be looked for
    rule: Annotated[str, Query(description='A rule, "name@n".', pattern=RULE)] = "",
    severity: Annotated[Literal["", "critical", "warning", "info"], Query(description="How grave.")] = "",
    status: Annotated[Literal["", "open", "resolved", "all"], Query(description="Open ones, if left out.")] = "",
    age: Annotated[str, Query(description="There for so many days or longer.", pattern=r"^[0-9]{0,5}$")] = "",
    order: Annotated[Literal["", "newest", "oldest"], Query(description="Newest first, if left out.")] = "",
    region: Annotated[str, Query(description="In a region: GB/T 2260.", pattern=r"^$|" + REGION)] = "",
    park: Annotated[str, Query(description="In a chemical park, by its name.", max_length=200)] = "",
    org: Annotated[str, Query(description="Stated by, or to be acted on by.", pattern=_ref("org"))] = "",
    product: Annotated[str, Query(description="About batches of a product.", pattern=_ref("product"))] = "",
    batch: Annotated[str, Query(description="About a batch.", pattern=_ref("batch"))] = "",
    site: Annotated[str, Query(description="About a site.", pattern=_ref("site"))] = "",
) -> FindingSearch:
    """Return what a list of findings is searched for: a dependency."""
    wanted = Wanted(rule, severity, status or "open", region, park.strip(), org, product, batch, site)
    return FindingSearch(wanted, min(int(age or 0), MOST_DAYS), order == "oldest")


Searched = Annotated[FindingSearch, Depends(searched)]


@router.get("/findings", summary=N_("Findings, searched"))
@acts("finding.read")
def findings(
    ports: Ports, viewer: Viewer, search: Searched, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[FindingLine]:
    """Return what the rules found and no event has resolved yet: in records, and as of now by time and stock."""
    return listing("findings", ports.findings.listing(viewer, search, read_cursor("findings", cursor), limit))


@router.get("/findings/{finding}", summary=N_("One finding with what it rests on"))
@acts("finding.read")
def finding(ports: Ports, viewer: Viewer, finding: str) -> FindingPage:
    """Return rule, figures, records, since when it is there, and what resolves it."""
    return ports.findings.one(viewer, finding)
