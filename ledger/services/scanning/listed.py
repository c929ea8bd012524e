"""Copied labels in the one list of findings: each clash once, with what may be told of where it was seen."""

from dataclasses import dataclass
from typing import Final

import orjson

from ledger.core.canonical import Json
from ledger.store.copied import Copied
from ledger.store.found import Wanted
from ledger.store.rows import ScanFindingRow
from ledger.store.scopes import Scope
from ledger.store.unit_of_work import Unit

DISTANT: Final = "impossible_travel@1"


@dataclass(frozen=True, slots=True)
class CopyFinding:
    """A clash of sightings. ``org``: whose finding it is, "" where several are seen; ``site``: one of its own.

    ``resolved``: the record of the last event that says what it was, once everybody who is seen to be concerned has.
    """

    item: str
    rule: str
    part: str
    since_ms: int
    org: str
    site: str
    data: dict[str, Json]
    resolved: int | None = None


def copies(unit: Unit, scope: Scope, wanted: Wanted, as_of_ms: int) -> list[CopyFinding]:
    """Return what is wanted: not explained, explained, or both. Who supervises both sides sees one, with both sites."""
    rows: dict[tuple[str, str, str], list[ScanFindingRow]] = {}
    for row in Copied(unit.connection, unit.backend).there(scope, wanted, as_of_ms):
        rows.setdefault((row.item, row.rule, row.id), []).append(row)
    found = [made for same in rows.values() if (made := _of(unit, same, wanted.status, as_of_ms)) is not None]
    return [one for one in found if not wanted.site or wanted.site in _sites(one)]


def _of(unit: Unit, every: list[ScanFindingRow], status: str, as_of_ms: int) -> CopyFinding | None:
    """The finding of the rows of one clash; None where it is not of the status that is wanted."""
    left = [row for row in every if row.resolved_at_ms is None or row.resolved_at_ms > as_of_ms]
    if status == "resolved" and left:
        return None
    resolved = None if left else max(filter(None, (_settled(unit, row) for row in every)), default=None)
    rows = left or every
    first = rows[0]
    told = [orjson.loads(row.data) for row in rows]
    seen = [
        max((one["seen"][place] for one in told), key=lambda entry: "site" in entry)
        for place in range(len(told[0]["seen"]))
    ]
    entries: list[Json] = [
        {"at_ms": entry["at_ms"], "region": entry["region"], **({"site": entry["site"]} if "site" in entry else {})}
        for entry in seen
    ]
    data: dict[str, Json] = {"seen": entries, "false_alarms_ppm": told[0]["ppm"]}
    if first.rule == DISTANT:
        data["km"] = told[0]["km"]
    site = next((str(entry["site"]) for entry in seen if "site" in entry), "")
    org = first.org if len(rows) == 1 else ""
    return CopyFinding(first.item, first.rule, first.id, first.found_at_ms, org, site, data, resolved)


def _settled(unit: Unit, row: ScanFindingRow) -> int | None:
    event = unit.events.find(row.org, row.resolved_by)
    return None if event is None else event.idx


def _sites(one: CopyFinding) -> set[str]:
    seen = one.data["seen"]
    assert isinstance(seen, list)
    return {str(entry["site"]) for entry in seen if isinstance(entry, dict) and "site" in entry}
