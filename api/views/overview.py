"""What lies where, at a glance: sums by region, site and product, each with how fresh it is."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Party, Words
from api.views.matter import Severity

Area = Literal["region", "park", "site"]
Ends = Literal["licence", "batch", "retest"]


@dataclass(frozen=True, slots=True)
class Trail:
    """A step above what is looked at; `region`: its prefix, "" for everywhere."""

    region: str
    name: Words


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A region below the one that is looked at, a park, or a site, with its stock.

    `ref`: prefix of the region, name of the park, or "site:<uuid>". `sites`: how many. `at`: when some of the stock
    last moved, None for never.
    """

    kind: Area
    ref: str
    name: Words
    sites: int
    mass: Mass
    at: Instant | None


@dataclass(frozen=True, slots=True)
class ProductLine:
    """Products of one name and UN number with their stock at sites; `ref`: one of them."""

    ref: str
    name: Words
    un: str | None
    transport_class: str | None
    sites: int
    mass: Mass
    at: Instant | None


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Open findings of a severity, by age: under a day, under a week, under 30 days, older."""

    severity: Severity
    ages: tuple[int, int, int, int]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.ages)


@dataclass(frozen=True, slots=True)
class EndingLine:
    """What ends: a licence, or the expiry or retest date of a batch in stock. `days` below 0: it has ended."""

    kind: Ends
    ref: str
    label: str
    who: Party | None
    day: str
    days: int


@dataclass(frozen=True, slots=True)
class OverviewView:
    """A part of the viewer's world as of record `as_of_index`.

    `areas`: what lies below, `parks`: by park. `moved`: when some of the stock at sites last moved. `more`: there are
    more lines than are given. `findings`: None where the viewer may not know of them. `ended`, `ending`: within so many
    days back and ahead, the nearest first.
    """

    as_of_index: int
    as_of: Instant
    trail: tuple[Trail, ...]
    region: str
    park: str
    product: Words | None
    stock: Mass
    sites: int
    moved: Instant | None
    aboard: Mass
    trips: int
    findings: tuple[FoundLine, ...] | None
    ended: tuple[EndingLine, ...]
    ending: tuple[EndingLine, ...]
    areas: tuple[AreaLine, ...]
    parks: tuple[AreaLine, ...]
    products: tuple[ProductLine, ...]
    more: bool = False
