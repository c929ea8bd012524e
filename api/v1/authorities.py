"""What authorities ask and show each other, and the matrix, as JSON. Each act is an event at `/api/v1/events`."""

from typing import Annotated, Final

from fastapi import APIRouter, Query

from api.auth import GuardedRoute, acts
from api.cursors import read_cursor
from api.i18n import N_
from api.v1.common import LIMIT, Cursor, Limit, Ports, Viewer, listing
from api.views import Listing
from api.views.authorities import GrantLine, MatrixView, RequestLine, RequestView
from ledger.core.times import format_utc
from ledger.store.authorities import Side

router = APIRouter(prefix="/api/v1", tags=["authorities"], route_class=GuardedRoute)

Box = Annotated[Side, Query(description="Asked of the organisation, or by it (`asker`).")]
Day = Annotated[str | None, Query(description="YYYY-MM-DD; today, if it is left out.", max_length=10)]
ASKED: Final[Side] = "asked"


@router.get("/requests", summary=N_("What authorities asked of the organisation, or it of others"))
@acts("desk.read")
def requests(
    ports: Ports, viewer: Viewer, box: Box = ASKED, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[RequestLine]:
    """Return requests, newest first."""
    return listing("requests", ports.authorities.requests(viewer, box, read_cursor("requests", cursor), limit))


@router.get("/requests/{ref}", summary=N_("One request with its answer"))
@acts("desk.read")
def request(ports: Ports, viewer: Viewer, ref: str) -> RequestView:
    """Return a request by the hash of the event that asks."""
    return ports.authorities.request(viewer, ref[:64])


@router.get("/grants", summary=N_("Sight that authorities give each other for a time"))
@acts("desk.read")
def grants(ports: Ports, viewer: Viewer) -> tuple[GrantLine, ...]:
    """Return what the organisation shows and is shown, newest first, at most 200 things."""
    return ports.authorities.grants(viewer)


@router.get("/matrix", summary=N_("What each authority sees and does on a day"))
@acts("master.read")
def matrix(ports: Ports, viewer: Viewer, day: Day = None) -> MatrixView:
    """Return the matrix of authorities, each cell with its source."""
    del viewer
    return ports.authorities.matrix(day or format_utc(ports.clock.now_ms())[:10])
