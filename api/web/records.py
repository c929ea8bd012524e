"""Pages of what is on record: stock, batches, products, containers, sites and findings, part by part."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import record_words, stock_words
from api.auth import enter, may, services_of
from api.cursors import read_cursor, write_cursor
from api.ports import Action, Services
from api.v1.common import CLASS, REGION
from api.views import Key, Page, Principal, Words
from api.web.deal_lists import class_choices
from api.web.render import page
from api.web.stock_steps import open_steps
from ledger.errors import FormatError, NotFoundError
from ledger.rules.jurisdiction import region_prefix
from ledger.services.imports.columns import Kind
from ledger.store.stock_search import StockWanted

router = APIRouter(include_in_schema=False)

LINES: Final = 50
MOST_TEXT: Final = 80

Turn = Callable[[Services, Principal, str | None, Key | None], Page[Any]]

_ACTIONS: Final[dict[str, Action]] = {
    "stock": "stock.read",
    "batches": "batch.read",
    "products": "master.read",
    "containers": "master.read",
    "sites": "master.read",
    "keys": "master.read",
    "findings": "finding.read",
}
"""The lists, and what each lets its reader do."""
SITE: Final = "governance.site_registered"
_SEARCHED: Final = frozenset({"stock", "batches", "products", "containers", "sites"})
EXPORTED: Final = frozenset({"stock", "batches", "containers", "findings"})
"""Lists that go out as files; transfers, shipments and licences have links on pages of their own."""
STATUSES: Final = ("free", "quarantine", "hold", "waste")
IMPORTED: Final[dict[str, Kind]] = {"products": "products", "containers": "containers", "stock": "opening"}
"""The list that an import, or a form, adds to -> what is imported there."""


@router.get("/stock")
def stock(request: Request, q: str = "", cursor: str | None = None) -> Response:
    """Show what the organisation owns or holds; to a regulator what lies in its region."""
    given = {name: request.query_params.get(name, "").strip() for name in ("region", "class", "status", "sort")}
    wanted = stock_wanted(q, given["region"], given["class"], given["status"], largest=given["sort"] == "kg")
    turn: Turn = lambda s, who, _, after: s.registry.stock(who, after, LINES, wanted)  # noqa: E731
    return _list(request, "stock", cursor, turn, q, {name: value for name, value in given.items() if value})


def stock_wanted(text: str, region: str, product_class: str, status: str, *, largest: bool = False) -> StockWanted:
    """Return what lines of stock are looked for. FormatError: no such region, class or state."""
    for name, value, pattern in (("region", region, REGION), ("class", product_class, CLASS)):
        if value and re.fullmatch(pattern, value) is None:
            raise FormatError("form_not_of_form", f"/{name}", {"name": name})
    if status and status not in STATUSES:
        raise FormatError("form_not_of_form", "/status", {"name": "status"})
    return StockWanted(
        text=text.strip()[:MOST_TEXT],
        region=region_prefix(region) if region else "",
        product_class=product_class,
        status=status,
        largest=largest,
    )


@router.get("/batches")
def batches(request: Request, q: str = "", cursor: str | None = None) -> Response:
    """Show batches, the newest change first."""
    turn: Turn = lambda s, who, text, after: s.batches.listing(who, text, after, LINES)  # noqa: E731
    return _list(request, "batches", cursor, turn, q)


@router.get("/products")
def products(request: Request, q: str = "", cursor: str | None = None) -> Response:
    """Show products by name."""
    turn: Turn = lambda s, who, text, after: s.registry.products(who, text, after, LINES)  # noqa: E731
    return _list(request, "products", cursor, turn, q)


@router.get("/containers")
def containers(request: Request, q: str = "", cursor: str | None = None) -> Response:
    """Show containers by number."""
    turn: Turn = lambda s, who, text, after: s.registry.containers(who, after, LINES, text)  # noqa: E731
    return _list(request, "containers", cursor, turn, q)


@router.get("/sites")
def sites(request: Request, q: str = "", cursor: str | None = None) -> Response:
    """Show sites with their places."""
    turn: Turn = lambda s, who, text, after: s.registry.sites(who, after, LINES, text)  # noqa: E731
    return _list(request, "sites", cursor, turn, q)


def _list(
    request: Request,
    name: str,
    cursor: str | None,
    turn: Turn,
    text: str = "",
    given: Mapping[str, str] | None = None,
) -> Response:
    reader = enter(request, _ACTIONS[name])
    services = services_of(request)
    wanted = text.strip()[:MOST_TEXT]
    found = turn(services, reader, wanted or None, read_cursor(name, cursor))
    return page(
        request,
        "records.html",
        name=name,
        items=found.items,
        more=None if found.next_key is None else write_cursor(name, found.next_key),
        q=wanted,
        given=given or {},
        kept=urlencode({**({"q": wanted} if wanted else {}), **(given or {})}),
        classes=class_choices(request) if name == "stock" else (),
        exported=name in EXPORTED,
        searched=name in _SEARCHED,
        record=record_words,
        lists=open_lists(request, reader),
        kinds=kinds_of(services, reader),
        imported=IMPORTED.get(name),
        steps=open_steps(request, reader) if name == "stock" else (),
        stock_words=stock_words,
        region=lambda code: region_words(services, code),
    )


def region_words(services: Services, code: str) -> Words:
    """Return the full name of a region, or its code where nobody knows it."""
    try:
        return services.registry.region(code)
    except NotFoundError:
        return Words(code, code)


def open_lists(request: Request, reader: Principal) -> tuple[str, ...]:
    """Return the lists that the reader may open."""
    return tuple(name for name, action in _ACTIONS.items() if may(request, reader, action))


def kinds_of(services: Services, reader: Principal) -> tuple[str, ...]:
    """Return what the reader may register by form."""
    kinds = services.imports.kinds(reader)
    return (*kinds, "sites") if services.compliance.may_state(reader, SITE) else kinds
