"""Steps of transfers and shipments: a short request turned into an event, and stated like any other.

A client names the goods by code, container or batch; the server looks up where they lie. The event goes the simple way
in; whoever wants to sign it has it kept as a draft, or makes it with the client library for `/api/v1/events`.
"""

import asyncio
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api import stating
from api.auth import services_of, viewer
from api.deal_ports import Source
from api.v1.common import JSON
from api.v1.events import expect
from ledger.core.canonical import Json, parse
from ledger.core.ids import check_uuid, uuid7
from ledger.core.shape import list_at, object_at, text_at
from ledger.core.times import format_utc
from ledger.errors import ConflictError, FormatError
from ledger.services import papers
from ledger.services.entropy import SystemEntropy

MAX_BODY: Final = 256 * 1024
KEPT: Final = 202
"""The status of a step that waits for signatures."""
MOST_GOODS: Final = 500
NAMES: Final = frozenset({"id", "mode", "occurred_at", "goods", "sections", "transfer", "not_after", "draft"})

_STEP: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid", "description": "UUIDv7: send it again with the same id safely."},
        "occurred_at": {"type": "string", "description": "Stated time; now, if it is left out."},
        "not_after": {"type": "string"},
        "mode": {"enum": ["act", "report"], "default": "act"},
        "transfer": {"type": "string", "description": "The transfer whose goods these are."},
        "goods": {
            "type": "array",
            "maxItems": MOST_GOODS,
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "container": {"type": "string"},
                    "batch": {"type": "string"},
                    "amount": {"type": "string"},
                    "unit": {"type": "string"},
                    "booked": {"type": "string", "description": "Of a receipt: what should have arrived."},
                },
            },
            "description": "By code, container or batch. Left out: all that is aboard.",
        },
        "draft": {
            "type": "boolean",
            "default": False,
            "description": "Record nothing yet: prepare the event to be signed at `/api/v1/drafts`.",
        },
        "sections": {"type": "object", "description": "Further sections of the event, as `/docs` names them."},
    },
}


@dataclass(frozen=True, slots=True)
class Step:
    """What a route makes of a request: the event type, whether goods are moved, and where they are taken from."""

    type: str
    goods: bool = False
    aboard: bool = False


AGREEMENT: Final = {
    "agree": "operation.transfer_agreed",
    "decline": "operation.transfer_declined",
    "cancel": "operation.transfer_cancelled",
    "settle": "operation.difference_settled",
}
FILING: Final = {"file": "operation.filed_with_authority"}
OWNERSHIP: Final = {"sell": "operation.sold", "give-back": "operation.returned"}
TRIP: Final[dict[str, Step]] = {
    "load": Step("transport.loaded", goods=True),
    "dispatch": Step("transport.dispatched"),
    "accept": Step("transport.carrier_accepted"),
    "depart": Step("transport.departed"),
    "arrive": Step("transport.arrived"),
    "divert": Step("transport.diverted"),
    "hand-over": Step("transport.handed_over", goods=True, aboard=True),
    "unload": Step("transport.unloaded", goods=True, aboard=True),
    "deliver": Step("transport.delivered"),
    "receive": Step("storage.received", goods=True, aboard=True),
    "refuse": Step("transport.refused", goods=True, aboard=True),
}


def described(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the description shows the body of a step."""
    return {"requestBody": {"required": True, "content": {JSON: {"schema": _STEP, "example": dict(example)}}}}


async def stated(request: Request) -> dict[str, Json]:
    """Return the body of a step; an empty one is an empty object. FormatError."""
    return await stated_of(request, NAMES)


async def stated_of(request: Request, names: Container[str]) -> dict[str, Json]:
    """Return a body of these names; an empty one is an empty object. FormatError."""
    body = await request.body()
    if not body.strip():
        return {}
    expect(request, JSON)
    found = object_at(parse(body, max_bytes=MAX_BODY))
    for name in found:
        if name not in names:
            raise FormatError("unknown_name", f"/{name}")
    return found


def sections_of(body: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    """Return the sections of a body, each a copy. FormatError."""
    given = object_at(body.get("sections", {}), "/sections")
    return {name: dict(object_at(content, f"/sections/{name}")) for name, content in given.items()}


def goods_of(request: Request, body: Mapping[str, Json], source: Source) -> list[dict[str, Json]]:
    """Return the lines of the goods that a body names. FormatError."""
    items = [
        object_at(item, f"/goods/{at}") for at, item in enumerate(list_at(body.get("goods", []), MOST_GOODS, "/goods"))
    ]
    return services_of(request).deals.lines(viewer(request), items, source)


def check_etag(given: str | None, etag: str) -> None:
    """Refuse a step on a transfer that has moved on since it was read. ConflictError `etag_stale`."""
    if given is not None and given.strip() != "*" and etag not in _tags(given):
        raise ConflictError("etag_stale", "/if-match", {"etag": etag})


def _tags(header: str) -> Sequence[str]:
    return [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")]


def event_id(request: Request, body: Mapping[str, Json]) -> str:
    """Return the id of the event: of the body, of the header `Idempotency-Key`, or a new one."""
    given = body.get("id") or request.headers.get("idempotency-key")
    if given is not None:
        return check_uuid(text_at(given, "/id"), field="/id")
    return uuid7(services_of(request).clock.now_ms(), SystemEntropy().bytes(10))


def _asks_for_draft(body: Mapping[str, Json]) -> bool:
    asked = body.get("draft", False)
    if not isinstance(asked, bool):
        raise FormatError("wrong_kind", "/draft", {"expected": "boolean"})
    return asked


async def state(
    request: Request,
    kind: str,
    body: Mapping[str, Json],
    sections: Mapping[str, Mapping[str, Json]],
    refs: Sequence[Mapping[str, Json]] = (),
) -> tuple[Response, str]:
    """State an event the simple way; return the answer with its receipt, and the event's id.

    A body that asks for a draft is answered with that: nothing is recorded before it is signed.
    """
    services, reader = services_of(request), viewer(request)
    assert reader.org is not None
    name = event_id(request, body)
    if "documents" in sections and "personal" not in sections:
        sections = {**sections, "personal": papers.personal(sections["documents"])}
    event: dict[str, Json] = {
        "id": name,
        "type": kind,
        "mode": text_at(body.get("mode", "act"), "/mode"),
        "actor": reader.org.ref,
        "occurred_at": body.get("occurred_at") or format_utc(services.clock.now_ms()),
        "not_after": body.get("not_after"),
        "refs": [dict(ref) for ref in refs],
        "sections": {section: dict(content) for section, content in sections.items() if content},
    }
    if _asks_for_draft(body):
        kept = await asyncio.to_thread(services.drafts.keep, reader, orjson.dumps(event))
        return stating.waiting(kept), name
    outcome = await stating.submit(request, reader, orjson.dumps(event))
    answer = Response(outcome.receipt, 201 if outcome.recorded else 200, {"cache-control": "no-store"}, JSON)
    return answer, name


async def offer(request: Request, body: dict[str, Json]) -> tuple[Response, str]:
    """Offer a transfer; return the answer and the transfer's reference."""
    sections = sections_of(body)
    parties = sections.setdefault("parties", {})
    if "transfer" not in parties:
        # Derived from the event's id: the same request sent again offers the same transfer.
        body["id"] = event_id(request, body)
        parties["transfer"] = f"transfer:{body['id']}"
    if "goods" in body:
        lines: list[Json] = list(await asyncio.to_thread(goods_of, request, body, Source()))
        sections["inputs"] = {"lines": lines}
    refs = [{"rel": "order", "hash": body["transfer"]}] if "transfer" in body else []
    answer, _ = await state(request, "operation.transfer_offered", body, sections, refs)
    return answer, str(parties["transfer"])


async def plan(request: Request, body: dict[str, Json]) -> tuple[Response, str]:
    """Plan a shipment; return the answer and the shipment's reference."""
    sections = sections_of(body)
    transport = sections.setdefault("transport", {})
    if "shipment" not in transport:
        body["id"] = event_id(request, body)
        transport["shipment"] = f"shipment:{body['id']}"
    if "transfer" in body:
        sections.setdefault("parties", {})["transfer"] = text_at(body["transfer"], "/transfer")
    answer, _ = await state(request, "transport.shipment_planned", body, sections)
    return answer, str(transport["shipment"])


async def take_of_transfer(
    request: Request, ref: str, step: str, body: Mapping[str, Json], if_match: str | None
) -> Response:
    """Take a step of `AGREEMENT`, `OWNERSHIP` or `FILING`. A step of the agreement names the one before it."""
    known = await asyncio.to_thread(services_of(request).deals.transfer, viewer(request), ref)
    check_etag(if_match, known.etag)
    sections = sections_of(body)
    sections.setdefault("parties", {})["transfer"] = ref
    if step in OWNERSHIP:
        if "goods" not in body and "inputs" not in sections:
            raise FormatError("name_missing", "/goods")
        if "goods" in body:
            source = Source(transfer=ref)
            sections["inputs"] = {"lines": list(await asyncio.to_thread(goods_of, request, body, source))}
        answer, _ = await state(request, OWNERSHIP[step], body, sections)
        return answer
    if step in FILING:
        answer, _ = await state(request, FILING[step], body, sections)
        return answer
    refs: list[dict[str, Json]] = [{"rel": "previous", "hash": _previous(if_match, known.etag)}]
    if step == "settle" and known.settlement is not None:
        refs.append({"rel": "counterpart", "hash": known.settlement.event})
    answer, _ = await state(request, AGREEMENT[step], body, sections, refs)
    return answer


def _previous(if_match: str | None, etag: str) -> str:
    """The step that this one follows: what the client read, if it says so; a repeated request names the same one."""
    given = (if_match or "").strip().removeprefix("W/").strip('"')
    return text_at(given, "/if-match") if given and given != "*" and "," not in given else etag


async def take_of_shipment(request: Request, ref: str, step: str, body: Mapping[str, Json]) -> Response:
    """Take a step of `TRIP`. Without goods it is about all that is aboard. NotFoundError: not for the caller."""
    await asyncio.to_thread(services_of(request).deals.shipment, viewer(request), ref)
    sections = sections_of(body)
    made = TRIP[step]
    if step != "receive" or "transport" in sections:
        sections.setdefault("transport", {})["shipment"] = ref
    transfer = None
    if "transfer" in body:
        transfer = text_at(body["transfer"], "/transfer")
        sections.setdefault("parties", {})["transfer"] = transfer
    if made.goods and "inputs" not in sections:
        source = Source(shipment=ref if made.aboard else None, transfer=transfer)
        lines: list[Json] = list(await asyncio.to_thread(goods_of, request, body, source))
        sections["inputs"] = {"lines": lines}
    answer, _ = await state(request, made.type, body, sections)
    return answer
