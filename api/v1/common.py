"""What the routes of version 1 share: references from addresses, pages of lists, the router's kind."""

from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.auth import services_of, viewer
from api.cursors import DEFAULT_LIMIT, MAX_LENGTH, MAX_LIMIT, write_cursor
from api.ports import Services
from api.views import Listing, Page, Principal
from ledger.core.ids import check_uuid
from ledger.errors import FormatError, NotFoundError

Item = TypeVar("Item")

Viewer = Annotated[Principal, Depends(viewer)]
Cursor = Annotated[str | None, Query(description="`next` of the page before, unchanged.", max_length=MAX_LENGTH)]
Limit = Annotated[int, Query(description="How many items at most.", ge=1, le=MAX_LIMIT)]
Search = Annotated[str | None, Query(description="Start of a name or number.", max_length=80)]

LIMIT: Limit = DEFAULT_LIMIT

JSON: Final = "application/json"
EVIDENCE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON: {}}, "description": "hazledger/evidence@1; verifies offline."}
}


def ports(request: Request) -> Services:
    """Return the ports: a dependency."""
    return services_of(request)


Ports = Annotated[Services, Depends(ports)]


def reference(kind: str, uuid: str) -> str:
    """Return "kind:<uuid>". NotFoundError `page_not_found`: no UUID, hence no such thing."""
    try:
        return f"{kind}:{check_uuid(uuid)}"
    except FormatError:
        raise NotFoundError("page_not_found", None, {"path": uuid[:80]}) from None


def one_of_ours(uuid: str) -> str:
    """Return a UUID of an address. NotFoundError `page_not_found`: it is none."""
    return reference("x", uuid).partition(":")[2]


def listing(name: str, page: Page[Item]) -> Listing[Item]:
    """Return a page as it goes out, its key wrapped into a cursor of this list."""
    return Listing(page.items, None if page.next_key is None else write_cursor(name, page.next_key))


def evidence_file(name: str, ref: str, data: bytes) -> Response:
    """Return evidence as a file to keep, "<name>-<uuid>.json"."""
    disposition = f'attachment; filename="{name}-{ref.partition(":")[2]}.json"'
    return Response(data, 200, {"cache-control": "private, no-cache", "content-disposition": disposition}, JSON)
