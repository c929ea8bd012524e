"""The grid of 49 CFR 177.848(d): which classes may stand together in one vehicle.

The grid knows 18 columns, finer and coarser than classes: gases of class 2.3 by their hazard zone, class 6.1
only as liquids of packing group I in zone A, class 8 only as liquids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ledger.reference.dangerous_goods import DangerousGood
from ledger.reference.files import malformed, parse_csv

TABLE: Final = "segregation"
Cell = Literal["", "O", "*", "X"]
CELLS: Final[tuple[Cell, ...]] = ("", "O", "*", "X")
COLUMNS: Final = (
    *("1.1-1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3A", "2.3B", "3"),
    *("4.1", "4.2", "4.3", "5.1", "5.2", "6.1I-A", "7", "8L"),
)


@dataclass(frozen=True, slots=True)
class Segregation:
    """The grid. "X": not together; "O": only separated; "*": table of compatibility groups; "": allowed."""

    effective: str
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, one: str, other: str) -> Cell:
        """Return the cell of two columns of the grid. KeyError: not a column."""
        return self.cells[one, other]

    def between(self, one: DangerousGood, other: DangerousGood, *, liquids: tuple[bool, bool]) -> Cell:
        """Return the strictest cell over the classes and subsidiary hazards of two goods (177.848(e)(6)).

        `liquids` says of each whether it is a liquid. Never stricter than the grid: 177.848(c) is not in it.
        Subsidiary hazards do not part goods of one class that cannot react with each other (ibid.); that much is known
        of what bears the same UN number.
        """
        alike = one.un != "" and (one.un, one.hazard_class) == (other.un, other.hazard_class)
        found = {
            self.cells[left, right]
            for left in columns(one, liquid=liquids[0], alone=alike)
            for right in columns(other, liquid=liquids[1], alone=alike)
        }
        return max(found, key=CELLS.index, default="")


def columns(good: DangerousGood, *, liquid: bool, alone: bool = False) -> tuple[str, ...]:
    """Return the columns of the grid that the class of a row and, unless `alone`, its subsidiary hazards fall under."""
    hazards = (good.hazard_class,) if alone else (good.hazard_class, *good.subsidiaries)
    found = (_column(item, good, liquid=liquid) for item in hazards)
    return tuple(dict.fromkeys(column for column in found if column))


def _column(hazard_class: str, good: DangerousGood, *, liquid: bool) -> str:
    if hazard_class[:2] == "1.":
        return "1.1-1.2" if hazard_class[:3] in ("1.1", "1.2") else hazard_class[:3]
    if hazard_class == "2.3":
        return {"A": "2.3A", "B": "2.3B"}.get(good.inhalation_zone, "")
    if hazard_class == "6.1":
        zone_a = good.packing_group == "I" and good.inhalation_zone == "A"
        return "6.1I-A" if zone_a and liquid else ""
    if hazard_class == "8":
        return "8L" if liquid else ""
    return hazard_class if hazard_class in COLUMNS else ""


def parse(data: bytes, effective: str) -> Segregation:
    """Read the CSV form: a header of columns, then one row for each. FormatError: not of that form."""
    cells: dict[tuple[str, str], Cell] = {}
    names = []
    for row in parse_csv(data, TABLE, ("", *COLUMNS)):
        names.append(row[0])
        for column, text in zip(COLUMNS, row[1:], strict=True):
            cell = next((known for known in CELLS if known == text), None)
            if cell is None:
                raise malformed(TABLE, f"{row[0]}/{column}")
            cells[row[0], column] = cell
    if tuple(names) != COLUMNS:
        raise malformed(TABLE, ",".join(names)[:80])
    return Segregation(effective, cells)
