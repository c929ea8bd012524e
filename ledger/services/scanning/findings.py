"""What an organisation's safety officer looks after: labels that may be copied, and scans that never arrived.

A finding ends by an event, ``storage.inspected`` with a reason, on the chain of the container or the site. A gap also
ends by itself, when the scans that it lacks come in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import orjson

from ledger.core.canonical import Json
from ledger.core.ids import uuid7
from ledger.core.times import format_utc
from ledger.errors import NotFoundError
from ledger.services.identity.ports import Ports
from ledger.services.intake import Auth
from ledger.services.scanning.devices import MOST_DEVICES, scans_of
from ledger.store.rows import DeviceRow, ScanFindingRow

MOST: Final = 200
GAP_RULE: Final = "counter_gap@1"
GAP: Final = "gap"
INSPECTED: Final = "storage.inspected"
COPY_KIND, GAP_KIND = "label_checked", "scans_missing"
ID_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers ``low`` to ``high`` of a device that never arrived. ``since_ms``: when the next one came in."""

    device: str
    name: str
    low: int
    high: int
    since_ms: int
    site: str = ""

    @property
    def id(self) -> str:
        """Its name among the findings."""
        return f"{GAP}/{self.device}/{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Labels that may be copied, newest first, and gaps, device by device."""

    copies: tuple[ScanFindingRow, ...]
    gaps: tuple[Gap, ...]


def findings_of(ports: Ports, org: str) -> Findings:
    """Return what is found of an organisation's scans; copies that were explained, too."""
    with ports.ledger.store.read() as unit:
        rows = unit.scans.findings(org, limit=MOST)
        devices = unit.people.devices_of(org, limit=MOST_DEVICES)
    explained = {row.id for row in rows if row.rule == GAP_RULE}
    gaps = [gap for device in devices for gap in _gaps(ports, org, device) if gap.id not in explained]
    return Findings(tuple(row for row in rows if row.rule != GAP_RULE), tuple(gaps))


def _gaps(ports: Ports, org: str, device: DeviceRow) -> Iterator[Gap]:
    missing = scans_of(ports, org, device.id).gaps.missing
    if not missing:
        return
    with ports.ledger.store.read() as unit:
        for low, high in missing:
            after = unit.scans.at_counter(org, device.id, high + 1)
            since = 0 if after is None else after.received_at_ms
            here = "" if after is None else str(orjson.loads(after.answer).get("here", ""))
            site = here.partition("/")[0] if here.startswith("site:") else ""
            yield Gap(device.id, device.name, low, high, since, site)


def resolve(ports: Ports, org: str, auth: Auth, user: str | None, id: str, text: str) -> str:
    """Record what a finding was, and return the id of the event. NotFoundError; RefusedError: the rules refuse it."""
    row, gap = _open(ports, org, id)
    event = uuid7(ports.now_ms(), ports.entropy.bytes(ID_BYTES))
    sections: dict[str, Json] = {}
    if gap is not None:
        named = f"{gap.name} ({gap.device}), {gap.low}-{gap.high}: {text}"
        sections = {"place": {"site": gap.site or _any_site(ports, org)}, "reason": {"text": named, "kind": GAP_KIND}}
    elif row is not None:
        sections = {"containers": {"items": [{"container": row.item}]}, "reason": {"text": text, "kind": COPY_KIND}}
    if user is not None:
        sections["agent"] = {"user": user}
    now_ms = ports.now_ms()
    body: dict[str, Json] = {
        "id": event,
        "type": INSPECTED,
        "mode": "act",
        "actor": org,
        "occurred_at": format_utc(now_ms),
        "sections": sections,
    }
    ports.ledger.append(ports.ledger.state(body, auth))
    with ports.ledger.store.write() as unit:
        if gap is not None:
            unit.scans.add_finding(ScanFindingRow(org, id, GAP_RULE, gap.device, gap.since_ms, b"{}", now_ms, event))
        else:
            unit.scans.resolve_finding(org, id, at_ms=now_ms, by=event)
    return event


def _open(ports: Ports, org: str, id: str) -> tuple[ScanFindingRow | None, Gap | None]:
    if id.startswith(GAP + "/"):
        gap = next((gap for gap in findings_of(ports, org).gaps if gap.id == id), None)
        if gap is not None:
            return None, gap
    with ports.ledger.store.read() as unit:
        row = unit.scans.finding(org, id)
    if row is None or row.resolved_at_ms is not None:
        raise NotFoundError("scan_finding_unknown", "/id", {"id": id[:120]})
    return row, None


def _any_site(ports: Ports, org: str) -> str:
    with ports.ledger.store.read() as unit:
        known = unit.queries.things("site", org=org, limit=1)
    if not known:
        raise NotFoundError("scan_finding_unknown", "/id")
    return known[0].id
