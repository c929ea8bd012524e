"""Statements that wait for signatures, for programs: kept, shown, signed by one person or two, withdrawn."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.auth import GuardedRoute, acts, services_of, viewer
from api.i18n import N_
from api.openapi import APPEND_RESPONSES, problem
from api.stating import WAITS, waiting
from api.v1.common import JSON, Ports, Viewer, one_of_ours
from api.v1.events import expect
from api.v1.webhooks import body_of
from api.views import DraftLine, DraftView
from ledger.core.canonical import encode, parse
from ledger.core.shape import int_at, object_at
from ledger.services.drafts import MOST_SIGNERS

router = APIRouter(prefix="/api/v1/drafts", tags=["drafts"], route_class=GuardedRoute)

MAX_BODY: Final = 256 * 1024
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: APPEND_RESPONSES[status] for status in (400, 404, 413, 415, 422)
}
MADE: Final[dict[int | str, dict[str, Any]]] = {
    201: {"description": "Kept, or kept before: each of its people signs `draft` now."},
    409: problem("Somebody else's draft has this id, it is recorded already, or too many wait."),
    **_ERRORS,
}
SIGNED: Final[dict[int | str, dict[str, Any]]] = {
    **APPEND_RESPONSES,
    202: WAITS,
    409: problem("It is recorded already, somebody else has just signed, or the matter has moved on."),
}
_SIMPLE: Final = {
    "allOf": [
        {"$ref": "#/components/schemas/Event"},
        {
            "type": "object",
            "properties": {
                "signers": {
                    "enum": [1, 2],
                    "description": "How many people sign it. Two, where the rules are known to ask for it.",
                }
            },
        },
    ]
}
_SIGNING: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["occurred_at", "key", "signatures"],
    "properties": {
        "occurred_at": {"type": "string", "description": "The stated time; of the second person, the first one's."},
        "key": {"type": "string", "description": "The id of the key that signs."},
        "signatures": {
            "type": "array",
            "minItems": 1,
            "maxItems": 64,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["with", "sig"],
                "properties": {"with": {"type": "string"}, "sig": {"type": "string"}},
            },
            "description": "Ed25519 over the header whose `keys` are this key and that of `with`; with itself: alone.",
        },
    },
}


@router.get("", summary=N_("What waits for signatures in the organisation"))
@acts("event.append")
def drafts(ports: Ports, viewer: Viewer) -> Sequence[DraftLine]:
    """Return at most 200 statements that wait, those that the caller may state itself."""
    return ports.drafts.listing(viewer)


@router.post(
    "",
    summary=N_("Keep a statement until it is signed"),
    status_code=201,
    responses=MADE,
    openapi_extra=body_of(_SIMPLE, {**examples.SIMPLE_EVENT, "signers": 2}),
)
@acts("event.append")
async def keep(request: Request) -> DraftView:
    """Keep a simple statement: the answer has the header without keys, and the sections with their salts, to sign.

    The id is that of the event: the same again changes nothing. An act is stated when it is signed, whatever
    `occurred_at` says now; two people sign within a quarter of an hour. It waits for three days and is then forgotten.
    """
    expect(request, JSON)
    stated = object_at(parse(await request.body(), max_bytes=MAX_BODY))
    signers = int_at(stated.pop("signers", 1), 1, MOST_SIGNERS, "/signers")
    return await asyncio.to_thread(services_of(request).drafts.keep, viewer(request), encode(stated), signers)


@router.get("/{uuid}", summary=N_("One statement that waits for signatures"))
@acts("event.append")
def draft(ports: Ports, viewer: Viewer, uuid: str) -> DraftView:
    """Return what is to be signed, by whom it was, and which keys may sign it."""
    return ports.drafts.one(viewer, one_of_ours(uuid))


@router.post(
    "/{uuid}/sign",
    summary=N_("Sign a statement that waits"),
    status_code=201,
    response_class=Response,
    responses=SIGNED,
    openapi_extra=body_of(
        _SIGNING,
        {
            "occurred_at": "2026-11-22T08:15:00+08:00",
            "key": examples.HASH,
            "signatures": [{"with": examples.HASH, "sig": examples.SIGNATURE}],
        },
    ),
)
@acts("event.append")
async def sign(request: Request, uuid: str) -> Response:
    """Sign: alone, where one person signs; else once for each key of others that may join, or as the second person.

    201: it was whole and is recorded, with its receipt; 202: it waits for the second person.
    """
    expect(request, JSON)
    port, name = services_of(request).drafts, one_of_ours(uuid)
    outcome = await port.sign(viewer(request), name, await request.body())
    if outcome is None:
        return waiting(await asyncio.to_thread(port.one, viewer(request), name))
    return Response(outcome.receipt, 201 if outcome.recorded else 200, {"cache-control": "no-store"}, JSON)


@router.post(
    "/{uuid}/withdraw",
    summary=N_("Withdraw a statement that waits"),
    status_code=204,
    response_class=Response,
    responses={409: problem("It was signed and recorded already.")},
)
@acts("event.append")
def withdraw(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Forget it: nothing of it was recorded."""
    ports.drafts.withdraw(viewer, one_of_ours(uuid))
    return Response(status_code=204)
