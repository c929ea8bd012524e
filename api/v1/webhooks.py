"""Webhooks: be told of what concerns the organisation, by Standard Webhooks messages."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts
from api.cursors import read_cursor
from api.i18n import N_
from api.openapi import JSON_RESPONSES, problem
from api.v1.common import JSON, LIMIT, Cursor, Limit, Ports, Viewer, listing, one_of_ours
from api.v1.events import expect
from api.views import DeliveryView, Listing, Replayed, TryView, WebhookView
from ledger.core.canonical import Json, parse
from ledger.core.shape import int_at, list_at, object_at, text_at
from ledger.errors import FormatError

router = APIRouter(prefix="/api/v1/webhooks", tags=["notices"], route_class=GuardedRoute)

MAX_BODY: Final = 8 * 1024
MAX_INDEX: Final = 2**53 - 1

_NEW: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "properties": {
        "url": {"type": "string", "format": "uri", "description": "https; never a private address."},
        "types": {"type": "array", "items": {"type": "string"}, "description": "Event types or stages; none: all."},
        "label": {"type": "string", "maxLength": 80},
    },
}
MOST: Final = problem("The organisation has as many webhooks as it may have.")
_REPLAY: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["after"],
    "properties": {"after": {"type": "integer", "minimum": -1, "description": "Index; what is newer is sent again."}},
}


def body_of(schema: dict[str, Any], example: object) -> dict[str, Any]:
    """Return how the description shows a JSON body."""
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema, "example": example}}}}


async def read(request: Request, names: Mapping[str, bool]) -> dict[str, Json]:
    """Return a JSON object with these members; True: it must be there. FormatError."""
    expect(request, JSON)
    stated = object_at(parse(await request.body(), max_bytes=MAX_BODY))
    for name in stated:
        if name not in names:
            raise FormatError("unknown_name", f"/{name}")
    for name, needed in names.items():
        if needed and name not in stated:
            raise FormatError("name_missing", f"/{name}")
    return stated


@router.get("", summary=N_("Webhooks of the organisation"))
@acts("webhook.manage")
def webhooks(ports: Ports, viewer: Viewer) -> tuple[WebhookView, ...]:
    """Return every webhook, without secrets."""
    return ports.webhooks.listing(viewer)


@router.post(
    "",
    summary=N_("Make a webhook"),
    status_code=201,
    responses={**JSON_RESPONSES, 409: MOST},
    openapi_extra=body_of(_NEW, examples.WEBHOOK),
)
@acts("webhook.manage")
async def add(request: Request, ports: Ports, viewer: Viewer) -> WebhookView:
    """Make a webhook; the answer shows its secret, once. Messages begin with the next record."""
    stated = await read(request, {"url": True, "types": False, "label": False})
    types = [text_at(item, f"/types/{at}") for at, item in enumerate(list_at(stated.get("types", []), 40, "/types"))]
    label = text_at(stated.get("label", ""), "/label")
    return ports.webhooks.add(viewer, text_at(stated["url"], "/url"), types, label)


@router.get("/{uuid}", summary=N_("One webhook"))
@acts("webhook.manage")
def webhook(ports: Ports, viewer: Viewer, uuid: str) -> WebhookView:
    """Return a webhook, without its secret."""
    return ports.webhooks.one(viewer, one_of_ours(uuid))


@router.get("/{uuid}/deliveries", summary=N_("What became of messages, newest first"))
@acts("webhook.manage")
def deliveries(
    ports: Ports, viewer: Viewer, uuid: str, cursor: Cursor = None, limit: Limit = LIMIT
) -> Listing[DeliveryView]:
    """Return each message with its tries. A message that was given up comes back by a replay."""
    page = ports.webhooks.deliveries(viewer, one_of_ours(uuid), read_cursor("deliveries", cursor), limit)
    return listing("deliveries", page)


@router.post("/{uuid}/pause", summary=N_("Pause a webhook"))
@acts("webhook.manage")
def pause(ports: Ports, viewer: Viewer, uuid: str) -> WebhookView:
    """Send nothing until it is resumed; what happens meanwhile is sent then."""
    return ports.webhooks.enable(viewer, one_of_ours(uuid), enabled=False)


@router.post("/{uuid}/resume", summary=N_("Resume a webhook"))
@acts("webhook.manage")
def resume(ports: Ports, viewer: Viewer, uuid: str) -> WebhookView:
    """Go on where it was paused."""
    return ports.webhooks.enable(viewer, one_of_ours(uuid), enabled=True)


@router.post("/{uuid}/rotate", summary=N_("Give a webhook a new secret"))
@acts("webhook.manage")
def rotate(ports: Ports, viewer: Viewer, uuid: str) -> WebhookView:
    """Make a new secret, shown once; the former one no longer signs."""
    return ports.webhooks.rotate(viewer, one_of_ours(uuid))


@router.post("/{uuid}/test", summary=N_("Send a test message"))
@acts("webhook.manage")
def test(ports: Ports, viewer: Viewer, uuid: str) -> TryView:
    """Send a message of type `webhook.test` at once, and tell what came of it."""
    return ports.webhooks.test(viewer, one_of_ours(uuid))


@router.post(
    "/{uuid}/replay",
    summary=N_("Send messages once more"),
    responses=JSON_RESPONSES,
    openapi_extra=body_of(_REPLAY, {"after": 5_200}),
)
@acts("webhook.manage")
async def replay(request: Request, ports: Ports, viewer: Viewer, uuid: str) -> Replayed:
    """Queue the messages about records above an index once more, at most 10,000; their ids stay the same."""
    stated = await read(request, {"after": True})
    return ports.webhooks.replay(viewer, one_of_ours(uuid), int_at(stated["after"], -1, MAX_INDEX, "/after"))


@router.post("/{uuid}/remove", summary=N_("Remove a webhook"), status_code=204, response_class=Response)
@acts("webhook.manage")
def remove(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Forget a webhook and what became of its messages."""
    ports.webhooks.remove(viewer, one_of_ours(uuid))
    return Response(status_code=204)
