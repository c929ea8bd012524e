"""The plan of a site: its locations as a grid, drawn on the server. A table beside it says the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api.views.site import LocationView, SitePage

PAD: Final = 12
GAP: Final = 8
LOW: Final = 52
MOST_CLASSES: Final = 6


@dataclass(frozen=True, slots=True)
class Form:
    """How a plan is drawn: boxes beside one another, their size, how many at most, and where lines of text stand.

    `vacant`: whether locations where nothing lies are drawn beside others.
    """

    name: str
    columns: int
    width: int
    height: int
    most: int
    mass_line: int
    class_line: int
    class_right: bool
    vacant: bool

    @property
    def bar(self) -> int:
        """The whole width of the bar that shows how full a location is."""
        return self.width - 2 * PAD


WIDE: Final = Form("plan-wide", 2, 236, 124, 60, 62, 88, class_right=False, vacant=True)
NARROW: Final = Form("plan-narrow", 1, 282, 88, 30, 58, 58, class_right=True, vacant=False)
"""A phone shows the boxes below one another, so that their texts are as large as those of the page; where something
lies at a site, those with something in them alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A location where it is drawn; `bar`: how much of its width is filled, None where nobody stated its most.

    Where a whole row is empty its boxes are low and have no bar.
    """

    x: int
    y: int
    height: int
    at: LocationView
    bar: int | None

    @property
    def low(self) -> bool:
        """Whether the box has one line."""
        return self.height == LOW

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
    """The drawing in its own units; `more`: locations that have no room in it."""

    form: Form
    width: int
    height: int
    cells: tuple[Cell, ...]
    more: int


def plans_of(view: SitePage) -> tuple[Plan, ...]:
    """Return the plan for a desk and that for a phone; the style sheet shows one of them."""
    return (plan_of(view.locations, WIDE), plan_of(view.locations, NARROW))


def plan_of(locations: Sequence[LocationView], form: Form) -> Plan:
    """Lay out the locations row by row."""
    drawn = locations if form.vacant else [item for item in locations if item.mass] or locations
    shown = drawn[: form.most]
    cells: list[Cell] = []
    y = 0
    for row in batched(shown, form.columns):
        low = not any(item.mass for item in row)
        high = LOW if low else form.height
        cells += [
            Cell(n * (form.width + GAP), y, high, item, None if low else _bar(item, form.bar))
            for n, item in enumerate(row)
        ]
        y += high + GAP
    return Plan(
        form, form.columns * (form.width + GAP) - GAP, max(y - GAP, 0), tuple(cells), len(locations) - len(shown)
    )


def batched(items: Sequence[LocationView], size: int) -> Iterator[Sequence[LocationView]]:
    """Yield items in rows of so many."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _bar(item: LocationView, whole: int) -> int | None:
    if item.most is None:
        return None
    return min(whole, -(-item.mass * whole // item.most)) if item.most else whole
