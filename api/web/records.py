"""Pages of what is on record: stock, batches, products, containers, sites and findings, part by part."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import record_words
from api.auth import enter, may, services_of
from api.cursors import read_cursor, write_cursor
from api.ports import Action, Services
from api.views import Key, Page, Principal
from api.web.render import page
from ledger.errors import NotFoundError
from ledger.services.imports.columns import Kind

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
_SEARCHED: Final = frozenset({"batches", "products"})
IMPORTED: Final[dict[str, Kind]] = {"products": "products", "containers": "containers", "stock": "opening"}
"""The list that an import, or a form, adds to -> what is imported there."""


@router.get("/stock")
def stock(request: Request, cursor: str | None = None) -> Response:
    """Show what the organisation owns or holds; to a regulator what lies in its region."""
    return _list(request, "stock", cursor, lambda s, who, _, after: s.registry.stock(who, after, LINES))


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
def containers(request: Request, cursor: str | None = None) -> Response:
    """Show containers by number."""
    turn: Turn = lambda s, who, _, after: s.registry.containers(who, after, LINES)  # noqa: E731
    return _list(request, "containers", cursor, turn)


@router.get("/sites")
def sites(request: Request, cursor: str | None = None) -> Response:
    """Show sites with their places."""
    return _list(request, "sites", cursor, lambda s, who, _, after: s.registry.sites(who, after, LINES))


@router.get("/keys")
def keys(request: Request) -> Response:
    """Show the public keys of the organisation, and which of them count."""
    return _list(request, "keys", None, lambda s, who, _text, _after: s.registry.keys(who))


def _list(request: Request, name: str, cursor: str | None, turn: Turn, text: str = "") -> Response:
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
        searched=name in _SEARCHED,
        record=record_words,
        lists=open_lists(request, reader),
        kinds=kinds_of(services, reader),
        imported=IMPORTED.get(name),
        region=lambda code: _region(services, code),
    )


def _region(services: Services, code: str) -> str:
    try:
        return services.registry.region(code)
    except NotFoundError:
        return code


def open_lists(request: Request, reader: Principal) -> tuple[str, ...]:
    """Return the lists that the reader may open."""
    return tuple(name for name, action in _ACTIONS.items() if may(request, reader, action))


def kinds_of(services: Services, reader: Principal) -> tuple[str, ...]:
    """Return what the reader may register by form."""
    kinds = services.imports.kinds(reader)
    return (*kinds, "sites") if "products" in kinds else kinds
