"""Labels as PDF: one to a page of its own size, or several on sheets of A4. The font is embedded.

What a run of labels shares is stored once and referred to by each of them. The file depends on its content alone.
"""

import io
from collections.abc import Iterable
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from labels import symbol, vector
from labels.drawing import ASCENT, BOLD, Box, Drawing, Item, Picture, Symbol, Text
from labels.paper import FONT, register

AUTHOR: Final = "hazledger"


def pdf(drawings: Iterable[Drawing], *, sheets: bool = False) -> bytes:
    """Return labels as a file; ``sheets``: as many on a page of A4 as it holds, with the rest of the page left over."""
    made = _Labels()
    for drawing in drawings:
        made.add(drawing, sheets=sheets)
    return made.bytes()


def places(wide: float, high: float) -> list[tuple[float, float]]:
    """Return the upper left corners of labels on a sheet of A4, in millimetres, the block of them in the middle."""
    page_wide, page_high = A4[0] / mm, A4[1] / mm
    across, down = int(page_wide // wide), int(page_high // high)
    left, top = (page_wide - across * wide) / 2, (page_high - down * high) / 2
    return [(left + n * wide, top + line * high) for line in range(down) for n in range(across)]


class _Labels:
    """A file of labels in the making."""

    def __init__(self) -> None:
        register()
        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, invariant=1, pageCompression=1, lang="zh-CN")
        self._canvas.setAuthor(AUTHOR)
        self._grounds: dict[int, tuple[str, tuple[Item, ...]]] = {}
        self._on_page = 0
        self._pages = 0

    def add(self, drawing: Drawing, *, sheets: bool) -> None:
        if not self._pages:
            self._canvas.setTitle(drawing.title)
        spots = places(drawing.wide, drawing.high) if sheets else [(0.0, 0.0)]
        high = A4[1] / mm if sheets else drawing.high
        if self._on_page == 0 or self._on_page == len(spots):
            if self._pages:
                self._canvas.showPage()
            self._canvas.setPageSize(A4 if sheets else (drawing.wide * mm, drawing.high * mm))
            self._pages += 1
            self._on_page = 0
        x, y = spots[self._on_page]
        self._on_page += 1
        name = self._ground(drawing)
        self._canvas.saveState()
        self._canvas.translate(x * mm, (high - y - drawing.high) * mm)
        if name:
            self._canvas.doForm(name)
        self._draw(drawing.items, drawing.high)
        self._canvas.restoreState()

    def bytes(self) -> bytes:
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def _ground(self, drawing: Drawing) -> str:
        """Store what labels share, once; the tuple is kept, so that its id stays its own."""
        if not drawing.ground:
            return ""
        known = self._grounds.get(id(drawing.ground))
        if known is None:
            known = (f"ground{len(self._grounds)}", drawing.ground)
            self._grounds[id(drawing.ground)] = known
            self._canvas.beginForm(known[0], 0, 0, drawing.wide * mm, drawing.high * mm)
            self._draw(drawing.ground, drawing.high)
            self._canvas.endForm()
        return known[0]

    def _draw(self, items: Iterable[Item], high: float) -> None:
        for item in items:
            match item:
                case Box():
                    self._box(item, high)
                case Text():
                    self._text(item, high)
                case Picture():
                    self._picture(item, high)
                case Symbol():
                    self._symbol(item, high)

    def _box(self, box: Box, high: float) -> None:
        inset = box.stroke / 2
        self._canvas.setFillGray(0)
        self._canvas.setStrokeGray(0)
        self._canvas.setLineWidth(box.stroke * mm)
        self._canvas.rect(
            (box.x + inset) * mm,
            (high - box.y - box.high + inset) * mm,
            (box.wide - box.stroke) * mm,
            (box.high - box.stroke) * mm,
            stroke=int(not box.filled),
            fill=int(box.filled),
        )

    def _text(self, text: Text, high: float) -> None:
        written = self._canvas.beginText(text.x * mm, (high - text.y) * mm - text.size * ASCENT)
        written.setFont(FONT, text.size)
        grey = 1 if text.white else 0
        written.setFillGray(grey)
        if text.bold:
            self._canvas.setStrokeGray(grey)
            self._canvas.setLineWidth(text.size * BOLD)
        written.setTextRenderMode(2 if text.bold else 0)
        written.textOut(text.text)
        written.setTextRenderMode(0)
        self._canvas.drawText(written)

    def _picture(self, picture: Picture, high: float) -> None:
        scale = picture.side * mm / vector.SIDE
        self._canvas.saveState()
        self._canvas.transform(scale, 0, 0, -scale, picture.x * mm, (high - picture.y) * mm)
        for shape in vector.shapes(picture.name):
            path = self._canvas.beginPath()
            for subpath in shape.subpaths:
                _trace(path, subpath)
            if shape.fill is not None:
                self._canvas.setFillColorRGB(*(value / 255 for value in shape.fill))
            if shape.stroke is not None:
                self._canvas.setStrokeColorRGB(*(value / 255 for value in shape.stroke))
                self._canvas.setLineWidth(shape.width)
                self._canvas.setMiterLimit(4)
                self._canvas.setLineJoin(int(shape.round))
                self._canvas.setLineCap(int(shape.round))
            self._canvas.drawPath(
                path, stroke=int(shape.stroke is not None), fill=int(shape.fill is not None), fillMode=1
            )
        self._canvas.restoreState()

    def _symbol(self, item: Symbol, high: float) -> None:
        modules = symbol.matrix(item.text, mask=symbol.MASK, level=item.level)
        side = len(modules) + 2 * symbol.QUIET_ZONE
        step = item.side * mm / side
        dark = [
            f"{start + symbol.QUIET_ZONE} {row + symbol.QUIET_ZONE} {length} 1 re"
            for row, line in enumerate(modules)
            for start, length in symbol.runs(line)
        ]
        self._canvas.saveState()
        self._canvas.transform(step, 0, 0, -step, item.x * mm, (high - item.y) * mm)
        self._canvas.setFillGray(0)
        self._canvas.drawPath(PDFPathObject(dark), stroke=0, fill=1)
        self._canvas.restoreState()


def _trace(path: PDFPathObject, subpath: vector.Subpath) -> None:
    path.moveTo(*subpath.start)
    here = subpath.start
    for one, two, end in subpath.curves:
        if one == here and two == end:
            path.lineTo(*end)
        else:
            path.curveTo(*one, *two, *end)
        here = end
    if subpath.closed:
        path.close()
