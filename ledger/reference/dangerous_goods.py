"""The dangerous goods list: 49 CFR 172.101 as of one snapshot.

A UN number is not a key: one number has rows for several names, classes and packing groups. Packages of a
row bear its labels; the first is the class, the others are the subsidiary hazards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from ledger.errors import NotFoundError
from ledger.reference.files import malformed, parse_csv

TABLE: Final = "dangerous_goods"
COLUMNS: Final = (
    "id_number",
    "proper_shipping_name",
    "hazard_class",
    "subsidiary",
    "packing_group",
    "labels",
    "symbols",
    "forbidden",
    "special_provisions",
    "passenger_air_rail",
    "cargo_air",
    "vessel_location",
    "vessel_other",
)
MISPRINTS: Final = {"8.6.1": "8,6.1", "6.1.,4.1": "6.1,4.1"}
"""Labels of the snapshot that lack a comma or have a stop too many."""
INHALATION_ZONES: Final = {"1": "A", "2": "B", "3": "C", "4": "D"}
"""Special provision that assigns a gas or liquid to a hazard zone of poison by inhalation (49 CFR 172.102(c)(1))."""


class RowKey(NamedTuple):
    """What names a row: UN number ("UN1005"), proper shipping name, class and packing group ("" where none)."""

    un: str
    proper_shipping_name: str
    hazard_class: str
    packing_group: str


@dataclass(frozen=True, slots=True)
class DangerousGood:
    """One row. `un` is "" and `forbidden` is true for goods that may not be carried at all.

    `symbols`: D domestic, I international, G technical name required, + fixed class, A and W air and water only.
    """

    un: str
    proper_shipping_name: str
    hazard_class: str
    subsidiaries: tuple[str, ...]
    packing_group: str
    labels: tuple[str, ...]
    symbols: tuple[str, ...]
    forbidden: bool
    special_provisions: tuple[str, ...]

    @property
    def key(self) -> RowKey:
        """The key of the row."""
        return RowKey(self.un, self.proper_shipping_name, self.hazard_class, self.packing_group)

    @property
    def domestic(self) -> bool:
        """True if the row holds only inside the United States (symbol D)."""
        return "D" in self.symbols

    @property
    def inhalation_zone(self) -> str:
        """The hazard zone of poison by inhalation, "A" to "D", or ""."""
        return next((INHALATION_ZONES[item] for item in self.special_provisions if item in INHALATION_ZONES), "")


@dataclass(frozen=True, slots=True)
class DangerousGoods:
    """The list, with the day of its snapshot (`effective`, YYYY-MM-DD)."""

    effective: str
    all: tuple[DangerousGood, ...]
    _by_un: Mapping[str, tuple[DangerousGood, ...]]

    def __iter__(self) -> Iterator[DangerousGood]:
        """Iterate over all rows in the order of the list."""
        return iter(self.all)

    def rows(self, un: str) -> tuple[DangerousGood, ...]:
        """Return the rows of a UN number, "UN1005" or "1005"; none for a number the list lacks."""
        return self._by_un.get(un if un[:1].isalpha() else f"UN{un}", ())

    def row(self, key: RowKey) -> DangerousGood:
        """Return the row of a key, the international one where a domestic one bears the same key. NotFoundError."""
        found = [row for row in self.rows(key.un) if row.key == key]
        if not found:
            raise NotFoundError("unknown_un_row", params={"un": key.un, "class": key.hazard_class})
        return min(found, key=lambda row: row.domestic)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part) if text else ()


def parse(data: bytes, effective: str) -> DangerousGoods:
    """Read the CSV form of the list. FormatError: not of that form."""
    goods = []
    index: dict[str, list[DangerousGood]] = {}
    for row in parse_csv(data, TABLE, COLUMNS):
        un, name, hazard_class, subsidiary, group, labels, symbols, forbidden, provisions = row[:9]
        if forbidden not in ("True", "False") or group not in ("", "I", "II", "III") or not name:
            raise malformed(TABLE, un or name)
        good = DangerousGood(
            un=un,
            proper_shipping_name=name,
            hazard_class=hazard_class,
            subsidiaries=_split(subsidiary),
            packing_group=group,
            labels=_split(MISPRINTS.get(labels, labels)),
            symbols=_split(symbols),
            forbidden=forbidden == "True",
            special_provisions=_split(provisions),
        )
        goods.append(good)
        if un:
            index.setdefault(un, []).append(good)
    return DangerousGoods(effective, tuple(goods), {un: tuple(rows) for un, rows in index.items()})
