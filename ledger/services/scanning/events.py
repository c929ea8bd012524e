"""Which events an accepted scan states. Pure: facts in, bodies of the simple form out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ledger.core.canonical import Json
from ledger.core.ids import RANDOM_SIZE, uuid7
from ledger.core.quantity import kg, milligrams
from ledger.core.times import format_utc
from ledger.errors import FormatError
from ledger.rules.bays import OVERRIDE
from ledger.rules.scanning import location_of, site_of
from ledger.services.scanning.facts import Found, Lot
from ledger.services.scanning.statement import Scan

TYPES: Final[Mapping[str, str]] = {
    "receive": "storage.received",
    "move": "storage.moved",
    "count": "storage.counted",
    "issue": "use.issued_for_use",
    "dispatch": "transport.loaded",
}
QUARANTINED: Final = "storage.quarantined"
CORRECTED: Final = "event_corrected"
LATE_MS: Final = 10 * 60_000
"""A scan that waited longer is stated as a report: it has long happened."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who states: the organisation; ``agent`` is the section of that name, or None where no person is known."""

    org: str
    agent: Mapping[str, Json] | None
    now_ms: int

    def events(self, scan: Scan, found: Found) -> list[dict[str, Json]]:
        """Return the events of a scan, in their order. FormatError: an amount where there are several rows of stock."""
        if scan.report and _strayed(scan, found):
            return self._found_here(scan, found)
        lines: list[Json] = [_line(scan, lot, several=len(found.lots) > 1) for lot in found.lots]
        sections: dict[str, Json] = {"inputs": {"lines": lines}}
        transfers = {lot.transfer for lot in found.lots if lot.transfer is not None}
        if transfers:
            sections["parties"] = {"transfer": min(transfers)}
        site, _, location = found.here.partition("/")
        if scan.action == "dispatch":
            sections["transport"] = {"shipment": found.here}
        elif scan.action in ("move", "issue"):
            sections["place"] = {"site": site, "location": _from(found), "to_location": location}
        else:
            sections["place"] = {"site": site, "location": location}
        # Goods at the gate are never turned away: into quarantine they are received by a report.
        made = [self.event(scan, TYPES[scan.action], sections, report=scan.quarantine and scan.action == "receive")]
        if scan.quarantine and any(lot.row.status == "free" for lot in found.lots):
            made.append(self._quarantined(scan, found))
        return made

    def _found_here(self, scan: Scan, found: Found) -> list[dict[str, Json]]:
        """Own goods that are here and not where they are booked: moved, and then counted where that was asked."""
        site, _, location = found.here.partition("/")
        whole = replace(scan, amount=None) if scan.action == "count" else scan
        strays = [lot for lot in found.lots if lot.row.place != found.here]
        lines: list[Json] = [_line(whole, lot, several=len(found.lots) > 1) for lot in strays]
        if {site_of(lot.row.place) for lot in strays} == {site}:
            place: dict[str, Json] = {
                "site": site,
                "location": location_of(strays[0].row.place),
                "to_location": location,
            }
            moved = self.event(scan, TYPES["move"], {"inputs": {"lines": lines}, "place": place})
        else:
            place = {"site": site, "location": location}
            moved = self.event(scan, TYPES["receive"], {"inputs": {"lines": lines}, "place": place})
        if scan.action != "count":
            return [moved]
        counted: list[Json] = [
            {**_line(scan, lot, several=len(found.lots) > 1), "place": found.here} for lot in found.lots
        ]
        sections: dict[str, Json] = {"inputs": {"lines": counted}, "place": {"site": site, "location": location}}
        return [moved, self.event(scan, TYPES["count"], sections, id=derived(scan, 1))]

    def undo(self, scan: Scan, of: str, type: str, hash: str, step: int) -> dict[str, Json]:
        """Return the correction that voids an event, the ``step``-th of the scan that is undone."""
        stage = type.partition(".")[0]
        body = self.event(scan, f"{stage}.{CORRECTED}", {}, id=scan.id if step == 0 else derived(scan, step))
        return {
            **body,
            "refs": [{"rel": "voids", "hash": hash}],
            "sections": body["sections"] or {"reason": _undone(of)},
        }

    def _quarantined(self, scan: Scan, found: Found) -> dict[str, Json]:
        lines: list[Json] = []
        for lot in found.lots:
            if lot.row.status != "free":
                continue
            line = _line(scan, lot, several=len(found.lots) > 1)
            if scan.action == "receive":
                line |= {"custodian": self.org, "place": found.here}
            elif scan.action == "move":
                line |= {"place": found.here}
            lines.append({name: item for name, item in line.items() if name != "booked"})
        return self.event(scan, QUARANTINED, {"inputs": {"lines": lines}}, id=derived(scan, 1))

    def event(
        self, scan: Scan, type: str, sections: Mapping[str, Json], *, id: str | None = None, report: bool = False
    ) -> dict[str, Json]:
        """Return one event. What waited offline is a report, at the time of the scan."""
        stated = dict(sections)
        if self.agent is not None:
            stated["agent"] = dict(self.agent)
        if scan.override is not None:
            stated["reason"] = {"text": scan.override, "kind": OVERRIDE}
        late = self.now_ms - scan.at_ms > LATE_MS
        return {
            "id": id or scan.id,
            "type": type,
            "mode": "report" if late or report or scan.report else "act",
            "actor": self.org,
            "occurred_at": format_utc(min(scan.at_ms, self.now_ms)),
            "sections": stated,
        }


def derived(scan: Scan, step: int) -> str:
    """The id of a further event of a scan: it follows from the scan's own."""
    digest = hashlib.sha256(f"hazledger/scan@1\n{scan.id}\n{step}".encode()).digest()
    return uuid7(int(scan.id.replace("-", "")[:12], 16), digest[:RANDOM_SIZE])


def _undone(of: str) -> dict[str, Json]:
    return {"text": f"scan {of} undone", "kind": "scan_undone"}


def _strayed(scan: Scan, found: Found) -> bool:
    """Whether own goods are booked elsewhere than where they were scanned."""
    if scan.action not in ("receive", "move", "count") or {lot.custody for lot in found.lots} != {"own"}:
        return False
    return any(lot.row.place != found.here for lot in found.lots)


def _from(found: Found) -> str:
    return found.lots[0].row.place.partition("/")[2]


def _stated_kg(scan: Scan, amount: str) -> str:
    """The stated amount in kilograms; one in kilograms keeps its digits."""
    mg = milligrams(amount, scan.unit, field="/amount")
    return amount if scan.unit == "kg" else kg(mg)


def _line(scan: Scan, lot: Lot, *, several: bool) -> dict[str, Json]:
    row = lot.row
    if scan.amount is not None and several:
        raise FormatError("goods_ambiguous", "/amount", {"target": row.batch, "count": 2})
    line: dict[str, Json] = {
        "batch": row.batch,
        "amount": kg(row.mg) if scan.amount is None else _stated_kg(scan, scan.amount),
        "unit": "kg",
        "owner": row.owner,
        "custodian": row.custodian,
        "place": row.place,
    }
    if row.container != "-":
        line["container"] = row.container
    if row.status != "free":
        line["status"] = row.status
    if scan.action == "receive" and scan.amount is not None:
        line["booked"] = kg(row.mg)
    return line
