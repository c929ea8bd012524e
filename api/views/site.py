"""A site: what lies where in it, what must not lie together, and how near it is to the limits of GB 18218-2018."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Party, Words
from api.views.compliance import LicenceLine
from api.views.goods import Regulated
from api.views.here import Why
from api.views.holds import NO_HOLDS, Holds
from api.views.matter import Status

Doubt = Literal["transcription", "several_rows", "category_assumed"]


@dataclass(frozen=True, slots=True)
class LocationLine:
    """One product at a location. `containers`: in how many packages, 0 for bulk; `statuses`: other than free."""

    product: str
    name: Words
    un: str | None
    transport_class: str | None
    regulated: tuple[Regulated, ...]
    mass: Mass
    containers: int
    statuses: tuple[Status, ...]


@dataclass(frozen=True, slots=True)
class LocationView:
    """A location with what the viewer sees there. `most`: what it may hold, as registered; `code`: its posted code.

    `clash`: whether things there must not be together, by the approved table or, as a warning, by the grid.
    `last_event`, `last_count`: as stated, None: not since as far back as was looked.
    """

    location: str
    name: str
    kind: str
    most: Mass | None
    mass: Mass
    lines: tuple[LocationLine, ...]
    clash: Literal["", "table", "grid"]
    code: str | None
    last_event: Instant | None
    last_count: Instant | None

    @property
    def classes(self) -> tuple[str, ...]:
        """Transport classes of what is there, each once."""
        return tuple(sorted({line.transport_class for line in self.lines if line.transport_class}))

    @property
    def above(self) -> bool:
        """Whether more is there than it may hold."""
        return self.most is not None and self.mass > self.most


@dataclass(frozen=True, slots=True)
class SiteClash:
    """Classes that lie together at a location and must not, with products of each; `more`: others of these classes."""

    location: str
    classes: tuple[str, str]
    why: Why
    ones: tuple[Words, ...]
    others: tuple[Words, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class HazardSum:
    """Sums by GB 18218-2018. `s`, `r`: decimal texts, cut, never rounded up; `level`: from 1 on, where `r` is known."""

    s: str
    r: str | None
    reaches: bool
    level: Words | None


@dataclass(frozen=True, slots=True)
class HazardLine:
    """What counts under one row. `row`: number in table 1, else `category`: symbol in table 2.

    `design`: kilograms the unit can hold by design, None: none registered; `on_hand`: what is there of `products`.
    `stated`: the site named the row. Shares are decimal texts of q / Q.
    """

    row: str | None
    category: str | None
    name: Words
    threshold: Mass
    beta: str
    design: Mass | None
    design_share: str | None
    on_hand: Mass
    on_hand_share: str
    products: tuple[Words, ...]
    doubts: tuple[Doubt, ...]
    stated: bool


@dataclass(frozen=True, slots=True)
class HazardUnit:
    """A unit. `design`: by the registered design maximum, which alone is the standard's S and R; None: not registered.

    `on_hand`: the same sums over what lies there now, which are no S. `unit`: "" for what lies in no registered unit.
    """

    unit: str
    name: str
    locations: tuple[str, ...]
    people: int | None
    alpha: str | None
    design: HazardSum | None
    on_hand: HazardSum
    lines: tuple[HazardLine, ...]
    uncounted: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A site as of record `as_of_index`. `whole`: the viewer sees all that is there.

    `units`: empty unless it does. `table_from`: day from which its approved table keeps classes apart, `table_pairs` so
    many; None: it registered none. `unjudged`: products without a class on record.
    """

    ref: str
    name: Words
    org: Party
    region: str
    region_name: Words
    park: str
    phone: str
    org_phone: str
    as_of_index: int
    as_of: Instant
    whole: bool
    mass: Mass
    last_event: Instant | None
    last_count: Instant | None
    since: Instant | None
    locations: tuple[LocationView, ...]
    clashes: tuple[SiteClash, ...]
    unjudged: tuple[Words, ...]
    table_from: str | None
    table_pairs: int
    table_in_force: bool
    units: tuple[HazardUnit, ...]
    licences: tuple[LicenceLine, ...]
    more_clashes: bool = False
    holds: Holds = NO_HOLDS
