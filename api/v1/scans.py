"""Scans of the warehouse floor: one of five outcomes each, recorded once, in the order in which they were made."""

import asyncio
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import examples, openapi, scans
from api.auth import GuardedRoute, acts, services_of, settings_of, viewer
from api.i18n import N_
from api.request_id import request_id
from api.v1.common import JSON, Ports, Viewer, reference
from api.v1.events import expect
from api.web.render import language_of
from ledger.core.b64 import unb64u
from ledger.core.canonical import parse
from ledger.core.shape import closed_object, text_at
from ledger.core.text import check_text
from ledger.errors import HazledgerError
from ledger.services.scanning.statement import Scan

router = APIRouter(prefix="/api/v1/scans", tags=["scans"], route_class=GuardedRoute)

KEY_SIZE: Final = 32
_TEXT: Final = {"type": "string", "maxLength": 300}
_SCAN: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "action", "at"],
    "properties": {
        "id": {"type": "string", "format": "uuid", "description": "UUIDv7: send it again with the same id safely."},
        "action": {"enum": ["receive", "move", "count", "issue", "dispatch", "undo"]},
        "at": {"type": "string", "description": "When it was scanned.", "examples": ["2026-11-22T00:15:00+00:00"]},
        "place": {**_TEXT, "description": "What was read there: a location, or to load the shipment."},
        "item": {**_TEXT, "description": "What was read on the container or batch."},
        "amount": {"type": "string", "description": "Only where it differs from the books; a decimal figure."},
        "unit": {"type": "string", "default": "kg"},
        "of": {"type": "string", "format": "uuid", "description": "The scan to undo; or else the item's latest."},
        "report": {"type": "boolean", "description": "It happened all the same: record it as a report, with findings."},
        "quarantine": {"type": "boolean", "description": "Take it in all the same, into quarantine."},
        "override": {"type": "string", "maxLength": 500, "description": "A safety officer's reason."},
        "badge": {**_TEXT, "description": "Who scans, as read on the badge; its hash is kept."},
        "device": {"type": "string", "examples": ["device:0192f5a1-0c00-7000-8000-0000000000e1"]},
        "counter": {"type": "integer", "description": "Of this device, from 1, each number once."},
        "sig": {
            "type": "string",
            "description": 'Ed25519 by the device over "hazledger/scan@1" LF and the JCS bytes without sig. '
            'With a badge: over "hazledger/scan@2" LF and these bytes with "sha256:" and its hexadecimal hash.',
        },
    },
}
_EXTRA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {
                    "oneOf": [
                        _SCAN,
                        {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["scans"],
                            "properties": {
                                "scans": {
                                    "type": "array",
                                    "items": _SCAN,
                                    "minItems": 1,
                                    "maxItems": scans.MOST_SCANS,
                                }
                            },
                        },
                    ]
                },
                "examples": {
                    "one": {"summary": "A drum received at a bay", "value": examples.SCAN},
                    "many": {"summary": "Scans that waited", "value": {"scans": [examples.SCAN, examples.SCAN_UNDO]}},
                },
            }
        },
    }
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    **openapi.JSON_RESPONSES,
    200: {
        "description": "One result a scan, in order: an outcome with its reasons, or the problem why it was not taken.",
        "content": {JSON: {"example": examples.SCAN_RESULTS}},
    },
    409: openapi.problem("The id was used for another scan."),
}
_DEVICE: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "key"],
    "properties": {
        "name": {"type": "string", "maxLength": 80},
        "key": {"type": "string", "description": "Raw Ed25519 public key, base64url of 32 bytes."},
    },
}


@router.post(
    "",
    summary=N_("Scan containers and batches"),
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra=_EXTRA,
)
@acts("event.append")
async def scan(request: Request) -> Response:
    """Take one scan, or up to 100 in their order. What was taken before under its id is answered as it was then."""
    expect(request, JSON)
    read, several = scans.read(await request.body())
    known = [item for item in read if isinstance(item, Scan)]
    answers = iter(await asyncio.to_thread(services_of(request).scans.scan, viewer(request), known))
    results = [next(answers) if isinstance(item, Scan) else item for item in read]
    if not several and isinstance(results[0], HazledgerError):
        raise results[0]
    lang, base_url = language_of(request), settings_of(request).base_url
    number = request_id(request.scope)
    told = [
        scans.body_of(result, item.id if isinstance(item, Scan) else None, lang, base_url, number)
        for item, result in zip(read, results, strict=True)
    ]
    return Response(orjson.dumps({"results": told}), 200, {"cache-control": "no-store"}, JSON)


@router.post(
    "/devices",
    summary=N_("Register a device that signs its scans"),
    status_code=201,
    response_class=Response,
    responses={**openapi.JSON_RESPONSES, 201: {"content": {JSON: {"example": {"device": examples.DEVICE}}}}},
    openapi_extra={
        "requestBody": {"required": True, "content": {JSON: {"schema": _DEVICE, "example": examples.NEW_DEVICE}}}
    },
)
@acts("event.append")
async def enrol(request: Request) -> Response:
    """Register a device by its public key. An administrator sees it among the devices and can revoke it."""
    expect(request, JSON)
    stated = closed_object(parse(await request.body()), ("name", "key"))
    key = unb64u(text_at(stated["key"], "/key"), KEY_SIZE, field="/key")
    ref = await asyncio.to_thread(
        services_of(request).scans.enrol, viewer(request), text_at(stated["name"], "/name"), key
    )
    return Response(orjson.dumps({"device": ref}), 201, {"cache-control": "no-store"}, JSON)


_BADGE: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["text"],
    "properties": {"text": {**_TEXT, "description": "As it was read on the badge."}},
}


@router.post(
    "/badge",
    summary=N_("Whom a badge means"),
    response_class=Response,
    responses={
        **openapi.JSON_RESPONSES,
        200: {"content": {JSON: {"example": {"user": examples.BADGE["user"], "name": examples.BADGE["name"]}}}},
        422: openapi.problem("It is no badge in force; `code` says why."),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _BADGE, "example": {"text": examples.BADGE["text"]}}},
        }
    },
)
@acts("event.append")
async def badge(request: Request) -> Response:
    """Return who scans with this badge. A secret stands in no address, so it is sent."""
    expect(request, JSON)
    stated = closed_object(parse(await request.body()), ("text",))
    text = text_at(stated["text"], "/text")
    check_text(text, field="/text", max_len=300)
    user, name = await asyncio.to_thread(services_of(request).scans.badge, viewer(request), text)
    return Response(orjson.dumps({"user": user, "name": name}), 200, {"cache-control": "no-store"}, JSON)


_RESOLVE: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "text"],
    "properties": {
        "id": {"type": "string", "maxLength": 200, "description": "Of a copied label or a gap, as listed."},
        "text": {"type": "string", "maxLength": 500, "description": "What it was, and what was done."},
    },
}


@router.get(
    "/findings",
    summary=N_("Labels that may be copied, and scans that never arrived"),
    response_class=Response,
    responses={200: {"content": {JSON: {"example": examples.SCAN_FINDINGS}}}},
)
@acts("finding.read")
def found(ports: Ports, viewer: Viewer) -> Response:
    """Return what the scans of the organisation show that no event says."""
    body = scans.findings_body(ports.scans.findings(viewer))
    return Response(orjson.dumps(body), 200, {"cache-control": "private, no-cache"}, JSON)


@router.post(
    "/findings",
    summary=N_("Say what a finding was"),
    status_code=201,
    response_class=Response,
    responses={
        **openapi.JSON_RESPONSES,
        201: {"content": {JSON: {"example": {"event": examples.SCAN["id"]}}}},
        404: openapi.problem("No such finding, or it was dealt with before."),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _RESOLVE, "example": examples.SCAN_FINDING_RESOLVED}},
        }
    },
)
@acts("event.append")
async def resolve(request: Request) -> Response:
    """Record what a finding was, as an event ``storage.inspected`` of a safety officer."""
    expect(request, JSON)
    stated = closed_object(parse(await request.body()), ("id", "text"))
    named, text = text_at(stated["id"], "/id"), text_at(stated["text"], "/text")
    check_text(text, field="/text", max_len=500)
    event = await asyncio.to_thread(services_of(request).scans.resolve, viewer(request), named, text)
    return Response(orjson.dumps({"event": event}), 201, {"cache-control": "no-store"}, JSON)


@router.get(
    "/devices/{uuid}",
    summary=N_("What came from a device, and what is missing"),
    response_class=Response,
    responses={200: {"content": {JSON: {"example": examples.DEVICE_SCANS}}}},
)
@acts("event.append")
def device(ports: Ports, viewer: Viewer, uuid: str) -> Response:
    """Return the highest counter of a device, the numbers that never arrived or came twice, and its latest scans."""
    found = ports.scans.device(viewer, reference("device", uuid))
    return Response(orjson.dumps(scans.device_body(found)), 200, {"cache-control": "private, no-cache"}, JSON)
