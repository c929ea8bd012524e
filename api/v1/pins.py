"""Pinned checkpoints: what an authority keeps the log to."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from api import examples
from api.auth import GuardedRoute, acts
from api.i18n import N_
from api.openapi import JSON_RESPONSES, problem
from api.v1.common import Ports, Viewer
from api.v1.webhooks import body_of, read
from api.views import PinView
from ledger.core.shape import text_at

router = APIRouter(prefix="/api/v1/pins", tags=["log"], route_class=GuardedRoute)

_NEW: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "checkpoint": {
            "type": "string",
            "maxLength": 65536,
            "description": "A signed note of this log, with its line feeds; without it the one that is shown now.",
        }
    },
}


@router.get("", summary=N_("Checkpoints that the organisation pinned"))
@acts("pin.manage")
def pins(ports: Ports, viewer: Viewer) -> tuple[PinView, ...]:
    """Return the newest 100 pins, each held against the log as it is now. Keep the files yourself, too."""
    return ports.witnesses.pins(viewer)


@router.post(
    "",
    summary=N_("Pin a checkpoint of the log"),
    status_code=201,
    responses={**JSON_RESPONSES, 409: problem("The organisation pinned as many as it may.")},
    openapi_extra=body_of(_NEW, examples.PIN),
)
@acts("pin.manage")
async def pin(request: Request, ports: Ports, viewer: Viewer) -> PinView:
    """Keep a checkpoint that this log signed, and say whether the log still extends it. The same again is one pin."""
    stated = await read(request, {"checkpoint": False})
    given = stated.get("checkpoint")
    checkpoint = None if given is None else text_at(given, "/checkpoint")
    return await run_in_threadpool(ports.witnesses.pin, viewer, checkpoint)
