"""The firms of the year, all invented, and the sites they keep."""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.core.canonical import Json
from ledger.core.times import format_utc
from ledger.demo.life import DAY
from ledger.demo.world import AUTHORITIES, CAST, PARKS, Role, World
from ledger.reference import Reference

REGIONS: Final = ("310116", "320582", "330211", "330206", "370686")
MAKERS: Final = 8
STORES: Final = 8
USERS: Final = 10
TRADERS: Final = 3
CARRIERS: Final = 4
NAMES: Final = (
    ("瑞丰", "Ruifeng"),
    ("昌盛", "Changsheng"),
    ("东岳", "Dongyue"),
    ("海川", "Haichuan"),
    ("金石", "Jinshi"),
    ("宏达", "Hongda"),
    ("天润", "Tianrun"),
    ("双环", "Shuanghuan"),
    ("利民", "Limin"),
    ("正泰", "Zhengtai"),
)
TRADES: Final[dict[str, tuple[int, str, str, str, tuple[str, ...]]]] = {
    "maker": (MAKERS, "化工", "Chemicals", "producer", ("production",)),
    "store": (STORES, "仓储", "Storage", "warehouse", ("operation", "storage")),
    "user": (USERS, "涂料", "Coatings", "user", ("use",)),
    "trader": (TRADERS, "贸易", "Trading", "trader", ("operation",)),
    "carrier": (CARRIERS, "物流", "Logistics", "carrier", ("road_transport",)),
}
"""Kind of firm -> how many, its trade in both languages, its role, its licences."""
GROUPS: Final = ("2", "3", "4", "5", "6", "8")
"""Main classes: each has locations of its own at every site, so that nothing lies with what ``APART`` keeps apart."""
LAPSED, RENEWING, OPEN, HEAVY, TIGHT = "user-1", "user-2", "store-1", "store-2", "store-3"
"""Whose licence ended, whose ends soon, who has no table, who registered a small unit, whose bay is small."""
MIXED: Final = "M-01"
UNIT: Final = "C-01"
SMALL: Final = "S-01"
SMALL_KG: Final = 1_000
UNIT_KG: Final = 60_000
LAPSED_DAYS, RENEWING_DAYS = 60, 12


def _firms() -> tuple[Role, ...]:
    made = []
    for kind, (many, zh, en, role, licences) in TRADES.items():
        for number in range(1, many + 1):
            first, second = NAMES[(number * 3 + len(kind)) % len(NAMES)], REGIONS[(number + len(kind)) % len(REGIONS)]
            park = PARKS[0] if second == "310116" else PARKS[1] if second == "320582" else ""
            names = f"{first[0]}{zh}{number}号（演示）有限公司", f"{first[1]} {en} {number} (demo)"
            made.append(Role(f"{kind}-{number}", *names, second, park, (role,), licences))
    return tuple(made)


YEAR_CAST: Final = (*_firms(), *(role for role in CAST if role.name in ("clean", *AUTHORITIES)))


class YearWorld(World):
    """The firms of the year; each class of goods has places of its own."""

    def __init__(self, seed: int, start_ms: int, until_ms: int, reference: Reference, operator: str) -> None:
        """Take the seed, when the year begins and ends, and the operator's id."""
        super().__init__(seed, start_ms, reference, operator, YEAR_CAST)
        self.until_ms = until_ms

    def spots(self, product: str) -> Mapping[str, str]:
        """What plots name -> where that is for a product: the locations of its main class."""
        group = self.reference.products.product(product).good.hazard_class[0]
        return {"T-01": f"T-{group}", "A-01": f"A-{group}", "DOCK": f"D-{group}", "USE": f"U-{group}"}

    def posted(self, who: str) -> Iterable[str]:  # noqa: ARG002 - the same everywhere
        """Locations of somebody's site that bear a code."""
        return MIXED, UNIT, SMALL

    def _licence(self, name: str, kind: str) -> dict[str, Json]:
        made = super()._licence(name, kind)
        days = {LAPSED: -LAPSED_DAYS, RENEWING: RENEWING_DAYS}.get(name)
        if kind == "use" and days is not None:
            made["valid_to"] = format_utc(self.until_ms + days * DAY)[:10]
        return made

    def _site(self, role: Role) -> dict[str, Json]:
        content = super()._site(role)
        kinds = {"A": "bay", "T": "tank", "D": "dock", "U": "use"}
        places: list[Json] = [
            {"location": f"{letter}-{group}", "kind": kind} for letter, kind in kinds.items() for group in GROUPS
        ]
        small: dict[str, Json] = {"location": SMALL, "kind": "bay"}
        if role.name == TIGHT:
            small["most_kg"] = str(SMALL_KG)
        content["locations"] = [*places, {"location": MIXED, "kind": "bay"}, {"location": UNIT, "kind": "bay"}, small]
        content.pop("hazard_units", None)
        if role.name == HEAVY:
            most: dict[str, Json] = {"name": "甲醇 / methanol", "most_kg": str(UNIT_KG), "row": 65}
            unit: dict[str, Json] = {"unit": "U1", "name": "甲醇库", "locations": [UNIT], "maximum": [most]}
            content["hazard_units"] = [{**unit, "people": 40}]
        if role.name == OPEN:
            del content["co_storage"]
        return content
