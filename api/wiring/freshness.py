"""How fresh what is told of a place or vehicle is: when something last happened there, and when it was last counted."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from api.wiring.known import Known
from api.wiring.steps import steps
from ledger.core.sections import Disclosure
from ledger.core.times import parse_stated

LOOKED_BACK: Final = 300
"""Records of a site that are looked through for its last count, and for what happened in one location."""
COUNTED: Final = "storage.counted"
MOST_REMEMBERED: Final = 4_096


@dataclass(frozen=True, slots=True)
class Fresh:
    """Instants as stated; None: not since ``since``, which is None where every record was looked at."""

    event: int | None
    count: int | None
    since: int | None = None


class Freshness:
    """Answers by place, each remembered until its chain goes on."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self._memory: OrderedDict[str, tuple[int, Fresh]] = OrderedDict()
        self._sites: OrderedDict[str, tuple[int, Mapping[str, Fresh]]] = OrderedDict()
        self._lock = threading.Lock()

    def of_location(self, known: Known, place: str) -> Fresh:
        """Return how fresh a location's content is; ``place`` is "site:<uuid>/<location>"."""
        return self._of(known, place.partition("/")[0], place)

    def of_site(self, known: Known, site: str) -> Mapping[str, Fresh]:
        """Return how fresh each place of a site is of which something happened lately, and "" for all of the site."""
        head = known.unit.chains.history_back(site, limit=1)
        seq = head[0].seq if head else -1
        with self._lock:
            kept = self._sites.get(site)
        if kept is not None and kept[0] == seq:
            return kept[1]
        found = _look_around(known, site)
        with self._lock:
            self._sites[site] = (seq, found)
            self._sites.move_to_end(site)
            if len(self._sites) > MOST_REMEMBERED // 16:
                self._sites.popitem(last=False)
        return found

    def of_shipment(self, known: Known, shipment: str) -> Fresh:
        """Return how fresh what is told of a shipment is; every record of its chain is about it."""
        return self._of(known, shipment, "")

    def _of(self, known: Known, chain: str, place: str) -> Fresh:
        head = known.unit.chains.history_back(chain, limit=1)
        seq, name = (head[0].seq if head else -1), place or chain
        with self._lock:
            kept = self._memory.get(name)
        if kept is not None and kept[0] == seq:
            return kept[1]
        found = _look(known, chain, place)
        with self._lock:
            self._memory[name] = (seq, found)
            self._memory.move_to_end(name)
            if len(self._memory) > MOST_REMEMBERED:
                self._memory.popitem(last=False)
        return found


def _look(known: Known, chain: str, place: str) -> Fresh:
    event: int | None = None
    read, at = 0, 0
    for step in steps(known, chain, most=LOOKED_BACK):
        read, at = read + 1, parse_stated(step.header.occurred_at)
        if place and place not in _places(known, step.row.idx):
            continue
        if event is None:
            event = at
        if step.header.type == COUNTED:
            return Fresh(event, at)
        if not place:
            return Fresh(event, None)
    return Fresh(event, None, at if read == LOOKED_BACK else None)


_PLACED: Final = frozenset({"place", "inputs", "outputs"})


def _look_around(known: Known, site: str) -> Mapping[str, Fresh]:
    """One look back for all places of a site."""
    life = list(steps(known, site, most=LOOKED_BACK))
    sections: dict[int, dict[str, Mapping[str, Any]]] = {}
    for part in known.unit.events.disclosures_of((step.row.idx for step in life), _PLACED):
        if part.body is not None:
            sections.setdefault(part.idx, {})[part.name] = Disclosure.parse(part.body).content
    events: dict[str, int] = {}
    counts: dict[str, int] = {}
    at = 0
    for step in life:
        at = parse_stated(step.header.occurred_at)
        for place in {"", *_placed(partial(_of, sections.get(step.row.idx, {})))}:
            events.setdefault(place, at)
            if step.header.type == COUNTED:
                counts.setdefault(place, at)
    since = at if len(life) == LOOKED_BACK else None
    return {
        place: Fresh(event, counts.get(place), since if counts.get(place) is None else None)
        for place, event in events.items()
    }


def _of(sections: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return sections.get(name, {})


def _places(known: Known, idx: int) -> Iterator[str]:
    """The places that a record is about."""
    return _placed(lambda name: known.section(idx, name))


def _placed(section: Callable[[str], Mapping[str, Any]]) -> Iterator[str]:
    """The places of a record: its own, where things went, and those of its lines."""
    stated = section("place")
    for member in ("location", "to_location"):
        if member in stated:
            yield f"{stated['site']}/{stated[member]}"
    for name in ("inputs", "outputs"):
        lines: Any = section(name).get("lines", ())
        yield from (str(line["place"]) for line in lines if "place" in line)
