"""Where a container was seen: by scans of any organisation, and by the events that moved what is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import orjson

from ledger.core.b64 import b64u
from ledger.core.effects import Effects
from ledger.core.events import Header
from ledger.core.sections import Disclosure
from ledger.core.times import parse_stated
from ledger.reference.distance import Point
from ledger.rules import codec
from ledger.rules.accounts import Holding, account_of
from ledger.rules.aggregates import ContainerState, OrgState, SiteState
from ledger.rules.travel import End, Sighting, Spot
from ledger.store.related import LifeRow, Related
from ledger.store.rows import ScanRow
from ledger.store.unit_of_work import Unit

MOST_SCANS: Final = 60
MOST_EVENTS: Final = 30
AGREE: Final = frozenset({"ok", "already_done"})
TAKES: Final = frozenset({"receive", "issue", "dispatch"})
ONE_WAY: Final = frozenset({"drum", "bag", "bottle"})
"""Containers that are not filled again: once they are empty, their life is over."""
CORRECTED: Final = ".event_corrected"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a container: its sightings, when it was emptied, and whose scan or event each sighting is."""

    sightings: tuple[Sighting, ...]
    end: End | None
    orgs: dict[str, str]


class Sightings:
    """Reads within one unit; each site once."""

    def __init__(self, unit: Unit) -> None:
        """Read within this unit."""
        self._unit = unit
        self._related = Related(unit.connection, unit.backend)
        self._spots: dict[str, Spot | None] = {}

    def of(self, container: str) -> Seen:
        """Return what is known of a container. A scan that recorded an event stands for that."""
        orgs: dict[str, str] = {}
        found: dict[str, Sighting] = {}
        ends: list[End] = []
        for row in self._related.life(container, limit=MOST_EVENTS):
            header = Header.parse(row.header)
            for sighting, emptied in self._moved(row, header, container):
                found[sighting.name], orgs[sighting.name] = sighting, header.actor
                ends += [End(sighting.at_ms, sighting.spot.site)] if emptied else []
        for scan in self._unit.scans.sightings(container, limit=MOST_SCANS):
            seen = self.scanned(scan)
            if seen is not None:
                found[seen.name], orgs[seen.name] = seen, scan.org
        end = max(ends, key=lambda one: one.at_ms) if ends and self._is_empty(container) else None
        return Seen(tuple(found.values()), end, orgs)

    def scanned(self, row: ScanRow) -> Sighting | None:
        """Return what a scan says of where its thing was, None where it says nothing."""
        seen = str(orjson.loads(row.answer).get("seen", ""))
        spot = self._spot(seen)
        if spot is None:
            return None
        return Sighting(
            name=row.id,
            at_ms=row.at_ms,
            received_ms=row.received_at_ms,
            spot=spot,
            device=row.device,
            agrees=row.outcome in AGREE,
            leaves=row.action == "dispatch" and row.outcome == "ok",
            arrives=row.action == "receive",
            takes=row.action in TAKES,
        )

    def _moved(self, row: LifeRow, header: Header, container: str) -> Iterator[tuple[Sighting, bool]]:
        """What an event says: where the container came from, and where it came to; and whether it was emptied there."""
        voided = self._unit.projections.load_states(["voided:" + b64u(row.event_hash)])
        if header.type.endswith(CORRECTED) or any(voided.values()):
            return
        went, came, out = self._places(row.idx, container)
        at_ms, received = parse_stated(header.occurred_at), row.recorded_at_ms
        left = went if went is not None and ((came is not None and came.site != went.site) or out) else None
        if left is not None:
            yield Sighting(header.id + "/left", at_ms, received, left, agrees=True, leaves=True), False
        if came is not None:
            arrives = went is None or left is not None
            yield Sighting(header.id, at_ms, received, came, agrees=True, arrives=arrives, takes=True), False
        elif went is not None and left is None:
            yield Sighting(header.id, at_ms, received, went, agrees=True), True

    def _places(self, idx: int, container: str) -> tuple[Spot | None, Spot | None, bool]:
        """The site that matter in the container left, the one it came to, and whether it went onto a vehicle."""
        went: Spot | None = None
        came: Spot | None = None
        out = False
        for link in self._unit.chains.links_of(idx):
            if not link.chain.startswith("batch:"):
                continue
            effects = Effects.parse(Disclosure.parse(link.effects, ("effects",)).content)
            for posting in effects.postings:
                cell = account_of(posting.account)
                if not isinstance(cell, Holding) or cell.container != container:
                    continue
                spot = self._spot(cell.place) if cell.custodian.startswith("org:") else None
                if posting.mg < 0:
                    went = spot or went
                else:
                    came, out = spot or came, out or spot is None
        return went, came, out

    def _spot(self, place: str) -> Spot | None:
        site = place.partition("/")[0]
        if not site.startswith("site:"):
            return None
        if site not in self._spots:
            self._spots[site] = self._read(site)
        return self._spots[site]

    def _read(self, site: str) -> Spot | None:
        known = self._state(site)
        if not isinstance(known, SiteState):
            return None
        org = self._state(known.org)
        point = Point(float(known.latitude), float(known.longitude)) if known.latitude else None
        return Spot(site, known.region, point, isinstance(org, OrgState) and "disposer" in org.roles)

    def _is_empty(self, container: str) -> bool:
        known = self._state(container)
        return isinstance(known, ContainerState) and known.kind in ONE_WAY and not known.contents

    def _state(self, key: str) -> object:
        body = self._unit.projections.load_states([key])[key]
        return None if body is None else codec.load(key, body)
