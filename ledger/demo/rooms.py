"""Where the demo's sites keep what: a room for each kind of danger, and the approved table of what never lies together.

The table speaks of classes. Acids and bases, or two oxidizers that react with each other, are one class: the rooms keep
them apart all the same. Each room has a place of its own at the dock, and its liquids and gases have a tank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.core.canonical import Json

APART: Final = (
    ("2", "3"),
    ("2", "4"),
    ("2", "6.1"),
    ("2.1", "5.1"),
    ("2.1", "8"),
    ("3", "4.2"),
    ("3", "4.3"),
    ("3", "5.1"),
    ("4", "5.1"),
    ("4.2", "4.3"),
    ("4.3", "8"),
    ("5.1", "6.1"),
    ("6.1", "8"),
)
"""Classes that never lie in one location. No product of the catalogue is of both classes of a pair."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its products by their names in the catalogue. ``poured``: they come from a tank."""

    bay: str
    name: str
    products: tuple[str, ...]
    poured: bool = True
    tank: str = ""
    dock: str = ""
    spare: str = ""
    most_kg: int = 100_000

    @property
    def spots(self) -> Mapping[str, str]:
        """What plots name -> where that is for the products of this room."""
        key = self.bay[0] + self.bay[-1]
        return {
            "A-01": self.bay,
            "A-02": self.spare or self.bay,
            "T-01": (self.tank or f"T-{key}") if self.poured else self.bay,
            "DOCK": self.dock or f"D-{key}",
        }


ROOMS: Final = (
    Room(
        "A-01",
        "甲类库",
        (
            "methanol",
            "ethanol",
            "isopropanol",
            "acetone",
            "ethyl-acetate",
            "toluene",
            "benzene",
            "styrene",
            "acrylonitrile",
        ),
        tank="T-01",
        dock="DOCK",
        spare="A-02",
        most_kg=300_000,
    ),
    Room("B-01", "剧毒品库", ("sodium-cyanide",), poured=False, most_kg=40_000),
    Room("B-02", "毒害品库", ("aniline", "phenol-molten")),
    Room("C-01", "无机酸库", ("sulfuric-acid-98", "hydrochloric-acid-31")),
    Room("C-02", "碱库", ("sodium-hydroxide-32", "sodium-hypochlorite-10")),
    Room("C-03", "有机腐蚀品库", ("acetic-acid", "formaldehyde-37")),
    Room("E-01", "氯酸盐库", ("potassium-chlorate",), poured=False),
    Room("E-02", "硝酸铵库", ("ammonium-nitrate",), poured=False),
    Room("E-03", "双氧水库", ("hydrogen-peroxide-50",)),
    Room("E-04", "硝酸库", ("nitric-acid-68",)),
    Room("F-01", "硫磺库", ("sulfur",), poured=False),
    Room("F-02", "黄磷库", ("phosphorus-white",), poured=False),
    Room("F-03", "电石库", ("calcium-carbide",), poured=False),
    Room("G-01", "易燃气体库", ("lpg", "propane", "butane", "propylene", "hydrogen", "acetylene")),
    Room("G-02", "氧氮气库", ("oxygen", "oxygen-liquid", "nitrogen")),
    Room("G-03", "液氯库", ("chlorine",)),
    Room("G-04", "液氨库", ("ammonia",)),
    Room("G-05", "环氧乙烷库", ("ethylene-oxide",)),
)
"""Rooms of every site of the demo, whatever it deals in."""
OF_PRODUCT: Final[Mapping[str, Room]] = {product: room for room in ROOMS for product in room.products}


def _places(room: Room) -> list[dict[str, Json]]:
    """The bays of a room, and its place at the dock."""
    dock, kind, most = room.spots["DOCK"], room.name.removesuffix("库"), str(room.most_kg)
    found: list[dict[str, Json]] = [
        {"location": bay, "kind": "bay", "name": f"{room.name} {bay}", "most_kg": most}
        for bay in dict.fromkeys((room.bay, room.spots["A-02"]))
    ]
    return [*found, {"location": dock, "kind": "dock", "name": f"装卸台 {dock}（{kind}）"}]


def _tanks() -> tuple[dict[str, Json], ...]:
    spots = [room.spots["T-01"] for room in ROOMS if room.poured]
    return tuple({"location": tank, "kind": "tank", "name": f"储罐 {tank}", "most_kg": "500000"} for tank in spots)


TANKS: Final = _tanks()
"""The tanks of a maker, the first of which every site has."""
USE: Final[dict[str, Json]] = {"location": "USE", "kind": "use", "name": "使用点"}
LOCATIONS: Final = (*(place for room in ROOMS for place in _places(room)), TANKS[0], USE)
"""Places of every site."""
BAYS: Final = tuple(str(place["location"]) for place in LOCATIONS if place["kind"] == "bay")


def co_storage(since: str) -> dict[str, Json]:
    """The approved table of a site, in force since a day."""
    apart: list[Json] = [{"one": one, "other": other} for one, other in APART]
    return {"from": since, "apart": apart, "approved_by": "安全总监（演示） / safety director (demo)"}
