"""Lists of transfers and shipments: what is next first, searched by word, place and class."""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import deal_words, words
from api.auth import enter, may, services_of
from api.cursors import read_cursor, write_cursor
from api.deal_ports import Box, DealSearch
from api.v1.common import CLASS, REGION
from api.views import Page, Principal, TransferLine
from api.web.deals import FIRST, FIRST_OF_TRIP, main, step_words
from api.web.render import language_of, page
from labels.classes import CLASSES
from ledger.errors import FormatError

router = APIRouter(include_in_schema=False)

LINES: Final = 50
MOST_TEXT: Final = 80
MOST_PARK: Final = 200
FIELDS: Final = ("q", "region", "park", "class", "status")


@router.get("/transfers")
def transfers(request: Request, box: str = "in", cursor: str | None = None) -> Response:
    """Show what others give, or what the organisation gives; what is overdue first. Who supervises sees both."""
    reader = enter(request, "transfer.read")
    services = services_of(request)
    watches = services.access.watched(reader, "transfer.read")
    side: Box = "all" if watches else "out" if box == "out" else "in"
    search = searched(request, deal_words.STATUSES)
    found = services.deals.transfers(reader, side, search, read_cursor("transfers", cursor), LINES)
    now = services.clock.now_ms()
    lines = sorted(found.items, key=lambda line: (not overdue(line, now), not main(line.next, FIRST)))
    late = {line.ref for line in lines if overdue(line, now)}
    context = _context(request, reader, "transfers", found, {"box": side}) | step_words(request, FIRST)
    options = {name: deal_words.STATUSES[name] for name in ("offered", "agreed", "closed", "declined", "cancelled")}
    return page(request, "transfers.html", box=side, lines=lines, late=late, statuses=options, **context)


@router.get("/shipments")
def shipments(request: Request, cursor: str | None = None) -> Response:
    """Show the trips of the organisation, those that wait for it first, or those that it supervises."""
    reader = enter(request, "shipment.read")
    search = searched(request, deal_words.STEPS)
    found = services_of(request).deals.shipments(reader, search, read_cursor("shipments", cursor), LINES)
    lines = sorted(found.items, key=lambda line: not main(line.next, FIRST_OF_TRIP))
    context = _context(request, reader, "shipments", found, {}) | step_words(request, FIRST_OF_TRIP)
    return page(request, "shipments.html", lines=lines, statuses=deal_words.STEPS, **context)


def drafts_waiting(request: Request, reader: Principal) -> int | None:
    """Return how many drafts wait for the reader's signature; None: the reader states nothing."""
    return services_of(request).drafts.waiting_for(reader) if may(request, reader, "event.append") else None


def overdue(line: TransferLine, now_ms: int) -> bool:
    """Whether somebody should have answered or handed over by now."""
    if line.status == "offered":
        return line.answer_by is not None and line.answer_by < now_ms
    return line.status == "agreed" and line.planned_to is not None and line.planned_to < now_ms


def searched(request: Request, statuses: Iterable[str]) -> DealSearch:
    """Return what the form above a list asks for. FormatError: no such region or class."""
    given = {name: request.query_params.get(name, "").strip() for name in FIELDS}
    for name, pattern in (("region", REGION), ("class", CLASS)):
        if given[name] and re.fullmatch(pattern, given[name]) is None:
            raise FormatError("form_not_of_form", f"/{name}", {"name": name})
    status = (given["status"],) if given["status"] in statuses else ()
    return DealSearch(status, given["q"][:MOST_TEXT], given["region"], given["park"][:MOST_PARK], given["class"])


def class_choices(request: Request) -> list[tuple[str, str]]:
    """Return classes and lists by which a list is searched, in the reader's language."""
    at = 0 if language_of(request) == "zh" else 1
    named = [(name, f"{name} {both[at]}") for name, both in CLASSES.items()]
    return named + [(name, both[at]) for name, both in words.REGULATED.items() if name != "explosive"]


def _context(request: Request, reader: Principal, name: str, found: Page[Any], kept: dict[str, str]) -> dict[str, Any]:
    given = {field: value for field in FIELDS if (value := request.query_params.get(field, "").strip())}
    deals, watches = services_of(request).deals, services_of(request).access.watched(reader, "transfer.read")
    more = None
    if found.next_key is not None:
        more = f"/{name}?" + urlencode({**kept, **given, "cursor": write_cursor(name, found.next_key)})
    return {
        "more": more,
        "given": given,
        "watches": watches,
        "signing": drafts_waiting(request, reader),
        "parks": deals.parks(reader) if watches else (),
        "classes": class_choices(request),
    }
