"""What lies at a place or rides in a vehicle now: for who stands before it."""

from dataclasses import dataclass
from typing import Literal

from api.views.common import Instant, Mass, Words
from api.views.goods import Regulated

Why = Literal["apart", "separated", "explosives", "cyanide_acid", "site_table"]


@dataclass(frozen=True, slots=True)
class Band:
    """A quantity told roughly, in kilograms: at least `least`, below `below`; None: open at that end."""

    least: int | None
    below: int | None


@dataclass(frozen=True, slots=True)
class HereLine:
    """One product that is there: how much of it, exactly (`mass`) or roughly (`band`), whichever may be told.

    `containers`: how many packages it is in, 0 for bulk; only with a mass.
    """

    name: Words
    un: str | None
    transport_class: str | None
    subsidiary: tuple[str, ...]
    regulated: tuple[Regulated, ...]
    mass: Mass | None
    band: Band | None
    containers: int | None = None


@dataclass(frozen=True, slots=True)
class ClashView:
    """Two products there that must not be together: by the site's approved table, or by 49 CFR 177.848."""

    one: Words
    other: Words
    classes: tuple[str, str]
    why: Why


@dataclass(frozen=True, slots=True)
class Here:
    """What is there now, as of record `as_of_index`, at `as_of`.

    `last_event`, `last_count`: when something last happened there and when it was last counted, as stated; None: not
    since `since`, which is as far back as was looked (None: ever). `unjudged`: products without a class on record, so
    that nobody can say what they bear beside them. `site_table`: whether the site's approved table judged, too.
    `more`: there are more lines than are given.
    """

    as_of_index: int
    as_of: Instant
    lines: tuple[HereLine, ...]
    clashes: tuple[ClashView, ...]
    unjudged: tuple[Words, ...]
    site_table: bool
    last_event: Instant | None
    last_count: Instant | None
    since: Instant | None
    more: bool = False

    @property
    def exact(self) -> bool:
        """Whether every quantity is told in kilograms."""
        return all(line.mass is not None for line in self.lines)

    @property
    def total(self) -> Mass:
        """Milligrams of the lines that are told exactly."""
        return sum(line.mass or 0 for line in self.lines)
