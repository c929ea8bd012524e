"""Administrative regions of GB/T 2260: six digits, two each for province, prefecture and county."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ledger.errors import NotFoundError
from ledger.reference.files import malformed, parse_csv

TABLE: Final = "regions"
DIGITS: Final = 6

Level = Literal["province", "prefecture", "county"]


@dataclass(frozen=True, slots=True)
class Region:
    """One region by its code and Chinese name."""

    code: str
    name: str

    @property
    def level(self) -> Level:
        """Which of the three levels the code is of."""
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"

    @property
    def prefix(self) -> str:
        """The leading digits that all codes inside the region share."""
        return self.code[: {"province": 2, "prefecture": 4, "county": 6}[self.level]]


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions by code."""

    effective: str
    by_code: Mapping[str, Region]

    def __iter__(self) -> Iterator[Region]:
        """Iterate over the regions in the order of the table."""
        return iter(self.by_code.values())

    def region(self, code: str) -> Region:
        """Return the region of a code. NotFoundError: the table lacks it."""
        found = self.by_code.get(code)
        if found is None:
            raise NotFoundError("unknown_region", params={"region": code})
        return found

    def parent(self, code: str) -> Region | None:
        """Return the next region above; a county of a municipality has its province there."""
        for above in (code[:4] + "00", code[:2] + "0000"):
            if above != code and above in self.by_code:
                return self.by_code[above]
        return None

    def path(self, code: str) -> tuple[Region, ...]:
        """Return the regions from the province down to the one of this code. NotFoundError: unknown code."""
        region = self.region(code)
        parent = self.parent(code)
        return (*(() if parent is None else self.path(parent.code)), region)

    def name(self, code: str) -> str:
        """Return the full name, such as 江苏省苏州市张家港市. NotFoundError: unknown code."""
        return "".join(region.name for region in self.path(code))

    def within(self, code: str, prefix: str) -> bool:
        """Tell whether a known code lies in the region of a prefix of two, four or six digits."""
        return code in self.by_code and len(prefix) in (2, 4, 6) and code.startswith(prefix)


def parse(data: bytes, effective: str) -> Regions:
    """Read the CSV form, columns code and name. FormatError: not of that form or a code twice."""
    regions: dict[str, Region] = {}
    for code, name in parse_csv(data, TABLE, ("code", "name")):
        if len(code) != DIGITS or not code.isdecimal() or code in regions or not name:
            raise malformed(TABLE, code)
        regions[code] = Region(code, name)
    return Regions(effective, regions)
