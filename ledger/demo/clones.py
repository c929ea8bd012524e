"""Lives of labelled drums with and without copies of their labels, to measure what ``rules.travel`` finds and mistakes.

Every figure of ``Habits`` is an assumption, written down so that it can be argued with and changed; none was measured
in a plant. A life goes from a maker over warehouses to a user. What the ledger would have of it is made: scans by
devices with wrong clocks and without a network, statements typed later, trips by truck, goods sent back, users who
drive on with the former place still chosen, empties that are scanned again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from ledger.reference.distance import Point, between
from ledger.rules.travel import End, Sighting, Spot

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
KINDS: Final = ("far", "region", "near", "after", "same_site")
"""Where a copy is used: beyond 300 km, 30 to 300 km, within 30 km, after the drum is empty, in the same site."""
FAR_KM: Final = 300
NEAR_KM: Final = 30
CITIES: Final = (
    ("310116", 30.7, 121.3), ("320582", 31.9, 120.6), ("330211", 30.0, 121.7), ("370602", 37.5, 121.4),
    ("120116", 39.0, 117.7), ("130283", 40.0, 118.7), ("210211", 38.9, 121.6), ("220203", 43.8, 126.5),
    ("230604", 46.6, 125.1), ("340803", 30.5, 117.0), ("350602", 24.5, 117.6), ("360403", 29.7, 116.0),
    ("410503", 36.1, 114.3), ("420503", 30.7, 111.3), ("430603", 29.4, 113.1), ("440523", 23.4, 117.0),
    ("440306", 22.6, 113.9), ("450502", 21.5, 109.1), ("500115", 29.8, 107.1), ("510182", 31.0, 103.9),
    ("520102", 26.6, 106.7), ("610502", 34.5, 109.5), ("620104", 36.1, 103.6), ("650203", 45.6, 84.9),
)  # fmt: skip
"""Cities with a chemical industry: a county and about where it lies."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What is assumed. Shares are of one; times as named."""

    sites_a_city: int = 8
    city_km: float = 12.0
    """Sites lie about their city with this standard deviation."""
    without_position: float = 0.3
    """Sites whose coordinates nobody stated."""
    devices_a_site: int = 4
    drifting: float = 0.09
    drift_min: float = 4.0
    """Devices whose clock is off, and by which standard deviation; the others by two seconds."""
    unset: float = 0.01
    """Devices whose clock was never set: between 30 days slow and 2 days fast."""
    offline: float = 0.03
    offline_h: float = 20.0
    """Scans that wait for a network, and how long on average."""
    typed: float = 0.2
    typed_min: float = 15.0
    typed_late_h: float = 6.0
    """Arrivals and departures stated by form: how exactly, how much later on average."""
    wrong_day: float = 0.001
    """Typed statements that name the day before."""
    paper_late: float = 0.05
    paper_late_h: float = 12.0
    """Arrivals scanned before the goods are on their way by the books, and how long until they are."""
    sent_back: float = 0.01
    unrecorded: float = 0.02
    taken_in_again: float = 0.8
    """Trips that end at a closed gate, scanned there in every second case; of these, departures that nobody recorded;
    and how often the goods are received again where they came from, rather than just counted there."""
    former_place: float = 0.00005
    """Scans made with the former place still chosen, at another site of the firm."""
    legs: tuple[float, ...] = (0.3, 0.5, 0.2)
    """One trip, two, three."""
    short_leg: float = 0.6
    """Trips that stay within 300 km."""
    stay_days: float = 6.0
    count_days: float = 7.0
    counted: float = 0.7
    """The median stay, and how often goods are counted and how surely."""
    empties: float = 0.3
    empty_taken_in: float = 0.0002
    """Empties scanned again where they are; taken in elsewhere by somebody who disposes of nothing."""
    copy_scans: float = 2.5
    """Scans of a copy on average, at least one; days between them as ``copy_days``."""
    copy_days: float = 4.0
    copy_booked: float = 0.15
    """Copies that whoever has them books as received without an order."""
    mix: tuple[float, ...] = (0.35, 0.2, 0.2, 0.2, 0.05)
    """How copies are spread over ``KINDS``."""


@dataclass(frozen=True, slots=True)
class Life:
    """What came in of one code, in the order in which it came; ``end`` counts from ``end_known_ms`` on."""

    sightings: tuple[Sighting, ...]
    end: End
    end_known_ms: int
    kind: str = ""


@dataclass(slots=True)
class _Site:
    spot: Spot
    true: Point
    clocks: tuple[int, ...]
    unset: tuple[bool, ...]
    sisters: tuple[int, ...] = ()


@dataclass(slots=True)
class _Pen:
    """Writes one life."""

    written: list[Sighting] = field(default_factory=list)
    stays: list[tuple[int, int, int]] = field(default_factory=list)


def _sighting(name: str, times: tuple[int, int], spot: Spot, device: str, does: str, *, agrees: bool) -> Sighting:
    return Sighting(
        name,
        *times,
        spot,
        device,
        agrees=agrees,
        leaves=does == "leaves",
        arrives=does == "arrives",
        takes=does != "",
    )


class Lives:
    """Lives from a seed: the same seed and habits make the same ones."""

    def __init__(self, seed: int, habits: Habits | None = None) -> None:
        """Found the sites."""
        self.habits = habits or Habits()
        self._random = Random(seed)
        self._sites = [self._site(city) for city in CITIES for _ in range(self.habits.sites_a_city)]
        for at, site in enumerate(self._sites):
            site.sisters = (self._random.randrange(len(self._sites)),) if at % 3 == 0 else ()
        self._names = 0

    def clean(self, count: int) -> Iterator[Life]:
        """Yield lives without a copy."""
        for _ in range(count):
            yield self._life("")

    def copied(self, count: int, kind: str) -> Iterator[Life]:
        """Yield lives of which there is a copy that somebody scans."""
        for _ in range(count):
            yield self._life(kind)

    # --- sites and devices --------------------------------------------------------------------------------------------

    def _site(self, city: tuple[str, float, float]) -> _Site:
        region, latitude, longitude = city
        rnd, habits = self._random, self.habits
        a_degree = 111.0
        true = Point(
            latitude + rnd.gauss(0, habits.city_km / a_degree),
            longitude + rnd.gauss(0, habits.city_km / a_degree / math.cos(math.radians(latitude))),
        )
        point = None if rnd.random() < habits.without_position else true
        clocks = [self._clock() for _ in range(habits.devices_a_site)]
        spot = Spot(f"site:{len(getattr(self, '_sites', ())) + rnd.randrange(10**12)}", region, point)
        return _Site(spot, true, tuple(ms for ms, _ in clocks), tuple(unset for _, unset in clocks))

    def _clock(self) -> tuple[int, bool]:
        rnd, habits = self._random, self.habits
        luck = rnd.random()
        if luck < habits.unset:
            return int(rnd.uniform(-30 * DAY, 2 * DAY)), True
        off = habits.drift_min * MINUTE if luck < habits.unset + habits.drifting else 2_000
        return int(rnd.gauss(0, off)), False

    # --- writing ------------------------------------------------------------------------------------------------------

    def _name(self) -> str:
        self._names += 1
        return f"s{self._names:09d}"

    def _scan(self, pen: _Pen, site: int, at: int, does: str, *, agrees: bool = True) -> None:
        """One scan by a device of the site; ``does``: "arrives", "leaves", "takes" or "" for putting away, counting."""
        rnd, habits = self._random, self.habits
        number = rnd.randrange(habits.devices_a_site)
        there = self._sites[site]
        late = rnd.expovariate(1 / (habits.offline_h * HOUR)) if rnd.random() < habits.offline else 1_000
        device, spot = f"{there.spot.site}/{number}", there.spot
        if there.sisters and rnd.random() < habits.former_place:
            spot, agrees = self._sites[there.sisters[0]].spot, False
        stated = at + there.clocks[number]
        pen.written.append(_sighting(self._name(), (stated, at + int(late)), spot, device, does, agrees=agrees))

    def _typed(self, pen: _Pen, site: int, at: int, does: str) -> None:
        """A statement by form: about when it was, some time later."""
        rnd, habits = self._random, self.habits
        stated = at + int(rnd.gauss(0, habits.typed_min * MINUTE)) - (DAY if rnd.random() < habits.wrong_day else 0)
        received = at + int(rnd.expovariate(1 / (habits.typed_late_h * HOUR))) + MINUTE
        spot = self._sites[site].spot
        pen.written.append(_sighting(self._name(), (stated, received), spot, "", does, agrees=True))

    def _moved(self, pen: _Pen, site: int, at: int, does: str) -> None:
        (self._typed if self._random.random() < self.habits.typed else self._scan)(pen, site, at, does)

    # --- a life -------------------------------------------------------------------------------------------------------

    def _life(self, kind: str) -> Life:
        rnd, habits = self._random, self.habits
        pen = _Pen()
        site, at = rnd.randrange(len(self._sites)), DAY * 100
        self._scan(pen, site, at, "")
        legs = rnd.choices((1, 2, 3), habits.legs)[0]
        for leg in range(legs + 1):
            at = self._stay(pen, site, at)
            if leg == legs:
                break
            self._moved(pen, site, at, "leaves")
            onward = self._next(site)
            if rnd.random() < habits.sent_back:
                at = self._back(pen, site, onward, at)
            at += self._trip(site, onward)
            site = onward
            self._arrives(pen, site, at)
        self._scan(pen, site, at, "takes")  # issued for use, and emptied
        end, known = End(at + HOUR, self._sites[site].spot.site), at + 2 * HOUR
        self._empty(pen, site, at)
        if kind:
            self._copy(pen, kind, site, at)
        seen = sorted(pen.written, key=lambda one: (one.received_ms, one.name))
        return Life(tuple(seen), end, known, kind)

    def _stay(self, pen: _Pen, site: int, at: int) -> int:
        rnd, habits = self._random, self.habits
        until = at + int(rnd.lognormvariate(math.log(habits.stay_days), 0.8) * DAY)
        pen.stays.append((site, at, until))
        if rnd.random() < 0.6:  # put away
            self._scan(pen, site, at + int(rnd.uniform(5, 180) * MINUTE), "")
        moment = at + int(rnd.uniform(0, habits.count_days) * DAY)
        while moment < until:
            if rnd.random() < habits.counted:
                self._scan(pen, site, moment, "")
            moment += int(habits.count_days * DAY)
        return max(until, at + 4 * HOUR)

    def _next(self, site: int) -> int:
        near = self._random.random() < self.habits.short_leg
        while True:
            onward = self._random.randrange(len(self._sites))
            km = between(self._sites[site].true, self._sites[onward].true)
            if onward != site and (km <= FAR_KM) is near:
                return onward

    def _trip(self, site: int, onward: int) -> int:
        """Loading, the road, a night after ten hours at the wheel, unloading."""
        rnd = self._random
        km = 1.3 * between(self._sites[site].true, self._sites[onward].true)
        driven = km / rnd.uniform(45, 75)
        return int((rnd.uniform(0.5, 2) + driven + 8 * (driven // 10) + rnd.uniform(0.3, 1)) * HOUR)

    def _arrives(self, pen: _Pen, site: int, at: int) -> None:
        rnd, habits = self._random, self.habits
        if rnd.random() < habits.paper_late:
            self._scan(pen, site, at, "arrives", agrees=False)
            self._scan(pen, site, at + int(rnd.expovariate(1 / (habits.paper_late_h * HOUR))), "arrives")
        else:
            self._moved(pen, site, at, "arrives")

    def _back(self, pen: _Pen, site: int, onward: int, at: int) -> int:
        """Sent away at the gate and back where it came from; it leaves again the day after."""
        rnd = self._random
        if rnd.random() < self.habits.unrecorded:
            pen.written.pop()
        gate = at + self._trip(site, onward)
        if rnd.random() < 0.5:
            self._scan(pen, onward, gate, "arrives", agrees=False)
        home = gate + self._trip(onward, site)
        self._scan(pen, site, home, "arrives" if rnd.random() < self.habits.taken_in_again else "")
        self._moved(pen, site, home + DAY, "leaves")
        return home + DAY

    def _empty(self, pen: _Pen, site: int, at: int) -> None:
        rnd, habits = self._random, self.habits
        if rnd.random() < habits.empties:
            does = "takes" if rnd.random() < 0.2 else ""
            self._scan(pen, site, at + int(rnd.uniform(0.1, 20) * DAY), does, agrees=False)
        if rnd.random() < habits.empty_taken_in:
            self._scan(pen, self._next(site), at + int(rnd.uniform(2, 40) * DAY), "arrives", agrees=False)

    # --- a copy -------------------------------------------------------------------------------------------------------

    def _copy(self, pen: _Pen, kind: str, last: int, end: int) -> None:
        rnd, habits = self._random, self.habits
        begun = pen.stays[0][1]
        at = end + int((0.1 + rnd.expovariate(1 / 20)) * DAY) if kind == "after" else int(rnd.uniform(begun, end))
        origin = next((site for site, since, until in reversed(pen.stays) if since <= at), last)
        site = origin if kind == "same_site" else self._elsewhere(origin, kind)
        booked = rnd.random() < habits.copy_booked
        for number in range(1 + int(rnd.expovariate(1 / max(0.01, habits.copy_scans - 1)) + 0.5)):
            does = "arrives" if number == 0 else "takes" if rnd.random() < 0.3 else ""
            self._scan(pen, site, at, does, agrees=booked and number > 0)
            if kind == "same_site":  # nothing shows that it is another place
                pen.written[-1] = replace(pen.written[-1], agrees=True)
            at += int(rnd.expovariate(1 / habits.copy_days) * DAY)

    def _elsewhere(self, origin: int, kind: str) -> int:
        bounds = {"far": (FAR_KM, 10_000), "region": (NEAR_KM, FAR_KM), "near": (0, NEAR_KM), "after": (0, 10_000)}
        least, most = bounds[kind]
        here = self._sites[origin].true
        fit = [
            at for at, other in enumerate(self._sites) if at != origin and least <= between(here, other.true) <= most
        ]
        return self._random.choice(fit) if fit else self._next(origin)
