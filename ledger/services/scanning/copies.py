"""Copies of labels: each scan of a container is held against every other sighting of it, and what clashes is kept.

What is told to an organisation of the sightings of another is when, and in which prefecture: neither who nor where.
"""

from dataclasses import dataclass
from typing import Final

import orjson

from ledger.core.canonical import Json
from ledger.errors import Problem
from ledger.reference import Reference
from ledger.rules.manifest import RuleSet
from ledger.rules.travel import IMPOSSIBLE_TRAVEL, TRAVEL_RULES, Clash, Limits, Sighting, clashes
from ledger.services.rule_books import RuleBooks
from ledger.services.scanning.sightings import Seen, Sightings
from ledger.store.rows import ScanFindingRow, ScanRow
from ledger.store.unit_of_work import Unit

MINUTE_MS: Final = 60_000
MOST_FINDINGS: Final = 200
PREFECTURE: Final = 4
WARNINGS: Final = {
    "impossible_travel@1": "scan_too_far",
    "scanned_after_end@1": "scan_after_end",
    "two_places@1": "scan_two_places",
}


@dataclass(frozen=True, slots=True)
class Copies:
    """Judges scans by the rules in force."""

    books: RuleBooks
    reference: Reference

    def found(self, unit: Unit, row: ScanRow, rules_hash: str) -> tuple[list[Problem], list[ScanFindingRow]]:
        """Return what a scan shows: warnings for who scanned, and findings for every organisation concerned."""
        if not row.item.startswith("container:"):
            return [], []
        rules = self.books.rules(rules_hash, unit)
        reader = Sightings(unit)
        new = reader.scanned(row)
        if new is None or not any(rules.level(rule, row.org, row.received_at_ms) for rule in TRAVEL_RULES):
            return [], []
        seen = reader.of(row.item)
        seen.orgs[new.name] = row.org
        hits = [
            clash
            for clash in self._clashes(seen, new, rules)
            if rules.level(clash.rule, row.org, row.received_at_ms) is not None
        ]
        warnings = [
            Problem(WARNINGS[clash.rule], "/item", {"ppm": rules.parameter(clash.rule, "false_alarms_ppm")})
            for clash in hits
        ]
        return warnings, [made for clash in hits for made in self._rows(unit, row, new, seen, clash, rules)]

    def _clashes(self, seen: Seen, new: Sighting, rules: RuleSet) -> tuple[Clash, ...]:
        limits = {
            rule: Limits(rules.parameter(IMPOSSIBLE_TRAVEL, "km_h"), rules.parameter(rule, "clock_minutes") * MINUTE_MS)
            for rule in TRAVEL_RULES
        }
        others = [one for one in seen.sightings if one.name != new.name]
        return tuple(
            clash
            for rule in TRAVEL_RULES
            for clash in clashes(others, new, seen.end, limits[rule], self.reference.distances)
            if clash.rule == rule
        )

    def _rows(
        self, unit: Unit, row: ScanRow, new: Sighting, seen: Seen, clash: Clash, rules: RuleSet
    ) -> list[ScanFindingRow]:
        """One row for each organisation that has a sighting in it and no open finding of this rule and thing."""
        sightings = {one.name: one for one in (*seen.sightings, new)}
        made = []
        for org in sorted({seen.orgs[name] for name in clash.names}):
            known = unit.scans.findings(org, item=row.item, limit=MOST_FINDINGS)
            if any(one.rule == clash.rule and one.resolved_at_ms is None for one in known):
                continue
            told: dict[str, Json] = {
                "ppm": rules.parameter(clash.rule, "false_alarms_ppm"),
                "km": clash.km,
                "seen": [_told(sightings[name], mine=seen.orgs[name] == org) for name in clash.names],
            }
            key = f"{row.id}/{clash.rule}"
            made.append(ScanFindingRow(org, key, clash.rule, row.item, row.received_at_ms, orjson.dumps(told)))
        return made


def _told(sighting: Sighting, *, mine: bool) -> dict[str, Json]:
    told: dict[str, Json] = {"at_ms": sighting.earliest_ms, "region": sighting.spot.region[:PREFECTURE] + "00"}
    return {**told, "site": sighting.spot.site, "name": sighting.name} if mine else told
