"""How fresh what is told of a place or vehicle is: when something last happened there, and when it was last counted."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.wiring.known import Known
from api.wiring.steps import steps
from ledger.core.times import parse_stated

LOOKED_BACK: Final = 300
"""Records of a site that are looked through for its last count, and for what happened in one location."""
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
        self._lock = threading.Lock()

    def of_location(self, known: Known, place: str) -> Fresh:
        """Return how fresh a location's content is; ``place`` is "site:<uuid>/<location>"."""
        return self._of(known, place.partition("/")[0], place)

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
        if step.header.type == "storage.counted":
            return Fresh(event, at)
        if not place:
            return Fresh(event, None)
    return Fresh(event, None, at if read == LOOKED_BACK else None)


def _places(known: Known, idx: int) -> Iterator[str]:
    """The places that a record is about: its own, where things went, and those of its lines."""
    stated: Mapping[str, Any] = known.section(idx, "place")
    for name in ("location", "to_location"):
        if name in stated:
            yield f"{stated['site']}/{stated[name]}"
    for section in ("inputs", "outputs"):
        lines: Any = known.section(idx, section).get("lines", ())
        yield from (str(line["place"]) for line in lines if "place" in line)
