"""Pages of the flow of a batch and of its trace."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import enter, services_of, settings_of
from api.cursors import read_cursor, write_cursor
from api.i18n import translator
from api.v1.common import instant, reference
from api.views.flow import Sense
from api.views.tracing import Direction
from api.web import flow_words
from api.web.render import language_of, page
from ledger.core.times import format_recorded

router = APIRouter(include_in_schema=False)

LINES: Final = 50
MINUTE: Final = len("2026-11-22T08:15")
REST_OF_MINUTE_MS: Final = 59_999


@router.get("/batches/{uuid}/flow")
def flow(request: Request, uuid: str, at: str = "", sense: str = "was") -> Response:
    """Show where every kilogram of a batch is, now or at an instant, as a drawing and as tables."""
    reader = enter(request, "batch.read")
    chosen: Sense = "known" if sense == "known" else "was"
    view = services_of(request).tracing.flow(reader, reference("batch", uuid), _moment(request, at), chosen)
    t = translator(language_of(request))
    return page(
        request,
        "flow.html",
        view=view,
        drawing=flow_words.flow_drawings(view, t),
        name_of=lambda band, came: flow_words.name_of(band, t, came=came),
        at_local=_local(request, view.as_of if view.at is None else view.at),
        step=lambda ms: "?" + urlencode({"at": format_recorded(ms), "sense": chosen}),
    )


def _moment(request: Request, at: str) -> int | None:
    """Return the instant of an address: as a program states it, or as a browser's field has it, in the pages' zone.

    A field names a minute: what happened within that minute is counted.
    """
    text = at.strip()
    if not text:
        return None
    if len(text) != MINUTE:
        return instant(text, "/at")
    found = instant(f"{text}:00{settings_of(request).utc_offset}", "/at")
    return None if found is None else found + REST_OF_MINUTE_MS


def _local(request: Request, ms: int) -> str:
    """Return an instant as a browser's field takes it."""
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(settings_of(request).zone)
    return f"{moment:%Y-%m-%dT%H:%M}"


@router.get("/batches/{uuid}/trace")
def trace(request: Request, uuid: str, direction: str = "forward", cursor: str | None = None) -> Response:
    """Show what was made of a batch, or what it was made of, with what is where now."""
    reader = enter(request, "batch.read")
    way: Direction = "backward" if direction == "backward" else "forward"
    name = f"trace-{way}"
    ref = reference("batch", uuid)
    view, more = services_of(request).tracing.trace(reader, ref, way, read_cursor(name, cursor), LINES)
    view = replace(view, next=None if more is None else write_cursor(name, more))
    t = translator(language_of(request))
    drawing = None if cursor else flow_words.tree_drawings(view, t)
    said = lambda node: flow_words.said_of(node, t, back=way == "backward")  # noqa: E731 - a filter of the page
    return page(request, "trace.html", view=view, drawing=drawing, said=said, first=cursor is None)
