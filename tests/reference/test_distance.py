"""Circles that hold provinces, and distances that are never more than the true ones."""

import pytest

from ledger.errors import FormatError
from ledger.reference import Reference
from ledger.reference.distance import Point, between, parse

HEAD = b"province,latitude,longitude,radius_km\n"
SEATS = {
    "11": (39.9, 116.4), "15": (50.2, 119.7), "23": (53.5, 122.4), "32": (32.1, 118.8), "37": (37.4, 122.1),
    "44": (20.3, 110.2), "51": (28.2, 102.3), "54": (32.5, 80.1), "62": (40.2, 94.7), "65": (37.9, 75.2),
    "71": (22.0, 120.7),
}  # fmt: skip
"""Towns near the edge of their province."""


def test_every_province_of_the_regions_has_a_circle(bundled: Reference) -> None:
    assert {region.code[:2] for region in bundled.regions} == set(bundled.distances.discs)


@pytest.mark.parametrize("province", SEATS)
def test_a_town_at_the_edge_lies_inside(bundled: Reference, province: str) -> None:
    disc = bundled.distances.discs[province]
    assert between(disc.centre, Point(*SEATS[province])) < disc.radius_km


def test_a_degree_of_latitude_is_111_km() -> None:
    assert between(Point(30, 120), Point(31, 120)) == pytest.approx(111.2, abs=0.1)
    assert between(Point(0, 0), Point(0, 180)) == pytest.approx(20_015, abs=1)


@pytest.mark.parametrize(
    "line", [b"1,1,1,1", b"ab,1,1,1", b"11,91,1,1", b"11,1,181,1", b"11,x,1,1", b"11,1,1,-1", b"11,1,1,1\n11,1,1,1"]
)
def test_a_table_of_another_form_is_refused(line: bytes) -> None:
    with pytest.raises(FormatError):
        parse(HEAD + line + b"\n", "2026-11-29")
