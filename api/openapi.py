"""The API's description of itself, OpenAPI 3.1, with examples that the rules accept."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import examples
from api.i18n import N_
from api.problems import MEDIA_TYPE

TITLE: Final = "hazledger"
PROBLEM_REF: Final = "#/components/schemas/Problem"

TAGS: Final[Mapping[str, str]] = {
    "events": N_("Events and receipts"),
    "batches": N_("Batches"),
    "stock": N_("Stock"),
    "findings": N_("Findings"),
    "master data": N_("Master data"),
    "imports": N_("Imports"),
    "transfers": N_("Transfers and shipments"),
    "drafts": N_("What waits for signatures"),
    "filings": N_("Filings with the authority"),
    "authorities": N_("Authorities: requests, sight for a time, the matrix"),
    "scans": N_("Scans of the warehouse floor"),
    "audits": N_("Audits"),
    "notices": N_("Streams and webhooks"),
    "codes": N_("Printed codes"),
    "log": N_("The public log"),
    "access": N_("Access"),
    "server": N_("The server"),
}

PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457. The other language stands beside: title_en, detail_en, remedy_en or title_zh, ...",
    "required": ["type", "title", "status", "detail", "remedy", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string", "description": "What to do next."},
        "code": {"type": "string", "examples": ["holding_overdrawn"]},
        "field": {"type": "string", "description": "JSON pointer into what was sent."},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "problems": {"type": "array", "items": {"$ref": PROBLEM_REF}, "description": "Every reason, if several."},
    },
}

_SECURITY: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token of an API client, or an API key."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "hazledger", "description": "Set by signing in."},
    "client": {"type": "http", "scheme": "basic", "description": "Id and secret of an API client, for a token."},
}


def problem(description: str) -> dict[str, Any]:
    """Return how the description shows an answer that is a problem."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}}}}


PAGES: Final = ("/Q/", "/W/", "/01/", "/log/witnesses")
"""Operations that answer a browser with a page."""

_RECEIPT: Final = {"application/json": {"example": examples.RECEIPT}}

APPEND_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "It was recorded before under this id; the same receipt.", "content": _RECEIPT},
    201: {"description": "Recorded; the receipt proves it offline.", "content": _RECEIPT},
    400: problem("Not JSON, or JSON that says a thing twice."),
    404: problem("The body names a thing of which there is none, or none the caller may know of."),
    409: problem("The id was used for another content, or the matter has moved on."),
    413: problem("Larger than one event may be."),
    415: problem("Not application/json."),
    422: problem("Not of the form, or refused by the rules; every reason with its remedy."),
    503: problem("Not now: send again with the same id after Retry-After."),
}
COMMON: Final[dict[str, dict[str, Any]]] = {
    "408": problem(N_("The body did not arrive in time.")),
    "413": problem(N_("The body is larger than this operation reads.")),
    "414": problem(N_("The address is longer than this server reads.")),
    "429": problem(N_("Too many requests: again after Retry-After.")),
    "431": problem(N_("The headers are more than this server reads.")),
    "500": problem(N_("Something unexpected; the server's log has it under `request_id`.")),
    "503": problem(N_("Not now: the ledger is not open for this, or too much waits. Again after Retry-After.")),
}
"""What every operation may answer, 408 with a body alone, 429 but for what a probe asks; said once, by reference."""
UNLIMITED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
STEP_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    **APPEND_RESPONSES,
    202: {
        "description": "As `draft` asked: it waits for signatures at `/api/v1/drafts/{id}`; nothing is recorded yet.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftView"}}},
    },
}
BULK_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "One result a line, in order: receipt or problem.",
        "content": {"application/x-ndjson": {"example": examples.BULK_LINE_DONE}},
    },
    413: problem("Too many bytes or lines; nothing was recorded."),
    415: problem("Not application/x-ndjson."),
    422: problem("No line holds an event; nothing was recorded."),
}
IMPORT_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A summary with one result a row; as NDJSON the summary first, then a row a line.",
        "content": {"application/json": {"example": examples.IMPORT_REPORT}, "application/x-ndjson": {}},
    },
    413: problem("Too many bytes, rows or columns; nothing was recorded."),
    415: problem("Neither text/csv nor XLSX."),
    422: problem("Not a table of this kind: encoding, headings, a broken file."),
}
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORT_EXTRA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": examples.IMPORT_CSV},
            _XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_LABEL: Final = {
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
    "application/zpl": {"schema": {"type": "string"}, "example": examples.LABEL_ZPL},
}
_NO_LABEL: Final[dict[int | str, dict[str, Any]]] = {
    404: problem("No such code or batch, none in reach of the caller, or no container of it has a code."),
    422: problem("No such size or resolution, or the text does not fit: hazard statements are never cut."),
}
LABEL_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The label in the form that was asked for.",
        "content": {
            **_LABEL,
            "image/svg+xml": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    409: problem("The code was voided."),
    **_NO_LABEL,
}
LABELS_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "All labels in one file.", "content": _LABEL},
    **_NO_LABEL,
}


def code_responses(missing: str | None = None) -> dict[int | str, dict[str, Any]]:
    """Return the answers of an address that stands in a code; `missing`: what 404 means."""
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "A page; with `Accept: application/json` the same.", "content": {"text/html": {}}},
        401: problem("A key that is not valid."),
    }
    return found if missing is None else {**found, 404: problem(missing)}


JSON_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    400: problem("Not JSON, or JSON that says a thing twice."),
    413: problem("Larger than this body may be."),
    415: problem("Not application/json."),
    422: problem("Not of the form; the field is named."),
}
PAPER_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "Kept; an event states the hash in its section `documents`, kind `paper_signature`.",
        "content": {"application/json": {"example": examples.PAPER}},
    },
    409: problem("It was erased."),
    413: problem("Larger than eight megabytes."),
    415: problem("By its content neither JPEG, PNG nor PDF."),
    422: problem("More pixels than a viewer has room for."),
}
PAPER_EXTRA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in ("image/jpeg", "image/png", "application/pdf")
        },
    }
}
RECEIPT_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The receipt.", "content": _RECEIPT},
    404: problem("No event of the caller has this id."),
}

APPEND_EXTRA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": [{"$ref": "#/components/schemas/Event"}, {"$ref": "#/components/schemas/Signed"}]},
                "examples": {
                    "act": {"summary": "An act, simple", "value": examples.SIMPLE_EVENT},
                    "report": {"summary": "A report, simple", "value": examples.REPORTED_EVENT},
                    "signed": {"summary": "An act, signed by its maker", "value": examples.SIGNED_EVENT},
                },
            }
        },
    }
}
BULK_EXTRA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One event a line, simple or signed."},
                "examples": {
                    "two": {"summary": "Two events", "value": [examples.SIMPLE_EVENT, examples.REPORTED_EVENT]}
                },
            }
        },
    }
}

_UUID: Final = {"type": "string", "format": "uuid", "description": "UUIDv7; with the actor the idempotency key."}
_STATED: Final = {"type": "string", "examples": ["2026-11-22T08:15:00+08:00"]}
_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "type", "mode", "actor", "occurred_at", "sections"],
    "properties": {
        "id": _UUID,
        "type": {"type": "string", "examples": ["storage.moved"]},
        "mode": {"enum": ["act", "report"]},
        "actor": {"type": "string", "examples": [examples.ORG]},
        "occurred_at": _STATED,
        "not_after": {"anyOf": [_STATED, {"type": "null"}]},
        "refs": {"type": "array", "items": {"type": "object"}},
        "sections": {"type": "object", "description": "By type: see the schemas named after event types."},
    },
}
_SIGNED: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["header", "disclosures", "signatures"],
    "properties": {
        "header": {"type": "object", "description": "hazledger/event@1; its exact canonical bytes are signed."},
        "disclosures": {"type": "array", "items": {"type": "array", "description": "[salt, name, content]"}},
        "signatures": {"type": "array", "items": {"type": "object", "required": ["key", "sig"]}},
    },
}


def describe(app: FastAPI, version: str, base_url: str, schemas: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """Return the whole description; `schemas` are what each event type may state, by type."""
    document = get_openapi(
        title=TITLE,
        version=version,
        openapi_version="3.1.0",
        description="An append-only, verifiable record of hazardous chemicals through their whole life.",
        routes=app.routes,
        servers=[{"url": base_url}],
        tags=[{"name": tag, "description": title} for tag, title in TAGS.items()],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SECURITY
    known = components.setdefault("schemas", {})
    known.update({"Problem": PROBLEM_SCHEMA, "Event": _EVENT, "Signed": _SIGNED})
    known.update({f"sections.{name}": dict(schema) for name, schema in schemas.items()})
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(path, operation)
    components["responses"] = dict(COMMON)
    for unused in ("HTTPValidationError", "ValidationError"):
        known.pop(unused, None)
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Name how to sign in where one must, and answer problems as problems."""
    responses = operation["responses"]
    naming = [given for given in operation.get("parameters", ()) if given["in"] == "path"]
    for parameter in naming:
        if parameter["name"] in {"uuid", "event_id"}:
            parameter["schema"]["format"] = "uuid"
    if "422" in responses and "application/json" in responses["422"].get("content", {}):
        responses["422"] = problem("A parameter is not right.")
    if path.startswith("/api/") and "security" not in operation:
        operation["security"] = [{"bearer": []}, {"header": []}, {"session": []}]
        responses["401"] = problem("Nobody, or a key that is not valid.")
        responses["403"] = problem("The caller may not do this.")
        if any("enum" not in parameter["schema"] for parameter in naming):
            responses.setdefault("404", problem("There is none, or none the caller may know of."))
    for status in COMMON:
        if (status == "408" and "requestBody" not in operation) or (status == "429" and path in UNLIMITED):
            continue
        responses.setdefault(status, {"$ref": f"#/components/responses/{status}"})
    if path.startswith(PAGES):
        _shown(responses)


def _shown(responses: dict[str, Any]) -> None:
    """Say that problems are pages where a page is what was asked for."""
    for status, answer in responses.items():
        if int(status) >= 400:
            found = COMMON.get(status) if "$ref" in answer else answer
            assert found is not None
            responses[status] = {**found, "content": {**found["content"], "text/html": {}}}
