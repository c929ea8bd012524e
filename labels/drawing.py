"""One drawing of a label, in millimetres from the top left, that every output form draws: PDF, SVG, PNG, ZPL.

A form may draw a part its own way (a printer makes its own QR symbol), but where each part stands, and what it says, is
decided here once.
"""

from dataclasses import dataclass
from typing import Final, Literal

MM_PER_POINT: Final = 25.4 / 72
ASCENT: Final = 0.88
"""Where the line of letters lies under the top of a line of text, in parts of the size."""
BOLD: Final = 1 / 36
"""The stroke around bold letters, in parts of the size."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: black, or a black frame of ``stroke`` millimetres that lies inside."""

    x: float
    y: float
    wide: float
    high: float
    stroke: float = 0.0

    @property
    def filled(self) -> bool:
        """Whether the rectangle is black as a whole."""
        return self.stroke == 0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text whose top is at ``y``; ``size`` in points, ``wide`` as measured in the font of paper."""

    x: float
    y: float
    text: str
    size: float
    wide: float
    bold: bool = False
    white: bool = False

    @property
    def high(self) -> float:
        """The height of a line, in millimetres."""
        return self.size * 1.25 * MM_PER_POINT


@dataclass(frozen=True, slots=True)
class Picture:
    """A pictogram by its name, in a square."""

    x: float
    y: float
    side: float
    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol with its quiet zone, in a square. ``level``: how much of it may be lost."""

    x: float
    y: float
    side: float
    text: str
    level: Literal["H", "Q"] = "H"


Item = Box | Text | Picture | Symbol


@dataclass(frozen=True, slots=True)
class Drawing:
    """A label. ``ground`` is what all labels of a run share, drawn once where a form allows it; ``items`` its own.

    ``title`` names it for people who cannot see it.
    """

    wide: float
    high: float
    title: str
    ground: tuple[Item, ...]
    items: tuple[Item, ...]

    @property
    def all(self) -> tuple[Item, ...]:
        """Everything, from the ground up."""
        return self.ground + self.items

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line of text."""
        return tuple(item.text for item in self.all if isinstance(item, Text))
