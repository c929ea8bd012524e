"""What the demo's sites registered for GB 18218: their units, what these can hold by design, and who is near."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.core.canonical import Json
from ledger.demo.rooms import BAYS, TANKS


@dataclass(frozen=True, slots=True)
class Most:
    """A substance with its row in table 1 (0: none) and category in table 2 ("": none), and tonnes by design."""

    name: str
    tonnes: int
    row: int = 0
    category: str = ""

    def content(self) -> dict[str, Json]:
        """The line of the section."""
        found: dict[str, Json] = {"name": self.name, "most_kg": str(self.tonnes * 1000)}
        if self.row:
            found["row"] = self.row
        return found | ({"category": self.category} if self.category else {})


METHANOL = Most("甲醇 / methanol", 480, 65, "W5.3")
ACRYLONITRILE = Most("丙烯腈 / acrylonitrile", 90, 60, "W5.3")
CHLORINE = Most("液氯 / chlorine", 8, 12)
AMMONIA = Most("液氨 / ammonia", 12, 1)
LPG = Most("液化石油气 / LPG", 30, 52, "W2")
ACETONE = Most("丙酮 / acetone", 120, 59, "W5.3")
NITRATE = Most("硝酸铵 / ammonium nitrate", 20, 44, "W9.2")
PEROXIDE = Most("过氧化氢溶液 / hydrogen peroxide", 40, 0, "W9.2")
CYANIDE = Most("氰化钠 / sodium cyanide", 10, 0, "J2")

FARM: Final = tuple(str(tank["location"]) for tank in TANKS)
UNITS: Final[dict[str, tuple[tuple[str, str, tuple[str, ...], int, tuple[Most, ...]], ...]]] = {
    "producer": (
        ("U1", "储罐区", FARM, 60, (METHANOL, ACRYLONITRILE, CHLORINE, AMMONIA)),
        ("U2", "甲类库", BAYS, 35, (ACETONE, LPG, PEROXIDE)),
    ),
    "warehouse": (
        ("U1", "储罐", FARM[:1], 35, (METHANOL,)),
        ("U2", "危化品库", BAYS, 120, (ACETONE, ACRYLONITRILE, CHLORINE, LPG, NITRATE, PEROXIDE, CYANIDE)),
    ),
    "user": (("U1", "原料库", BAYS, 12, (Most("甲醇 / methanol", 60, 65, "W5.3"), PEROXIDE, CYANIDE)),),
}
"""Role -> its units: id, name, locations, people within 500 m, design maximum. The disposer registered none."""


def units(role: str) -> Iterator[dict[str, Json]]:
    """The units that a site of an organisation of this role registers."""
    for unit, name, locations, people, most in UNITS.get(role, ()):
        yield {
            "unit": unit,
            "name": name,
            "locations": list(locations),
            "people": people,
            "maximum": [item.content() for item in most],
        }
