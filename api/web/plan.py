"""The plan of a site: its locations as a grid, drawn on the server. A table beside it says the same."""

from dataclasses import dataclass
from typing import Final

from api.views.site import LocationView, SitePage

COLUMNS: Final = 2
WIDTH, HEIGHT, GAP = 236, 124, 8
PAD: Final = 12
BAR: Final = WIDTH - 2 * PAD
MOST: Final = 60
MOST_CLASSES: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A location where it is drawn; `bar`: how much of its width is filled, None where nobody stated its most."""

    x: int
    y: int
    at: LocationView
    bar: int | None

    @property
    def classes(self) -> str:
        """Classes in one line, cut where there are many."""
        shown = self.at.classes[:MOST_CLASSES]
        return " · ".join(shown) + (" …" if len(self.at.classes) > MOST_CLASSES else "")

    @property
    def anchor(self) -> str:
        """What its row in the table is called."""
        return f"at-{self.at.location}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The drawing in its own units."""

    width: int
    height: int
    cells: tuple[Cell, ...]
    more: int


def plan_of(view: SitePage) -> Plan:
    """Lay out the locations row by row."""
    shown = view.locations[:MOST]
    cells = tuple(
        Cell(n % COLUMNS * (WIDTH + GAP), n // COLUMNS * (HEIGHT + GAP), item, _bar(item))
        for n, item in enumerate(shown)
    )
    rows = -(-len(shown) // COLUMNS)
    return Plan(
        COLUMNS * (WIDTH + GAP) - GAP, max(rows * (HEIGHT + GAP) - GAP, 0), cells, len(view.locations) - len(shown)
    )


def _bar(item: LocationView) -> int | None:
    if item.most is None:
        return None
    return min(BAR, -(-item.mass * BAR // item.most)) if item.most else BAR
