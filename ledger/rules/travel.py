"""Labels that were copied: what the sightings of one code say when they cannot all be of one thing. Pure.

A sighting is a scan, or an event of the books. Clocks of devices are wrong, and scans come late: the true time of a
sighting lies between what its device says, less ``clock_ms``, and when it came in. Nothing is found that fits into
those bounds. One device can be at one place at a time, so two sightings by the same device show that its place or clock
is wrong, and never a copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.reference.distance import Distances, Point

IMPOSSIBLE_TRAVEL: Final = "impossible_travel@1"
SCANNED_AFTER_END: Final = "scanned_after_end@1"
TWO_PLACES: Final = "two_places@1"
TRAVEL_RULES: Final = (IMPOSSIBLE_TRAVEL, SCANNED_AFTER_END, TWO_PLACES)
HOUR_MS: Final = 3_600_000
NEAR: Final = 12
"""How many sightings before and after a new one are looked at for one elsewhere."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A site: its region (GB/T 2260) and where it lies, if that was stated. ``disposes``: empties are taken there."""

    site: str
    region: str
    point: Point | None = None
    disposes: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """Seen at a site. ``at_ms``: by the clock of the device; ``received_ms``: by ours.

    ``agrees``: by the books it was there. ``leaves``: with this sighting it left the site, by the books. ``device``:
    "" where none is known. ``arrives``: it was taken in there, from elsewhere; ``takes``: taken in, used or sent on.
    """

    name: str
    at_ms: int
    received_ms: int
    spot: Spot
    device: str = ""
    agrees: bool = False
    leaves: bool = False
    arrives: bool = False
    takes: bool = False

    @property
    def earliest_ms(self) -> int:
        """What its device says: an offline scan cannot have been made after it was received."""
        return min(self.at_ms, self.received_ms)

    @property
    def latest_ms(self) -> int:
        """When it came in: what waited on a device whose clock is wrong was made at any time until then."""
        return self.received_ms

    @property
    def order(self) -> tuple[int, int, str]:
        """Sightings in their order of time."""
        return self.earliest_ms, self.received_ms, self.name


@dataclass(frozen=True, slots=True)
class End:
    """By the books nothing is left in a vessel that is not filled again: since when, and where."""

    at_ms: int
    site: str


@dataclass(frozen=True, slots=True)
class Limits:
    """``km_h``: faster than this nothing goes, as the crow flies; ``clock_ms``: how far a device's clock may be off."""

    km_h: int
    clock_ms: int


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule that finds a copy, the sightings that do not go together in their order, and how far apart they are."""

    rule: str
    names: tuple[str, ...]
    km: int = 0


def clashes(
    seen: Sequence[Sighting], new: Sighting, end: End | None, limits: Limits, distances: Distances
) -> tuple[Clash, ...]:
    """What the new sighting does not go together with; at most one for each rule. ``seen``: the others, in any order.

    A sighting that comes in late is held against those before and after it in time.
    """
    ordered = sorted({one.name: one for one in (*seen, new)}.values(), key=lambda one: one.order)
    place = ordered.index(new)
    found = (
        _too_fast(ordered, place, limits, distances),
        _after_end(new, end, limits),
        _at_two(ordered, place, limits),
    )
    return tuple(clash for clash in found if clash is not None)


# --- impossible travel ------------------------------------------------------------------------------------------------


def _too_fast(ordered: Sequence[Sighting], place: int, limits: Limits, distances: Distances) -> Clash | None:
    for before, after in ((place - 1, place), (place, place + 1)):
        if before < 0 or after >= len(ordered):
            continue
        one, other = ordered[before], ordered[after]
        if _same_device(one, other):
            continue
        km = distances.least_km((one.spot.region, one.spot.point), (other.spot.region, other.spot.point))
        longest_ms = max(other.latest_ms - one.earliest_ms, one.latest_ms - other.earliest_ms) + limits.clock_ms
        if one.spot.site != other.spot.site and km * HOUR_MS > limits.km_h * longest_ms:
            return Clash(IMPOSSIBLE_TRAVEL, (one.name, other.name), int(km))
    return None


# --- after the end ----------------------------------------------------------------------------------------------------


def _after_end(new: Sighting, end: End | None, limits: Limits) -> Clash | None:
    """Empties are counted, moved about and disposed of; they are not taken in for goods at another site."""
    if end is None or not new.takes or new.spot.disposes or new.spot.site == end.site:
        return None
    return Clash(SCANNED_AFTER_END, (new.name,)) if new.earliest_ms > end.at_ms + limits.clock_ms else None


# --- two places -------------------------------------------------------------------------------------------------------


def _at_two(ordered: Sequence[Sighting], place: int, limits: Limits) -> Clash | None:
    """Seen elsewhere while it stayed where the books have it: before and after at one site, which it did not leave."""
    new = ordered[place]
    near = range(max(0, place - NEAR), min(len(ordered), place + NEAR + 1))
    for middle in (place, *(at for at in near if ordered[at].spot.site != new.spot.site)):
        before = _stayed(ordered, middle, limits)
        after = None if before is None else _still(ordered, middle, ordered[before], limits)
        if before is not None and after is not None and place in (before, middle, after):
            return Clash(TWO_PLACES, tuple(ordered[at].name for at in (before, middle, after)))
    return None


def _stayed(ordered: Sequence[Sighting], middle: int, limits: Limits) -> int | None:
    """The last sighting by the books that surely was before, if it was at another site that nothing left since."""
    odd = ordered[middle]
    for at in range(middle - 1, -1, -1):
        one = ordered[at]
        if not one.agrees:
            continue
        if one.leaves or one.spot.site == odd.spot.site or _same_device(one, odd):
            return None
        if one.latest_ms + limits.clock_ms < odd.earliest_ms:
            return at
    return None


def _still(ordered: Sequence[Sighting], middle: int, before: Sighting, limits: Limits) -> int | None:
    """The next sighting by the books that surely was after, if it was where it had been, and did not arrive there."""
    odd = ordered[middle]
    for at in range(middle + 1, len(ordered)):
        one = ordered[at]
        if not one.agrees:
            continue
        if one.arrives or one.spot.site != before.spot.site or _same_device(one, odd):
            return None
        if odd.latest_ms + limits.clock_ms < one.earliest_ms:
            return at
        if one.leaves:
            return None
    return None


def _same_device(one: Sighting, other: Sighting) -> bool:
    return one.device != "" and one.device == other.device
