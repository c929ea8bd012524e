"""Puts text, pictures and lines on a drawing, line by line from the top."""

from typing import Final

from labels.drawing import MM_PER_POINT, Box, Item, Picture, Symbol, Text
from labels.paper import legible, width, wrap

LEADING: Final = 1.22
SMALLEST: Final = 6.0
"""The smallest text in points: Chinese letters 2.1 mm high."""
STEP: Final = 0.94
"""Each try is so much smaller than the one before."""


class Pen:
    """Collects the items of a drawing; whatever writes returns where it ends, in millimetres from the top."""

    def __init__(self) -> None:
        """Begin with an empty drawing."""
        self.items: list[Item] = []

    def measure(self, text: str, size: float) -> float:
        """Return how wide a line is."""
        return width(text, size)

    def line(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> float:
        """Write one line."""
        if text:
            shown = legible(text)
            self.items.append(Text(x, y, shown, size, width(shown, size), bold=bold))
        return y + size * LEADING * MM_PER_POINT

    def right(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> float:
        """Write one line that ends at ``x``."""
        return self.line(x - width(text, size), y, text, size, bold=bold)

    def middle(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> float:
        """Write one line around ``x``."""
        return self.line(x - width(text, size) / 2, y, text, size, bold=bold)

    def block(self, x: float, y: float, text: str, size: float, room: float, *, bold: bool = False) -> float:
        """Write wrapped text."""
        for line in wrap(text, size, room):
            y = self.line(x, y, line, size, bold=bold)
        return y

    def fitting(self, text: str, size: float, room: float, *, lines: int = 1, bold: bool = False) -> float:
        """Return the size, at most ``size``, at which a text needs no more than so many lines."""
        spare = 0.3 if bold else 0.0
        while size * STEP >= SMALLEST and len(wrap(text, size, room - spare)) > lines:
            size *= STEP
        return size

    def fit(self, x: float, y: float, text: str, size: float, room: float, *, lines: int, bold: bool = False) -> float:
        """Write text as large as it fits on so many lines; at the smallest size it takes as many as it needs."""
        size = self.fitting(text, size, room, lines=lines, bold=bold)
        return self.block(x, y, text, size, room, bold=bold)

    def box(self, box: Box) -> None:
        """Draw a box."""
        self.items.append(box)

    def picture(self, x: float, y: float, side: float, name: str) -> None:
        """Draw a pictogram."""
        self.items.append(Picture(x, y, side, name))

    def symbol(self, x: float, y: float, side: float, text: str) -> None:
        """Draw a QR symbol."""
        self.items.append(Symbol(x, y, side, text))
