"""Pages of what is where: the overview by region, park and product, and a site with its plan."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import compliance_words, overview_words
from api.auth import enter, services_of
from api.overview_ports import Where
from api.v1.common import reference
from api.web.plan import plans_of
from api.web.render import page
from ledger.errors import FormatError

router = APIRouter(include_in_schema=False)

MOST_PARK: Final = 80
INSPECTION: Final = "governance.inspection_recorded"
PREFIX: Final = r"([0-9]{2}){1,3}"


@router.get("/overview")
def overview(request: Request, region: str = "", park: str = "", product: str = "") -> Response:
    """Show how much is where, how old the findings are, and what ends soon."""
    reader = enter(request, "stock.read")
    where = where_of(region, park, product)
    view = services_of(request).overviews.overview(reader, where)
    kept = {"region": region, "park": where.park, "product": product}

    def at(**changed: str) -> str:
        return list_of("/overview", {**kept, **changed})

    def found(**more: str) -> str:
        return list_of("/findings", {**kept, **more})

    most = max((area.mass for area in view.areas), default=0)
    return page(request, "overview.html", view=view, at=at, found=found, most=most, told_words=overview_words)


def list_of(path: str, kept: Mapping[str, str]) -> str:
    """Return the address of a page that keeps to what is looked at."""
    told = {name: value for name, value in kept.items() if value}
    return f"{path}?{urlencode(told)}" if told else path


def where_of(region: str, park: str, product: str) -> Where:
    """Return what part is asked for. FormatError: no such region or reference."""
    if region and re.fullmatch(PREFIX, region) is None:
        raise FormatError("form_not_of_form", "/region", {"name": "region"})
    return Where(region, park.strip()[:MOST_PARK], reference("product", product) if product else "")


@router.get("/sites/{uuid}")
def site(request: Request, uuid: str) -> Response:
    """Show a site: what lies where in it, what clashes, its units, licences and contacts."""
    reader = enter(request, "stock.read")
    view = services_of(request).overviews.site(reader, reference("site", uuid))
    said: dict[str, Any] = {"plans": plans_of(view), "told_words": overview_words, "licence_words": compliance_words}
    inspects = services_of(request).authorities.may_state(reader, INSPECTION)
    return page(request, "site.html", view=view, inspects=inspects, **said)
