"""How far two places are apart at least: by coordinates, or by circles that hold whole provinces.

Coordinates are WGS-84 in degrees. What is stated in another Chinese system (GCJ-02, BD-09) lies up to some 1.2 km
beside it; a site has some extent; both are taken off every distance.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.reference.files import malformed, parse_csv

TABLE: Final = "province_discs"
COLUMNS: Final = ("province", "latitude", "longitude", "radius_km")
EARTH_KM: Final = 6371.0088
"""Mean radius (IUGG)."""
SLACK_KM: Final = 3.0
PROVINCE: Final = 2
LEFT_OUT: Final = "4603"
"""Sansha: counties too far out at sea for the circle of its province."""
MOST_LATITUDE: Final = 90.0
MOST_LONGITUDE: Final = 180.0


@dataclass(frozen=True, slots=True)
class Point:
    """A point in degrees of WGS-84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A point and how far from it something lies at most, in km."""

    centre: Point
    radius_km: float


def between(one: Point, other: Point) -> float:
    """Kilometres along the great circle (haversine)."""
    lat, lat_2 = math.radians(one.latitude), math.radians(other.latitude)
    turned = math.radians(other.longitude - one.longitude)
    half = math.sin((lat_2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat_2) * math.sin(turned / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


@dataclass(frozen=True, slots=True)
class Distances:
    """The circles by the first two digits of a region."""

    effective: str
    discs: Mapping[str, Disc]

    def least_km(self, one: tuple[str, Point | None], other: tuple[str, Point | None]) -> float:
        """How far two places, each a region of six digits and where it lies if that is known, are apart at least.

        0 where nothing better is known: neighbouring regions touch, whatever their digits.
        """
        if one[1] is None and other[1] is None and one[0][:PROVINCE] == other[0][:PROVINCE]:
            return 0.0
        first, second = self._disc(*one), self._disc(*other)
        if first is None or second is None:
            return 0.0
        apart = between(first.centre, second.centre) - first.radius_km - second.radius_km
        return max(0.0, apart - SLACK_KM)

    def _disc(self, region: str, point: Point | None) -> Disc | None:
        if point is not None:
            return Disc(point, 0.0)
        return None if region.startswith(LEFT_OUT) else self.discs.get(region[:PROVINCE])


def parse(data: bytes, effective: str) -> Distances:
    """Read the CSV form. FormatError: not of that form, a province twice, or nowhere on earth."""
    discs: dict[str, Disc] = {}
    for province, latitude, longitude, radius in parse_csv(data, TABLE, COLUMNS):
        disc = _disc(latitude, longitude, radius)
        if disc is None or len(province) != PROVINCE or not province.isdecimal() or province in discs:
            raise malformed(TABLE, province)
        discs[province] = disc
    return Distances(effective, discs)


def _disc(latitude: str, longitude: str, radius: str) -> Disc | None:
    try:
        centre, most = Point(float(latitude), float(longitude)), int(radius)
    except ValueError:
        return None
    on_earth = abs(centre.latitude) <= MOST_LATITUDE and abs(centre.longitude) <= MOST_LONGITUDE
    return Disc(centre, float(most)) if on_earth and most >= 0 else None
