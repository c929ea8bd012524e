"""Scans on the wire: bodies read, outcomes in words of both languages."""

from typing import Any, Final

from api.negotiate import Language
from api.problems import describe, tell
from api.views import PlaceName, Words
from api.views.scans import ScanFindings, ScanView, SeenView
from ledger.core.canonical import Json, parse
from ledger.core.quantity import kg
from ledger.core.shape import list_at, object_at
from ledger.core.times import format_recorded
from ledger.errors import FormatError, HazledgerError
from ledger.services.scanning import statement
from ledger.services.scanning.devices import DeviceScans
from ledger.services.scanning.statement import Scan

MOST_SCANS: Final = 100
MAX_BODY: Final = 256 * 1024


def read(body: bytes) -> tuple[list[Scan | HazledgerError], bool]:
    """Return the scans of a body, and whether it is a list. One of a list that is no scan stands there as its error.

    FormatError: no JSON, no scans, too many; a single one that is no scan.
    """
    stated = object_at(parse(body, max_bytes=MAX_BODY))
    if "scans" not in stated:
        return [statement.parse(stated)], False
    for name in stated:
        if name != "scans":
            raise FormatError("unknown_name", f"/{name[:64]}")
    items = list_at(stated["scans"], 10 * MOST_SCANS, "/scans")
    if not 1 <= len(items) <= MOST_SCANS:
        raise FormatError("scan_list_empty", "/scans", {"most": MOST_SCANS})
    return [_try(item, f"/scans/{at}") for at, item in enumerate(items)], True


def _try(item: Json, at: str) -> Scan | HazledgerError:
    try:
        return statement.parse(item, at)
    except HazledgerError as error:
        return error


def body_of(
    answer: ScanView | HazledgerError, id: str | None, lang: Language, base_url: str, request_id: str
) -> dict[str, Any]:
    """Return one answer: an outcome, or the problem why the scan was not taken."""
    if isinstance(answer, HazledgerError):
        told = tell(answer, lang, base_url, request_id)
        return {"id": id, "status": told.status, "problem": told.body}
    result = answer.result
    found: dict[str, Any] = {
        "id": result.id,
        "status": 200,
        "action": result.action,
        "outcome": result.outcome,
        "repeated": result.repeated,
        "overridable": result.overridable,
        "reportable": result.reportable,
        "problems": [describe(problem, lang, base_url) for problem in result.problems],
        "warnings": [describe(problem, lang, base_url) for problem in result.warnings],
        "events": [
            {"id": event.id, "type": event.type, "index": event.index, "findings": list(event.findings)}
            for event in result.events
        ],
    }
    if result.item:
        found["item"] = {
            "ref": result.item,
            "label": result.label,
            "product": _words(answer.product),
            "mass": {"amount": kg(result.mg), "unit": "kg"},
        }
    for name, place in (("here", answer.here), ("booked", answer.booked)):
        if place is not None:
            found[name] = _place(place)
    if result.of:
        found["of"] = result.of
    return found


def _words(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"zh": words.zh, "en": words.en}


def _place(place: PlaceName) -> dict[str, Any]:
    return {"ref": place.ref, "name": _words(place.name), "location": place.location}


def findings_body(found: ScanFindings) -> dict[str, Any]:
    """Return what scans show."""
    return {
        "copies": [
            {
                "id": one.id,
                "rule": one.rule,
                "name": _words(one.name),
                "item": one.item,
                "label": one.label,
                "code": one.code,
                "found_at": format_recorded(one.found),
                "false_alarms_ppm": one.ppm,
                "km": one.km,
                "seen": [_seen(seen) for seen in one.seen],
                "resolved": one.resolved is not None,
                "resolved_by": one.resolved_by or None,
            }
            for one in found.copies
        ],
        "gaps": [
            {
                "id": gap.id,
                "rule": "counter_gap@1",
                "device": gap.device,
                "name": gap.name,
                "missing": [gap.low, gap.high],
                "since": format_recorded(gap.since),
            }
            for gap in found.gaps
        ],
    }


def _seen(seen: SeenView) -> dict[str, Any]:
    told: dict[str, Any] = {"at": format_recorded(seen.at), "region": seen.region}
    return told if seen.place is None else {**told, "site": seen.place.ref}


def device_body(found: DeviceScans) -> dict[str, Any]:
    """Return what came from a device, and what is missing."""
    return {
        "device": found.device,
        "highest": found.highest,
        "missing": [list(item) for item in found.gaps.missing],
        "doubled": list(found.gaps.doubled),
        "latest": [
            {
                "id": row.id,
                "counter": row.counter,
                "at": format_recorded(row.at_ms),
                "received_at": format_recorded(row.received_at_ms),
                "action": row.action,
                "outcome": row.outcome,
                "undone": row.undone_by != "",
            }
            for row in found.latest
        ],
    }
