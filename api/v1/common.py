"""What the routes of version 1 share: references from addresses, pages of lists, the router's kind."""

from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.auth import services_of, viewer
from api.cursors import DEFAULT_LIMIT, MAX_LENGTH, MAX_LIMIT, write_cursor
from api.deal_ports import DealSearch
from api.ports import Services
from api.views import Listing, Page, Principal
from ledger.core.ids import check_uuid
from ledger.core.times import parse_recorded, parse_stated
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


REGION: Final = r"^[0-9]{2,6}$"
CLASS: Final = r"^[a-z0-9_.]{1,40}$"


def found(
    q: Annotated[
        str, Query(description="Part of a product, UN or CAS number, lot, firm or number plate.", max_length=80)
    ] = "",
    region: Annotated[
        str | None, Query(description="Goods that are, were or are about to be there: GB/T 2260.", pattern=REGION)
    ] = None,
    park: Annotated[str, Query(description="The same by the name of a chemical park.", max_length=200)] = "",
    product_class: Annotated[
        str | None,
        Query(alias="class", description='Goods of a class ("6.1") or list ("highly_toxic").', pattern=CLASS),
    ] = None,
) -> DealSearch:
    """Return what a list of transfers or shipments is searched for: a dependency."""
    return DealSearch((), q.strip(), region or "", park.strip(), product_class or "")


Found = Annotated[DealSearch, Depends(found)]


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


def instant(text: str | None, field: str) -> int | None:
    """Return an instant of an address in epoch milliseconds, None without one. FormatError names the field."""
    if text is None:
        return None
    try:
        return parse_recorded(text) if text.endswith("Z") else parse_stated(text)
    except FormatError as error:
        raise FormatError(error.code, field, error.params) from None


def listing(name: str, page: Page[Item]) -> Listing[Item]:
    """Return a page as it goes out, its key wrapped into a cursor of this list."""
    return Listing(page.items, None if page.next_key is None else write_cursor(name, page.next_key))


def evidence_file(name: str, ref: str, data: bytes) -> Response:
    """Return evidence as a file to keep, "<name>-<uuid>.json"."""
    disposition = f'attachment; filename="{name}-{ref.partition(":")[2]}.json"'
    return Response(data, 200, {"cache-control": "private, no-cache", "content-disposition": disposition}, JSON)
